"""Python floats: IEEE 754 float64 through the `math` module, with inf and nan where `math` would raise."""

from __future__ import annotations

import math
from functools import lru_cache

from backpropcli.domains.angles import REDUCED_BADLY, near_zero
from backpropcli.domains.base import Over, Value
from backpropcli.domains.ranges import Scaling, times
from backpropcli.domains.scalars import ScalarDomain
from backpropcli.errors import DataError
from backpropcli.sources.literals import to_float

_CONSTANTS = {"pi": math.pi, "e": math.e}


def _join(mantissa: float, exponent: int) -> float:
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(math.inf, mantissa)


_SCALING = Scaling(math.frexp, _join)


class Floats(ScalarDomain):
    """Single numbers of float64.

    >>> DOMAIN.number("1e-3"), DOMAIN.number("0x10"), DOMAIN.number("-.inf"), DOMAIN.number("pi")
    (0.001, 16.0, -inf, 3.141592653589793)
    >>> DOMAIN.power_of_two(7.0), DOMAIN.power_of_two(-8.0), DOMAIN.power_of_two(0.0)
    (4.0, 8.0, 0.5)
    """

    name = "floats"
    title = "floats"
    is_python = True

    def number(self, text: str, /) -> float:
        """The float64 nearest to a number as text."""
        constant = _CONSTANTS.get(text)
        return to_float(text) if constant is None else constant

    def convert(self, value: Value, /, _dtype: str = "float64") -> float:
        """An int or a float as a float."""
        try:
            return float(value)
        except OverflowError:
            raise DataError("an integer is too large for a float64") from None
        except (TypeError, ValueError):
            raise DataError(f"a value of type {type(value).__qualname__} is not a number") from None

    def type_name(self, _x: float, /) -> str:
        """The type of every Python float."""
        return "float64"

    def rounded(self, x: float, /) -> float:
        """The number itself."""
        return float(x)

    def is_finite(self, x: float, /) -> bool:
        """Whether x is neither infinite nor nan."""
        return math.isfinite(x)

    def is_nan(self, x: float, /) -> bool:
        """Whether x is nan."""
        return math.isnan(x)

    def nears_limits(self, x: float, /) -> bool:
        """Whether x is outside of 1e-290 to 1e290 in size."""
        return not 1e-290 < abs(x) < 1e290

    def times(self, *factors: float | Over) -> float:
        """The product, rounded as if the exponents had no limits until the end."""
        return float(times(self, _SCALING, factors))

    def exp(self, x: float, /) -> float:
        """The base e to the power of x; inf past 709.78."""
        try:
            return math.exp(x)
        except OverflowError:
            return math.inf

    def expm1(self, x: float, /) -> float:
        """The exponential minus 1; inf past 709.78."""
        try:
            return math.expm1(x)
        except OverflowError:
            return math.inf

    def log(self, x: float, /) -> float:
        """The natural logarithm."""
        if x > 0:
            return math.log(x)
        return -math.inf if x == 0 else math.nan

    def log1p(self, x: float, /) -> float:
        """The natural logarithm of 1 + x."""
        if x > -1:
            return math.log1p(x)
        return -math.inf if x == -1 else math.nan

    def logaddexp(self, x: float, y: float, /) -> float:
        """The logarithm of exp(x) + exp(y)."""
        from backpropcli.domains.log_sums import is_near_zero, log_of_sum, log_of_sum_near_zero  # seldom needed

        found = log_of_sum(self, x, y)
        return log_of_sum_near_zero(x, y) if is_near_zero(x, y, found) else found

    def log2(self, x: float, /) -> float:
        """The logarithm to the base 2."""
        return math.log2(x) if x > 0 else self.log(x)

    def log10(self, x: float, /) -> float:
        """The logarithm to the base 10."""
        return math.log10(x) if x > 0 else self.log(x)

    def sqrt(self, x: float, /) -> float:
        """The square root."""
        return math.nan if x < 0 else math.sqrt(x)

    def power_of_two(self, x: float, /) -> float:
        """A power of two near |x|."""
        _, exponent = math.frexp(x)
        return math.ldexp(0.5, exponent)

    def sin(self, x: float, /) -> float:
        """The sine: nan at infinity."""
        if math.isinf(x):
            return math.nan
        found = math.sin(x)
        return near_zero(x, found) if abs(x) > REDUCED_BADLY else found

    def cos(self, x: float, /) -> float:
        """The cosine: nan at infinity."""
        if math.isinf(x):
            return math.nan
        found = math.cos(x)
        return near_zero(x, found) if abs(x) > REDUCED_BADLY else found

    def asin(self, x: float, /) -> float:
        """The arcsine."""
        return math.asin(x) if abs(x) <= 1 else math.nan

    def acos(self, x: float, /) -> float:
        """The arccosine."""
        return math.acos(x) if abs(x) <= 1 else math.nan

    def atan(self, x: float, /) -> float:
        """The arctangent."""
        return math.atan(x)

    def atan2(self, y: float, x: float, /) -> float:
        """The angle of the point (x, y)."""
        return math.atan2(y, x)

    def asinh(self, x: float, /) -> float:
        """The inverse hyperbolic sine."""
        return math.asinh(x)

    def acosh(self, x: float, /) -> float:
        """The inverse hyperbolic cosine."""
        return math.acosh(x) if x >= 1 else math.nan

    def atanh(self, x: float, /) -> float:
        """The inverse hyperbolic tangent."""
        if abs(x) < 1:
            return math.atanh(x)
        return math.copysign(math.inf, x) if abs(x) == 1 else math.nan

    def tanh(self, x: float, /) -> float:
        """The hyperbolic tangent."""
        return math.tanh(x)

    def erf(self, x: float, /) -> float:
        """The error function."""
        return math.erf(x)

    def floor(self, x: float, /) -> float:
        """The largest whole number that is not above x."""
        return float(math.floor(x)) if math.isfinite(x) else x

    def divide(self, x: float, y: float, /) -> float:
        """The quotient x / y."""
        try:
            return x / y
        except ZeroDivisionError:
            return math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x) * math.copysign(1.0, y)

    def power(self, x: float, y: float, /) -> float:
        """The power x ** y; past float64 it is inf."""
        try:
            return math.pow(x, y)
        except ValueError:
            if x < 0:
                return math.nan
        except OverflowError:
            pass
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf

    def maximum(self, x: float, y: float, /) -> float:
        """The larger of x and y."""
        return float(x if x >= y or math.isnan(x) else y)

    def minimum(self, x: float, y: float, /) -> float:
        """The smaller of x and y."""
        return float(x if x <= y or math.isnan(x) else y)

    def where(self, condition: bool, x: float, y: float, /) -> float:
        """Either x if the condition holds or else y."""
        return float(x if condition else y)

    def ones_like(self, _x: float, /) -> float:
        """One."""
        return 1.0

    def zeros_like(self, _x: float, /) -> float:
        """Zero."""
        return 0.0

    def random_like(self, _x: Value, seed: int, /) -> float:
        """A number from [0, 1)."""
        return _drawn(seed)


@lru_cache
def _drawn(seed: int) -> float:
    from random import Random

    return Random(seed).random()


DOMAIN = Floats()
