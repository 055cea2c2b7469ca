"""The larger and the smaller of two values."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.layers.base import Layer, sample


class Maximum(Layer):
    """The larger of two values, elementwise.

    Math:      out = x where x > y, else y
    Gradient:  dx = dout where x > y, else 0; dy = dout where y > x, else 0
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     at x = y each gets half of dout, as in PyTorch and JAX
    Numerics:  exact; where x or y is nan, out is nan and both get dout
    Errors:    ShapeError when x and y do not broadcast
    Source:    calculus

    >>> layer = Maximum()
    >>> layer.forward(2.0, 3.0), layer.backward(1.5)
    (3.0, (0.0, 1.5))
    """

    samples = (sample(2.0, 3.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(x, y)
        return self.xp.maximum(x, y)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        where, x, y = self.xp.where, self.x, self.y
        shared = where(x == y, dout / 2, dout)
        return unbroadcast(where(x < y, 0, shared), x), unbroadcast(where(y < x, 0, shared), y)


class Minimum(Layer):
    """The smaller of two values, elementwise.

    Math:      out = x where x < y, else y
    Gradient:  dx = dout where x < y, else 0; dy = dout where y < x, else 0
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     at x = y each gets half of dout, as in PyTorch and JAX
    Numerics:  exact; where x or y is nan, out is nan and both get dout
    Errors:    ShapeError when x and y do not broadcast
    Source:    calculus

    >>> layer = Minimum()
    >>> layer.forward(2.0, 3.0), layer.backward(1.5)
    (2.0, (1.5, 0.0))
    """

    samples = (sample(2.0, 3.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(x, y)
        return self.xp.minimum(x, y)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        where, x, y = self.xp.where, self.x, self.y
        shared = where(x == y, dout / 2, dout)
        return unbroadcast(where(x > y, 0, shared), x), unbroadcast(where(y > x, 0, shared), y)
