"""The operators of a formula: + - * / ** and the unary minus."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.layers.base import Layer, sample


class Add(Layer):
    """Addition, elementwise.

    Math:      out = x + y
    Gradient:  dx = dout; dy = dout
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     none
    Numerics:  correctly rounded; inf past float64; inf - inf is nan
    Errors:    ShapeError when x and y do not broadcast
    Source:    Saitoh, Deep Learning from Scratch, section 5.4.2

    >>> layer = Add()
    >>> layer.forward(200.0, 450.0), layer.backward(1.1)
    (650.0, (1.1, 1.1))
    """

    samples = (sample(200.0, 450.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        return x + y

    def backward(self, dout: Value) -> tuple[Value, Value]:
        return unbroadcast(dout, self.x), unbroadcast(dout, self.y)


class Sub(Layer):
    """Subtraction, elementwise.

    Math:      out = x - y
    Gradient:  dx = dout; dy = -dout
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     none
    Numerics:  correctly rounded; inf past float64; inf - inf is nan
    Errors:    ShapeError when x and y do not broadcast
    Source:    calculus

    >>> layer = Sub()
    >>> layer.forward(5.0, 3.0), layer.backward(1.5)
    (2.0, (1.5, -1.5))
    """

    samples = (sample(5.0, 3.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        return x - y

    def backward(self, dout: Value) -> tuple[Value, Value]:
        return unbroadcast(dout, self.x), unbroadcast(-dout, self.y)


class Mul(Layer):
    """Multiplication, elementwise.

    Math:      out = x * y
    Gradient:  dx = dout * y; dy = dout * x
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     out in units of x times y; dx in units of dout times y, dy of dout times x
    Kinks:     none
    Numerics:  correctly rounded; inf past float64; 0 * inf is nan
    Errors:    ShapeError when x and y do not broadcast
    Source:    Saitoh, Deep Learning from Scratch, section 5.4.1

    >>> layer = Mul()
    >>> layer.forward(100.0, 2.0), layer.backward(1.5)
    (200.0, (3.0, 150.0))
    """

    samples = (sample(100.0, 2.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        return x * y

    def backward(self, dout: Value) -> tuple[Value, Value]:
        return unbroadcast(dout * self.y, self.x), unbroadcast(dout * self.x, self.y)


class Div(Layer):
    """Division, elementwise.

    Math:      out = x / y
    Gradient:  dx = dout / y; dy = -dout * out / y
    Shapes:    x, y: any two that broadcast; out, dout: their broadcast shape; dx, dy: as x, y
    Units:     out in units of x per y; dx in units of dout per y; dy in units of dout times out per y
    Kinks:     at y = 0 out is inf with the signs of x and of the zero, and nan for 0 / 0; dx is inf, dy inf or nan
    Numerics:  out correctly rounded; dy never squares y, so it neither overflows nor vanishes early
    Errors:    ShapeError when x and y do not broadcast; DomainError on exact fractions at y = 0
    Source:    calculus

    >>> layer = Div()
    >>> layer.forward(6.0, 4.0), layer.backward(1.0)
    (1.5, (0.25, -0.375))
    """

    samples = (sample(6.0, 4.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.out = namespace(x, y).divide(x, y)
        return self.out

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp = namespace(self.out, dout)
        dx = xp.divide(dout, self.y)
        dy = xp.divide(-dout * self.out, self.y)
        return unbroadcast(dx, self.x), unbroadcast(dy, self.y)


class Neg(Layer):
    """Negation, elementwise.

    Math:      out = -x
    Gradient:  dx = -dout
    Shapes:    x, out, dout, dx: (...)
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  exact
    Errors:    none
    Source:    calculus

    >>> layer = Neg()
    >>> layer.forward(2.0), layer.backward(1.5)
    (-2.0, -1.5)
    """

    samples = (sample(2.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        return -x

    def backward(self, dout: Value) -> Value:
        return -dout


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
        # Where y is 0 the exponent 0 stands in for -1: the slope is 0 * 1, also at x = 0, where 0 * 0 ** -1 is nan.
        power = xp.power(x, xp.where(y == 0, 0, y - 1) - half)
        # The rounding error of y - 1 is an exponent of its own, as log(x) magnifies it up to 700 times.
        change = y - 1 - y
        lost = (y - (y - 1 - change)) - (1 + change)
        power = power * xp.power(xp.where(power / 2 == power, 1, x), lost)  # 0 and inf have no digits to correct
        dx = unbroadcast(dout * (xp.power(x, half) * y * power), x)
        if self.needs_gradient is not None and not self.needs_gradient[1]:
            return dx, None
        # Where 0 ** y is constant in y the logarithm of 1 stands in for that of 0: the slope is 0, not 0 * -inf.
        log = xp.log(xp.where((x == 0) & (y >= 0), 1, x))
        root = xp.power(x, y / 2)
        dy = xp.where(abs(self.out) < 1e-290, root * log * root, self.out * log)
        return dx, unbroadcast(dout * dy, y)
