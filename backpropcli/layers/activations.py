"""Activation functions."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Layer, sample


class Relu(Layer):
    """Rectified linear unit, elementwise.

    Math:      out = x where x > 0, else 0
    Gradient:  dx = dout where x > 0, else 0
    Shapes:    x, out, dout, dx: (...)
    Units:     out in units of x; dx in units of dout
    Kinks:     at x = 0 the slope is 0 (x <= 0 is off), as in the book
    Numerics:  exact; at nan out is nan and dx is dout
    Errors:    none
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.1

    >>> layer = Relu()
    >>> layer.forward(-0.5), layer.backward(1.0)
    (0.0, 0.0)
    """

    samples = (sample(2.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.off = x <= 0
        return self.xp.where(self.off, 0, x)

    def backward(self, dout: Value) -> Value:
        return self.xp.where(self.off, 0, dout)


class Sigmoid(Layer):
    """Logistic sigmoid, elementwise.

    Math:      out = 1 / (1 + exp(-x))
    Gradient:  dx = dout * out * (1 - out)
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  computed from exp(-|x|); never overflows; value and slope within 4 ulp
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.2

    >>> layer = Sigmoid()
    >>> layer.forward(0.0), layer.backward(1.0)
    (0.5, 0.25)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        xp = namespace(x)
        e = xp.exp(-abs(x))
        self.slope = e / ((1 + e) * (1 + e))
        return xp.where(x >= 0, 1, e) / (1 + e)

    def backward(self, dout: Value) -> Value:
        return dout * self.slope


class Tanh(Layer):
    """Hyperbolic tangent, elementwise.

    Math:      out = (exp(x) - exp(-x)) / (exp(x) + exp(-x))
    Gradient:  dx = dout * (1 - out * out)
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  the slope is computed from exp(-2|x|), as 1 - out * out is 0 from |x| = 19 on; within 4 ulp
    Errors:    DomainError on exact fractions (tanh is irrational)
    Source:    calculus

    >>> layer = Tanh()
    >>> layer.forward(0.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        return namespace(x).tanh(x)

    def backward(self, dout: Value) -> Value:
        e = namespace(self.x).exp(-2 * abs(self.x))
        return dout * (4 * e / ((1 + e) * (1 + e)))
