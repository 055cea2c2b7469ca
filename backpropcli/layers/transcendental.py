"""More functions of one number: expm1, log1p, sin, cos and erf."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Layer, sample
from backpropcli.layers.compensated import product


class Expm1(Layer):
    """Exponential minus 1, elementwise, with all digits also for a small x.

    Math:      out = exp(x) - 1
    Gradient:  dx = dout * exp(x)
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp; inf from x = 709.79 on
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    calculus

    >>> layer = Expm1()
    >>> layer.forward(1e-20), layer.backward(1.5)
    (1e-20, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.expm1(x)

    def backward(self, dout: Value) -> Value:
        return dout * self.xp.exp(self.x)


class Log1p(Layer):
    """Natural logarithm of 1 + x, elementwise, with all digits also for a small x.

    Math:      out = log(1 + x)
    Gradient:  dx = dout / (1 + x)
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = -1 out is -inf and dx inf; for x < -1 out is nan and dx still dout / (1 + x), as in log
    Numerics:  value and slope within 4 ulp
    Errors:    DomainError on exact fractions (log is irrational)
    Source:    calculus

    >>> layer = Log1p()
    >>> layer.forward(1e-20), layer.backward(1.5)
    (1e-20, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.log1p(x)

    def backward(self, dout: Value) -> Value:
        return self.xp.divide(dout, 1 + self.x)


class Sin(Layer):
    """Sine, elementwise.

    Math:      out = sin(x)
    Gradient:  dx = dout * cos(x)
    Shapes:    x, out, dout, dx: (...)
    Units:     x in radians; out dimensionless; dx in units of dout
    Kinks:     none; at infinity out and dx are nan
    Numerics:  value and slope within 4 ulp, also for a large x and near multiples of pi
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


class Cos(Layer):
    """Cosine, elementwise.

    Math:      out = cos(x)
    Gradient:  dx = -dout * sin(x)
    Shapes:    x, out, dout, dx: (...)
    Units:     x in radians; out dimensionless; dx in units of dout
    Kinks:     none; at infinity out and dx are nan
    Numerics:  value and slope within 4 ulp, also for a large x and near multiples of pi
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


class Erf(Layer):
    """Error function, elementwise.

    Math:      out = 2 / sqrt(pi) * (the integral of exp(-t**2) for t from 0 to x)
    Gradient:  dx = dout * 2 / sqrt(pi) * exp(-x**2)
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp; the slope carries the rounding error of x * x, which exp would magnify up
               to 700 times; on arrays out is computed one element at a time, as NumPy has no erf; on reals of 50 digits
               the slope has 16, those of 2 / sqrt(pi)
    Errors:    DomainError on exact fractions (erf is irrational)
    Source:    calculus

    >>> layer = Erf()
    >>> layer.forward(0.0), layer.backward(1.0)
    (0.0, 1.1283791670955126)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.erf(x)

    def backward(self, dout: Value) -> Value:
        near = self.xp.minimum(abs(self.x), 28)  # from 27.3 on exp is 0
        hi, lo = product(near, near)
        density = self.xp.exp(-hi)
        return dout * (1.1283791670955126 * (density - density * lo))
