"""Exact fractions: `fractions.Fraction`, for the functions whose results are rational.

Numbers keep all their digits, so their size is bounded: a value of more than `MAX_DIGITS` digits is refused rather
than computed with for minutes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import NoReturn

from backpropcli.domains import floats
from backpropcli.domains.base import Value
from backpropcli.domains.scalars import ScalarDomain
from backpropcli.errors import DataError, DomainError
from backpropcli.sources.literals import is_based

MAX_DIGITS = 4000
_MAX_BITS = int(MAX_DIGITS * math.log2(10))


def _irrational(function: str) -> Callable[..., NoReturn]:
    """A function that fractions lack."""

    def refuse(_self: Exact, /, *_xs: Fraction) -> NoReturn:
        raise DomainError(f"exact fractions have no {function}: its values are irrational")

    return refuse


class Exact(ScalarDomain):
    """Single numbers that are fractions.

    >>> DOMAIN.number("1.1"), DOMAIN.sqrt(Fraction(9, 4))
    (Fraction(11, 10), Fraction(3, 2))
    """

    name = "exact"
    title = "exact fractions"
    is_exact = True
    shows_text = True
    epsilon = 0.0

    def number(self, text: str, /) -> Fraction:
        """The fraction that a number as text is."""
        lower = text.lower()
        if lower in {"pi", "e"}:
            raise DomainError(f"{lower} is irrational, it has no exact value")
        if lower.endswith(("inf", "nan")):
            raise DataError(f"{text} has no exact value")
        if is_based(lower):
            return self.convert(int(text, 0))
        mantissa, _, exponent = lower.partition("e")
        exponent_digits = exponent.lstrip("+-0")
        if len(exponent_digits) > len(str(MAX_DIGITS)) or len(mantissa) + int(exponent_digits or 0) > MAX_DIGITS:
            raise _too_long()
        return Fraction(re.sub(r"\.(?=e|$)", "", lower))

    def convert(self, value: Value, /, _dtype: str = "float64") -> Fraction:
        """An int, a fraction, or a float with exactly the value that it has."""
        if getattr(value, "shape", None) == ():
            value = value.item()  # a fraction of NumPy's integers would overflow
        try:
            fraction = Fraction(value)
        except (ValueError, OverflowError):
            raise DataError(f"{value} has no exact value") from None
        except TypeError:
            raise DataError(f"a value of type {type(value).__qualname__} is not a number") from None
        self.guard(fraction)
        return fraction

    def guard(self, value: Fraction, /) -> None:
        """Refuse a value with more than `MAX_DIGITS` digits above or below the fraction bar."""
        if value.numerator.bit_length() > _MAX_BITS or value.denominator.bit_length() > _MAX_BITS:
            raise _too_long()

    def type_name(self, _x: Fraction, /) -> str:
        """What people call these numbers."""
        return "fraction"

    def rounded(self, x: Fraction, /) -> float:
        """The float64 nearest to x: an infinity beyond the largest."""
        try:
            return float(x)
        except OverflowError:
            return math.inf if x > 0 else -math.inf

    def is_finite(self, _x: Fraction, /) -> bool:
        """Every fraction is finite."""
        return True

    def is_nan(self, _x: Fraction, /) -> bool:
        """No fraction is nan."""
        return False

    exp, expm1 = _irrational("exp"), _irrational("expm1")
    log, log1p = _irrational("log"), _irrational("log1p")
    logaddexp, log2, log10 = _irrational("logaddexp"), _irrational("log2"), _irrational("log10")
    sin, cos = _irrational("sin"), _irrational("cos")
    asin, acos = _irrational("asin"), _irrational("acos")
    atan, atan2 = _irrational("atan"), _irrational("atan2")
    asinh, acosh, atanh = _irrational("asinh"), _irrational("acosh"), _irrational("atanh")
    tanh, erf = _irrational("tanh"), _irrational("erf")

    def sqrt(self, x: Fraction, /) -> Fraction:
        """The square root of a square of a fraction."""
        if x >= 0:
            root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
            if root * root == x:
                return root
        raise DomainError("exact fractions have no sqrt of this value: the root is irrational")

    def power_of_two(self, _x: Fraction, /) -> Fraction:
        """One: a fraction needs no scaling."""
        return Fraction(1)

    def floor(self, x: Fraction, /) -> Fraction:
        """The largest whole number that is not above x."""
        return Fraction(math.floor(x))

    def divide(self, x: Fraction, y: Fraction, /) -> Fraction:
        """The quotient x / y."""
        if y == 0:
            raise DomainError("division by zero has no exact value")
        return Fraction(x) / y

    def power(self, x: Fraction, y: Fraction, /) -> Fraction:
        """The power x ** y for a whole number y."""
        if y.denominator != 1:
            raise DomainError("exact fractions have no power with a fractional exponent: its values are irrational")
        if x == 0 and y < 0:
            raise DomainError("division by zero has no exact value")
        bits = max(x.numerator.bit_length(), x.denominator.bit_length())
        if x not in (-1, 0, 1) and (bits - 1) * abs(y) > _MAX_BITS:
            raise _too_long()
        return Fraction(x ** int(y))

    def maximum(self, x: Value, y: Value, /) -> Value:
        """The larger of x and y."""
        return self._fraction_or_bound(max(x, y))

    def minimum(self, x: Value, y: Value, /) -> Value:
        """The smaller of x and y."""
        return self._fraction_or_bound(min(x, y))

    def where(self, condition: bool, x: Value, y: Value, /) -> Value:
        """Either x if the condition holds or else y."""
        return self._fraction_or_bound(x if condition else y)

    def _fraction_or_bound(self, x: Value) -> Value:
        """A fraction, or an infinity as it is, which layers compare with as a bound and never compute with."""
        return x if type(x) is Fraction or (isinstance(x, float) and math.isinf(x)) else self.convert(x)

    def ones_like(self, _x: Fraction, /) -> Fraction:
        """One."""
        return Fraction(1)

    def zeros_like(self, _x: Fraction, /) -> Fraction:
        """Zero."""
        return Fraction(0)

    def random_like(self, _x: Value, seed: int, /) -> Fraction:
        """The same number from [0, 1) as of floats."""
        return Fraction(floats.DOMAIN.random_like(0.0, seed))


def _too_long() -> DomainError:
    return DomainError(f"an exact number would have more than {MAX_DIGITS:,} digits")


DOMAIN = Exact()
