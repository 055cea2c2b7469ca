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
