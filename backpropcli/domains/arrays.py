"""NumPy arrays of float64 or float32, with NumPy's broadcasting; the only module that imports NumPy."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from backpropcli.domains import floats
from backpropcli.domains.base import Axis, Value
from backpropcli.errors import DataError, ShapeError

Array = Any  # an ndarray or a NumPy scalar, which NumPy makes of arrays without axes

name = "arrays"
guard = None
number = floats.number
shape = np.shape
size = np.size
where = np.where
ones_like = np.ones_like
zeros_like = np.zeros_like
expand_dims = np.expand_dims
squeeze = np.squeeze
broadcast_to = np.broadcast_to


def constants(texts: Iterable[str], inputs: Iterable[Array], /) -> list[Array]:
    """The value of each number as an array without axes, of float32 where all inputs are."""
    dtype = np.result_type(*{x.dtype for x in inputs} or {np.dtype("float64")})
    return [np.array(number(text), dtype) for text in texts]


def convert(value: Value, /, dtype: str = "float64") -> Array:
    """Numbers or nested lists of numbers as an array of floats: of `dtype`, but an array of float32 stays one."""
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


def exp(x: Array, /) -> Array:
    """The base e to the power of x."""
    with quiet():
        return np.exp(x)


def log(x: Array, /) -> Array:
    """The natural logarithm: -inf at 0, nan below 0."""
    with quiet():
        return np.log(x)


def sqrt(x: Array, /) -> Array:
    """The square root: nan below 0."""
    with quiet():
        return np.sqrt(x)


tanh = np.tanh
maximum = np.maximum
minimum = np.minimum
matmul = np.matmul


def divide(x: Array, y: Array, /) -> Array:
    """The quotient x / y, signed infinity at y = 0, nan for 0 / 0."""
    with quiet():
        return np.divide(x, y)


def power(x: Array, y: Array, /) -> Array:
    """The power x ** y: 0**0 is 1, a negative x with a fractional y is nan."""
    with quiet():
        return np.power(x, y)


def transpose(x: Array, /) -> Array:
    """The last two axes swapped."""
    return np.swapaxes(x, -1, -2)


def sum(x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
    """The sum over the axes, which go, or stay with length 1 when `keepdims` holds."""
    try:
        return np.sum(x, axis=axis, keepdims=keepdims)
    except np.exceptions.AxisError:
        raise ShapeError(f"axis {axis} is out of range for an array of shape {np.shape(x)}") from None


def unbroadcast(gradient: Array, like: Array, /) -> Array:
    """The gradient summed over the axes along which `like` was broadcast."""
    shape = np.shape(like)
    if np.shape(gradient) == shape:
        return gradient
    extra = np.ndim(gradient) - len(shape)
    stretched = tuple(i + extra for i, length in enumerate(shape) if length == 1 and np.shape(gradient)[i + extra] != 1)
    return np.sum(gradient, axis=(*range(extra), *stretched)).reshape(shape)
