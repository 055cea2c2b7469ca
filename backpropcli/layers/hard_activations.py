"""Activation functions of straight pieces: hardtanh, hardsigmoid and hardswish."""

from __future__ import annotations

from backpropcli.domains import Over, Value, namespace
from backpropcli.layers.base import Elementwise, sample


class Hardtanh(Elementwise):
    """Hard tanh, elementwise: x kept between two bounds.

    Math:      out = minimum(maximum(x, min), max)
    Gradient:  dx = where(x <= min, 0, where(x >= max, 0, dout))
    Units:     out in units of x, min and max; dx in units of dout
    Kinks:     at x = min and x = max the slope is 0, as in PyTorch
    Numerics:  exact; at nan out is nan and dx is dout
    Errors:    ValueError when min is not less than max
    Source:    Collobert, Large scale machine learning (2004)

    >>> layer = Hardtanh(max=6.0)
    >>> layer.forward(7.5), layer.backward(1.0)
    (6.0, 0.0)
    """

    ulps = 0
    when_zero = "is cut off here"
    has_kinks = True
    samples = (sample(0.5), sample([[0.25, -0.5], [-2.0, 3.0]]), sample([[0.25, -0.5], [-2.0, 3.0]], min=-2.5, max=2.0))

    def __init__(self, *, min: float = -1.0, max: float = 1.0) -> None:
        if not min < max:
            raise ValueError(f"min must be less than max, {max}, not {min}")
        self.min = min
        self.max = max

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.off = (x <= self.min) | (x >= self.max)
        return self.xp.minimum(self.xp.maximum(x, self.min), self.max)

    def backward(self, dout: Value) -> Value:
        return self.xp.where(self.off, 0, dout)


class Hardsigmoid(Elementwise):
    """Hard sigmoid, elementwise: a straight line from 0 at -3 to 1 at 3.

    Math:      out = minimum(maximum((x + 3) / 6, 0), 1)
    Gradient:  dx = where(x <= -3, 0, where(x >= 3, 0, dout / 6))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = -3 and x = 3 the slope is 0, as in PyTorch
    Numerics:  within 4 ulp; at nan out is nan and dx is dout / 6
    Errors:    none
    Source:    PyTorch's Hardsigmoid; Keras's older one is the line 0.2 * x + 0.5

    >>> layer = Hardsigmoid()
    >>> layer.forward(1.5), layer.backward(3.0)
    (0.75, 0.5)
    """

    when_zero = "is cut off here"
    has_kinks = True
    samples = (sample(0.5), sample([[1.0, -0.5], [-4.0, 5.0]]))

    def forward(self, x: Value) -> Value:
        self.xp = namespace(x)
        self.off = (x <= -3) | (x >= 3)
        return self.xp.minimum(self.xp.maximum((x + 3) / 6, 0), 1)

    def backward(self, dout: Value) -> Value:
        return self.xp.where(self.off, 0, dout / 6)


class Hardswish(Elementwise):
    """Hard swish, elementwise: x times its hard sigmoid.

    Math:      out = where(x <= -3, 0, where(x >= 3, x, x * (x + 3) / 6))
    Gradient:  dx = where(x <= -3, 0, where(x >= 3, dout, dout * (2 * x + 3) / 6))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = -3 the slope is 0 and at x = 3 it is 1, that of the outer side, as in PyTorch
    Numerics:  within 4 ulp, also at the slope's zero, -1.5; at nan out and dx are nan
    Errors:    none
    Source:    Howard et al., Searching for MobileNetV3 (2019)

    >>> layer = Hardswish()
    >>> layer.forward(1.0), layer.backward(6.0)
    (0.6666666666666666, 5.0)
    """

    has_kinks = True
    samples = (sample(0.5), sample([[1.0, -0.5], [-4.0, 5.0]]))

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x = x
        where = xp.where
        return where(x <= -3, 0, where(x >= 3, x, x * (x + 3) / 6))

    def backward(self, dout: Value) -> Value:
        xp, x = self.xp, self.x
        return xp.where(x <= -3, 0, xp.where(x >= 3, dout, xp.times(dout, 2 * x + 3, Over(6))))
