"""Exact fractions: `fractions.Fraction`, for the functions whose results are rational.

Numbers keep all their digits, so their size is bounded: a value of more than `MAX_DIGITS` digits is refused rather
than computed with for minutes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from fractions import Fraction
from typing import NoReturn

from backpropcli.domains import floats
from backpropcli.domains.axisless import *  # noqa: F403 - every one of them is a function of this domain
from backpropcli.domains.base import Axis, Value
from backpropcli.errors import DataError, DomainError, ShapeError

name = "exact"
rounded = float
random_like = floats.random_like
MAX_DIGITS = 4000
_MAX_BITS = int(MAX_DIGITS * math.log2(10))


def number(text: str, /) -> Fraction:
    """The fraction that a number as text is.

    >>> number("1.1")
    Fraction(11, 10)
    """
    if text in {"pi", "e"}:
        raise DomainError(f"{text} is irrational, it has no exact value")
    lower = text.lower()
    if lower.endswith(("inf", "nan")):
        raise DataError(f"{text} has no exact value")
    if lower.startswith(("0x", "0o")):
        return convert(int(text, 0))
    mantissa, _, exponent = lower.partition("e")
    exponent_digits = exponent.lstrip("+-0")
    if len(exponent_digits) > len(str(MAX_DIGITS)) or len(mantissa) + int(exponent_digits or 0) > MAX_DIGITS:
        raise _too_long()
    return Fraction(re.sub(r"\.(?=e|$)", "", lower))


def constants(texts: Iterable[str], _inputs: Iterable[Value], /) -> list[Fraction]:
    """The value of each number."""
    return [number(text) for text in texts]


def convert(value: Value, /, _dtype: str = "float64") -> Fraction:
    """An int, a fraction, or a float with exactly the value that it has."""
    if getattr(value, "shape", None) == ():
        value = value.item()  # a fraction of NumPy's integers would overflow
    try:
        fraction = Fraction(value)
    except (ValueError, OverflowError):
        raise DataError(f"{value} has no exact value") from None
    except TypeError:
        raise DataError(f"a value of type {type(value).__qualname__} is not a number") from None
    guard(fraction)
    return fraction


def quiet() -> AbstractContextManager[object]:
    """Nothing to silence: fractions never warn."""
    return nullcontext()


def guard(value: Fraction, /) -> None:
    """Refuse a value with more than `MAX_DIGITS` digits above or below the fraction bar."""
    if value.numerator.bit_length() > _MAX_BITS or value.denominator.bit_length() > _MAX_BITS:
        raise _too_long()


def is_finite(_x: Fraction, /) -> bool:
    """Every fraction is finite."""
    return True


def _too_long() -> DomainError:
    return DomainError(f"an exact number would have more than {MAX_DIGITS:,} digits")


def _irrational(name: str) -> Callable[[Fraction], NoReturn]:
    """What stands for a function whose values are irrational."""

    def refuse(_x: Fraction, /) -> NoReturn:
        raise DomainError(f"exact fractions have no {name}: its values are irrational")

    return refuse


exp = _irrational("exp")
expm1 = _irrational("expm1")
log = _irrational("log")
log1p = _irrational("log1p")
sin = _irrational("sin")
cos = _irrational("cos")
tanh = _irrational("tanh")
erf = _irrational("erf")


def sqrt(x: Fraction, /) -> Fraction:
    """The square root of a square of a fraction.

    >>> sqrt(Fraction(9, 4))
    Fraction(3, 2)
    """
    if x >= 0:
        root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
        if root * root == x:
            return root
    raise DomainError("exact fractions have no sqrt of this value: the root is irrational")


def power_of_two(_x: Fraction, /) -> Fraction:
    """One: a fraction needs no scaling."""
    return Fraction(1)


def divide(x: Fraction, y: Fraction, /) -> Fraction:
    """The quotient x / y."""
    if y == 0:
        raise DomainError("division by zero has no exact value")
    return x / y


def power(x: Fraction, y: Fraction, /) -> Fraction:
    """The power x ** y for a whole number y."""
    if y.denominator != 1:
        raise DomainError("exact fractions have no power with a fractional exponent: its values are irrational")
    if x == 0 and y < 0:
        raise DomainError("division by zero has no exact value")
    bits = max(x.numerator.bit_length(), x.denominator.bit_length())
    if x not in (-1, 0, 1) and (bits - 1) * abs(y) > _MAX_BITS:
        raise _too_long()
    return Fraction(x ** int(y))


def maximum(x: Fraction, y: Fraction, /) -> Fraction:
    """The larger of x and y."""
    return Fraction(max(x, y))


def minimum(x: Fraction, y: Fraction, /) -> Fraction:
    """The smaller of x and y."""
    return Fraction(min(x, y))


def where(condition: bool, x: Value, y: Value, /) -> Fraction:
    """Either x if the condition holds or else y."""
    return Fraction(x if condition else y)


def ones_like(_x: Fraction, /) -> Fraction:
    """One."""
    return Fraction(1)


def zeros_like(_x: Fraction, /) -> Fraction:
    """Zero."""
    return Fraction(0)


def sum(x: Fraction, axis: Axis = None, _keepdims: bool = False, /) -> Fraction:
    """A number is its own sum, as it is its own maximum and minimum."""
    if axis is not None:
        raise ShapeError(f"axis {axis} is out of range for a number")
    return x


amax = sum
amin = sum
