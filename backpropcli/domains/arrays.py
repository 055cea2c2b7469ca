"""NumPy arrays of float64 or float32, with NumPy's broadcasting."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from backpropcli.domains import array_windows, floats
from backpropcli.domains.angles import REDUCED_BADLY, near_zero
from backpropcli.domains.axes import axis_index, stretched_axes
from backpropcli.domains.base import Axis, Domain, Over, Shape, Value
from backpropcli.domains.log_sums import is_near_zero, log_of_sum, log_of_sum_near_zero
from backpropcli.domains.ranges import Scaling, times
from backpropcli.domains.user_arrays import taken_back
from backpropcli.errors import DataError, ShapeError

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


class Arrays(Domain):
    """NumPy arrays."""

    name = "arrays"
    title = "arrays"

    def number(self, text: str, /) -> float:
        """The float64 nearest to a number as text."""
        return floats.DOMAIN.number(text)

    def constants(self, texts: Iterable[str], inputs: Iterable[Array], /) -> list[Array]:
        """The value of each number as an array without axes, of float32 where all inputs are."""
        dtype = np.result_type(*{x.dtype for x in inputs} or {np.dtype("float64")})
        with self.quiet():
            return [np.array(self.number(text), dtype) for text in texts]

    def convert(self, value: Value, /, dtype: str = "float64") -> Array:
        """Numbers or nested lists of numbers as an array of floats: of `dtype`, but an array of float32 stays one."""
        if hasattr(value, "filled"):  # a masked array, whose numbers behind the mask are none
            raise DataError("an array with a mask is not an array of numbers")
        try:
            found = np.asarray(value)
        except ValueError:
            raise DataError("the rows of an array differ in length") from None
        if found.dtype.kind not in "biuf":
            raise DataError(f"an array of {found.dtype} is not an array of numbers")
        is_float32 = found.dtype.kind == "f" and found.dtype.itemsize == np.dtype("float32").itemsize
        with self.quiet():
            return found.astype("float32" if is_float32 else dtype)

    def accept(self, value: Value, /) -> Array:
        """An array of floats: itself if it is one."""
        return taken_back(value)

    def quiet(self) -> AbstractContextManager[object]:
        """A context without NumPy's warnings of overflow and of invalid operations."""
        return np.errstate(all="ignore")

    def shape(self, x: Array, /) -> Shape:
        """The lengths of the axes."""
        return np.shape(x)

    def size(self, x: Array, /) -> int:
        """How many numbers there are."""
        return int(np.size(x))

    def numbers(self, x: Array, /) -> Any:
        """Nested lists of floats; a float32 counts as the shortest decimal that reads back as it, as 0.1."""
        x = np.asarray(x)
        return (x.astype(str).astype(float) if x.dtype == "float32" else x).tolist()

    def elements(self, x: Array, /) -> list[Array]:
        """NumPy's scalars."""
        return list(np.ravel(x))

    def type_name(self, x: Array, /) -> str:
        """The dtype."""
        return str(x.dtype)

    def rounded(self, x: Array, /) -> float:
        """The number in an array of one."""
        return float(x)

    def is_finite(self, x: Array, /) -> bool:
        """Whether every element is finite."""
        return bool(np.isfinite(x).all())

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

    def ones_like(self, x: Array, /) -> Array:
        """Ones in the shape and dtype of x."""
        return np.ones_like(x)

    def zeros_like(self, x: Array, /) -> Array:
        """Zeros in the shape and dtype of x."""
        return np.zeros_like(x)

    def random_like(self, x: Array, seed: int, /) -> Array:
        """Numbers of float64."""
        return np.random.default_rng(seed).random(np.shape(x))

    def matmul(self, x: Array, y: Array, /) -> Array:
        """NumPy's matrix product."""
        return np.matmul(x, y)

    def transpose(self, x: Array, /) -> Array:
        """A view with the last two axes swapped."""
        return np.swapaxes(x, -1, -2)

    def permute_dims(self, x: Array, axes: tuple[int, ...], /) -> Array:
        """A view with the axes in another order."""
        return np.permute_dims(x, axes)

    def reshape(self, x: Array, shape: Shape, /) -> Array:
        """The numbers of x, row by row, in another shape."""
        try:
            return np.reshape(x, shape)
        except ValueError:
            raise ShapeError(f"an array of shape {np.shape(x)} cannot have the shape {shape}") from None

    def concat(self, xs: Sequence[Array], axis: int, /) -> Array:
        """The arrays one after the other."""
        return np.concat(xs, axis)

    def add_at(self, x: Array, key: Any, values: Array, /) -> Array:
        """A copy of x with the values added."""
        out = np.array(x)
        np.add.at(out, key, values)
        return out

    def expand_dims(self, x: Array, axis: int | tuple[int, ...], /) -> Array:
        """A view with new axes."""
        return np.expand_dims(x, axis)

    def squeeze(self, x: Array, axis: int | tuple[int, ...], /) -> Array:
        """A view without the axes."""
        return np.squeeze(x, axis)

    def broadcast_to(self, x: Array, shape: Shape, /) -> Array:
        """A read-only view."""
        return np.broadcast_to(x, shape)

    def unbroadcast(self, gradient: Array, like: Array, /) -> Array:
        """The gradient itself where its shape is right."""
        shape = np.shape(like)
        if np.shape(gradient) == shape:
            return gradient
        return np.sum(gradient, axis=stretched_axes(np.shape(gradient), shape)).reshape(shape)

    def sum(self, x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
        """NumPy's pairwise sum."""
        return np.sum(x, axis=_checked(axis, x), keepdims=keepdims)

    def amax(self, x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
        """The largest number along the axes."""
        return np.max(x, axis=_checked(axis, x), keepdims=keepdims, initial=-np.inf)

    def amin(self, x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
        """The smallest number along the axes."""
        return np.min(x, axis=_checked(axis, x), keepdims=keepdims, initial=np.inf)

    def cumsum(self, x: Array, axis: int, /) -> Array:
        """The running sum; of a condition, counts."""
        return np.cumsum(x, axis)

    def pad(self, x: Array, widths: tuple[tuple[int, int], ...], fill: float, /) -> Array:
        """The array in a frame of `fill`s."""
        try:
            return np.pad(x, widths, constant_values=fill)
        except ValueError:  # more than NumPy can count
            raise DataError("the padded value does not fit into memory") from None

    def tril(self, x: Array, /) -> Array:
        """The lower triangle of each matrix."""
        return np.tril(x)

    def unfold(self, x: Array, kernel: Shape, stride: Shape, dilation: Shape, /) -> Array:
        """A read-only view."""
        return array_windows.unfold(x, kernel, stride, dilation)

    def fold(self, windows: Array, shape: Shape, stride: Shape, dilation: Shape, /) -> Array:
        """The image that the windows add up to."""
        return array_windows.fold(windows, shape, stride, dilation)

    def as_indices(self, x: Array, count: int, name: str, /) -> Array:
        """Whole numbers as integers."""
        fits = (x >= 0) & (x < count) & (x == np.floor(x))
        if not np.all(fits):
            wrong = np.asarray(x)[~fits][0]
            raise DataError(f"the {name} {wrong:.12g} is not a whole number from 0 up to, but not including, {count}")
        return np.asarray(x).astype(int)

    def one_hot(self, labels: Array, count: int, axis: int, /) -> Array:
        """Class numbers as ones among zeros, in the dtype of the labels."""
        hot = self.as_indices(labels, count, "label")[..., None] == np.arange(count)
        return np.moveaxis(hot, -1, axis).astype(np.asarray(labels).dtype)

    def as_mask(self, x: Array, name: str, /) -> Array:
        """Zeros and ones as booleans."""
        fits = (x == 0) | (x == 1)
        if not np.all(fits):
            raise DataError(f"{name} must hold only 0 and 1, not {np.asarray(x)[~fits][0]:.12g}")
        return x == 1


def _checked(axis: Axis, x: Array) -> Axis:
    """The axis, if x has it."""
    for each in (axis,) if isinstance(axis, int) else axis or ():
        axis_index(each, np.shape(x))
    return axis


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


DOMAIN = Arrays()
