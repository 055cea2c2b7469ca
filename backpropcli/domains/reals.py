"""Reals of 50 digits, mpmath's `mpf`: what the floats compute, from the same numbers, with digits to judge them by.

The only module that imports mpmath (the extra `precise`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from mpmath.ctx_mp import MPContext

from backpropcli.domains import floats
from backpropcli.domains.base import Value
from backpropcli.domains.scalars import ScalarDomain
from backpropcli.errors import DomainError

DIGITS = 50

_context: Any = MPContext()  # of its own, so that the precision of others is left alone
_context.dps = DIGITS
_ZERO, _ONE, _INF, _NAN = _context.zero, _context.one, _context.inf, _context.nan
_CONSTANTS = {"pi": +_context.pi, "e": +_context.e}
_FAR = 10**6  # exp of more has digits enough, but its exponents make every step slow


def _refuse_to_round(_: Value) -> NoReturn:
    """A layer that calls `math` or `float` would lose digits without a word."""
    raise DomainError("a real of 50 digits is not a float")


_to_float = _context.mpf.__float__
_context.mpf.__float__ = _refuse_to_round  # the class is this context's own


class Reals(ScalarDomain):
    """Single numbers of 50 digits."""

    name = "reals"
    title = "reals of 50 digits"
    epsilon = 10.0**-DIGITS

    def number(self, text: str, /) -> Value:
        """The float64 nearest to a number as text, as the floats compute with it; pi and e have all their digits."""
        constant = _CONSTANTS.get(text)
        return self.convert(floats.DOMAIN.number(text)) if constant is None else constant

    def convert(self, value: Value, /, _dtype: str = "float64") -> Value:
        """A real as it is; an int or a float with exactly the value that it has."""
        return value if isinstance(value, _context.mpf) else _context.mpf(floats.DOMAIN.convert(value))

    def numbers(self, x: Value, /) -> float:
        """The float64 nearest to a real: what judges by reals shows floats."""
        return self.rounded(x)

    def type_name(self, _x: Value, /) -> str:
        """What people call these numbers."""
        return f"{DIGITS} digits"

    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to a real."""
        return float(_to_float(self.convert(x)))

    def is_finite(self, x: Value, /) -> bool:
        """Whether x is neither infinite nor nan."""
        return bool(_context.isfinite(x))

    def is_nan(self, x: Value, /) -> bool:
        """Whether x is nan."""
        return bool(_context.isnan(x))

    def exp(self, x: Value, /) -> Value:
        """The base e to the power of x; 0 and inf when x is far beyond any float64's logarithm."""
        if abs(x) > _FAR:
            return _INF if x > 0 else _ZERO
        return _context.exp(x)

    def expm1(self, x: Value, /) -> Value:
        """The exponential minus 1."""
        return self.exp(x) - 1 if abs(x) > 1 else _context.expm1(x)

    def log(self, x: Value, /) -> Value:
        """The natural logarithm."""
        if x > 0:
            return _context.log(x)
        return -_INF if x == 0 else _NAN

    def log1p(self, x: Value, /) -> Value:
        """The natural logarithm of 1 + x."""
        if x > -1:
            return _context.log1p(x)
        return -_INF if x == -1 else _NAN

    def logaddexp(self, x: Value, y: Value, /) -> Value:
        """The logarithm of exp(x) + exp(y)."""
        larger, smaller = self.maximum(x, y), self.minimum(x, y)
        return larger + self.log1p(self.exp(self.where(smaller == larger, 0, smaller - larger)))

    def log2(self, x: Value, /) -> Value:
        """The logarithm to the base 2."""
        return self.log(x) / _context.ln2

    def log10(self, x: Value, /) -> Value:
        """The logarithm to the base 10."""
        return self.log(x) / _context.ln10

    def sqrt(self, x: Value, /) -> Value:
        """The square root."""
        return _NAN if x < 0 else _context.sqrt(x)

    def power_of_two(self, _x: Value, /) -> Value:
        """One: these numbers have exponents enough to need no scaling."""
        return _ONE

    def sin(self, x: Value, /) -> Value:
        """The sine: nan at infinity."""
        return _context.sin(x) if self.is_finite(x) else _NAN

    def cos(self, x: Value, /) -> Value:
        """The cosine: nan at infinity."""
        return _context.cos(x) if self.is_finite(x) else _NAN

    def asin(self, x: Value, /) -> Value:
        """The arcsine."""
        return _context.asin(x) if abs(x) <= 1 else _NAN

    def acos(self, x: Value, /) -> Value:
        """The arccosine."""
        return _context.acos(x) if abs(x) <= 1 else _NAN

    def atan(self, x: Value, /) -> Value:
        """The arctangent."""
        return _context.atan(x)

    def atan2(self, y: Value, x: Value, /) -> Value:
        """The angle of the point (x, y); reals have one zero."""
        return _context.atan2(y, x)

    def asinh(self, x: Value, /) -> Value:
        """The inverse hyperbolic sine."""
        return _context.asinh(x)

    def acosh(self, x: Value, /) -> Value:
        """The inverse hyperbolic cosine."""
        return _context.acosh(x) if x >= 1 else _NAN

    def atanh(self, x: Value, /) -> Value:
        """The inverse hyperbolic tangent."""
        if abs(x) < 1:
            return _context.atanh(x)
        return x * _INF if abs(x) == 1 else _NAN

    def tanh(self, x: Value, /) -> Value:
        """The hyperbolic tangent."""
        return _context.tanh(x)

    def erf(self, x: Value, /) -> Value:
        """The error function."""
        return _context.erf(x)

    def floor(self, x: Value, /) -> Value:
        """The largest whole number that is not above x."""
        return _context.floor(x) if self.is_finite(x) else x

    def divide(self, x: Value, y: Value, /) -> Value:
        """The quotient x / y: infinity with the sign of x at y = 0, as reals have one zero."""
        if y == 0:
            return _NAN if x == 0 or _context.isnan(x) else x * _INF
        return self.convert(x) / y

    def power(self, x: Value, y: Value, /) -> Value:
        """The power x ** y."""
        if x == 0 and y < 0:
            return _INF
        if x < 0 and y != _context.floor(y):
            return _NAN
        if abs(y) > _FAR and x != 0 and abs(change := y * self.log(abs(x))) > _FAR:
            size = self.exp(change)
            return -size if x < 0 and y / 2 != _context.floor(y / 2) else size
        return self.convert(x) ** y

    def maximum(self, x: Value, y: Value, /) -> Value:
        """The larger of x and y."""
        return self.convert(x if x >= y or _context.isnan(x) else y)

    def minimum(self, x: Value, y: Value, /) -> Value:
        """The smaller of x and y."""
        return self.convert(x if x <= y or _context.isnan(x) else y)

    def where(self, condition: bool, x: Value, y: Value, /) -> Value:
        """Either x if the condition holds or else y."""
        return self.convert(x if condition else y)

    def ones_like(self, _x: Value, /) -> Value:
        """One."""
        return _ONE

    def zeros_like(self, _x: Value, /) -> Value:
        """Zero."""
        return _ZERO

    def random_like(self, _x: Value, seed: int, /) -> Value:
        """The same number from [0, 1) as of floats."""
        return self.convert(floats.DOMAIN.random_like(0.0, seed))


DOMAIN = Reals()


@contextmanager
def working_digits(digits: int) -> Iterator[Value]:
    """A context in which reals are computed to so many digits, for what 50 do not show; gives one unit of the last."""
    with _context.workdps(digits):
        yield _context.mpf(10) ** -digits
