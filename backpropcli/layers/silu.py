"""Activation functions that multiply x by a smooth gate: silu and mish.

Below zero their slopes have a zero, near which the textbook formulas cancel. Here everything is measured from there:
with d = x - zero, the sum 1 + x + exp(x) is d + exp(zero) * expm1(d), whose two terms have the same sign.
"""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.domains.compensated import added, exp_factors, rounded, scaled
from backpropcli.layers.base import Elementwise, sample

_FAR = 1000  # from here on the gate is 0 or 1 in float64; so an infinite x gives its limit, not 0 * inf

# Where the slopes are zero, each as a float64 and the rest of it, and exp there.
_SILU_ZERO, _SILU_ZERO_REST = -1.2784645427610737, -1.0946994183093437e-16
_EXP_SILU_ZERO = 0.2784645427610738
_MISH_ZERO, _MISH_ZERO_REST = -1.1924312145154952, -4.8484829848031044e-17
_MISH_SECANT = (1.0025492550654913, 0.3034825352815289, 0.2328243970035104)  # z * (3 + z), z, z / (1 + z)


class Silu(Elementwise):
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

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x = xp.maximum(x, -_FAR)
        first, second = self.exp_factors = exp_factors(xp, -abs(self.x))
        right = self.x / (1 + first * second)
        return xp.where(x < 0, right * first * second, right)

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        first, second = self.exp_factors
        # The slopes at x and -x add up to 1.
        d = xp.maximum(-abs(self.x), -_FAR) - _SILU_ZERO - _SILU_ZERO_REST
        e = first * second
        left = first * (d + _EXP_SILU_ZERO * xp.expm1(d)) / (1 + e * (2 + e)) * second
        return dout * xp.where(self.x < 0, left, 1 - left)


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
        xp = self.xp = namespace(x)
        x = self.x = xp.maximum(x, -_FAR)
        first, second = self.exp_factors = exp_factors(xp, -abs(x))
        e = self.e = first * second
        right = x * (1 + 2 * e) / (1 + 2 * e * (1 + e))
        left = x * first * (e + 2) / (e * (e + 2) + 2) * second
        return xp.where(x < 0, left, right)

    def backward(self, dout: Value) -> Value:
        return dout * self.xp.where(self.x < 0, self._slope_below_zero(), self._slope_above_zero())

    def _slope_above_zero(self) -> Value:
        e = self.e
        near = self.xp.minimum(self.x, _FAR)
        scale = 1 + 2 * e * (1 + e)
        return 1 - 2 * e * e / scale * (1 - 2 * near * (1 + e) / scale)

    def _slope_below_zero(self) -> Value:
        e = self.e
        first, second = self.exp_factors
        d = self.xp.minimum(self.x, 0) - _MISH_ZERO
        # The sum 4 * x + 3 + e * (3 + e) + 1 / (1 + e), which is 0 at the zero, from there.
        secant = _MISH_SECANT[0] + _MISH_SECANT[1] * e - _MISH_SECANT[2] / (1 + e)
        total = 4 * d + (self.xp.expm1(d - _MISH_ZERO_REST) * secant - 4 * _MISH_ZERO_REST)
        scale = added(scaled((e, 0), added((e, 0), (2, 0))), (2, 0))
        return (first + first * e) * total / rounded(scaled(scale, scale)) * second
