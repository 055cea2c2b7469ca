"""The elementwise functions of NumPy arrays, and products that would leave the range of their floats."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from backpropcli.domains.angles import REDUCED_BADLY, near_zero
from backpropcli.domains.base import Domain, Over
from backpropcli.domains.log_sums import is_near_zero, log_of_sum, log_of_sum_near_zero
from backpropcli.domains.ranges import Scaling, times

Array = Any  # an ndarray or a NumPy scalar, which NumPy makes of arrays without axes

# For layers that are used without a run, which is quiet itself.
_quietly = np.errstate(all="ignore")
_exp, _expm1, _log, _log1p = map(_quietly, (np.exp, np.expm1, np.log, np.log1p))
_log2, _log10, _sqrt = map(_quietly, (np.log2, np.log10, np.sqrt))
_sin, _cos, _asin, _acos = map(_quietly, (np.sin, np.cos, np.asin, np.acos))
_acosh, _atanh = map(_quietly, (np.acosh, np.atanh))
_divide, _power = map(_quietly, (np.divide, np.power))
_times, _log_of_sum = _quietly(times), _quietly(log_of_sum)
_SCALING = Scaling(np.frexp, np.ldexp)
_WIDE = np.dtype("float64")


class ArrayFunctions(Domain):
    """What the domain of arrays computes element by element."""

    def is_nan(self, x: Array, /) -> Array:
        """Where x is nan."""
        return np.isnan(x)

    def nears_limits(self, x: Array, /) -> bool:
        """Whether an element is within 60 powers of two of the ends of its dtype's range."""
        size, limits = np.abs(x), np.finfo(x.dtype)
        return bool(np.any((size < limits.smallest_normal * 2.0**60) | (size > limits.max / 2.0**60)))

    def times(self, *factors: Array | Over) -> Array:
        """The products, rounded as if the exponents had no limits until the end."""
        dtype = np.result_type(*(factor.divisor if isinstance(factor, Over) else factor for factor in factors))
        return self.narrow(_times(self, _SCALING, factors), np.empty((), dtype))

    def wide(self, x: Array, /) -> Array:
        """An array of float32 as one of float64."""
        return x.astype(_WIDE) if isinstance(x, np.ndarray | np.generic) and x.dtype != _WIDE else x

    def narrow(self, x: Array, like: Array, /) -> Array:
        """The array in the dtype of another."""
        dtype = np.result_type(like)
        return x if x.dtype == dtype else _rounded(x, dtype)

    def exp(self, x: Array, /) -> Array:
        """The base e to the power of each element."""
        return _exp(x)

    def expm1(self, x: Array, /) -> Array:
        """The exponential of each element, minus 1."""
        return _expm1(x)

    def log(self, x: Array, /) -> Array:
        """Each element's natural logarithm."""
        return _log(x)

    def log1p(self, x: Array, /) -> Array:
        """The natural logarithm of 1 + each element."""
        return _log1p(x)

    def logaddexp(self, x: Array, y: Array, /) -> Array:
        """The logarithm of each sum exp(x) + exp(y)."""
        wide_x, wide_y = np.broadcast_arrays(self.wide(x), self.wide(y))
        found = np.array(_log_of_sum(self, wide_x, wide_y))
        near = is_near_zero(wide_x, wide_y, found)
        pairs = zip(wide_x[near].tolist(), wide_y[near].tolist(), strict=True)
        found[near] = [log_of_sum_near_zero(*pair) for pair in pairs]
        return self.narrow(found[()], np.result_type(x, y))

    def log2(self, x: Array, /) -> Array:
        """Each element's logarithm to the base 2."""
        return _log2(x)

    def log10(self, x: Array, /) -> Array:
        """Each element's logarithm to the base 10."""
        return _log10(x)

    def sqrt(self, x: Array, /) -> Array:
        """Each element's square root."""
        return _sqrt(x)

    def power_of_two(self, x: Array, /) -> Array:
        """A power of two near each |element|."""
        _, exponent = np.frexp(x)
        return np.ldexp(np.full_like(x, 0.5), exponent)

    def sin(self, x: Array, /) -> Array:
        """Each element's sine."""
        return _exactly_near_zeros(x, _sin(x))

    def cos(self, x: Array, /) -> Array:
        """Each element's cosine."""
        return _exactly_near_zeros(x, _cos(x))

    def asin(self, x: Array, /) -> Array:
        """Each element's arcsine."""
        return _asin(x)

    def acos(self, x: Array, /) -> Array:
        """Each element's arccosine."""
        return _acos(x)

    def atan(self, x: Array, /) -> Array:
        """Each element's arctangent."""
        return np.atan(x)

    def atan2(self, y: Array, x: Array, /) -> Array:
        """The angle of each point (x, y)."""
        return np.atan2(y, x)

    def asinh(self, x: Array, /) -> Array:
        """Each element's inverse hyperbolic sine."""
        return np.asinh(x)

    def acosh(self, x: Array, /) -> Array:
        """Each element's inverse hyperbolic cosine."""
        return _acosh(x)

    def atanh(self, x: Array, /) -> Array:
        """Each element's inverse hyperbolic tangent."""
        return _atanh(x)

    def tanh(self, x: Array, /) -> Array:
        """Each element's hyperbolic tangent."""
        return np.tanh(x)

    def erf(self, x: Array, /) -> Array:
        """Each element's error function, which NumPy lacks."""
        values = [math.erf(element) for element in x.ravel().tolist()]
        return np.array(values, x.dtype).reshape(x.shape)[()]

    def floor(self, x: Array, /) -> Array:
        """The largest whole number that is not above each element."""
        return np.floor(x)

    def divide(self, x: Array, y: Array, /) -> Array:
        """The quotients x / y."""
        return _divide(x, y)

    def power(self, x: Array, y: Array, /) -> Array:
        """The powers x ** y."""
        return _power(x, y)

    def maximum(self, x: Array, y: Array, /) -> Array:
        """The larger of each two elements."""
        return np.maximum(x, y)

    def minimum(self, x: Array, y: Array, /) -> Array:
        """The smaller of each two elements."""
        return np.minimum(x, y)

    def equal(self, x: Array, y: Array, /) -> Array:
        """Where x and y are the same number."""
        return np.equal(x, y)

    def where(self, condition: Array, x: Array, y: Array, /) -> Array:
        """The elements of x where the condition holds, else those of y."""
        return np.where(condition, x, y)


@_quietly
def _rounded(x: Array, dtype: np.dtype[Any]) -> Array:
    return x.astype(dtype)


def _exactly_near_zeros(x: Array, found: Array) -> Array:
    """Sines or cosines, again where the angle is so large that their zeros are missed."""
    missed = (np.abs(x) > REDUCED_BADLY) & (np.abs(found) < 0.5)
    if not missed.any():
        return found
    found = np.array(found)
    found[missed] = [near_zero(*pair) for pair in zip(x[missed].tolist(), found[missed].tolist(), strict=True)]
    return found[()]
