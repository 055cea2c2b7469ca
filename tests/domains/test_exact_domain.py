"""Exact fractions: every digit kept, and never so many that a run takes minutes."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.api import eval_formula
from backpropcli.domains.exact import DOMAIN as exact
from backpropcli.errors import BackpropError, DataError, DomainError, ShapeError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.1", Fraction(11, 10)),
        ("-2.5e-3", Fraction(-1, 400)),
        ("1.", 1),
        (".5", Fraction(1, 2)),
        ("1.e2", 100),
        ("0x1F", 31),
        ("-0x1F", -31),
        ("-0o17", -15),
        ("0o17", 15),
        ("010", 10),
        ("1e+0000000003", 1000),
    ],
)
def test_a_number_is_the_fraction_that_its_text_says(text: str, value: Fraction) -> None:
    """1.1 is 11/10, not the float64 nearest to it."""
    assert exact.number(text) == value


@pytest.mark.parametrize("text", [".inf", "-inf", "nan", ".NaN"])
def test_infinity_and_nan_are_refused(text: str) -> None:
    """They are no fractions."""
    with pytest.raises(DataError, match="no exact value"):
        exact.number(text)


@pytest.mark.parametrize(
    "text",
    ["1e4001", "1e-4001", "1e999999999999", "1e+0000000000009999999999", "1e-" + "9" * 5000, "9" * 5000],
)
def test_a_decimal_with_too_many_digits_is_refused_by_its_text(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """However its exponent is written, no fraction is made, which might take all memory."""
    monkeypatch.setattr("backpropcli.domains.exact.Fraction", lambda *_: pytest.fail("a fraction was made"))
    with pytest.raises(DomainError, match="4,000 digits"):
        exact.number(text)


def test_a_hexadecimal_number_with_too_many_digits_is_refused() -> None:
    """It is no longer than its text."""
    with pytest.raises(DomainError, match="4,000 digits"):
        exact.number("0x" + "f" * 5000)


@given(st.from_regex(r"\A[-+]?[0-9]{1,9}(\.[0-9]{0,9})?([eE][-+]?[0-9]{1,12})?\Z"))
def test_every_decimal_is_a_fraction_or_too_long(text: str) -> None:
    """Nothing else is raised."""
    with suppress(BackpropError):
        assert type(exact.number(text)) is Fraction


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "abc", None, [1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    """With an error of ours."""
    with pytest.raises(DataError):
        exact.convert(value)


def test_a_float_is_converted_with_all_its_bits() -> None:
    """0.1 is not 1/10."""
    assert exact.convert(0.1) == Fraction(3602879701896397, 36028797018963968)


class Base(Fraction):
    """A fraction of which nobody may take a power."""

    def __pow__(self, *_: object) -> NoReturn:
        pytest.fail("the power was computed")


@pytest.mark.parametrize(("x", "y"), [(9, 9**9**2), (Fraction(1, 3), 10**6), (2, -(10**9)), (Fraction(3, 2), 14000)])
def test_a_power_with_too_many_digits_is_refused_before_it_is_computed(x: Fraction, y: int) -> None:
    """9 ** 9 ** 9 does not keep the machine busy."""
    with pytest.raises(DomainError, match="4,000 digits"):
        exact.power(Base(x), Fraction(y))


@pytest.mark.parametrize(
    ("x", "y", "power"), [(0, 0, 1), (-1, 10**30 + 1, -1), (0, 10**30, 0), (Fraction(2, 3), -2, Fraction(9, 4))]
)
def test_powers(x: Fraction, y: int, power: Fraction) -> None:
    """Exact, also where the exponent is huge but the result is not."""
    assert exact.power(Fraction(x), Fraction(y)) == power


def test_the_guard_counts_digits_on_both_sides_of_the_bar() -> None:
    """4,000 digits pass, 4,002 do not."""
    exact.guard(Fraction(10**3999, 7))
    for value in (Fraction(10**4001), Fraction(1, 10**4001)):
        with pytest.raises(DomainError, match="4,000 digits"):
            exact.guard(value)


def test_the_root_of_a_square() -> None:
    """Exact, or refused: of 2, of a negative number."""
    assert exact.sqrt(Fraction(49, 36)) == Fraction(7, 6)
    for value in (2, -4, Fraction(1, 3)):
        with pytest.raises(DomainError, match="irrational"):
            exact.sqrt(Fraction(value))


def test_fractions_have_no_axes() -> None:
    """A sum over an axis is refused."""
    assert exact.sum(Fraction(2)) == 2
    with pytest.raises(ShapeError, match="axis 1"):
        exact.sum(Fraction(2), 1)


PRIMES = [n for n in range(17, 200) if all(n % d for d in range(2, n))]


@pytest.mark.parametrize("function", ["sum(y)", "mean(y)", "dot(y, y)", "y @ y"])
def test_the_limit_is_that_of_each_sum_on_the_way(function: str) -> None:
    """Each 1 / p ** 1000 is short enough, and their sum is not."""
    with pytest.raises(DomainError, match="4,000 digits"):
        eval_formula(f"{function.replace('y', f'(1 / x ** {1000})')}", x=PRIMES, exact=True)


def test_the_limit_is_that_of_gradients_which_many_steps_add_to() -> None:
    """An input's gradient too, which no layer is given."""
    formula = " + ".join(f"x / {prime} ** 1000" for prime in PRIMES)
    with pytest.raises(DomainError, match="4,000 digits"):
        eval_formula(formula, x=0, exact=True)


def test_a_long_sum_of_short_numbers_is_exact() -> None:
    """A third, a thousand times, and what NumPy makes of no numbers at all."""
    assert eval_formula("sum(x)", x=[Fraction(1, 3)] * 1000, exact=True).value.tolist() == Fraction(1000, 3)
    assert eval_formula("sum(x)", x=[], exact=True).value.tolist() == 0
