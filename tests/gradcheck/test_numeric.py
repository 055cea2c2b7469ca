"""The numeric derivative is that of calculus, says how far it can be trusted, and knows where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from backpropcli.domains import domain
from backpropcli.gradcheck.numeric import REALS, Curve, Slope, differentiate


def slope(function: Callable[[float], float], x: float) -> Slope:
    """The numeric derivative of a function of one float."""
    return differentiate(Curve(lambda t: function(x + t), math.isfinite, lambda d: (d, abs(d)), float), x)


@pytest.mark.parametrize(
    ("function", "x", "derivative"),
    [
        (math.exp, 1.0, math.e),
        (math.sin, 1e6, math.cos(1e6)),
        (lambda x: x * x, 3.0, 6.0),
        (lambda x: 1e10 * x**3, 1e-3, 3e4),
        (lambda x: math.log(x) if x > 0 else math.nan, 1e-9, 1e9),
        (lambda x: max(x, 0.0) + math.sin(x), 1e-5, 1 + math.cos(1e-5)),
        (lambda x: max(x, 0.0) ** 2, 0.0, 0.0),
        (lambda _: 5.0, 2.0, 0.0),
    ],
)
def test_a_derivative_is_that_of_calculus_within_its_error(function, x, derivative) -> None:
    """Near a break too: the steps become small enough."""
    found = slope(function, x)
    assert found.reason is None
    assert not found.is_kink
    assert found.value == pytest.approx(derivative, rel=1e-8, abs=0)
    assert abs(found.value - derivative) <= 4 * (found.error + found.noise)


@pytest.mark.parametrize(("function", "left", "right"), [(abs, -1.0, 1.0), (lambda x: max(x, 0.0) + x, 1.0, 2.0)])
def test_a_kink_has_two_slopes(function, left, right) -> None:
    found = slope(function, 0.0)
    assert found.is_kink
    assert (found.left, found.right) == pytest.approx((left, right))


def test_a_kink_nearby_is_none_here() -> None:
    """At 1e-9 the relu is smooth."""
    found = slope(lambda x: max(x, 0.0), 1e-9)
    assert not found.is_kink
    assert found.value == pytest.approx(1)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: float(x > 0), "the numeric derivative does not converge"),
        (lambda x: math.sqrt(x) if x >= 0 else math.nan, "the value is not finite on the left"),
        (lambda _: math.inf, "the value is not finite"),
    ],
)
def test_where_there_is_no_derivative_the_reason_is_told(function, reason) -> None:
    assert slope(function, 0.0).reason == reason


def test_what_rounding_hides_is_noise() -> None:
    """The sigmoid at 40 is 1 in float64; its slope of 4e-18 cannot be seen, and the noise says so."""
    found = slope(lambda x: 1 / (1 + math.exp(-x)), 40.0)
    assert abs(found.value - 4.2e-18) < 4 * (found.error + found.noise)


def test_50_digits_see_what_float64_cannot() -> None:
    """The slope of the sigmoid at 40, to all digits of a float."""
    reals = domain("reals")
    x = reals.convert(40.0)
    curve = Curve(lambda t: 1 / (1 + reals.exp(-(x + t))), reals.is_finite, lambda d: (d, abs(d)), reals.rounded)
    found = differentiate(curve, 40.0, REALS)
    assert found.value == pytest.approx(4.248354255291589e-18, rel=1e-15, abs=0)  # exp(-40) / (1 + exp(-40))**2
