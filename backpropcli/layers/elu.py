"""Exponential linear units: elu, selu and celu."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.domains.compensated import exp_factors
from backpropcli.domains.slopes import quotient_exp
from backpropcli.layers.base import Elementwise, check_finite, sample


class Elu(Elementwise):
    """Exponential linear unit, elementwise.

    Math:      out = where(x > 0, x, alpha * (exp(x) - 1))
    Gradient:  dx = where(x > 0, dout, dout * alpha * exp(x))
    Units:     x, out and alpha dimensionless; dx in units of dout
    Kinks:     at x = 0 the slope is alpha, that of the left side, as in PyTorch; with alpha = 1 it does not jump,
               but its own slope does, which is that of the left side, too
    Numerics:  value and slope within 4 ulp, in float32 too
    Errors:    ValueError when alpha is not finite; DomainError on exact fractions (exp is irrational)
    Source:    Clevert et al., Fast and accurate deep network learning by exponential linear units (2016)

    >>> layer = Elu(alpha=0.5)
    >>> layer.forward(-40.0), layer.forward(3.0)
    (-0.5, 3.0)
    """

    has_kinks = True
    samples = (sample(0.5), sample(-0.5), sample([[1.0, -0.5], [-2.0, 3.0]], alpha=1.5))
    scale: float = 1

    def __init__(self, *, alpha: float = 1.0) -> None:
        check_finite("alpha", alpha)
        self.left_scale = alpha

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.on = x > 0
        low = xp.where(self.on, 0, x)
        self.x = x
        self.exp_factors = exp_factors(xp, low)
        return xp.where(self.on, self.scale * x, self.left_scale * xp.expm1(low))

    def backward(self, dout: Value) -> Value:
        left = self.xp.times(dout, self.left_scale, *self.exp_factors)
        return self.xp.where(self.on, self.scale * dout, self.xp.narrow(left, self.x))


class Selu(Elu):
    """Scaled exponential linear unit, elementwise: an elu that keeps mean 0 and variance 1.

    Math:      scale = 1.0507009873554805; alpha = 1.6732632423543772;
               out = scale * where(x > 0, x, alpha * (exp(x) - 1))
    Gradient:  dx = dout * scale * where(x > 0, 1, alpha * exp(x))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = 0 the slope is scale * alpha = 1.758, that of the left side, as in PyTorch
    Numerics:  value and slope within 4 ulp, in float32 too; the constants are float64s in every domain
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Klambauer et al., Self-normalizing neural networks (2017)

    >>> layer = Selu()
    >>> layer.forward(1.0), layer.forward(-40.0)
    (1.0507009873554805, -1.7580993408473768)
    """

    has_kinks = True
    samples = (sample(0.5), sample(-0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))
    scale = 1.0507009873554805

    def __init__(self) -> None:
        self.left_scale = 1.7580993408473768


class Celu(Elementwise):
    """Continuously differentiable exponential linear unit, elementwise.

    Math:      out = where(x > 0, x, alpha * (exp(x / alpha) - 1))
    Gradient:  dx = where(x > 0, dout, dout * exp(x / alpha))
    Units:     x and out in units of alpha; dx in units of dout
    Kinks:     none in the slope, which is 1 at x = 0; its own slope jumps there, and is that of the right side, 0
    Numerics:  the slope carries the rounding error of x / alpha, which exp would magnify up to 700 times; value and
               slope within 4 ulp
    Errors:    ValueError when alpha is not from 1e-280 to 1e280; DomainError on exact fractions (exp is irrational)
    Source:    Barron, Continuously differentiable exponential linear units (2017)

    >>> layer = Celu(alpha=0.5)
    >>> layer.forward(-40.0), layer.forward(3.0)
    (-0.5, 3.0)
    """

    has_kinks = True
    samples = (sample(0.5), sample(-0.5), sample([[1.0, -0.5], [-2.0, 3.0]], alpha=1.5))

    def __init__(self, *, alpha: float = 1.0) -> None:
        if not 1e-280 <= alpha <= 1e280:
            raise ValueError(f"alpha must be from 1e-280 to 1e280, not {alpha}")
        self.alpha = alpha

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x = x
        self.low = xp.minimum(xp.maximum(xp.wide(x), -2000 * self.alpha), 0)
        out = xp.narrow(self.alpha * xp.expm1(self.low / self.alpha), x)
        # Next to 0, x is out to all digits; x / alpha may be too small to have them.
        return xp.where(x > -1e-17 * self.alpha, x, out)

    def backward(self, dout: Value) -> Value:
        slope = quotient_exp(self.xp, self.low, self.alpha)  # above 0, low is 0 and this is 1
        return self.xp.narrow(self.xp.times(dout, *slope), self.x)
