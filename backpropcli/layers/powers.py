"""Powers: x ** y, the square, the square root and the reciprocal."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.layers.base import Layer, sample


class Pow(Layer):
    """Power, elementwise.

    Math:      out = x ** y
    Gradient:  dx = dout * y * x ** (y - 1), 0 where y = 0; dy = dout * out * log(x), 0 where x = 0 and y >= 0
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     y dimensionless; dx in units of dout times out / x; dy in units of dout times out
    Kinks:     0 ** 0 is 1 with both gradients 0; 0 ** y has out 0 and dx inf for 0 < y < 1, out inf for y < 0;
               for x < 0 and a fractional y everything is nan; for x < 0 and a whole y, dy is nan (no derivative)
    Numerics:  value and slopes within 4 ulp: dx carries the rounding error of y - 1, which log(x) would magnify, and no
               slope uses an out below 1e-290, which has few digits; inf past float64
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
        # An out too small to have all its digits enters as two factors; a whole half suits every domain and sign of x.
        half = xp.where(abs(self.out) < 1e-290, (y - y % 2) / 2, 0)
        # Where y is 0 and x ** -1 may be infinite the exponent 0 stands in for -1: the slope is 0 * 1, not 0 * inf.
        power = xp.power(x, xp.where(xp.equal(y, 0), xp.where(abs(x) > 1e-300, y - 1, 0), y - 1) - half)
        # The rounding error of y - 1 is an exponent of its own, as log(x) magnifies it up to 700 times.
        change = y - 1 - y
        lost = (y - (y - 1 - change)) - (1 + change)
        power = power * xp.power(
            xp.where(xp.equal(power / 2, power), 1, x), lost
        )  # 0 and inf have no digits to correct
        dx = unbroadcast(dout * (xp.power(x, half) * y * power), x)
        if self.needs_gradient is not None and not self.needs_gradient[1]:
            return dx, None
        # Where 0 ** y is constant in y the logarithm of 1 stands in for that of 0: the slope is 0, not 0 * -inf.
        log = xp.log(xp.where(xp.equal(x, 0) & (y >= 0), 1, x))
        root = xp.power(x, y / 2)
        dy = xp.where(abs(self.out) < 1e-290, root * log * root, self.out * log)
        return dx, unbroadcast(dout * dy, y)


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
