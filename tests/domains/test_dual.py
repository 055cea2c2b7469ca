"""Dual numbers: the rules of differentiation, and one side where there is no derivative."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from backpropcli.domains import domain
from backpropcli.domains.dual import Dual
from backpropcli.errors import DomainError

FLOATS = domain("floats")


def tangent(function: Any, x: float) -> float:
    """The derivative of a function of one number."""
    dual = Dual(FLOATS)
    found: float = dual.tangent(function(dual, dual.pair(x, 1.0)))
    return found


@pytest.mark.parametrize(
    ("function", "x", "wanted"),
    [
        (lambda _, x: 3 * x - x / 2 + 1, 5.0, 2.5),
        (lambda _, x: 1 / x, 2.0, -0.25),
        (lambda _, x: 7 - x * x, 3.0, -6.0),
        (lambda _, x: x**3, 2.0, 12.0),
        (lambda _, x: 2**x, 3.0, 8 * math.log(2)),
        (lambda _, x: 7.5 % x, 2.0, -3.0),
        (lambda _, x: x % 2, 7.5, 1.0),
        (lambda xp, x: xp.expm1(x), 0.5, math.exp(0.5)),
        (lambda xp, x: xp.log1p(x), 0.5, 1 / 1.5),
        (lambda xp, x: xp.divide(x, x + 1), 1.0, 0.25),
    ],
)
def test_the_rules(function: Any, x: float, wanted: float) -> None:
    """Worked by hand."""
    assert tangent(function, x) == pytest.approx(wanted, rel=1e-15)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda _, x: abs(x), 1.0),
        (lambda xp, x: xp.maximum(x, 0), 1.0),
        (lambda xp, x: xp.minimum(x, 0), 0.0),
        (lambda xp, x: xp.where(x < 0, -x, x), 1.0),
        (lambda xp, x: xp.exp(-abs(x)), -1.0),
        (lambda xp, x: xp.amax(x), 1.0),
    ],
)
def test_a_kink_at_zero_has_the_slope_of_its_right_side(function: Any, wanted: float) -> None:
    """So that what is smooth, but written with |x|, comes out smooth."""
    assert tangent(function, 0.0) == wanted
    assert tangent(function, -0.0) == wanted


def test_powers_of_zero_follow_the_layer() -> None:
    """x**0 is flat, also at 0, and so is 0**y for y >= 0."""
    assert tangent(lambda xp, x: xp.power(x, 0), 0.0) == 0
    assert tangent(lambda xp, y: xp.power(0.0, y), 2.0) == 0


def test_what_does_not_depend_on_the_direction_has_no_tangent() -> None:
    """None, which costs nothing, and no 0 that inf could turn into nan."""
    dual = Dual(FLOATS)
    found = dual.divide(dual.pair(1.0), 0.0) * dual.pair(2.0)
    assert (found.value, found.tangent, dual.tangent(found)) == (math.inf, None, 0.0)


def test_levels_do_not_mix_up() -> None:
    """The inner direction is not the outer one, on whichever side it stands (perturbation confusion)."""
    inner = Dual(FLOATS)
    outer = Dual(inner)
    x = outer.pair(inner.pair(3.0), inner.pair(1.0))
    y = inner.pair(5.0, 1.0)
    for total in (x + y, y + x):
        assert inner.tangent(outer.tangent(total)) == 0
        assert total.tangent.value == 1.0
        assert total.value.tangent == 1.0


def test_exact_derivatives() -> None:
    """Over fractions nothing is rounded."""
    dual = Dual(domain("exact"))
    x = dual.pair(Fraction(1, 3), Fraction(1))
    assert dual.tangent(1 / (1 + x * x)) == Fraction(-27, 50)


def test_a_dual_number_decides_nothing_in_python() -> None:
    """Its comparisons do: they are those of the value."""
    x = Dual(FLOATS).pair(1.0, 1.0)
    assert x > 0
    assert not x < 0
    with pytest.raises(DomainError, match="dual numbers over floats"):
        bool(x)
