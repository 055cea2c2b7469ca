"""Hyperbolic functions but for tanh, which stands among the sigmoids, and their inverses."""

from __future__ import annotations

from backpropcli.domains import Domain, Over, Value, namespace
from backpropcli.domains.compensated import Factors, exp_factors, multiplied
from backpropcli.domains.slopes import one_plus_square, times_growth
from backpropcli.layers.base import Elementwise, sample


class Sinh(Elementwise):
    """Hyperbolic sine, elementwise.

    Math:      out = (exp(x) - exp(-x)) / 2
    Gradient:  dx = dout * (exp(x) + exp(-x)) / 2
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  exp(|x|) times -expm1(-2 * |x|) / 2, so that a small x keeps its digits; value and slope within 4 ulp;
               out is inf with the sign of x from |x| = 710.48 on, where dx still has its digits, up to |x| = 1419
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    calculus

    >>> layer = Sinh()
    >>> layer.forward(1e-20), layer.backward(1.5)
    (1e-20, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = self.xp = namespace(x)
        self.out = xp.narrow(_multiplied(_sinh(xp, xp.wide(x))), x)
        return self.out

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        return times_growth(xp, dout, _cosh(xp, xp.wide(self.x)), self.out, self.x)


class Cosh(Elementwise):
    """Hyperbolic cosine, elementwise.

    Math:      out = (exp(x) + exp(-x)) / 2
    Gradient:  dx = dout * (exp(x) - exp(-x)) / 2
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  exp(|x|) times (1 + exp(-2 * |x|)) / 2; value and slope within 4 ulp; out is inf from |x| = 710.48 on,
               where dx still has its digits, up to |x| = 1419
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    calculus

    >>> layer = Cosh()
    >>> layer.forward(0.0), layer.backward(1.5)
    (1.0, 0.0)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        xp = self.xp = namespace(x)
        self.out = xp.narrow(_multiplied(_cosh(xp, xp.wide(x))), x)
        return self.out

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        return times_growth(xp, dout, _sinh(xp, xp.wide(self.x)), self.out, self.x)


class Asinh(Elementwise):
    """Inverse hyperbolic sine, elementwise.

    Math:      out = log(x + sqrt(x * x + 1))
    Gradient:  dx = dout / sqrt(x * x + 1)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp, also of a tiny or a negative x; x * x does not overflow
    Errors:    DomainError on exact fractions (asinh is irrational)
    Source:    calculus

    >>> layer = Asinh()
    >>> layer.forward(0.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.asinh(x)

    def backward(self, dout: Value) -> Value:
        total, scale = one_plus_square(self.xp, self.x)
        return self.xp.narrow(self.xp.times(dout, Over(self.xp.sqrt(total)), Over(scale)), self.x)


class Acosh(Elementwise):
    """Inverse hyperbolic cosine, elementwise: the number from 0 on whose hyperbolic cosine is x.

    Math:      out = log(x + sqrt(x * x - 1))
    Gradient:  dx = dout / (sqrt(x - 1) * sqrt(x + 1))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = 1, where the function begins, dx is inf; below it out and dx are nan
    Numerics:  value and slope within 4 ulp, also next to 1; nothing is squared, so nothing overflows
    Errors:    DomainError on exact fractions (acosh is irrational)
    Source:    calculus

    >>> layer = Acosh()
    >>> layer.forward(1.25), layer.backward(1.5)
    (0.6931471805599453, 2.0)
    """

    samples = (sample(1.25), sample([[1.5, 2.0], [3.0, 10.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.acosh(x)

    def backward(self, dout: Value) -> Value:
        sqrt = self.xp.sqrt
        return self.xp.times(dout, Over(sqrt(self.x - 1)), Over(sqrt(self.x + 1)))


class Atanh(Elementwise):
    """Inverse hyperbolic tangent, elementwise.

    Math:      out = log((1 + x) / (1 - x)) / 2
    Gradient:  dx = dout / (1 - x * x)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = -1 and x = 1 out is inf with the sign of x and dx inf; beyond them out is nan and dx still
               dout / (1 - x * x), as in PyTorch
    Numerics:  1 - x * x as (1 - x) * (1 + x), so that value and slope are within 4 ulp also next to 1
    Errors:    DomainError on exact fractions (atanh is irrational)
    Source:    calculus

    >>> layer = Atanh()
    >>> layer.forward(0.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    samples = (sample(0.5), sample([[0.25, -0.5], [-0.75, 0.875]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.atanh(x)

    def backward(self, dout: Value) -> Value:
        return self.xp.times(dout, Over(1 - self.x), Over(1 + self.x))


def _sinh(xp: Domain, x: Value) -> Factors:
    first, *rest = exp_factors(xp, abs(x))
    share = -xp.expm1(-2 * abs(x)) / 2
    return first * xp.where(x < 0, -share, share), *rest


def _cosh(xp: Domain, x: Value) -> Factors:
    first, *rest = exp_factors(xp, abs(x))
    return first * ((1 + xp.exp(-2 * abs(x))) / 2), *rest


def _multiplied(factors: Factors) -> Value:
    first, *rest = factors
    return multiplied(first, rest)
