"""Differences over steps that halve, extrapolated to a step of zero."""

from __future__ import annotations

from math import sin

import pytest

from backpropcli.gradcheck.window import extrapolate


def test_powers_of_the_step_are_removed() -> None:
    """Central differences of sin at 0, whose derivative there is 1."""
    steps = [2.0**-n for n in range(5)]
    limit, error = extrapolate([sin(step) / step for step in steps], 4)
    assert limit == pytest.approx(1, abs=1e-12)
    assert abs(limit - 1) <= error < 1e-9


def test_of_estimates_that_do_not_converge_the_last_is_the_limit() -> None:
    """With its distance from the first as the error."""
    assert extrapolate([0.0, 5.0, 0.1], 4) == (0.1, 0.1)
