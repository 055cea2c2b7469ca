"""Functions of an angle, and the angles that belong to their values: sin, cos and tan, asin, acos, atan and atan2."""

from __future__ import annotations

from backpropcli.domains import Over, Value, namespace, unbroadcast
from backpropcli.domains.slopes import one_plus_square, sum_of_squares
from backpropcli.layers.base import BinaryElementwise, Elementwise, sample

INF = float("inf")


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


class Tan(Elementwise):
    """Tangent, elementwise.

    Math:      out = sin(x) / cos(x)
    Gradient:  dx = dout / cos(x) ** 2
    Units:     x in radians; out dimensionless; dx in units of dout
    Kinks:     none: no float64 is a pole; at infinity out and dx are nan
    Numerics:  value and slope within 4 ulp, also for a large x and near the poles, on floats and arrays alike
    Errors:    DomainError on exact fractions (sin is irrational)
    Source:    calculus

    >>> layer = Tan()
    >>> layer.forward(0.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = self.xp = namespace(x)
        angle = xp.wide(x)
        self.cos = xp.cos(angle)
        return xp.narrow(xp.sin(angle) / self.cos, x)

    def backward(self, dout: Value) -> Value:
        return self.xp.narrow(self.xp.times(dout, Over(self.cos), Over(self.cos)), self.x)


class Atan(Elementwise):
    """Arctangent, elementwise: the angle from -pi/2 to pi/2 whose tangent is x.

    Math:      out = atan(x)
    Gradient:  dx = dout / (1 + x * x)
    Units:     x dimensionless; out in radians; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp; x * x does not overflow
    Errors:    DomainError on exact fractions (atan is irrational)
    Source:    calculus

    >>> layer = Atan()
    >>> layer.forward(1.0), layer.backward(1.0)
    (0.7853981633974483, 0.5)
    """

    when_zero = "is saturated"
    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.atan(x)

    def backward(self, dout: Value) -> Value:
        total, scale = one_plus_square(self.xp, self.x)
        return self.xp.narrow(self.xp.times(dout, Over(total), Over(scale), Over(scale)), self.x)


class Asin(Elementwise):
    """Arcsine, elementwise: the angle from -pi/2 to pi/2 whose sine is x.

    Math:      out = atan(x / sqrt(1 - x * x))
    Gradient:  dx = dout / sqrt(1 - x * x)
    Units:     x dimensionless; out in radians; dx in units of dout
    Kinks:     at x = -1 and x = 1, where the function ends, dx is inf; beyond them out and dx are nan
    Numerics:  1 - x * x as (1 - x) * (1 + x), so that value and slope are within 4 ulp also next to 1
    Errors:    DomainError on exact fractions (asin is irrational)
    Source:    calculus

    >>> layer = Asin()
    >>> layer.forward(0.5), layer.backward(1.0)
    (0.5235987755982989, 1.1547005383792517)
    """

    samples = (sample(0.5), sample([[0.25, -0.5], [-0.75, 0.875]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.asin(x)

    def backward(self, dout: Value) -> Value:
        return self.xp.divide(dout, self.xp.sqrt((1 - self.x) * (1 + self.x)))


class Acos(Asin):
    """Arccosine, elementwise: the angle from 0 to pi whose cosine is x.

    Math:      out = pi / 2 - asin(x)
    Gradient:  dx = -dout / sqrt(1 - x * x)
    Units:     x dimensionless; out in radians; dx in units of dout
    Kinks:     at x = -1 and x = 1, where the function ends, dx is -inf; beyond them out and dx are nan
    Numerics:  1 - x * x as (1 - x) * (1 + x), so that value and slope are within 4 ulp also next to 1
    Errors:    DomainError on exact fractions (acos is irrational)
    Source:    calculus

    >>> layer = Acos()
    >>> layer.forward(0.5), layer.backward(1.0)
    (1.0471975511965979, -1.1547005383792517)
    """

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.acos(x)

    def backward(self, dout: Value) -> Value:
        return -super().backward(dout)


class Atan2(BinaryElementwise):
    """Angle of the point (x, y) from the x axis, elementwise, from -pi to pi; y comes first.

    Math:      of_left = where(y < 0, -pi, pi); of_axis = where(y > 0, pi / 2, where(y < 0, -pi / 2, 0));
               out = where(x > 0, atan(y / x), where(x < 0, atan(y / x) + of_left, of_axis))
    Gradient:  r = where(x * x + y * y == 0, 1, x * x + y * y); dy = dout * x / r; dx = -dout * y / r
    Units:     x and y in the same unit; out in radians; dy, dx in units of dout per x
    Kinks:     on the negative x axis out jumps from pi to -pi, by the sign of the zero y, and the gradients are those
               of either side; at (0, 0) out and both gradients are 0, as in PyTorch, and so they are at infinity
    Numerics:  the squares are of numbers scaled by a power of two, so that they neither overflow nor vanish; value and
               gradients within 4 ulp
    Errors:    ShapeError when x and y do not broadcast; DomainError on exact fractions (atan2 is irrational)
    Source:    calculus; NumPy, numpy.atan2

    >>> layer = Atan2()
    >>> layer.forward(1.0, -1.0), layer.backward(1.0)
    (2.356194490192345, (-0.5, -0.5))
    """

    has_kinks = True
    samples = (sample(1.5, -0.5), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, y: Value, x: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(y, x)
        self.out = self.xp.atan2(y, x)
        return self.out

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp = self.xp
        x, y = xp.wide(self.x), xp.wide(self.y)
        total, scale = sum_of_squares(xp, x, y)
        divisors = Over(scale), Over(scale), Over(xp.where(xp.equal(total, 0), 1, total))
        is_far = xp.equal(total, INF)
        dy = xp.narrow(xp.where(is_far, 0, xp.times(dout, x, *divisors)), self.out)
        dx = xp.narrow(xp.where(is_far, 0, xp.times(-dout, y, *divisors)), self.out)
        return unbroadcast(dy, self.y), unbroadcast(dx, self.x)
