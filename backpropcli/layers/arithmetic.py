"""The operators of a formula, but for the power, and the absolute value."""

from __future__ import annotations

from backpropcli.domains import Over, Value, namespace, unbroadcast
from backpropcli.layers.base import BinaryElementwise, Elementwise, sample


class Add(BinaryElementwise):
    """Addition, elementwise.

    Math:      out = x + y
    Gradient:  dx = dout; dy = dout
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     none
    Numerics:  correctly rounded; inf past float64; inf - inf is nan
    Source:    Saitoh, Deep Learning from Scratch, section 5.4.2

    >>> layer = Add()
    >>> layer.forward(200.0, 450.0), layer.backward(1.1)
    (650.0, (1.1, 1.1))
    """

    ulps = 0.5
    when_zero = "adds up parts of dout that cancel"
    carries_non_finite = True
    samples = (sample(200.0, 450.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        return x + y

    def backward(self, dout: Value) -> tuple[Value, Value]:
        return unbroadcast(dout, self.x), unbroadcast(dout, self.y)


class Sub(BinaryElementwise):
    """Subtraction, elementwise.

    Math:      out = x - y
    Gradient:  dx = dout; dy = -dout
    Units:     x and y in the same unit, which is out's; dx, dy in units of dout
    Kinks:     none
    Numerics:  correctly rounded; inf past float64; inf - inf is nan
    Source:    calculus

    >>> layer = Sub()
    >>> layer.forward(5.0, 3.0), layer.backward(1.5)
    (2.0, (1.5, -1.5))
    """

    ulps = 0.5
    when_zero = "adds up parts of dout that cancel"
    carries_non_finite = True
    samples = (sample(5.0, 3.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        return x - y

    def backward(self, dout: Value) -> tuple[Value, Value]:
        return unbroadcast(dout, self.x), unbroadcast(-dout, self.y)


class Mul(BinaryElementwise):
    """Multiplication, elementwise.

    Math:      out = x * y
    Gradient:  dx = dout * y; dy = dout * x
    Units:     out in units of x times y; dx in units of dout times y, dy of dout times x
    Kinks:     none
    Numerics:  correctly rounded; inf past float64; 0 * inf is nan
    Source:    Saitoh, Deep Learning from Scratch, section 5.4.1

    >>> layer = Mul()
    >>> layer.forward(100.0, 2.0), layer.backward(1.5)
    (200.0, (3.0, 150.0))
    """

    ulps = 0.5
    when_zero = "multiplies by 0"
    carries_non_finite = True
    samples = (sample(100.0, 2.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        return x * y

    def backward(self, dout: Value) -> tuple[Value, Value]:
        return unbroadcast(dout * self.y, self.x), unbroadcast(dout * self.x, self.y)


class Div(BinaryElementwise):
    """Division, elementwise.

    Math:      out = x / y
    Gradient:  dx = dout / y; dy = -dout * out / y
    Units:     out in units of x per y; dx in units of dout per y; dy in units of dout times out per y
    Kinks:     at y = 0 out is inf with the signs of x and of the zero, and nan for 0 / 0; dx is inf, dy inf or nan
    Numerics:  out correctly rounded; dy within 4 ulp, also where x / y or dout * out leaves the range of float64
    Errors:    ShapeError when x and y do not broadcast; DomainError on exact fractions at y = 0
    Source:    calculus

    >>> layer = Div()
    >>> layer.forward(6.0, 4.0), layer.backward(1.0)
    (1.5, (0.25, -0.375))
    """

    ulps = 0.5
    when_zero = "divides 0 by it"
    samples = (sample(6.0, 4.0), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.out = namespace(x, y).divide(x, y)
        return self.out

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp = namespace(self.out, dout)
        dx = xp.divide(dout, self.y)
        dy = xp.times(self.x, Over(self.y), -dout, Over(self.y))
        return unbroadcast(dx, self.x), unbroadcast(dy, self.y)


class Neg(Elementwise):
    """Negation, elementwise.

    Math:      out = -x
    Gradient:  dx = -dout
    Units:     out in units of x; dx in units of dout
    Kinks:     none
    Numerics:  exact
    Errors:    none
    Source:    calculus

    >>> layer = Neg()
    >>> layer.forward(2.0), layer.backward(1.5)
    (-2.0, -1.5)
    """

    ulps = 0
    carries_non_finite = True
    samples = (sample(2.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        return -x

    def backward(self, dout: Value) -> Value:
        return -dout


class Abs(Elementwise):
    """Absolute value, elementwise.

    Math:      out = where(x < 0, -x, x)
    Gradient:  dx = where(x > 0, dout, where(x < 0, -dout, 0))
    Units:     out in units of x; dx in units of dout
    Kinks:     at x = 0 the slope is 0, as in PyTorch
    Numerics:  exact; at nan out is nan and dx is dout
    Errors:    none
    Source:    calculus

    >>> layer = Abs()
    >>> layer.forward(-3.0), layer.backward(1.5)
    (3.0, -1.5)
    """

    has_kinks = True
    ulps = 0
    samples = (sample(-3.0), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        return abs(x)

    def backward(self, dout: Value) -> Value:
        xp = namespace(self.x, dout)
        at_kink = xp.zeros_like(dout)  # a slope by convention: no branch that is not taken
        return xp.where(xp.equal(self.x, 0), at_kink, xp.where(self.x < 0, -dout, dout))


AddLayer = Add  # as the book calls them
MulLayer = Mul
