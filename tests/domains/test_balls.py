"""Balls: the functions and the comparisons of every domain, at ordinary points and where floats have inf and nan."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from mpmath import mpf, workdps

from backpropcli.domains import arrays_of, domain, namespace
from backpropcli.domains.balls import Balls, UndecidedError
from backpropcli.errors import DataError, DomainError

FLOATS, REALS = domain("floats"), domain("reals")
BALLS = Balls(30, 40)
POINTS = [math.inf, -math.inf, math.nan, 0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 30.0]
ONE = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "asin", "acos", "atan", "asinh", "acosh"),
    *("atanh", "tanh", "erf", "floor"),
)
TWO = ("divide", "power", "maximum", "minimum", "logaddexp")
OPERATORS = (operator.add, operator.sub, operator.mul)


def agree(found: Any, wanted: float) -> bool:
    """Whether a ball has the number of a float, and is infinite or nan where that is."""
    number = BALLS.rounded(found)
    return math.isnan(number) if math.isnan(wanted) else math.isclose(number, wanted, rel_tol=1e-14, abs_tol=1e-14)


@pytest.mark.parametrize("function", ONE)
def test_functions_of_one_number_are_those_of_floats(function: str) -> None:
    with BALLS.quiet():
        for x in POINTS:
            found = getattr(BALLS, function)(BALLS.convert(x))
            assert agree(found, getattr(FLOATS, function)(x)), (x, found)


@pytest.mark.parametrize("function", TWO)
def test_functions_of_two_numbers_are_those_of_floats(function: str) -> None:
    with BALLS.quiet():
        for x, y in itertools.product(POINTS, POINTS):
            if function == "power" and not math.isfinite(y):
                continue  # nan, as bounds may not tell whether x is 1
            wanted = getattr(FLOATS, function)(x, y)
            found = getattr(BALLS, function)(BALLS.convert(x), BALLS.convert(y))
            if not (function == "logaddexp" and math.isinf(x) and math.isinf(y)):
                assert agree(found, wanted), (x, y, found, wanted)


@pytest.mark.parametrize("y", POINTS[3:])
@pytest.mark.parametrize("x", POINTS[3:])
def test_the_angle_of_a_point(x: float, y: float) -> None:
    with BALLS.quiet():
        assert agree(BALLS.atan2(BALLS.convert(y), BALLS.convert(x)), math.atan2(y, x))


@pytest.mark.parametrize("apply", OPERATORS)
def test_operators_are_those_of_floats_at_infinities_too(apply: Callable[[Any, Any], Any]) -> None:
    with BALLS.quiet():
        for x, y in itertools.product(POINTS, POINTS):
            assert agree(apply(BALLS.convert(x), BALLS.convert(y)), apply(x, y)), (x, y)
            assert agree(apply(x, BALLS.convert(y)), apply(x, y)), (x, y)


@pytest.mark.parametrize("compare", [operator.lt, operator.le, operator.gt, operator.ge, operator.eq])
def test_comparisons_are_those_of_floats(compare: Callable[[Any, Any], Any]) -> None:
    for x, y in itertools.product(POINTS, POINTS):
        assert compare(BALLS.convert(x), BALLS.convert(y)) is compare(x, y), (x, y)


@pytest.mark.parametrize("function", [name for name in ONE if name not in {"log2", "log10", "floor"}])
@pytest.mark.parametrize("x", ["0.7", "1.3"])
def test_they_have_the_digits_of_reals(function: str, x: str) -> None:
    """At the float64 nearest to the point, which reals take."""
    point = float(x)
    wanted = getattr(REALS, function)(REALS.convert(point))
    with BALLS.quiet():
        found = getattr(BALLS, function)(BALLS.convert(point))
    if not BALLS.is_nan(found):
        with workdps(60):
            assert abs(mpf(BALLS.numbers(found).text) / mpf(wanted) - 1) < mpf(10) ** -29


def test_short_fractions_are_exact_and_others_are_not() -> None:
    third = BALLS.number("1/3")
    assert BALLS.numbers(third + third + third).text == "1"
    assert BALLS.number("0.1") * 3 == BALLS.number("0.3")
    assert BALLS.sqrt(BALLS.number("0.01")) == Fraction(1, 10)
    with BALLS.quiet():
        long = BALLS.power(BALLS.number("1.1"), BALLS.convert(1000))
        assert BALLS.numbers(long).text == "2.46993291800582633412408838509e+41"
        with pytest.raises(UndecidedError):
            assert long == BALLS.power(BALLS.number("1.1"), BALLS.convert(999)) * BALLS.number("1.1")


def test_a_number_is_equal_to_itself_however_long() -> None:
    with BALLS.quiet():
        root = BALLS.sqrt(BALLS.convert(2))
        same = root
        assert (root == same, root <= same, root < same) == (True, True, False)
        assert BALLS.numbers(root - root).text == "0"
        assert BALLS.numbers(BALLS.divide(root, root)).text == "1"
        assert BALLS.maximum(root, BALLS.convert(1)) is root


def test_the_larger_of_two_that_are_open_has_bounds_of_both() -> None:
    with BALLS.quiet():
        square = BALLS.sqrt(BALLS.convert(2)) * BALLS.sqrt(BALLS.convert(2))
        assert BALLS.numbers(BALLS.maximum(square, 2)).text == "2.00000000000000000000000000000"
        with pytest.raises(UndecidedError, match="cannot be told apart at 40 digits"):
            assert square > 2


def test_literals_of_every_form_and_length() -> None:
    for text, shown in {"1e-3": "0.001", "0x10": "16", "-1/4": "-0.25", ".inf": "inf", "-.inf": "-inf"}.items():
        assert BALLS.numbers(BALLS.number(text)).text == shown
    assert BALLS.numbers(BALLS.number("1e-5000")).text == "1.00000000000000000000000000000e-5000"
    with pytest.raises(DomainError, match="4,000 digits"):
        BALLS.number(f"1/{'7' * 5000}")


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(DataError):
        BALLS.convert("one")
    with pytest.raises(DomainError):
        bool(BALLS.number("1"))
    with pytest.raises(TypeError):
        hash(BALLS.number("1"))


def test_balls_of_one_precision_do_not_mix_with_those_of_another() -> None:
    with pytest.raises(DomainError):
        BALLS.number("1") + Balls(30, 80).number("1")


def test_rounded_is_zero_for_zero_alone() -> None:
    with BALLS.quiet():
        assert BALLS.rounded(BALLS.zeros_like(0)) == 0
        assert BALLS.rounded(BALLS.exp(BALLS.convert(-10000))) > 0
        assert BALLS.rounded(-BALLS.exp(BALLS.convert(-10000))) < 0


def test_arrays_of_balls_are_cells_which_go_along_with_a_ball() -> None:
    arrays = arrays_of(BALLS)
    found = arrays.convert([[0.5, 1], [2, 3]]) * BALLS.number("0.1")
    assert namespace(found) is arrays
    assert [[number.text for number in row] for row in arrays.numbers(found)] == [["0.05", "0.1"], ["0.2", "0.3"]]


def test_a_ball_is_printed_with_its_digits() -> None:
    with BALLS.quiet():
        third = BALLS.number("1") / 3
    assert str(third) == "0.333333333333333333333333333333"
    assert repr(arrays_of(BALLS).convert([[0.5]])) == "CellArray([[Ball(0.5)]])"


def test_the_precision_of_others_is_left_alone() -> None:
    from flint import ctx

    before = ctx.prec
    with BALLS.quiet():
        assert ctx.prec == BALLS.bits
    assert ctx.prec == before
