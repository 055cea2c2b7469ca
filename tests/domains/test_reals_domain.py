"""Reals of 50 digits follow the floats, with more digits, and never fall back to floats."""

from __future__ import annotations

import math

import pytest

from backpropcli.domains import domain, namespace
from backpropcli.domains.floats import DOMAIN as floats
from backpropcli.errors import DomainError

reals = domain("reals")


@pytest.mark.parametrize("function", ["exp", "expm1", "sin", "cos", "tanh", "erf", "log", "log1p", "sqrt"])
@pytest.mark.parametrize("x", [0.5, 0.0, -0.25, -2.5, 20.0, math.inf])
def test_a_function_rounds_to_that_of_floats(function: str, x: float) -> None:
    """Edges too: nan for nan, infinity for infinity."""
    found = reals.rounded(getattr(reals, function)(reals.convert(x)))
    assert found == pytest.approx(getattr(floats, function)(x), rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize(("x", "y"), [(2.0, 3.0), (0.0, 0.0), (0.0, -1.0), (-2.0, 0.5), (-2.0, 3.0), (1.0, 0.0)])
@pytest.mark.parametrize("function", ["power", "divide", "maximum", "minimum"])
def test_a_function_of_two_numbers_rounds_to_that_of_floats(function: str, x: float, y: float) -> None:
    found = reals.rounded(getattr(reals, function)(reals.convert(x), reals.convert(y)))
    assert found == pytest.approx(getattr(floats, function)(x, y), rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize(
    ("x", "y", "power"), [(2.0, 1e300, math.inf), (0.5, 1e300, 0.0), (-2.0, 1e7 + 1, -math.inf), (1.0, 1e300, 1.0)]
)
def test_a_power_far_beyond_floats_takes_no_time(x: float, y: float, power: float) -> None:
    """Its exponent would have hundreds of digits, and each step with it as many."""
    assert reals.rounded(reals.power(reals.convert(x), reals.convert(y))) == power


def test_a_number_is_the_float_of_its_text() -> None:
    """So that the floats are judged on the numbers that they had: 0.1 is not one tenth."""
    assert reals.number("0.1") == 0.1
    assert reals.number("0.1") * 10 != 1


def test_there_are_50_digits() -> None:
    assert abs(reals.sqrt(reals.convert(2.0)) ** 2 - 2) < 1e-49


def test_they_go_along_with_python_numbers_only() -> None:
    x = reals.convert(0.5)
    assert namespace(1, x, 2.0).name == "reals"
    assert namespace(2 * x + 1).name == "reals"


@pytest.mark.parametrize("function", [float, math.exp])
def test_a_real_is_never_rounded_without_a_word(function) -> None:
    """A layer that calls math would else pass for one of 50 digits."""
    with pytest.raises(DomainError, match="not a float"):
        function(reals.convert(0.5))


def test_far_exponents_cost_nothing() -> None:
    assert reals.exp(reals.convert(1e300)) == math.inf
    assert reals.exp(reals.convert(-1e300)) == 0
