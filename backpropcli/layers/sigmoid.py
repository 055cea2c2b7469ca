"""The logistic sigmoid and its relatives: log_sigmoid, tanh, softplus and softsign."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.domains.compensated import exp_factors, multiplied
from backpropcli.layers.base import Elementwise, sample


class Sigmoid(Elementwise):
    """Logistic sigmoid, elementwise.

    Math:      out = 1 / (1 + exp(-x))
    Gradient:  dx = dout * out * (1 - out)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  computed from exp(-|x|); never overflows; value and slope within 4 ulp, in float32 too
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.2

    >>> layer = Sigmoid()
    >>> layer.forward(0.0), layer.backward(1.0)
    (0.5, 0.25)
    """

    when_zero = "is saturated"
    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        first, *rest = exp_factors(xp, -abs(x))
        e = multiplied(first, rest)
        self.slope = (first / (1 + e * (2 + e)), *rest)
        self.out = xp.narrow(xp.where(x >= 0, 1, e) / (1 + e), x)
        return self.out

    def backward(self, dout: Value) -> Value:
        return self.xp.narrow(self.xp.times(dout, *self.slope), self.out)


class LogSigmoid(Elementwise):
    """Logarithm of the logistic sigmoid, elementwise.

    Math:      out = log(1 / (1 + exp(-x)))
    Gradient:  dx = dout / (1 + exp(x))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  min(x, 0) - log1p(exp(-|x|)); never overflows or cancels; value and slope within 4 ulp, in float32 too
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    calculus

    >>> layer = LogSigmoid()
    >>> layer.forward(-40.0), layer.backward(1.0)
    (-40.0, 1.0)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = self.xp = namespace(x)
        first, *rest = exp_factors(xp, -abs(x))
        e = multiplied(first, rest)
        is_right = x >= 0
        self.slope = (xp.where(is_right, first, 1) / (1 + e), *(xp.where(is_right, factor, 1) for factor in rest))
        return xp.narrow(xp.minimum(x, 0) - xp.log1p(e), x)

    def backward(self, dout: Value) -> Value:
        return self.xp.narrow(self.xp.times(dout, *self.slope), self.x)


class Tanh(Elementwise):
    """Hyperbolic tangent, elementwise.

    Math:      out = (exp(x) - exp(-x)) / (exp(x) + exp(-x))
    Gradient:  dx = dout * (1 - out * out)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  the slope is computed from exp(-2|x|), as 1 - out * out is 0 from |x| = 19 on; within 4 ulp
    Errors:    DomainError on exact fractions (tanh is irrational)
    Source:    calculus

    >>> layer = Tanh()
    >>> layer.forward(0.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    when_zero = "is saturated"
    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        return namespace(x).tanh(x)

    def backward(self, dout: Value) -> Value:
        xp = namespace(self.x)
        first, *rest = exp_factors(xp, -2 * abs(self.x))
        e = multiplied(first, rest)
        return xp.narrow(xp.times(dout, 4 * first / (1 + e * (2 + e)), *rest), self.x)


class Softplus(Elementwise):
    """Softplus, elementwise: a smooth relu.

    Math:      out = log(1 + exp(x))
    Gradient:  dx = dout / (1 + exp(-x))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  max(x, 0) + log1p(exp(-|x|)) everywhere; PyTorch goes over to x at its threshold 20, where it loses
               half of the digits of out - x; value and slope within 4 ulp, in float32 too
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Dugas et al., Incorporating second-order functional knowledge (2000)

    >>> layer = Softplus()
    >>> layer.forward(21.0), layer.backward(1.0)
    (21.000000000758256, 0.9999999992417439)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = self.xp = namespace(x)
        first, *rest = exp_factors(xp, -abs(x))
        e = multiplied(first, rest)
        is_right = x >= 0
        self.slope = (xp.where(is_right, 1, first) / (1 + e), *(xp.where(is_right, 1, factor) for factor in rest))
        return xp.narrow(xp.maximum(x, 0) + xp.log1p(e), x)

    def backward(self, dout: Value) -> Value:
        return self.xp.narrow(self.xp.times(dout, *self.slope), self.x)


class Softsign(Elementwise):
    """Softsign, elementwise.

    Math:      out = x / (1 + abs(x))
    Gradient:  dx = dout / (1 + abs(x)) ** 2
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none in the slope, which is 1 at x = 0; its own slope jumps there, and is that of the right side, -2
    Numerics:  within 4 ulp; nothing is squared, so nothing overflows; at infinity out is 1 with the sign of x
    Errors:    none
    Source:    Glorot and Bengio, Understanding the difficulty of training deep feedforward networks (2010)

    >>> layer = Softsign()
    >>> layer.forward(-3.0), layer.backward(1.0)
    (-0.75, 0.0625)
    """

    has_kinks = True
    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        xp = namespace(x)
        self.scale = 1 + abs(x)
        is_far = xp.equal(self.scale, self.scale - 1)  # infinity over infinity would be nan
        return xp.where(is_far, xp.where(x > 0, 1, -xp.ones_like(x)), x / xp.where(is_far, 1, self.scale))

    def backward(self, dout: Value) -> Value:
        return dout / self.scale / self.scale
