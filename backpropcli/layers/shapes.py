"""Layers that put numbers into another shape or order: reshape, flatten, transpose, broadcast and repeat."""

from __future__ import annotations

from math import prod

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.domains.axes import axis_index
from backpropcli.domains.sizes import check_size
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Rearrangement, sample


class Reshape(Rearrangement):
    """The same numbers in another shape, row by row.

    Math:      out = reshape(x, shape=shape)
    Gradient:  dx = reshape(dout, shape=shape(x))
    Shapes:    x, dx: (...); out, dout: shape, one of whose lengths may be -1, which stands for what is left
    Errors:    ShapeError when the shape has not as many numbers as x, and for numbers, which have no shape but ();
               ValueError for a length below 0 in shape, but for one -1
    Source:    NumPy, numpy.reshape

    >>> layer = Reshape(shape=())
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    makes_axes = True
    samples = (
        sample(3.0, shape=()),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], shape=(3, 2)),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], shape=(2, -1, 1)),
    )

    def __init__(self, *, shape: tuple[int, ...]) -> None:
        if min(shape, default=0) < -1 or shape.count(-1) > 1:
            raise ValueError(f"shape must be lengths of 0 or more, one of which may be -1, not {shape}")
        self.shape = shape

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.x_shape = self.xp.shape(x)
        check_size(self.shape, self.xp.size(x))
        return self.xp.reshape(x, self.shape)

    def backward(self, dout: Value) -> Value:
        return self.xp.reshape(dout, self.x_shape)


class Flatten(Rearrangement):
    """The same numbers with fewer axes: all from one axis on, by default all there are, become one.

    Math:      out = reshape(x, shape=shape(x)[:axis] + [-1])
    Gradient:  dx = reshape(dout, shape=shape(x))
    Shapes:    x, dx: (...); out, dout: x's shape before the axis, then one length; (1) for a number
    Errors:    ShapeError when x has no such axis
    Source:    torch.flatten, which calls the axis start_dim

    >>> import numpy as np
    >>> Flatten(axis=0).forward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([1., 2., 3., 4.])
    """

    makes_axes = True
    samples = (
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]),
        sample([[[1.0, -0.5], [2.0, -2.0]], [[3.0, 0.5], [0.25, 1.5]]], axis=1),
    )

    def __init__(self, *, axis: int = 0) -> None:
        self.axis = axis

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.x_shape = self.xp.shape(x)
        axis = axis_index(self.axis, self.x_shape or (1,))
        return self.xp.reshape(x, (*self.x_shape[:axis], prod(self.x_shape[axis:])))

    def backward(self, dout: Value) -> Value:
        return self.xp.reshape(dout, self.x_shape)


class Transpose(Rearrangement):
    """The axes in another order, by default reversed.

    Math:      out = transpose(x, axes=axes)
    Gradient:  when axes is null: dx = transpose(dout)
               otherwise: (in words) dx is dout with its axes in x's order
    Shapes:    x, dx: (...); out, dout: x's shape in the order of the axes
    Errors:    ShapeError when axes does not name every axis of x once
    Source:    NumPy, numpy.transpose

    >>> layer = Transpose()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    samples = (
        sample(3.0),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]),
        sample([[[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]], axes=(-1, 0, 1)),
    )

    def __init__(self, *, axes: tuple[int, ...] | None = None) -> None:
        self.axes = axes

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        shape = self.xp.shape(x)
        rank = len(shape)
        axes = range(rank)[::-1] if self.axes is None else [axis_index(axis, shape) for axis in self.axes]
        if sorted(axes) != list(range(rank)):
            raise ShapeError(f"the axes {self.axes} do not name each of the {rank} axes of x once")
        self.order_of_x = tuple(sorted(range(rank), key=axes.__getitem__))
        return self.xp.permute_dims(x, tuple(axes))

    def backward(self, dout: Value) -> Value:
        return self.xp.permute_dims(dout, self.order_of_x)


class Broadcast(Rearrangement):
    """The same numbers again and again, to fill a shape.

    Math:      out = broadcast(x, shape=shape)
    Gradient:  dx = dout
    Shapes:    x, dx: any that broadcasts to shape; out, dout: shape
    Numerics:  exact; dx is a pairwise sum, as in NumPy
    Errors:    ShapeError when x does not broadcast to shape, for numbers, which have no shape but (), and for a shape
               of too many numbers; ValueError for a length below 0 in shape
    Source:    NumPy, numpy.broadcast_to

    >>> layer = Broadcast(shape=())
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    makes_axes = True
    samples = (
        sample(3.0, shape=()),
        sample([1.0, -0.5, 2.0], shape=(2, 3)),
        sample([[[1.0], [-0.5]]], shape=(2, 2, 3)),
    )

    def __init__(self, *, shape: tuple[int, ...]) -> None:
        if min(shape, default=0) < 0:
            raise ValueError(f"shape must be lengths of 0 or more, not {shape}")
        self.shape = shape

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = namespace(x)
        check_size(self.shape, xp.size(x))
        try:
            view = xp.broadcast_to(x, self.shape)
        except ValueError:
            raise ShapeError(f"x is {xp.shape(x)}, which does not broadcast to {self.shape}") from None
        return 1 * view

    def backward(self, dout: Value) -> Value:
        return unbroadcast(dout, self.x)


class Repeat(Rearrangement):
    """Every number, or every row along an axis, several times in a row.

    Math:      (in words) out is x[0], ..., x[0], x[1], ..., x[1], ... along the axis, each `repeats` times
    Gradient:  (in words) dx[i] is the sum of dout over the `repeats` places of x[i]
    Shapes:    x, dx: (..., n, ...); out, dout: (..., n * repeats, ...); when axis is null, and of a number, x is made
               flat first
    Numerics:  exact; dx is a pairwise sum, as in NumPy
    Errors:    ShapeError when x has no such axis, and for too many numbers; ValueError for repeats < 0
    Source:    NumPy, numpy.repeat; PyTorch calls it repeat_interleave

    >>> import numpy as np
    >>> Repeat(repeats=2).forward(np.array(3.0))
    array([3., 3.])
    """

    makes_axes = True
    samples = (
        sample([1.0, -0.5, 2.0], repeats=2),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], repeats=3, axis=-1),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], repeats=2, axis=None),
    )

    def __init__(self, *, repeats: int, axis: int | None = 0) -> None:
        if repeats < 0:
            raise ValueError(f"repeats must be 0 or more, not {repeats}")
        self.repeats = repeats
        self.axis = axis

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x_shape = xp.shape(x)
        shape = (xp.size(x),) if self.axis is None or not self.x_shape else self.x_shape
        axis = axis_index(self.axis or 0, shape)
        before, after = shape[: axis + 1], shape[axis + 1 :]
        self.repeats_axis = axis + 1
        self.parted = (*before, self.repeats, *after)
        check_size(self.parted, xp.size(x))
        copies = xp.broadcast_to(xp.reshape(x, (*before, 1, *after)), self.parted)
        return xp.reshape(copies, (*shape[:axis], shape[axis] * self.repeats, *after))

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        return xp.reshape(xp.sum(xp.reshape(dout, self.parted), self.repeats_axis), self.x_shape)
