"""Numbers as text."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.text.numbers import DEFAULT_PRECISION, latex_numbers, number_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (715.0000000000001, "715"),
        (2.2, "2.2"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (1e20, "1e+20"),
        (1.5e-7, "1.5e-07"),
        (5e-324, "4.94065645841e-324"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
    ],
)
def test_people_see_twelve_significant_digits(number: float, text: str) -> None:
    """The default is C's %.12g, without a negative zero."""
    assert number_text(number, DEFAULT_PRECISION) == text


@given(st.floats(allow_nan=False))
def test_full_precision_reads_back_bit_for_bit(number: float) -> None:
    """Full text is read back by float() as the same float, the sign of zero included."""
    back = float(number_text(number, None))
    assert (back, math.copysign(1, back)) == (number, math.copysign(1, number))


def test_full_precision_drops_the_fraction_of_a_whole_number() -> None:
    """110.0 is 110 and 715.0000000000001 keeps all its digits."""
    assert [number_text(x, None) for x in (110.0, 715.0000000000001, 1e16)] == ["110", "715.0000000000001", "1e+16"]


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (Fraction(715), "715"),
        (Fraction(33, 10), "3.3"),
        (Fraction(-11, 10), "-1.1"),
        (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-22, 7), "-22/7"),
        (Fraction(1, 10**12), "0.000000000001"),
        (Fraction(1, 10**13), "1/10000000000000"),
        (Fraction(10**30), "1" + "0" * 30),
        (Fraction(0), "0"),
    ],
)
def test_fractions_are_shown_exactly(fraction: Fraction, text: str) -> None:
    """As a short decimal if there is one, else as p/q, at the default and at full precision."""
    assert number_text(fraction, DEFAULT_PRECISION) == text
    assert number_text(fraction, None) == text


@given(st.fractions())
def test_the_text_of_a_fraction_is_the_fraction(fraction: Fraction) -> None:
    """Nothing of an exact number is lost at the default precision."""
    assert Fraction(number_text(fraction, DEFAULT_PRECISION)) == fraction


@pytest.mark.parametrize(
    ("fraction", "precision", "text"),
    [
        (Fraction(2, 3), 3, "0.667"),
        (Fraction(1, 3), 20, "0.33333333333333333333"),
        (Fraction(25, 10), 1, "2"),
        (Fraction(35, 10), 1, "4"),
        (Fraction(-1), 3, "-1"),
        (Fraction(0), 3, "0"),
        (Fraction(123456), 3, "1.23e+05"),
        (Fraction(1, 30000), 2, "3.3e-05"),
        (Fraction(1, 3000), 2, "0.00033"),
        (Fraction(9999, 10), 3, "1e+03"),
        (Fraction(10) ** 5000, 3, "1e+5000"),
    ],
)
def test_fractions_are_rounded_once_when_digits_are_asked_for(fraction: Fraction, precision: int, text: str) -> None:
    """N significant digits, ties to even, in the layout of %g."""
    assert number_text(fraction, precision) == text


@given(st.integers(-(2**53), 2**53), st.integers(0, 60), st.integers(1, 11))
def test_a_rounded_fraction_looks_like_the_float(numerator: int, exponent: int, precision: int) -> None:
    """A dyadic fraction has the text of the float that equals it: %g rounds correctly too."""
    fraction = Fraction(numerator, 2**exponent)
    assert number_text(fraction, precision) == number_text(float(fraction), precision)


def test_a_fraction_may_have_more_digits_than_str_writes() -> None:
    """Python refuses to write whole numbers of more than 4300 digits; gradients may have more."""
    text = number_text(Fraction(10**5000 + 1, 3), DEFAULT_PRECISION)
    assert text == "1" + "0" * 4999 + "1/3"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("-1.5e-07", r"-1.5 \times 10^{-7}"),
        ("1e+20", r"1 \times 10^{20}"),
        ("1e+100", r"1 \times 10^{100}"),
        ("-inf", r"-\infty"),
        ("nan", r"\mathrm{nan}"),
        ("[[1, 2.5]]", "[[1, 2.5]]"),
    ],
)
def test_powers_of_ten_and_what_is_no_number_are_latex(text: str, latex: str) -> None:
    """As in math mode."""
    assert latex_numbers(text) == latex
