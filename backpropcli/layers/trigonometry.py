"""Functions of an angle: sin and cos."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Elementwise, sample


class Sin(Elementwise):
    """Sine, elementwise.

    Math:      out = sin(x)
    Gradient:  dx = dout * cos(x)
    Units:     x in radians; out dimensionless; dx in units of dout
    Kinks:     none; at infinity out and dx are nan
    Numerics:  value and slope within 4 ulp, also for a large x and near multiples of pi, on floats and arrays alike
    Errors:    DomainError on exact fractions (sin is irrational)
    Source:    calculus

    >>> layer = Sin()
    >>> layer.forward(0.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.sin(x)

    def backward(self, dout: Value) -> Value:
        return dout * self.xp.cos(self.x)


class Cos(Elementwise):
    """Cosine, elementwise.

    Math:      out = cos(x)
    Gradient:  dx = -dout * sin(x)
    Units:     x in radians; out dimensionless; dx in units of dout
    Kinks:     none; at infinity out and dx are nan
    Numerics:  value and slope within 4 ulp, also for a large x and near multiples of pi, on floats and arrays alike
    Errors:    DomainError on exact fractions (cos is irrational)
    Source:    calculus

    >>> layer = Cos()
    >>> layer.forward(0.0), layer.backward(-1.5)
    (1.0, 0.0)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.cos(x)

    def backward(self, dout: Value) -> Value:
        return -dout * self.xp.sin(self.x)
