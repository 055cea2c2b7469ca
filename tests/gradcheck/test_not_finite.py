"""A gradient of nan or infinity is wrong where there is a derivative, and right where it says that there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.registry import layer_spec
from backpropcli.gradcheck import Kind, Report, Verdict, check_layer


class WithGradient:
    """Twice its input, whose gradient is multiplied by a factor of the test."""

    factor: Any

    def forward(self, x: Any) -> Any:
        return 2 * x

    def backward(self, dout: Any) -> Any:
        return 2 * dout * self.factor


class KinkedWithNan:
    """A relu that is nan at its kink."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout: Any) -> Any:
        return np.where(self.x == 0, np.nan, dout * (self.x > 0))


def local(report: Report) -> Verdict:
    (finding,) = [f for f in report.findings if f.kind is Kind.LOCAL]
    return finding.verdict


def check(cls: Any, x: Any) -> Report:
    return check_layer(foreign_spec("mine", cls, "mine.py", None), [x])


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("length", [1, 3, 1000])
def test_one_number_that_is_not_finite_is_wrong(wrong: float, length: int) -> None:
    """Also in an array of which only some numbers are tried."""
    factor = np.ones(length)
    factor[length // 2] = wrong
    cls = type("Wrong", (WithGradient,), {"factor": factor})
    assert local(check(cls, np.linspace(1, 2, length).tolist())) is Verdict.WRONG


@pytest.mark.parametrize("x", [0.0, [0.0, 1.0], [0.0, 0.0]])
def test_nan_at_a_kink_is_wrong(x: Any) -> None:
    assert local(check(KinkedWithNan, x)) is Verdict.WRONG


def test_beside_nan_at_a_kink_stands_the_middle_of_both_slopes() -> None:
    (finding,) = [
        f
        for f in check_layer(foreign_spec("mine", KinkedWithNan, "mine.py", None), [0.0], dout=3.0).findings
        if f.kind is Kind.LOCAL
    ]
    assert finding.reference == 1.5


@pytest.mark.parametrize("precise", [False, True])
def test_nan_is_right_where_the_function_is_undefined_nearby(precise: bool) -> None:
    """(-2) ** 3 is -8, but (-2) ** 3.001 is no real number."""
    report = check_layer(layer_spec("pow"), [-2.0, 3.0], precise=precise)
    assert report.is_right
    assert any("there is no derivative, as nan says" in (f.note or "") for f in report.findings)


class Cliff:
    """A tanh so steep that its slope at 0, 1e600, is no float64 number."""

    def forward(self, x: Any) -> Any:
        self.out = np.tanh(1e300 * (1e300 * x))
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout * (1 - self.out**2) * 1e300 * 1e300


def test_infinity_at_a_jump_may_be_the_slope_of_a_cliff() -> None:
    report = check(Cliff, 0.0)
    assert local(report) is Verdict.UNCHECKED
    assert any("the value jumps here, perhaps by an infinite slope" in (f.note or "") for f in report.findings)


def test_attention_whose_scores_tie_at_1e600_is_not_wrong() -> None:
    q, k = [[1e300, -5e299], [-2e300, 3e300]], [[5e299, 1.5e300], [2e300, -1e300], [2.5e299, 1e300]]
    v, mask = [[1e300], [-2e300], [5e299]], [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    report = check_layer(layer_spec("attention"), [q, k, v, mask], {"scale": 0.5})
    assert not any(finding.verdict is Verdict.WRONG for finding in report.findings)
