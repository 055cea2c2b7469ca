"""The rectified linear unit, and its relatives with a slope below zero: relu, leaky_relu and prelu."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.layers.base import Elementwise, check_finite, sample


class Relu(Elementwise):
    """Rectified linear unit, elementwise.

    Math:      out = where(x > 0, x, 0)
    Gradient:  dx = where(x > 0, dout, 0)
    Units:     out in units of x; dx in units of dout
    Kinks:     at x = 0 the slope is 0 (x <= 0 is off), as in the book
    Numerics:  exact; at nan out is nan and dx is dout
    Errors:    none
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.1

    >>> layer = Relu()
    >>> layer.forward(-0.5), layer.backward(1.0)
    (0.0, 0.0)
    """

    ulps = 0
    when_zero = "is off, as its input is not above 0"
    has_kinks = True
    samples = (sample(2.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.mask = x <= 0
        return self.xp.where(self.mask, 0, x)

    def backward(self, dout: Value) -> Value:
        return self.xp.where(self.mask, 0, dout)


class LeakyRelu(Elementwise):
    """Leaky rectified linear unit, elementwise.

    Math:      out = where(x > 0, x, slope * x)
    Gradient:  dx = where(x > 0, dout, slope * dout)
    Units:     out in units of x; dx in units of dout
    Kinks:     at x = 0 the slope is that of the left side, as in PyTorch
    Numerics:  correctly rounded; at nan out is nan
    Errors:    ValueError when slope is not finite
    Source:    Maas et al., Rectifier nonlinearities improve neural network acoustic models (2013)

    >>> layer = LeakyRelu(slope=0.25)
    >>> layer.forward(-2.0), layer.backward(1.0)
    (-0.5, 0.25)
    """

    has_kinks = True
    ulps = 0.5
    samples = (sample(2.5), sample([[1.0, -0.5], [-2.0, 3.0]]), sample(-2.5, slope=0.25), sample([1.0, -0.5], slope=-1))

    def __init__(self, *, slope: float = 0.01) -> None:
        check_finite("slope", slope)
        self.left_slope = slope

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.on = x > 0
        return self.xp.where(self.on, x, self.left_slope * x)

    def backward(self, dout: Value) -> Value:
        return self.xp.where(self.on, dout, self.left_slope * dout)


class Prelu(Elementwise):
    """Rectified linear unit whose slope below zero is learned, elementwise.

    Math:      out = where(x > 0, x, slope * x)
    Gradient:  dx = where(x > 0, dout, slope * dout); dslope = where(x > 0, 0, dout * x)
    Shapes:    x, slope: any two that broadcast; out, dout: their broadcast shape; dx, dslope: as x, slope; PyTorch's
               one slope for each channel of (N, C, H, W) is a slope of shape (C, 1, 1)
    Units:     slope dimensionless; out in units of x; dx in units of dout, dslope of dout times x
    Kinks:     at x = 0 the slope is that of the left side, as in PyTorch
    Numerics:  correctly rounded but for the sum of dslope; at nan out is nan
    Errors:    ShapeError when x and slope do not broadcast
    Source:    He et al., Delving deep into rectifiers (2015)

    >>> layer = Prelu()
    >>> layer.forward(-2.0, 0.25), layer.backward(1.0)
    (-0.5, (0.25, -2.0))
    """

    has_kinks = True
    ulps = 0.5
    samples = (sample(2.5, 0.25), sample(-2.5, 0.25), sample([[1.0, -2.0, 3.0], [-1.0, 0.5, -3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, slope: Value) -> Value:
        self.x = x
        self.slope = slope
        self.xp = namespace(x, slope)
        self.on = x > 0
        return self.xp.where(self.on, x, slope * x)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        dx = self.xp.where(self.on, dout, self.slope * dout)
        dslope = self.xp.where(self.on, 0, dout * self.x)
        return unbroadcast(dx, self.x), unbroadcast(dslope, self.slope)
