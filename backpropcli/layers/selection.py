"""Layers that take numbers from here or from there: where, concat, stack, take, slice and index."""

from __future__ import annotations

from typing import Any

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.domains.axes import axis_index, rows_along
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Elementwise, Rearrangement, sample


class Where(Elementwise):
    """One of two values, as a condition says, elementwise.

    Math:      out = where(cond, x, y)
    Gradient:  dx = where(cond, dout, 0); dy = where(cond, 0, dout)
    Shapes:    cond, x, y: any three that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     none; cond is constant, so that its jumps are not looked at
    Numerics:  exact; nan in the value that is not taken does no harm; where cond is nan, which is not 0, x is taken
    Errors:    ShapeError when cond, x and y do not broadcast
    Source:    NumPy, numpy.where

    >>> layer = Where()
    >>> layer.forward(1.0, 2.0, 3.0), layer.backward(1.5)
    (2.0, (None, 1.5, 0.0))
    """

    ulps = 0
    when_zero = "takes the other branch"
    constant_inputs = frozenset({"cond"})
    samples = (
        sample(0.0, 2.0, 3.0),
        sample([[1.0, 0.0], [0.0, -1.0]], [[1.0, -0.5], [-2.0, 3.0]], [[0.5, 1.5], [2.0, -1.0]]),
        sample([[1.0], [0.0]], [[1.0, -2.0, 3.0]], 0.5),
    )

    def forward(self, cond: Value, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(cond, x, y)
        self.takes_y = self.xp.equal(cond, 0)
        return self.xp.where(self.takes_y, y, x)

    def backward(self, dout: Value) -> tuple[None, Value, Value]:
        where = self.xp.where
        dx = unbroadcast(where(self.takes_y, 0, dout), self.x)
        dy = unbroadcast(where(self.takes_y, dout, 0), self.y)
        return None, dx, dy


class Concat(Rearrangement):
    """Arrays one after the other along an axis; a number is a vector of one.

    Math:      (in words) out is xs[0][0], xs[0][1], ..., xs[1][0], xs[1][1], ... along the axis
    Gradient:  (in words) dxs[k] is the part of dout where xs[k] went
    Shapes:    xs: (..., n, ...), alike but for the lengths n along the axis; out, dout: the sum of the lengths there
    Units:     all xs in the same unit, which is out's; dxs in units of dout
    Errors:    ShapeError when the first of xs has no such axis, and when the xs differ in other lengths
    Source:    NumPy, numpy.concat

    >>> import numpy as np
    >>> Concat().forward(np.array(2.0), np.array([3.0, 4.0]))
    array([2., 3., 4.])
    """

    makes_axes = True
    samples = (
        sample([1.0, -0.5], [2.0], [3.0, 0.5, -1.0]),
        sample(3.0, -0.5, [2.0, 1.5]),
        sample([[1.0, -0.5], [2.0, 3.0]], [[0.5], [-1.0]], axis=-1),
    )

    def __init__(self, *, axis: int = 0) -> None:
        self.axis = axis

    def forward(self, *xs: Value) -> Value:
        self.xp = xp = namespace(*xs)
        parts = [x if xp.shape(x) else xp.reshape(x, (1,)) for x in xs]
        axis = axis_index(self.axis, xp.shape(parts[0]))
        out = xp.concat(parts, axis)
        self.xs, self.keys = xs, []
        start = 0
        for x in parts:
            stop = start + xp.shape(x)[axis]
            self.keys.append(_along(axis, slice(start, stop)))
            start = stop
        return out

    def backward(self, dout: Value) -> tuple[Value, ...]:
        xp = self.xp
        parts = zip(self.keys, self.xs, strict=True)
        return tuple(dout[key] if xp.shape(x) else xp.reshape(dout[key], ()) for key, x in parts)


class Stack(Rearrangement):
    """Values of one shape side by side along a new axis; of numbers it makes a vector.

    Math:      (in words) out[k] is xs[k]; with another axis than 0, k counts there
    Gradient:  (in words) dxs[k] is dout[k], with k along the axis
    Shapes:    xs, dxs: (...), all alike; out, dout: (..., k, ...) for k values, with the new axis at its place in out
    Units:     all xs in the same unit, which is out's; dxs in units of dout
    Errors:    ShapeError when the xs differ in shape, and when out would have no such axis
    Source:    NumPy, numpy.stack

    >>> import numpy as np
    >>> Stack().forward(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    array([[1., 2.],
           [3., 4.]])
    """

    makes_axes = True
    samples = (
        sample([1.0, -0.5], [2.0, 3.0]),
        sample([[1.0, -0.5], [2.0, 3.0]], [[0.5, 1.5], [-1.0, 2.5]], axis=-1),
    )

    def __init__(self, *, axis: int = 0) -> None:
        self.axis = axis

    def forward(self, *xs: Value) -> Value:
        xp = namespace(*xs)
        rank = len(xp.shape(xs[0])) + 1
        if not -rank <= self.axis < rank:
            raise ShapeError(f"axis {self.axis} is out of range for a stack of arrays of shape {xp.shape(xs[0])}")
        axis = self.axis % rank
        self.keys = [_along(axis, number) for number in range(len(xs))]
        return xp.concat([xp.expand_dims(x, axis) for x in xs], axis)

    def backward(self, dout: Value) -> tuple[Value, ...]:
        return tuple(dout[key] for key in self.keys)


class Take(Rearrangement):
    """Rows along an axis by their numbers, each as often as it is named; without an axis, numbers of x made flat.

    Math:      (in words) out[i, ...] is x[indices[i, ...]] along the axis, or among the numbers of x, row by row
    Gradient:  (in words) dx[k] is the sum of dout over the places where k was taken, 0 where it was not
    Shapes:    x, dx: (..., n, ...); indices: any; out, dout: x's shape with that of the indices in place of n
    Units:     out in units of x; indices dimensionless; dx in units of dout
    Kinks:     none; the indices are constant
    Numerics:  exact; dx is a sum in the order of the indices
    Errors:    DataError for an index that is not a whole number from 0 to n - 1; ShapeError when x has no such axis
    Source:    NumPy, numpy.take

    >>> import numpy as np
    >>> layer = Take()
    >>> layer.forward(np.array([5.0, 6.0, 7.0]), np.array([2.0, 0.0, 2.0]))
    array([7., 5., 7.])
    >>> layer.backward(np.array([1.0, 2.0, 4.0]))[0]
    array([2., 0., 5.])
    """

    makes_axes = True
    when_zero = "selects other elements"
    constant_inputs = frozenset({"indices"})
    samples = (
        sample([1.0, -0.5, 2.0], [2.0, 0.0, 2.0]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], [[4.0, 0.0], [1.0, 4.0]]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], [2.0, 2.0], axis=1),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], 1.0, axis=0),
    )

    def __init__(self, *, axis: int | None = None) -> None:
        self.axis = axis

    def forward(self, x: Value, indices: Value) -> Value:
        xp = self.xp = namespace(x, indices)
        self.x_shape = xp.shape(x)
        self.rows, axis = rows_along(xp, x, self.axis)
        self.key = _along(axis, xp.as_indices(indices, xp.shape(self.rows)[axis], "index"))
        return self.rows[self.key]

    def backward(self, dout: Value) -> tuple[Value, None]:
        xp = self.xp
        return xp.reshape(xp.add_at(xp.zeros_like(self.rows), self.key, dout), self.x_shape), None


class _Rows(Rearrangement):
    """What slice and index share: rows along an axis, and the gradient put back at their places."""

    def taken(self, x: Value, axis: int, rows: slice | int) -> Value:
        """The rows of x; an int takes one, and the axis away."""
        self.x = x
        self.key = _along(axis, rows)
        return x[self.key]

    def backward(self, dout: Value) -> Value:
        xp = namespace(self.x, dout)
        return xp.add_at(xp.zeros_like(self.x), self.key, dout)


class Slice(_Rows):
    """Every so many rows along an axis, from one to before another.

    Math:      (in words) out is x[start:stop:step] along the axis, as in Python: counted from 0, or from the end when
               negative
    Gradient:  (in words) dx is dout at the rows that were taken, else 0
    Shapes:    x, dx: (..., n, ...); out, dout: (..., m, ...) with m <= n rows along the axis, which may be 0
    Errors:    ShapeError when x has no such axis, and on numbers; ValueError for step = 0
    Source:    Python, slice

    >>> Slice(stop=1).forward(3.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: axis 0 is out of range for a number
    """

    when_zero = "selects other elements"
    samples = (
        sample([1.0, -0.5, 2.0, 3.0], start=1),
        sample([1.0, -0.5, 2.0, 3.0], start=-1, stop=0, step=-2),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], stop=-1, axis=1),
    )

    def __init__(
        self, *, start: int | None = None, stop: int | None = None, step: int | None = None, axis: int = 0
    ) -> None:
        if step == 0:
            raise ValueError("step must not be 0")
        self.rows = slice(start, stop, step)
        self.axis = axis

    def forward(self, x: Value) -> Value:
        return self.taken(x, axis_index(self.axis, namespace(x).shape(x)), self.rows)


class Index(_Rows):
    """One row along an axis, which out then lacks.

    Math:      (in words) out is x[index] along the axis, counted from 0, or from the end when negative
    Gradient:  (in words) dx is dout at the row that was taken, else 0
    Shapes:    x, dx: (..., n, ...); out, dout: x's shape without the axis
    Errors:    ShapeError when x has no such axis or no such row, and on numbers
    Source:    Python, indexing

    >>> Index(index=0).forward(3.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: axis 0 is out of range for a number
    """

    when_zero = "selects other elements"
    samples = (
        sample([1.0, -0.5, 2.0], index=1),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], index=-1, axis=1),
    )

    def __init__(self, *, index: int, axis: int = 0) -> None:
        self.index = index
        self.axis = axis

    def forward(self, x: Value) -> Value:
        shape = namespace(x).shape(x)
        axis = axis_index(self.axis, shape)
        if not -shape[axis] <= self.index < shape[axis]:
            raise ShapeError(f"index {self.index} is out of range for axis {self.axis} of an array of shape {shape}")
        return self.taken(x, axis, self.index)


def _along(axis: int, rows: Any) -> tuple[Any, ...]:
    """The key of the rows along an axis."""
    return (slice(None),) * axis + (rows,)
