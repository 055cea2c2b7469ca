"""Layers that sum over axes: sum and mean."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Layer, sample


class Sum(Layer):
    """Sum over one axis or over all.

    Math:      out = x[0] + x[1] + ... along the axis; over all numbers when axis is null
    Gradient:  dx = dout, repeated along the axis
    Shapes:    x, dx: (...); out, dout: x's shape without the axis, or with length 1 there when keepdims is true
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  pairwise sums, as in NumPy; the sum of no numbers is 0
    Errors:    ShapeError when x has no such axis
    Source:    calculus

    >>> layer = Sum()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    samples = (
        sample(3.0),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], axis=0),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], axis=-1, keepdims=True),
    )

    def __init__(self, *, axis: int | None = None, keepdims: bool = False) -> None:
        self.axis = axis
        self.keepdims = keepdims

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.sum(x, self.axis, self.keepdims)

    def backward(self, dout: Value) -> Value:
        if self.axis is not None and not self.keepdims:
            dout = self.xp.expand_dims(dout, self.axis)
        return dout * self.xp.ones_like(self.x)


class Mean(Sum):
    """Mean over one axis or over all.

    Math:      out = (x[0] + x[1] + ...) / n along the axis of length n; over all n numbers when axis is null
    Gradient:  dx = dout / n, repeated along the axis
    Shapes:    x, dx: (...); out, dout: x's shape without the axis, or with length 1 there when keepdims is true
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  the sum first, so inf where the sum is past float64; the mean of no numbers is nan
    Errors:    ShapeError when x has no such axis
    Source:    calculus

    >>> layer = Mean()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    def forward(self, x: Value) -> Value:
        total = super().forward(x)
        self.count = self.xp.size(x) if self.axis is None else self.xp.shape(x)[self.axis]
        return self.xp.divide(total, self.count)

    def backward(self, dout: Value) -> Value:
        return super().backward(self.xp.divide(dout, self.count))
