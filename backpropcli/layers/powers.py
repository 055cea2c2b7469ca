"""Powers: x ** y, the square, the square root and the reciprocal."""

from __future__ import annotations

from backpropcli.domains import Over, Value, namespace, unbroadcast
from backpropcli.domains.slopes import exponent_slope, power_slope
from backpropcli.layers.base import BinaryElementwise, Elementwise, sample


class Pow(BinaryElementwise):
    """Power, elementwise.

    Math:      out = x ** y
    Gradient:  dx = where(y == 0, 0, dout * y * x ** (y - 1));
               dy = dout * where(x == 0, where(y < 0, out * log(x), 0), out * log(x))
    Units:     y dimensionless; dx in units of dout times out / x; dy in units of dout times out
    Kinks:     0 ** 0 is 1 with both gradients 0; 0 ** y has out 0 and dx inf for 0 < y < 1, out inf for y < 0;
               for x < 0 and a fractional y everything is nan; for x < 0 and a whole y, dy is nan (no derivative)
    Numerics:  value and gradients within 4 ulp: dx carries the rounding error of y - 1, which log(x) would magnify, and
               no gradient uses an out below 1e-290 or above 1e290, which may have no digits; inf past float64
    Errors:    ShapeError when x and y do not broadcast; DomainError on exact fractions for a fractional y, for
               0 ** -1, and for dy, which needs log (an exponent written as a number needs no gradient)
    Source:    calculus; conventions at 0 as in PyTorch

    >>> layer = Pow()
    >>> layer.forward(3.0, 2.0), layer.backward(1.0)[0]
    (9.0, 6.0)
    """

    samples = (sample(1.5, 3.0), sample([[1.5, 0.5, 2.0]], [[3.0], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(x, y)
        self.out = self.xp.power(x, y)
        return self.out

    def backward(self, dout: Value) -> tuple[Value, Value | None]:
        xp, x, y = self.xp, self.x, self.y
        dx = xp.narrow(xp.times(*power_slope(xp, x, y), dout), self.out)
        dx = unbroadcast(dx, x)
        if self.needs_gradient is not None and not self.needs_gradient[1]:
            return dx, None
        dy = xp.narrow(xp.times(*exponent_slope(xp, x, y, self.out), dout), self.out)
        return dx, unbroadcast(dy, y)


class Square(Elementwise):
    """Square, elementwise.

    Math:      out = x * x
    Gradient:  dx = 2 * dout * x
    Units:     out in units of x squared; dx in units of dout times x
    Kinks:     none
    Numerics:  correctly rounded; out is inf from |x| = 1.35e154 on, where dx is still finite
    Errors:    none
    Source:    calculus

    >>> layer = Square()
    >>> layer.forward(-3.0), layer.backward(1.0)
    (9.0, -6.0)
    """

    ulps = 0.5
    samples = (sample(-3.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        return x * x

    def backward(self, dout: Value) -> Value:
        return 2 * (dout * self.x)


class Sqrt(Elementwise):
    """Square root, elementwise.

    Math:      out = sqrt(x)
    Gradient:  dx = dout / (2 * out)
    Units:     out in the root of x's unit; dx in units of dout per out
    Kinks:     at x = 0 dx is inf with the sign of the zero; for x < 0 out and dx are nan
    Numerics:  out correctly rounded; slope within 4 ulp
    Errors:    DomainError on exact fractions whose root is irrational, and for dx at x = 0
    Source:    calculus

    >>> layer = Sqrt()
    >>> layer.forward(4.0), layer.backward(1.0)
    (2.0, 0.25)
    """

    ulps = 0.5
    samples = (sample(2.25), sample([[1.0, 0.5], [2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.out = self.xp.sqrt(x)
        return self.out

    def backward(self, dout: Value) -> Value:
        return self.xp.divide(dout, 2 * self.out)


class Reciprocal(Elementwise):
    """Reciprocal, elementwise.

    Math:      out = 1 / x
    Gradient:  dx = -dout * out * out
    Units:     out in units of 1 per x; dx in units of dout per x squared
    Kinks:     at x = 0 out is inf with the sign of the zero and dx is -inf
    Numerics:  out correctly rounded, inf for |x| below 5.56e-309; dx within 4 ulp, also where out or out * out is
               infinite
    Errors:    DomainError on exact fractions at x = 0
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.2, the "/" node

    >>> layer = Reciprocal()
    >>> layer.forward(4.0), layer.backward(1.0)
    (0.25, -0.0625)
    """

    ulps = 0.5
    samples = (sample(4.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.divide(1, x)

    def backward(self, dout: Value) -> Value:
        return self.xp.times(-dout, Over(self.x), Over(self.x))
