"""Values and their bounds: the larger and the smaller of two values, and values kept between two numbers."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.layers.base import BinaryElementwise, Elementwise, sample


class Maximum(BinaryElementwise):
    """The larger of two values, elementwise.

    Math:      out = where(x > y, x, y)
    Gradient:  dx = where(x > y, dout, where(x == y, dout / 2, 0));
               dy = where(y > x, dout, where(x == y, dout / 2, 0))
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     at x = y each gets half of dout, as in PyTorch and JAX
    Numerics:  exact; where x or y is nan, out is nan and both get dout
    Source:    calculus

    >>> layer = Maximum()
    >>> layer.forward(2.0, 3.0), layer.backward(1.5)
    (3.0, (0.0, 1.5))
    """

    ulps = 0
    when_zero = "takes the other value"
    has_kinks = True
    samples = (sample(2.0, 3.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(x, y)
        return self.xp.maximum(x, y)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        where, x, y = self.xp.where, self.x, self.y
        shared = where(self.xp.equal(x, y), dout / 2, dout)
        return unbroadcast(where(x < y, 0, shared), x), unbroadcast(where(y < x, 0, shared), y)


class Minimum(Maximum):
    """The smaller of two values, elementwise.

    Math:      out = where(x < y, x, y)
    Gradient:  dx = where(x < y, dout, where(x == y, dout / 2, 0));
               dy = where(y < x, dout, where(x == y, dout / 2, 0))
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     at x = y each gets half of dout, as in PyTorch and JAX
    Numerics:  exact; where x or y is nan, out is nan and both get dout
    Source:    calculus

    >>> layer = Minimum()
    >>> layer.forward(2.0, 3.0), layer.backward(1.5)
    (2.0, (1.5, 0.0))
    """

    ulps = 0

    def forward(self, x: Value, y: Value) -> Value:
        return -super().forward(-x, -y)  # the minus signs of x and of out cancel in the slopes


class Clip(Elementwise):
    """Values kept between two numbers, elementwise.

    Math:      when min is null and max is null: out = x
               when min is null: out = minimum(x, max)
               when max is null: out = maximum(x, min)
               otherwise: out = minimum(maximum(x, min), max)
    Gradient:  when min is null and max is null: dx = dout
               when min is null: dx = where(x > max, 0, dout)
               when max is null: dx = where(x < min, 0, dout)
               otherwise: dx = where(x < min, 0, where(x > max, 0, dout))
    Units:     x, min and max in the same unit, which is out's; dx in units of dout
    Kinks:     at x = min and at x = max the slope is 1, as in PyTorch; JAX has 0.5
    Numerics:  exact; at nan out is nan and dx is 0, as in PyTorch
    Errors:    ValueError when min is larger than max; a bound that is null is none
    Source:    calculus

    >>> layer = Clip(min=0.0, max=1.0)
    >>> layer.forward(2.5), layer.backward(1.5)
    (1.0, 0.0)
    """

    ulps = 0
    when_zero = "is cut off here"
    has_kinks = True
    samples = (
        sample(2.5, max=1.0),
        sample([[1.0, -0.5], [-2.0, 3.0]], min=-1.0, max=2.0),
        sample([[1.0, -0.5], [-2.0, 3.0]], min=0.0),
    )

    def __init__(self, *, min: float | None = None, max: float | None = None) -> None:
        if min is not None and max is not None and min > max:
            raise ValueError(f"min must be at most max, {max}, not {min}")
        self.min = min
        self.max = max

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        out = x
        if self.min is not None:
            out = self.xp.maximum(out, self.min)
        if self.max is not None:
            out = self.xp.minimum(out, self.max)
        self.is_kept = self.xp.equal(out, x)
        return out

    def backward(self, dout: Value) -> Value:
        return self.xp.where(self.is_kept, dout, 0)
