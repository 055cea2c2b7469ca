"""Smooth gates: silu and mish, which multiply x by what rises from 0 to 1."""

from __future__ import annotations

from backpropcli.domains import Domain, Value, namespace
from backpropcli.domains.compensated import multiplied
from backpropcli.domains.gates import Tail, logistic_tail, mish_rise, mish_tail
from backpropcli.layers.base import Elementwise, sample


class SymmetricGate(Elementwise):
    """A function x * g(x) whose gate has g(x) + g(-x) = 1, so that f(x) - f(-x) = x and the slopes add up to 1."""

    def tail(self, xp: Domain, a: Value) -> Tail:
        """The value and the slope at x = -a, for a >= 0."""
        raise NotImplementedError

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = self.xp = namespace(x)
        is_left = x < 0
        below, (first, *rest) = self.tail(xp, abs(x))
        slope = xp.where(is_left, first, 1 - multiplied(first, rest))
        self.slope = (slope, *(xp.where(is_left, factor, 1) for factor in rest))
        return xp.narrow(xp.maximum(x, 0) + below, x)

    def backward(self, dout: Value) -> Value:
        return self.xp.narrow(self.xp.times(dout, *self.slope), self.x)


class Silu(SymmetricGate):
    """Sigmoid linear unit (swish), elementwise: x times its logistic sigmoid.

    Math:      s = sigmoid(x); out = x * s
    Gradient:  dx = dout * s * (1 + x * (1 - s))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp, also at the slope's zero, -1.278, and in both tails; 0 at -inf; on reals of
               50 digits the slope has 17, those of the zero
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Hendrycks and Gimpel, Gaussian error linear units (2016)

    >>> layer = Silu()
    >>> layer.forward(0.0), layer.backward(1.0)
    (0.0, 0.5)
    """

    samples = (sample(0.5), sample(-0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def tail(self, xp: Domain, a: Value) -> Tail:
        """The value and the slope at x = -a."""
        return logistic_tail(xp, a)


class Mish(Elementwise):
    """Mish, elementwise: x times the tanh of its softplus.

    Math:      t = tanh(softplus(x)); out = x * t
    Gradient:  dx = dout * (t + x * (1 - t * t) * sigmoid(x))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  the gate is a quotient of polynomials in exp(-|x|); value and slope within 4 ulp, also at the slope's
               zero, -1.192, and in both tails; 0 at -inf; on reals of 50 digits the slope has 16, those of the zero
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Misra, Mish: a self regularized non-monotonic activation function (2020)

    >>> layer = Mish()
    >>> layer.forward(0.0), layer.backward(1.0)
    (0.0, 0.6)
    """

    samples = (sample(0.5), sample(-0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = self.xp = namespace(x)
        is_left = x < 0
        (below, (first, *rest)), (above, slope_above) = mish_tail(xp, abs(x)), mish_rise(xp, abs(x))
        self.slope = (xp.where(is_left, first, slope_above), *(xp.where(is_left, factor, 1) for factor in rest))
        return xp.narrow(xp.where(is_left, below, above), x)

    def backward(self, dout: Value) -> Value:
        return self.xp.narrow(self.xp.times(dout, *self.slope), self.x)
