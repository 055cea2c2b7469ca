"""NumPy arrays of float64 or float32, with NumPy's broadcasting."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from backpropcli.domains import array_windows, floats
from backpropcli.domains.array_functions import Array, ArrayFunctions
from backpropcli.domains.axes import axis_index, stretched_axes
from backpropcli.domains.base import Axis, Shape, Value
from backpropcli.domains.user_arrays import taken_back
from backpropcli.errors import DataError, ShapeError

_SINGLE = np.dtype("float32")
_MANY = 2**18
# What np.sum, np.max and np.min call after a detour; their stubs take no `keepdims: bool`.
_add: Any = np.add.reduce
_maximum: Any = np.maximum.reduce
_minimum: Any = np.minimum.reduce
_quiet_sum = np.errstate(all="ignore")(_add)  # of what may overflow


class Arrays(ArrayFunctions):
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
        if type(value) is np.ndarray and value.dtype == dtype:
            return value.copy(order="K")
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

    def lent(self, value: Value, /, dtype: str = "float64") -> Array | None:
        """A view that cannot be written to, of an array that a copy would be laid out as."""
        if type(value) is not np.ndarray or value.dtype not in {np.dtype(dtype), _SINGLE}:
            return None
        if not (value.flags.forc and value.flags.aligned):
            return None
        found = value.view()
        found.flags.writeable = False
        return found

    def apart(self, found: Sequence[Array | None], lent: Iterable[Array], /) -> Sequence[Array | None]:
        """What was found, with copies in place of views into the lent arrays."""
        owners = {id(_owner(x)) for x in lent}
        return [np.array(x) if id(_owner(x)) in owners else x for x in found]

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
        return [x] if isinstance(x, np.generic) else list(np.ravel(x))

    def type_name(self, x: Array, /) -> str:
        """The dtype."""
        return str(x.dtype)

    def rounded(self, x: Array, /) -> float:
        """The number in an array of one."""
        return float(x)

    def is_finite(self, x: Array, /) -> bool:
        """Whether every element is finite."""
        if isinstance(x, np.ndarray) and x.size > _MANY and math.isfinite(_quiet_sum(x, axis=None)):
            return True
        return bool(np.isfinite(x).all())

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
        return _add(x, axis=_checked(axis, x), keepdims=keepdims)

    def amax(self, x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
        """The largest number along the axes."""
        return _maximum(x, axis=_checked(axis, x), keepdims=keepdims, initial=-np.inf)

    def amin(self, x: Array, axis: Axis = None, keepdims: bool = False, /) -> Array:
        """The smallest number along the axes."""
        return _minimum(x, axis=_checked(axis, x), keepdims=keepdims, initial=np.inf)

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


def _owner(x: Array) -> object:
    """The object that has the memory of an array."""
    while isinstance(x, np.ndarray) and x.base is not None:
        x = x.base
    return x


def _checked(axis: Axis, x: Array) -> Axis:
    """The axis, if x has it."""
    for each in (axis,) if isinstance(axis, int) else axis or ():
        axis_index(each, np.shape(x))
    return axis


DOMAIN = Arrays()
