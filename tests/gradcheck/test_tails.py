"""Far out, a layer that is right may lose its digits or give nan: that is told, and nothing else is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.registry import layer_spec
from backpropcli.gradcheck import Finding, Kind, Verdict, check_layer


class Curve:
    """An elementwise layer by its function and its slope of x and out."""

    function: Any
    slope: Any

    def forward(self, x: Any) -> Any:
        self.x = x
        self.out = type(self).function(x)
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout * type(self).slope(self.x, self.out)


def curve(function: Any, slope: Any) -> Any:
    return type("Own", (Curve,), {"function": staticmethod(function), "slope": staticmethod(slope)})


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def half(x: Any) -> Any:
    """A sigmoid that does not overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x > 0, 1, e) / (1 + e)


class NaiveSoftmax:
    """Without the maximum taken off."""

    def forward(self, x: Any) -> Any:
        e = np.exp(x)
        self.y = e / e.sum()
        return self.y

    def backward(self, dout: Any) -> Any:
        return self.y * (dout - (dout * self.y).sum())


class TwoNumbers:
    """Not of one input."""

    def forward(self, x: Any, y: Any) -> Any:
        self.x, self.y = x, y
        return np.tanh(x) * y

    def backward(self, dout: Any) -> Any:
        out = np.tanh(self.x)
        return dout * (1 - out * out) * self.y, dout * out


def tails(cls: Any, name: str = "own") -> list[Finding]:
    report = check_layer(foreign_spec(name, cls, "mine.py", __file__))
    assert report.is_right, report
    return [finding for finding in report.findings if finding.kind is Kind.TAIL]


def notes(cls: Any) -> list[str]:
    return [finding.note or "" for finding in tails(cls)]


def test_one_minus_out_squared_loses_the_tail_of_tanh() -> None:
    """The rule is right, so that it is not wrong; where 1 - out**2 has no digit left is told, and one point of it."""
    (found,) = tails(curve(np.tanh, lambda _, out: 1 - out * out))
    assert found.verdict is Verdict.IMPRECISE
    assert found.subject == "own, input x"
    assert found.note == (
        "backward loses all digits beyond x = 19 and below x = -19: at x = 20.3 the slope is 9.3e-18, not 0"
    )
    assert (found.found, found.reference) == (0.0, pytest.approx(4 * math.exp(-40.6), rel=1e-12))


def test_a_sigmoid_loses_its_upper_tail_only() -> None:
    """On the left, out itself is small, and has all its digits."""
    (note,) = notes(curve(sigmoid, lambda _, out: out * (1 - out)))
    assert note.startswith("backward loses all digits beyond x = 3")
    assert "below" not in note


def test_an_overflow_to_nan_is_told_with_its_border() -> None:
    """Float64's exp ends at 709.78."""
    by_quotient = curve(lambda x: np.exp(x) / (1 + np.exp(x)), lambda _, out: out * (1 - out))
    assert notes(by_quotient)[0] == "forward gives nan beyond x = 710"
    assert notes(NaiveSoftmax)[0].startswith("forward gives nan beyond x = 710")


def test_an_infinity_is_told_where_the_function_has_none() -> None:
    softplus = curve(lambda x: np.log(1 + np.exp(x)), lambda x, _: sigmoid(x))
    assert notes(softplus) == ["forward gives inf beyond x = 710"]


def test_an_overflow_that_python_raises_is_told() -> None:
    numbers = curve(lambda x: 1 / (1 + math.exp(-x)), lambda x, _: half(x) * half(-x))
    report = check_layer(foreign_spec("own", numbers, "mine.py", __file__), [0.5])
    assert [f.note for f in report.findings if f.kind is Kind.TAIL] == ["forward overflows below x = -710"]


def test_a_backward_that_gives_nan_is_told_even_if_the_function_is_unknown() -> None:
    unknown = curve(lambda x: 3 * half(x) + 1, lambda x, _: 3 * np.exp(x) / (1 + np.exp(x)) ** 2)
    assert notes(unknown) == ["backward gives nan beyond x = 710"]


def test_a_layer_that_is_cut_off_is_another_function() -> None:
    def clipped(x: Any) -> Any:
        return sigmoid(np.clip(x, -20, 20))

    assert tails(curve(clipped, lambda x, out: out * (1 - out) * (np.abs(x) < 20))) == []


@pytest.mark.parametrize(
    "right",
    [
        curve(np.tanh, lambda x, _: 4 * half(2 * x) * half(-2 * x)),
        curve(half, lambda x, _: half(x) * half(-x)),
        curve(lambda x: np.maximum(x, 0), lambda x, _: (x > 0) * 1.0),
        curve(lambda x: np.minimum(np.maximum(x, 0), 6), lambda x, _: ((x > 0) & (x < 6)) * 1.0),
        curve(np.exp, lambda _, out: out),
        curve(np.log, lambda x, _: 1 / x),
        curve(np.sin, lambda x, _: np.cos(x)),
        curve(lambda x: x**2, lambda x, _: 2 * x),
        curve(lambda x: np.exp(-(x**2)), lambda x, out: -2 * x * out),
        curve(lambda x: x * half(x), lambda x, _: half(x) * (1 + x * half(-x))),
        curve(lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), lambda x, _: np.exp(np.minimum(x, 0))),
        curve(np.arctan, lambda x, _: 1 / (1 + x * x)),
    ],
)
def test_what_keeps_its_digits_is_not_blamed(right: Any) -> None:
    assert tails(right) == []


def test_a_layer_of_the_catalogue_is_not_held_against_itself() -> None:
    assert all(finding.kind is not Kind.TAIL for finding in check_layer(layer_spec("tanh")).findings)


def test_only_a_function_of_one_input_has_tails() -> None:
    report = check_layer(foreign_spec("own", TwoNumbers, "mine.py", __file__), [0.5, 2.0])
    assert [finding for finding in report.findings if finding.kind is Kind.TAIL] == []


def test_a_wrong_layer_is_told_that_first() -> None:
    report = check_layer(foreign_spec("own", curve(np.tanh, lambda _, out: 1 + out * out), "mine.py", __file__))
    assert not report.is_right
    assert all(finding.kind is not Kind.TAIL for finding in report.findings)
