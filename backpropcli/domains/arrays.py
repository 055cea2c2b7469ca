"""NumPy arrays of float64 or float32, with NumPy's broadcasting."""

from __future__ import annotations

import math
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from backpropcli.domains import array_windows, floats
from backpropcli.domains.axes import axis_index
from backpropcli.domains.base import Axis, Shape, Value
from backpropcli.errors import DataError, ShapeError

Array = Any  # an ndarray or a NumPy scalar, which NumPy makes of arrays without axes

name = "arrays"
guard = None
number = floats.number
rounded = float
shape = np.shape
size = np.size
where = np.where
equal = np.equal
ones_like = np.ones_like
zeros_like = np.zeros_like
expand_dims = np.expand_dims
squeeze = np.squeeze
broadcast_to = np.broadcast_to
permute_dims = np.permute_dims
cumsum = np.cumsum
tril = np.tril
unfold = array_windows.unfold
fold = array_windows.fold
concat = np.concat
tanh = np.tanh
maximum = np.maximum
minimum = np.minimum
matmul = np.matmul

# For layers that are used without a run, which is quiet itself.
_quietly = np.errstate(all="ignore")
exp = _quietly(np.exp)
expm1 = _quietly(np.expm1)
log = _quietly(np.log)
log1p = _quietly(np.log1p)
sin = _quietly(np.sin)
cos = _quietly(np.cos)
sqrt = _quietly(np.sqrt)
divide = _quietly(np.divide)
power = _quietly(np.power)


def constants(texts: Iterable[str], inputs: Iterable[Array], /) -> list[Array]:
    """The value of each number as an array without axes, of float32 where all inputs are."""
    dtype = np.result_type(*{x.dtype for x in inputs} or {np.dtype("float64")})
    return [np.array(number(text), dtype) for text in texts]


def convert(value: Value, /, dtype: str = "float64") -> Array:
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
    with quiet():
        return found.astype("float32" if is_float32 else dtype)


def quiet() -> AbstractContextManager[object]:
    """A context without NumPy's warnings of overflow and of invalid operations."""
    return np.errstate(all="ignore")


def is_finite(x: Array, /) -> bool:
    """Whether every element is finite."""
    return bool(np.isfinite(x).all())


def erf(x: Array, /) -> Array:
    """The error function, which NumPy lacks: each element's."""
    values = [math.erf(element) for element in x.ravel().tolist()]
    return np.array(values, x.dtype).reshape(x.shape)[()]


def power_of_two(x: Array, /) -> Array:
    """A power of two near |x|."""
    _, exponent = np.frexp(x)
    return np.ldexp(np.full_like(x, 0.5), exponent)


def transpose(x: Array, /) -> Array:
    """The last two axes swapped."""
    return np.swapaxes(x, -1, -2)


def sum(x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
    """The sum over the axes, which go, or stay with length 1 when `keepdims` holds."""
    return np.sum(x, axis=_checked(axis, x), keepdims=keepdims)


def amax(x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
    """The largest number along the axes; nan where any is nan, -inf where there is none."""
    return np.max(x, axis=_checked(axis, x), keepdims=keepdims, initial=-np.inf)


def amin(x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
    """The smallest number along the axes; nan where any is nan, inf where there is none."""
    return np.min(x, axis=_checked(axis, x), keepdims=keepdims, initial=np.inf)


def _checked(axis: Axis, x: Array) -> Axis:
    """The axis, if x has it."""
    for each in (axis,) if isinstance(axis, int) else axis or ():
        axis_index(each, np.shape(x))
    return axis


def reshape(x: Array, shape: Shape, /) -> Array:
    """The numbers of x, row by row, in another shape."""
    try:
        return np.reshape(x, shape)
    except ValueError:
        raise ShapeError(f"an array of shape {np.shape(x)} cannot have the shape {shape}") from None


def add_at(x: Array, key: Any, values: Array, /) -> Array:
    """A copy of x with the values added at `x[key]`, as often as a place occurs in it."""
    out = np.array(x)
    np.add.at(out, key, values)
    return out


def pad(x: Array, widths: tuple[tuple[int, int], ...], fill: float, /) -> Array:
    """The array x with so many `fill`s before and after it along each axis."""
    try:
        return np.pad(x, widths, constant_values=fill)
    except ValueError:  # more than NumPy can count
        raise DataError("the padded value does not fit into memory") from None


def as_indices(x: Array, count: int, name: str, /) -> Array:
    """Whole numbers from 0 to count - 1, as integers."""
    fits = (x >= 0) & (x < count) & (x == np.floor(x))
    if not np.all(fits):
        wrong = np.asarray(x)[~fits][0]
        raise DataError(f"the {name} {wrong:.12g} is not a whole number from 0 up to, but not including, {count}")
    return np.asarray(x).astype(int)


def one_hot(labels: Array, count: int, axis: int, /) -> Array:
    """Class numbers as ones among zeros along a new axis of length `count`."""
    hot = as_indices(labels, count, "label")[..., None] == np.arange(count)
    return np.moveaxis(hot, -1, axis).astype(np.asarray(labels).dtype)


def as_mask(x: Array, name: str, /) -> Array:
    """Zeros and ones as booleans."""
    fits = (x == 0) | (x == 1)
    if not np.all(fits):
        raise DataError(f"{name} must hold only 0 and 1, not {np.asarray(x)[~fits][0]:.12g}")
    return x == 1


def random_like(x: Array, seed: int, /) -> Array:
    """Numbers drawn evenly from [0, 1), of float64."""
    return np.random.default_rng(seed).random(np.shape(x))


def unbroadcast(gradient: Array, like: Array, /) -> Array:
    """The gradient summed over the axes along which `like` was broadcast."""
    shape = np.shape(like)
    if np.shape(gradient) == shape:
        return gradient
    extra = np.ndim(gradient) - len(shape)
    stretched = tuple(i + extra for i, length in enumerate(shape) if length == 1 and np.shape(gradient)[i + extra] != 1)
    return np.sum(gradient, axis=(*range(extra), *stretched)).reshape(shape)
