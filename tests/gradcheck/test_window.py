"""Differences over steps that halve, extrapolated to a step of zero."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sin

import pytest

from backpropcli.gradcheck.slope import EPSILON, Curve
from backpropcli.gradcheck.window import extrapolate, window_of

STEPS = [2.0**-n for n in range(4, 9)]


def test_powers_of_the_step_are_removed() -> None:
    """Central differences of sin at 0, whose derivative there is 1."""
    steps = [2.0**-n for n in range(5)]
    limit, error = extrapolate([sin(step) / step for step in steps], 4)
    assert limit == pytest.approx(1, abs=1e-12)
    assert abs(limit - 1) <= error < 1e-9


def test_of_estimates_that_do_not_converge_the_last_is_the_limit() -> None:
    """With its distance from the first as the error."""
    assert extrapolate([0.0, 5.0, 0.1], 4) == (0.1, 0.1)


@pytest.mark.parametrize(
    ("function", "slope", "values"),
    [
        (lambda x: 3 * x + 1, 3.0, 4),
        (lambda _: 7.0, 0.0, 4),
        (lambda x: x * x, 1.0, 10),
        (lambda x: max(x - 0.53, 0.0), 0.0, 10),
    ],
    ids=["line", "constant", "parabola", "relu nearby"],
)
def test_of_a_straight_line_two_steps_on_both_sides_are_enough(
    function: Callable[[float], float], slope: float, values: int
) -> None:
    asked = []

    def along(t: float) -> float:
        asked.append(t)
        return function(0.5 + t)

    curve = Curve(along, isfinite, lambda change: (change, abs(change)), float, 0.5)
    window = window_of(curve, function(0.5), STEPS, EPSILON)
    assert len(asked) == values
    assert window.value == pytest.approx(slope, abs=1e-12) or window.error > abs(window.value - slope)
    assert window.last == STEPS[values // 2 - 1]
