"""Functions of one number: exp, log, sqrt, square, abs and reciprocal."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Layer, sample


class Exp(Layer):
    """Exponential, elementwise.

    Math:      out = exp(x)
    Gradient:  dx = dout * out
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp; inf from x = 709.79 on, 0 from x = -745.14 down
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.2, the "exp" node

    >>> layer = Exp()
    >>> layer.forward(0.0), layer.backward(1.5)
    (1.0, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.out = namespace(x).exp(x)
        return self.out

    def backward(self, dout: Value) -> Value:
        return dout * self.out


class Log(Layer):
    """Natural logarithm, elementwise.

    Math:      out = log(x)
    Gradient:  dx = dout / x
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = 0 out is -inf and dx inf with the sign of the zero; for x < 0 out is nan and dx still dout / x,
               as in PyTorch and JAX
    Numerics:  value and slope within 4 ulp
    Errors:    DomainError on exact fractions (log is irrational)
    Source:    calculus

    >>> layer = Log()
    >>> layer.forward(1.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    samples = (sample(2.5), sample([[1.0, 0.5], [2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.log(x)

    def backward(self, dout: Value) -> Value:
        return self.xp.divide(dout, self.x)


class Sqrt(Layer):
    """Square root, elementwise.

    Math:      out = sqrt(x)
    Gradient:  dx = dout / (2 * out)
    Shapes:    x, out, dout, dx: (...)
    Units:     out in the root of x's unit; dx in units of dout per out
    Kinks:     at x = 0 dx is inf with the sign of the zero; for x < 0 out and dx are nan
    Numerics:  out correctly rounded; slope within 4 ulp
    Errors:    DomainError on exact fractions whose root is irrational, and for dx at x = 0
    Source:    calculus

    >>> layer = Sqrt()
    >>> layer.forward(4.0), layer.backward(1.0)
    (2.0, 0.25)
    """

    samples = (sample(2.25), sample([[1.0, 0.5], [2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.out = self.xp.sqrt(x)
        return self.out

    def backward(self, dout: Value) -> Value:
        return self.xp.divide(dout, 2 * self.out)


class Square(Layer):
    """Square, elementwise.

    Math:      out = x * x
    Gradient:  dx = 2 * dout * x
    Shapes:    x, out, dout, dx: (...)
    Units:     out in units of x squared; dx in units of dout times x
    Kinks:     none
    Numerics:  correctly rounded; out is inf from |x| = 1.35e154 on, where dx is still finite
    Errors:    none
    Source:    calculus

    >>> layer = Square()
    >>> layer.forward(-3.0), layer.backward(1.0)
    (9.0, -6.0)
    """

    samples = (sample(-3.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        return x * x

    def backward(self, dout: Value) -> Value:
        return 2 * (dout * self.x)


class Abs(Layer):
    """Absolute value, elementwise.

    Math:      out = |x|
    Gradient:  dx = dout where x > 0, -dout where x < 0
    Shapes:    x, out, dout, dx: (...)
    Units:     out in units of x; dx in units of dout
    Kinks:     at x = 0 the slope is 0, as in PyTorch
    Numerics:  exact; at nan out is nan and dx is dout
    Errors:    none
    Source:    calculus

    >>> layer = Abs()
    >>> layer.forward(-3.0), layer.backward(1.5)
    (3.0, -1.5)
    """

    samples = (sample(-3.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        return abs(x)

    def backward(self, dout: Value) -> Value:
        where = namespace(self.x, dout).where
        return where(self.x == 0, 0, where(self.x < 0, -dout, dout))


class Reciprocal(Layer):
    """Reciprocal, elementwise.

    Math:      out = 1 / x
    Gradient:  dx = -dout * out * out
    Shapes:    x, out, dout, dx: (...)
    Units:     out in units of 1 per x; dx in units of dout per x squared
    Kinks:     at x = 0 out is inf with the sign of the zero and dx is -inf
    Numerics:  out correctly rounded, inf for |x| below 5.56e-309; slope within 4 ulp; dx is multiplied from the left,
               so that out * out cannot overflow where dx is finite
    Errors:    DomainError on exact fractions at x = 0
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.2, the "/" node

    >>> layer = Reciprocal()
    >>> layer.forward(4.0), layer.backward(1.0)
    (0.25, -0.0625)
    """

    samples = (sample(4.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.out = namespace(x).divide(1, x)
        return self.out

    def backward(self, dout: Value) -> Value:
        return -dout * self.out * self.out
