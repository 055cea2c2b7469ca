"""Digits that are certain, as text: every number between the bounds has them."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.errors import DomainError
from backpropcli.text.certain import CertainNumber, certain_text, decimal_bounds, exact_text, has_all_digits
from backpropcli.text.json_numbers import json_numbers
from backpropcli.text.numbers import number_text

DIGITS = st.integers(1, 30)
MIDDLES = st.decimals(allow_nan=False, allow_infinity=False)
RADII = st.builds(lambda n, e: Decimal(n).scaleb(e), st.integers(1, 999), st.integers(-60, 5))


def count(text: str) -> int:
    """How many digits a text has, from the first that is not 0."""
    return len(re.sub(r"^0+", "", re.sub(r"[-.]", "", text.partition("e")[0])))


def is_right(text: str, number: Fraction) -> bool:
    """Whether the digits of the text are those of the number, the last one rounded."""
    if text.startswith("0e"):
        return abs(number) <= Fraction(text.replace("0e", "1e"))
    mantissa, _, exponent = text.partition("e")
    last = Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    if "." not in mantissa:  # zeros may stand before the point
        last *= Fraction(10) ** max(0, len(mantissa.lstrip("-")) - count(text))
    return abs(Fraction(text) - number) <= last / 2


@given(middle=MIDDLES, radius=RADII, digits=DIGITS)
def test_every_number_between_the_bounds_has_the_digits(middle: Decimal, radius: Decimal, digits: int) -> None:
    low, high = decimal_bounds(f"[{middle} +/- {radius}]", 400)
    text = certain_text(low, high, digits)
    assert text.startswith("0e") or count(text) <= digits
    for number in (Fraction(middle), Fraction(middle) - Fraction(radius), Fraction(middle) + Fraction(radius)):
        assert is_right(text, number)


@given(middle=st.integers(1, 10**40).map(Decimal), digits=DIGITS)
def test_where_bounds_are_near_there_are_all_digits(middle: Decimal, digits: int) -> None:
    low, high = decimal_bounds(f"[{middle} +/- 1e-60]", 200)
    text = certain_text(low, high, digits)
    assert has_all_digits(low, high, digits) == (count(text) == digits)


@given(number=st.fractions(), digits=DIGITS)
def test_a_fraction_is_exact_or_has_all_digits(number: Fraction, digits: int) -> None:
    text = exact_text(number.numerator, number.denominator, digits)
    assert Fraction(text) == number or (count(text) == digits and is_right(text, number))


@pytest.mark.parametrize(
    ("low", "high", "digits", "text"),
    [
        ("0.99999999", "1.00000001", 5, "1.0000"),
        ("0.1249", "0.1251", 2, "0.1"),
        ("3", "7", 5, "0e+01"),
        ("-1", "1", 5, "0e+00"),
        ("-1e-9", "2e-9", 5, "0e-08"),
        ("123456", "123456.1", 3, "1.23e+05"),
        ("-0.00012345", "-0.00012344", 3, "-0.000123"),
        ("-0.000012345", "-0.000012344", 3, "-1.23e-05"),
    ],
)
def test_the_layout(low: str, high: str, digits: int, text: str) -> None:
    assert certain_text(Decimal(low), Decimal(high), digits) == text


def test_bounds_are_rounded_outwards() -> None:
    low, high = decimal_bounds("[0.123456789 +/- 1e-20]", 5)
    assert (low, high) == (Decimal("0.12345"), Decimal("0.12346"))


def test_an_exponent_that_no_decimal_has_is_refused() -> None:
    with pytest.raises(DomainError, match="too large or too small"):
        decimal_bounds("[1.5e+99999999999999999999 +/- 1]", 5)


def test_a_certain_number_is_its_text_and_a_float() -> None:
    number = CertainNumber(0.5, "0.500000")
    assert (number_text(number, 3), json_numbers([number]), number + 1) == ("0.500000", ["0.500000"], 1.5)
    assert json_numbers(CertainNumber(float("inf"), "inf")) == "Infinity"
