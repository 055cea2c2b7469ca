"""Functions that are flat between their steps: sign, floor and round."""

from __future__ import annotations

from typing import ClassVar

from backpropcli.domains import Value, namespace
from backpropcli.layers.base import Elementwise, sample


class StepFunction(Elementwise):
    """A kind of layer: a function that is flat between its steps, so that its gradient is 0.

    Gradient:  dx = 0 * dout
    Numerics:  exact
    Errors:    none
    """

    ulps = 0
    is_flat: ClassVar[bool] = True
    when_zero = "is flat between its steps"
    samples = (sample(2.75), sample([[1.25, -0.75], [-2.25, 3.75]]))

    def backward(self, dout: Value) -> Value:
        return namespace(dout).zeros_like(dout)


class Sign(StepFunction):
    """Sign, elementwise: 1, 0 or -1.

    Math:      out = where(x > 0, 1, where(x < 0, -1, 0))
    Units:     out dimensionless; dx is 0
    Kinks:     out jumps at x = 0, where it is 0; the slope is 0 there as everywhere
    Numerics:  exact; at nan out is nan
    Source:    NumPy, numpy.sign

    >>> layer = Sign()
    >>> layer.forward(-3.0), layer.backward(1.5)
    (-1.0, 0.0)
    """

    def forward(self, x: Value) -> Value:
        xp = namespace(x)
        return xp.where(x > 0, 1, xp.where(x < 0, -1, xp.where(xp.is_nan(x), x, xp.zeros_like(x))))


class Floor(StepFunction):
    """Largest whole number that is not above x, elementwise.

    Math:      out = floor(x)
    Units:     out in units of x; dx is 0
    Kinks:     out jumps at whole numbers; the slope is 0 there as everywhere
    Source:    NumPy, numpy.floor

    >>> layer = Floor()
    >>> layer.forward(-2.5), layer.backward(1.5)
    (-3.0, 0.0)
    """

    def forward(self, x: Value) -> Value:
        return namespace(x).floor(x)


class Round(StepFunction):
    """Nearest whole number, elementwise; of two that are equally near, the even one.

    Math:      below = floor(x); odd = below - 2 * floor(below / 2);
               out = where(x - below > 0.5, below + 1, where(x - below < 0.5, below, below + odd))
    Units:     out in units of x; dx is 0
    Kinks:     out jumps halfway between whole numbers; the slope is 0 there as everywhere
    Source:    NumPy, numpy.round; IEEE 754, roundTiesToEven

    >>> layer = Round()
    >>> layer.forward(2.5), layer.forward(3.5), layer.backward(1.5)
    (2.0, 4.0, 0.0)
    """

    def forward(self, x: Value) -> Value:
        xp = namespace(x)
        below = xp.floor(x)
        rest = x - below
        is_odd = xp.equal(below % 2, 1)
        return xp.where((rest > 0.5) | (xp.equal(rest, 0.5) & is_odd), below + 1, below)
