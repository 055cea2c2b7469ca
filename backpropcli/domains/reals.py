"""Reals of 50 digits, mpmath's `mpf`: what the floats compute, from the same numbers, with digits to judge them by.

The only module that imports mpmath (the extra `precise`).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NoReturn

from mpmath.ctx_mp import MPContext

from backpropcli.domains import floats
from backpropcli.domains.axisless import *  # noqa: F403 - every one of them is a function of this domain
from backpropcli.domains.base import Axis, Value
from backpropcli.errors import DomainError, ShapeError

name = "reals"
guard = None
DIGITS = 50

_context: Any = MPContext()  # of its own, so that the precision of others is left alone
_context.dps = DIGITS
_ZERO, _ONE, _INF, _NAN = _context.zero, _context.one, _context.inf, _context.nan
_FAR = 10**6  # exp of more has digits enough, but its exponents make every step slow


def _refuse_to_round(_: Value) -> NoReturn:
    """A layer that calls `math` or `float` would lose digits without a word."""
    raise DomainError("a real of 50 digits is not a float")


_to_float = _context.mpf.__float__
_context.mpf.__float__ = _refuse_to_round  # the class is this context's own


def number(text: str, /) -> Value:
    """The float64 nearest to a number as text: the number that the floats compute with."""
    if text == "pi":
        return _context.pi * 1
    return _context.e * 1 if text == "e" else convert(floats.number(text))


def constants(texts: Iterable[str], _inputs: Iterable[Value], /) -> list[Value]:
    """The value of each number."""
    return [number(text) for text in texts]


def convert(value: Value, /, _dtype: str = "float64") -> Value:
    """A real as it is; an int or a float with exactly the value that it has."""
    return value if isinstance(value, _context.mpf) else _context.mpf(floats.convert(value))


def rounded(x: Value, /) -> float:
    """The float64 nearest to a real."""
    return float(_to_float(x))


def quiet() -> AbstractContextManager[object]:
    """Nothing to silence: mpmath never warns."""
    return nullcontext()


def is_finite(x: Value, /) -> bool:
    """Whether x is neither infinite nor nan."""
    return bool(_context.isfinite(x))


def exp(x: Value, /) -> Value:
    """The base e to the power of x; 0 and inf when x is far beyond any float64's logarithm."""
    if abs(x) > _FAR:
        return _INF if x > 0 else _ZERO
    return _context.exp(x)


def expm1(x: Value, /) -> Value:
    """The exponential minus 1."""
    return exp(x) - 1 if abs(x) > 1 else _context.expm1(x)


def log(x: Value, /) -> Value:
    """The natural logarithm: -inf at 0, nan below."""
    if x > 0:
        return _context.log(x)
    return -_INF if x == 0 else _NAN


def log1p(x: Value, /) -> Value:
    """The natural logarithm of 1 + x: -inf at -1, nan below."""
    if x > -1:
        return _context.log1p(x)
    return -_INF if x == -1 else _NAN


def sqrt(x: Value, /) -> Value:
    """The square root: nan below 0."""
    return _NAN if x < 0 else _context.sqrt(x)


def power_of_two(_x: Value, /) -> Value:
    """One: these numbers have exponents enough to need no scaling."""
    return _ONE


def sin(x: Value, /) -> Value:
    """The sine: nan at infinity."""
    return _context.sin(x) if is_finite(x) else _NAN


def cos(x: Value, /) -> Value:
    """The cosine: nan at infinity."""
    return _context.cos(x) if is_finite(x) else _NAN


def tanh(x: Value, /) -> Value:
    """The hyperbolic tangent."""
    return _context.tanh(x)


def erf(x: Value, /) -> Value:
    """The error function."""
    return _context.erf(x)


def divide(x: Value, y: Value, /) -> Value:
    """The quotient x / y: infinity with the sign of x at y = 0, nan for 0 / 0."""
    if y == 0:
        return _NAN if x == 0 or _context.isnan(x) else x * _INF
    return convert(x) / y


def power(x: Value, y: Value, /) -> Value:
    """The power x ** y: 0**0 is 1, 0**-1 is inf, a negative x with a fractional y is nan."""
    if x == 0 and y < 0:
        return _INF
    if x < 0 and y != _context.floor(y):
        return _NAN
    return convert(x) ** y


def maximum(x: Value, y: Value, /) -> Value:
    """The larger of x and y; nan if either is nan."""
    return convert(x if x >= y or _context.isnan(x) else y)


def minimum(x: Value, y: Value, /) -> Value:
    """The smaller of x and y; nan if either is nan."""
    return convert(x if x <= y or _context.isnan(x) else y)


def where(condition: bool, x: Value, y: Value, /) -> Value:
    """Either x if the condition holds or else y."""
    return convert(x if condition else y)


def ones_like(_x: Value, /) -> Value:
    """One."""
    return _ONE


def zeros_like(_x: Value, /) -> Value:
    """Zero."""
    return _ZERO


def random_like(_x: Value, seed: int, /) -> Value:
    """The same number from [0, 1) as of floats."""
    return convert(floats.random_like(0.0, seed))


def sum(x: Value, axis: Axis = None, _keepdims: bool = False, /) -> Value:
    """A number is its own sum, as it is its own maximum and minimum."""
    if axis is not None:
        raise ShapeError(f"axis {axis} is out of range for a number")
    return x


amax = sum
amin = sum
