"""Arrays whose elements are numbers of any scalar domain: fractions, reals, traced numbers.

The structure (shapes, axes, places) is that of NumPy's arrays of objects; the arithmetic is the elements' own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from typing import Any

import numpy as np

from backpropcli.domains import array_windows, arrays
from backpropcli.domains.axes import axis_indices, stretched_axes
from backpropcli.domains.base import Axis, Domain, Shape, Value
from backpropcli.domains.guarded_sums import guarded
from backpropcli.domains.operands import Operand, OperandDomain, Operator
from backpropcli.errors import DataError

Objects = Any  # an ndarray of objects

_ARRAYS = arrays.DOMAIN


class CellArray(Operand):
    """An array of numbers, or of conditions, of the domain's elements."""

    __slots__ = ("cells",)
    domain: Cells

    def __init__(self, domain: Cells, cells: Objects) -> None:
        self.domain = domain
        self.cells = cells

    @property
    def shape(self) -> Shape:
        """The lengths of the axes, as of a NumPy array."""
        return self.domain.shape(self)

    def tolist(self) -> Any:
        """Nested lists of the elements, as of a NumPy array."""
        return self.cells.tolist()

    def __repr__(self) -> str:
        return f"CellArray({self.tolist()!r})"


class Cells(OperandDomain):
    """Arrays of numbers of the domain `inner`.

    >>> from backpropcli.domains import arrays_of, domain
    >>> exact = domain("exact")
    >>> thirds = arrays_of(exact).convert([[1, 2]]) / exact.number("3")
    >>> arrays_of(exact).numbers(thirds + thirds)
    [[Fraction(2, 3), Fraction(4, 3)]]
    """

    name = "cells"

    def __init__(self, inner: Domain) -> None:
        self.inner = inner
        self.title = f"arrays of {inner.title}"
        self.is_exact = inner.is_exact
        self.epsilon = inner.epsilon
        self.shows_text = inner.shows_text
        self.computes_by_lines = inner.computes_by_lines
        if inner.guard is not None:
            self.guard = self._guard_each

    def __reduce__(self) -> tuple[Callable[..., Domain], tuple[Any, ...]]:
        from backpropcli.domains import arrays_of

        return arrays_of, (self.inner,)

    def includes(self, other: Domain) -> bool:
        """Whether they are numbers of the elements, or go along with them."""
        return other is self.inner or self.inner.includes(other)

    def number(self, text: str, /) -> Value:
        """The number as an element."""
        return self.inner.number(text)

    def constants(self, texts: Iterable[str], inputs: Iterable[Value], /) -> list[Value]:
        """The numbers as arrays without axes."""
        return [self._wrapped(constant) for constant in self.inner.constants(texts, inputs)]

    def convert(self, value: Value, /, _dtype: str = "float64") -> CellArray:
        """Numbers, nested lists or a NumPy array, each number converted to an element."""
        if isinstance(value, CellArray):
            return CellArray(self, value.cells.copy())
        if hasattr(value, "dtype"):
            value = _ARRAYS.convert(value)
        found = np.array(value, dtype=object)
        if any(isinstance(cell, (list, tuple)) for cell in found.flat):
            raise DataError("the rows of an array differ in length")
        return self._map(self.inner.convert, found)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """A context without the warnings that NumPy makes of what elements compute in floats on the way."""
        with self.inner.quiet(), np.errstate(all="ignore"):
            yield

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The operator on each element."""
        return self._map(function, x)

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """The operator on each two elements."""
        return self._map(function, x, y)

    def element(self, x: CellArray, key: Any, /) -> Value:
        """The cells at the places of the key, as NumPy has them."""
        return self._wrapped(x.cells[key])

    def shape(self, x: Value, /) -> Shape:
        """The lengths of the axes."""
        return np.shape(_raw(x))

    def size(self, x: Value, /) -> int:
        """How many cells there are."""
        return int(np.size(_raw(x)))

    def numbers(self, x: Value, /) -> Any:
        """Nested lists of what the elements show."""
        return self._map(self.inner.numbers, x).cells.tolist()

    def elements(self, x: Value, /) -> list[Value]:
        """The cells."""
        return list(_raw(x).flat)

    def type_name(self, x: Value, /) -> str:
        """What the elements are called."""
        return self.inner.type_name(x)

    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to the number in an array of one."""
        return self.inner.rounded(_raw(x).item())

    def is_finite(self, x: Value, /) -> bool:
        """Whether every element is finite."""
        return all(self.inner.is_finite(cell) for cell in _raw(x).flat)

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """The function of the elements."""
        return self._map(getattr(self.inner, function), *xs)

    def ones_like(self, x: Value, /) -> Value:
        """Ones in the shape of x."""
        return self._map(self.inner.ones_like, x)

    def zeros_like(self, x: Value, /) -> Value:
        """Zeros in the shape of x."""
        return self._map(self.inner.zeros_like, x)

    def random_like(self, x: Value, seed: int, /) -> Value:
        """The numbers of NumPy arrays of that shape."""
        return self.convert(_ARRAYS.random_like(_raw(x), seed))

    def matmul(self, x: Value, y: Value, /) -> Value:
        """The matrix product of cells."""
        return self._as_elements(self._added(np.matmul, _raw(x), _raw(y)))

    def transpose(self, x: Value, /) -> Value:
        """A view with the last two axes swapped."""
        return self._wrapped(_ARRAYS.transpose(_raw(x)))

    def permute_dims(self, x: Value, axes: tuple[int, ...], /) -> Value:
        """A view with the axes in another order."""
        return self._wrapped(_ARRAYS.permute_dims(_raw(x), axes))

    def reshape(self, x: Value, shape: Shape, /) -> Value:
        """The cells of x, row by row, in another shape."""
        return self._wrapped(_ARRAYS.reshape(_raw(x), shape))

    def concat(self, xs: Sequence[Value], axis: int, /) -> Value:
        """The arrays one after the other."""
        return self._wrapped(_ARRAYS.concat([_raw(x) for x in xs], axis))

    def add_at(self, x: Value, key: Any, values: Value, /) -> Value:
        """A copy of x with the values added."""
        return self._wrapped(self._added(lambda x, values: _ARRAYS.add_at(x, key, values), _raw(x), _raw(values)))

    def expand_dims(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """A view with new axes."""
        return self._wrapped(_ARRAYS.expand_dims(_raw(x), axis))

    def squeeze(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """A view without the axes."""
        return self._wrapped(_ARRAYS.squeeze(_raw(x), axis))

    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """A read-only view."""
        return self._wrapped(_ARRAYS.broadcast_to(_raw(x), shape))

    def unbroadcast(self, gradient: Value, like: Value, /) -> Value:
        """The gradient itself where its shape is right."""
        found, shape = self.shape(gradient), self.shape(like)
        if found == shape:
            return gradient
        return self.reshape(self.sum(gradient, stretched_axes(found, shape)), shape)

    def sum(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The sum, from the first element to the last."""
        cells = _raw(x)
        axes = axis_indices(axis, cells.shape)
        return self._as_elements(self._added(lambda cells: _ARRAYS.sum(cells, axes, keepdims), cells))

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number along the axes."""
        return self._extreme(self.inner.maximum, -np.inf, x, axis, keepdims=keepdims)

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number along the axes."""
        return self._extreme(self.inner.minimum, np.inf, x, axis, keepdims=keepdims)

    def cumsum(self, x: Value, axis: int, /) -> Value:
        """The running sum."""
        return self._wrapped(self._added(lambda cells: np.cumsum(cells, axis), _raw(x)))

    def pad(self, x: Value, widths: tuple[tuple[int, int], ...], fill: float, /) -> Value:
        """The array in a frame of `fill`s; an infinity stays Python's, with which every number can be compared."""
        return self._wrapped(_ARRAYS.pad(_raw(x), widths, self.inner.convert(fill) if isfinite(fill) else fill))

    def tril(self, x: Value, /) -> Value:
        """The lower triangle of each matrix."""
        cells = _raw(x)
        is_kept = np.broadcast_to(np.tril(np.ones(cells.shape[-2:], bool)), cells.shape)
        return self.where(is_kept.astype(object), x, 0)

    def unfold(self, x: Value, kernel: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """A read-only view."""
        return self._wrapped(array_windows.unfold(_raw(x), kernel, stride, dilation))

    def fold(self, windows: Value, shape: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The image that the windows add up to."""
        return self._as_elements(array_windows.fold(_raw(windows), shape, stride, dilation))

    def as_indices(self, x: Value, count: int, name: str, /) -> Value:
        """Whole numbers as NumPy's integers."""
        return _ARRAYS.as_indices(self._floats(x), count, name)

    def one_hot(self, labels: Value, count: int, axis: int, /) -> Value:
        """Class numbers as ones among zeros."""
        return self.convert(_ARRAYS.one_hot(self._floats(labels), count, axis))

    def as_mask(self, x: Value, name: str, /) -> Value:
        """Zeros and ones as conditions."""
        return self._wrapped(_ARRAYS.as_mask(self._floats(x), name).astype(object))

    def _guard_each(self, x: Value) -> None:
        for cell in _raw(x).flat:
            if self.inner.guard is not None:
                self.inner.guard(cell)

    def _added(self, function: Callable[..., Objects], *arrays: Objects) -> Objects:
        """What a function of NumPy that adds makes of cells; where their size is bounded, so is that of every sum."""
        guard = self.inner.guard
        return function(*arrays) if guard is None else guarded(function, arrays, guard)

    def _wrapped(self, cells: Objects) -> CellArray:
        """An array of these cells, or of one that NumPy has taken out."""
        return CellArray(self, _raw(cells))

    def _as_elements(self, cells: Objects) -> CellArray:
        """The cells with an element in place of the Python number that NumPy makes of no numbers at all."""
        return self._map(lambda cell: self.inner.convert(cell) if type(cell) in {int, bool} else cell, cells)

    def _map(self, function: Callable[..., Any], *xs: Value) -> CellArray:
        """The function on the elements of each, broadcast to one shape."""
        return self._wrapped(np.frompyfunc(function, len(xs), 1)(*map(_raw, xs)))

    def _extreme(
        self, larger: Callable[[Any, Any], Any], of_none: float, x: Value, axis: Axis, *, keepdims: bool
    ) -> CellArray:
        cells = _raw(x)
        axes = axis_indices(axis, cells.shape)
        choose = np.frompyfunc(larger, 2, 1)
        for each in axes:
            if cells.shape[each] == 0:
                shape = tuple(1 if number == each else length for number, length in enumerate(cells.shape))
                cells = np.full(shape, self.inner.convert(of_none), object)
            else:
                cells = choose.reduce(cells, axis=each, keepdims=True)
        return self._wrapped(cells if keepdims else np.squeeze(cells, axes))

    def _floats(self, x: Value) -> Any:
        return self._map(self.inner.rounded, x).cells.astype(float)


def _raw(x: Any) -> Objects:
    """The cells of an array; a single number as one without axes, so that NumPy does not look into it."""
    if isinstance(x, CellArray):
        return x.cells
    if isinstance(x, np.ndarray):
        return x
    cells = np.empty((), object)
    cells[()] = x
    return cells
