"""Functions that integrals define: erf."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.domains.slopes import gaussian
from backpropcli.layers.base import Elementwise, sample


class Erf(Elementwise):
    """Error function, elementwise: 2 / sqrt(pi) times the integral of exp(-t * t) for t from 0 to x.

    Math:      out = erf(x)
    Gradient:  dx = dout * 2 / sqrt(pi) * exp(-x * x)
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

    when_zero = "is saturated"
    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.erf(x)

    def backward(self, dout: Value) -> Value:
        first, *others = gaussian(self.xp, self.x)
        return self.xp.narrow(self.xp.times(dout, 1.1283791670955126 * first, *others), self.x)
