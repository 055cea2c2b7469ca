"""The numeric derivative is that of calculus, says how far it can be trusted, and knows where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

from backpropcli.domains import domain
from backpropcli.gradcheck.coarseness import is_coarse
from backpropcli.gradcheck.noise import measured_noise
from backpropcli.gradcheck.numeric import FLOAT64, differentiate
from backpropcli.gradcheck.precision import REALS
from backpropcli.gradcheck.setting import Setting
from backpropcli.gradcheck.slope import Curve, Slope


def slope(function: Callable[[float], float], x: float) -> Slope:
    """The numeric derivative of a function of one float."""
    return differentiate(Curve(lambda t: function(x + t), math.isfinite, lambda d: (d, abs(d)), float, x))


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


@pytest.mark.parametrize(
    ("function", "x", "left", "right"),
    [
        (abs, 0.0, -1.0, 1.0),
        (lambda x: max(x, 0.0) + x, 0.0, 1.0, 2.0),
        (lambda x: 1e6 * (max(x, 0.0) + math.exp(x)), 0.0, 1e6, 2e6),
        (lambda x: max(x - 1e20, 0.0), 1e20, 0.0, 1.0),
    ],
)
def test_a_kink_has_two_slopes(function, x, left, right) -> None:
    found = slope(function, x)
    assert found.is_kink
    assert (found.left, found.right) == pytest.approx((left, right))


def test_a_jump_has_the_slope_of_the_side_that_it_belongs_to() -> None:
    found = slope(lambda x: 2 * x if x <= 0 else 1.0, 0.0)
    assert found.is_kink
    assert (found.value, found.sides) == (2, "the gradient is 2 on the left, and there is none on the right")


def test_a_jump_on_both_sides_has_the_slopes_of_both() -> None:
    found = slope(lambda x: math.copysign(1, x) if x else 0.0, 0.0)
    assert found.is_kink
    assert found.sides == "the value jumps on both sides; the gradient is 0 on the left and 0 on the right"


def test_a_kink_nearby_is_none_here() -> None:
    """At 1e-9 the relu is smooth."""
    found = slope(lambda x: max(x, 0.0), 1e-9)
    assert not found.is_kink
    assert found.value == pytest.approx(1)


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: math.copysign(math.sqrt(abs(x)), x), "the numeric derivative does not converge"),
        (lambda x: math.sqrt(x) if x >= 0 else math.nan, "the value is not finite on the left"),
        (lambda x: 1e-6 * math.sqrt(x) if x >= 0 else math.nan, "the value is not finite on the left"),
        (lambda _: math.inf, "the value is not finite"),
    ],
)
def test_where_there_is_no_derivative_the_reason_is_told(function, reason) -> None:
    assert slope(function, 0.0).reason == reason


@pytest.mark.parametrize("x", [0.0, 0.7, 1.0])
@pytest.mark.parametrize("function", [lambda t: np.exp(np.float32(t)), lambda t: np.float32(math.exp(t))])
def test_what_computes_in_float32_is_recognised(function: Callable[[float], Any], x: float) -> None:
    """At 0, too, by points of size 1."""
    numbers = domain("floats")
    assert is_coarse(Setting(lambda t: float(function(t)), x, 1.0, numbers))
    assert not is_coarse(Setting(math.exp, x, 1.0, numbers))


def test_what_rounding_hides_is_noise() -> None:
    """The sigmoid at 40 is 1 in float64; its slope of 4e-18 cannot be seen, and the noise says so."""
    found = slope(lambda x: 1 / (1 + math.exp(-x)), 40.0)
    assert abs(found.value - 4.2e-18) < 4 * (found.error + found.noise)


def test_50_digits_see_what_float64_cannot() -> None:
    """The slope of the sigmoid at 40, to all digits of a float."""
    reals = domain("reals")
    x = reals.convert(40.0)
    curve = Curve(lambda t: 1 / (1 + reals.exp(-(x + t))), reals.is_finite, lambda d: (d, abs(d)), reals.rounded, x)
    found = differentiate(curve, REALS)
    assert found.value == pytest.approx(4.248354255291589e-18, rel=1e-15, abs=0)  # exp(-40) / (1 + exp(-40))**2


@pytest.mark.parametrize("x", [0.0, 5e-324, -5e-324, 2.2e-308, 0.3, -1.0, 10000.3, 1e12, -1.7e308])
def test_steps_are_taken_as_floats_can_take_them(x) -> None:
    """Never 0, and as long to the left as to the right."""
    steps = set()

    def along(t: float) -> float:
        steps.add(t)
        return math.tanh(x + t)

    differentiate(Curve(along, math.isfinite, lambda d: (d, abs(d)), float, x))
    assert len(steps) > 2
    assert all(abs((x + t) - x) == abs(t) > 0 for t in steps - {0.0})
    assert steps == {-t for t in steps}


def test_a_slope_at_the_smallest_float_has_no_step_of_0() -> None:
    found = slope(lambda x: max(x, 0.0), 5e-324)
    assert found.reason is None
    assert found.left <= 1 <= found.right


@pytest.mark.parametrize(
    ("function", "x", "derivative"),
    [
        (round, 10000.3, 0.0),
        (lambda x: math.sin(1608.5 * x), 0.3, 1608.5 * math.cos(1608.5 * 0.3)),
        (math.cos, 1e12, 0.6112387023768895),  # -sin(1e12), mpmath
    ],
)
def test_steps_longer_than_a_wave_or_a_stair_do_not_settle(function, x, derivative) -> None:
    found = slope(function, x)
    assert found.reason is None
    assert found.value == pytest.approx(derivative, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("x", [-3.0, -0.7, 0.02, 1.3, 7.5])
@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (lambda x: float(np.sin(np.float32(x))), math.cos),
        (lambda x: float(1 / (1 + np.exp(-np.float32(x)))), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
        (lambda x: float(np.float32(x) ** 2), lambda x: 2 * x),
    ],
)
def test_what_computes_in_float32_has_a_derivative_of_its_digits(function, derivative, x) -> None:
    """Its values stand still from one float32 to the next: the noise is measured, and the steps are wide enough."""
    found = slope(function, x)
    assert found.reason is None
    assert found.value == pytest.approx(derivative(x), rel=1e-3)
    assert abs(found.value - derivative(x)) <= 4 * found.uncertainty


@pytest.mark.parametrize(("epsilon", "digits"), [(0.0, 1e-16), (1e-9, 1e-9)])
def test_noise_is_measured(epsilon, digits) -> None:
    """What jumps from one float to the next is noise."""
    noise = measured_noise(lambda t: math.exp(0.5 + t) + epsilon * Random(0.5 + t).uniform(-1, 1), 0.5, FLOAT64)
    assert digits / 3 < noise < 30 * digits


def test_numbers_that_leave_the_range_are_a_reason_and_no_failure() -> None:
    assert slope(lambda x: x * 1e308, 1e-308).reason is None
    assert slope(lambda x: 1e300 * math.copysign(1, x), 1e-9).reason is None
    assert slope(lambda x: x * 1e308 * 1e10, 1e-300).reason == "the slope is too large for float64"


def test_a_border_at_which_float32_does_not_see_the_steps_is_no_place_of_rest() -> None:
    """The arcsine ends at 1, with an infinite slope; in float32 its value there is that of all points very near."""
    found = slope(lambda x: float(np.arcsin(np.float32(x))) if np.float32(x) <= 1 else math.nan, 1.0)
    assert not found.is_known
