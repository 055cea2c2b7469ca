"""Layers that make one number of many, along an axis or of all: sum, mean, max and min."""

from __future__ import annotations

from typing import ClassVar

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Layer, Sample, sample


class Reduction(Layer):
    """A kind of layer: one number for the many along an axis, or for all when axis is null.

    Shapes:    x, dx: (...); out, dout: x's shape without the axis, or with length 1 there, as in the formulas, when
               keepdims is true
    Errors:    ShapeError when x has no such axis
    """

    samples: ClassVar[tuple[Sample, ...]] = (
        sample(3.0),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], axis=0),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], axis=-1, keepdims=True),
    )

    def __init__(self, *, axis: int | None = None, keepdims: bool = False) -> None:
        self.axis = axis
        self.keepdims = keepdims

    def expanded(self, reduced: Value) -> Value:
        """A value in the shape of out with the axis that `forward` took away, of length 1."""
        if self.axis is None or self.keepdims:
            return reduced
        return namespace(reduced).expand_dims(reduced, self.axis)

    def reduced(self, kept: Value) -> Value:
        """A value with length 1 along the axis in the shape of out."""
        if self.keepdims:
            return kept
        xp = namespace(kept)
        return xp.reshape(kept, ()) if self.axis is None else xp.squeeze(kept, self.axis)


class Sum(Reduction):
    """Sum over one axis or over all.

    Math:      out = sum(x, axis=axis, keepdims=true)
    Gradient:  dx = dout
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  pairwise sums, as in NumPy; the sum of no numbers is 0
    Source:    calculus

    >>> layer = Sum()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    adds_up = True

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.sum(x, self.axis, self.keepdims)

    def backward(self, dout: Value) -> Value:
        return self.expanded(dout) * self.xp.ones_like(self.x)


class Mean(Sum):
    """Mean over one axis or over all.

    Math:      when axis is null: n = size(x)
               otherwise: n = shape(x)[axis]
               then: out = sum(x, axis=axis, keepdims=true) / n
    Gradient:  dx = dout / n
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  the sum first, so inf where the sum is past float64; the mean of no numbers is nan
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


class Max(Reduction):
    """Largest number along one axis or of all.

    Math:      out = max(x, axis=axis, keepdims=true)
    Gradient:  ties = sum(where(x == out, 1, 0), axis=axis, keepdims=true); dx = where(x == out, dout / ties, 0)
    Units:     out in units of x; dx in units of dout
    Kinks:     numbers that tie share dout evenly, as in torch.amax and JAX; torch.max(x, dim) gives all to one of them
    Numerics:  exact; where any number is nan, out and dx are nan; the maximum of no numbers is -inf
    Source:    calculus

    >>> layer = Max()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    ulps = 0
    when_zero = "selects other elements"
    has_kinks = True

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        self.out = self.extremum(x)
        self.is_extremum = self.xp.equal(x, self.expanded(self.out))
        return self.out

    def extremum(self, x: Value) -> Value:
        """The largest number along the axis."""
        return self.xp.amax(x, self.axis, self.keepdims)

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        count = xp.sum(xp.where(self.is_extremum, xp.ones_like(self.x), 0), self.axis, True)
        share = xp.divide(xp.where(self.is_extremum, self.expanded(dout), 0), xp.maximum(count, 1))
        out = self.expanded(self.out)
        return xp.where(xp.is_nan(out), out, share)


class Min(Max):
    """Smallest number along one axis or of all.

    Math:      out = -max(-x, axis=axis, keepdims=true)
    Gradient:  ties = sum(where(x == out, 1, 0), axis=axis, keepdims=true); dx = where(x == out, dout / ties, 0)
    Units:     out in units of x; dx in units of dout
    Kinks:     numbers that tie share dout evenly, as in torch.amin and JAX; torch.min(x, dim) gives all to one of them
    Numerics:  exact; where any number is nan, out and dx are nan; the minimum of no numbers is inf
    Source:    calculus

    >>> layer = Min()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    def extremum(self, x: Value) -> Value:
        """The smallest number along the axis."""
        return self.xp.amin(x, self.axis, self.keepdims)
