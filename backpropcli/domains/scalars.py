"""What single numbers of every kind have in common: they have no axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from backpropcli.domains.base import Axis, Domain, Shape, Value
from backpropcli.errors import DataError, ShapeError


class ScalarDomain(Domain):
    """A domain whose values are single numbers, each its own sum, maximum and transpose."""

    is_scalar = True

    def constants(self, texts: Iterable[str], _inputs: Iterable[Value], /) -> list[Value]:
        """The value of each number."""
        return [self.number(text) for text in texts]

    def shape(self, _x: Value, /) -> Shape:
        """A number has no axes."""
        return ()

    def size(self, _x: Value, /) -> int:
        """A number is one number."""
        return 1

    def numbers(self, x: Value, /) -> Any:
        """A number as it is."""
        return x

    def elements(self, x: Value, /) -> list[Value]:
        """The number alone."""
        return [x]

    def equal(self, x: Value, y: Value, /) -> Value:
        """Whether x and y are the same number."""
        return x == y

    def matmul(self, _x: Value, _y: Value, /) -> Value:
        """Numbers have no axes to multiply along."""
        raise ShapeError("a matrix product needs arrays, not numbers")

    def transpose(self, x: Value, /) -> Value:
        """A number as it is."""
        return x

    def permute_dims(self, x: Value, axes: tuple[int, ...], /) -> Value:
        """A number as it is; it has no axes to order."""
        if axes:
            raise ShapeError(f"a number has no axes {axes}")
        return x

    def reshape(self, x: Value, shape: Shape, /) -> Value:
        """A number as it is; it cannot become an array."""
        if shape:
            raise ShapeError(f"a number cannot have the shape {shape}; an array of one number, as [3], can")
        return x

    def concat(self, _xs: Sequence[Value], axis: int, /) -> Value:
        """Numbers have no axis to follow one another along."""
        raise ShapeError(f"axis {axis} is out of range for a number")

    def add_at(self, x: Value, key: object, values: Value, /) -> Value:
        """The sum of two numbers: the only place in a number has the key ()."""
        if key != ():
            raise ShapeError("places need arrays, not numbers")
        return x + values

    def expand_dims(self, x: Value, _axis: int | tuple[int, ...], /) -> Value:
        """A number as it is: the values of this domain have no axes."""
        return x

    def squeeze(self, x: Value, _axis: int | tuple[int, ...], /) -> Value:
        """A number as it is."""
        return x

    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """A number as it is; it cannot become an array."""
        if shape:
            raise ValueError(f"a number cannot be broadcast to the shape {shape}")
        return x

    def unbroadcast(self, gradient: Value, _like: Value, /) -> Value:
        """A number was never broadcast."""
        return gradient

    def sum(self, x: Value, axis: Axis = None, _keepdims: bool = False, /) -> Value:
        """A number is its own sum."""
        if axis is not None:
            raise ShapeError(f"axis {axis} is out of range for a number")
        return self.convert(x)

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """A number is its own maximum."""
        return self.sum(x, axis, keepdims)

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """A number is its own minimum."""
        return self.sum(x, axis, keepdims)

    def cumsum(self, _x: Value, _axis: int, /) -> Value:
        """Numbers have no axis to sum along."""
        _need_axes()

    def pad(self, _x: Value, _widths: tuple[tuple[int, int], ...], _fill: float, /) -> Value:
        """Numbers have no axis to pad."""
        _need_axes()

    def tril(self, _x: Value, /) -> Value:
        """Numbers have no triangle."""
        _need_axes()

    def unfold(self, _x: Value, _kernel: Shape, _stride: Shape, _dilation: Shape, /) -> Value:
        """Numbers have no windows."""
        _need_axes()

    def fold(self, _windows: Value, _shape: Shape, _stride: Shape, _dilation: Shape, /) -> Value:
        """Numbers have no windows."""
        _need_axes()

    def as_indices(self, _x: Value, _count: int, _name: str, /) -> Value:
        """Numbers have nothing to look up in."""
        _need_axes()

    def one_hot(self, _labels: Value, _count: int, _axis: int, /) -> Value:
        """Numbers have no axis of classes."""
        _need_axes()

    def as_mask(self, x: Value, name: str, /) -> Value:
        """Zero or one as a condition."""
        is_one = self.equal(x, 1)
        if not is_one and not self.equal(x, 0):
            raise DataError(f"{name} must be 0 or 1, not {x}")
        return is_one


def _need_axes() -> NoReturn:
    raise ShapeError("this takes arrays, not numbers")
