"""Exponentials and logarithms: exp, log, expm1 and log1p."""

from __future__ import annotations

from backpropcli.domains import Domain, Value, namespace
from backpropcli.domains.compensated import Factors, exp_factors
from backpropcli.layers.base import Elementwise, sample

INF = float("inf")


class Exp(Elementwise):
    """Exponential, elementwise.

    Math:      out = exp(x)
    Gradient:  dx = dout * out
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp; out is inf from x = 709.79 on and 0 from x = -745.14 down, where dx still
               has its digits, up to x = 1419
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Saitoh, Deep Learning from Scratch, section 5.5.2, the "exp" node

    >>> layer = Exp()
    >>> layer.forward(0.0), layer.backward(1.5)
    (1.0, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        self.slope = exp_factors(self.xp, x)
        self.out = self.xp.exp(x)
        return self.out

    def backward(self, dout: Value) -> Value:
        return _slope_times(self.xp, dout, self.slope, self.out, self.x)


class Log(Elementwise):
    """Natural logarithm, elementwise.

    Math:      out = log(x)
    Gradient:  dx = dout / x
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = 0 out is -inf and dx inf with the sign of the zero; for x < 0 out is nan and dx still dout / x,
               as in PyTorch and JAX
    Numerics:  value and slope within 4 ulp, in float32 too
    Errors:    DomainError on exact fractions (log is irrational)
    Source:    calculus

    >>> layer = Log()
    >>> layer.forward(1.0), layer.backward(1.5)
    (0.0, 1.5)
    """

    samples = (sample(2.5), sample([[1.0, 0.5], [2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.log(x)

    def backward(self, dout: Value) -> Value:
        return self.xp.divide(dout, self.x)


class Expm1(Elementwise):
    """Exponential minus 1, elementwise, with all digits also for a small x.

    Math:      out = exp(x) - 1
    Gradient:  dx = dout * exp(x)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp; out is inf from x = 709.79 on, where dx still has its digits, up to
               x = 1419
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    calculus

    >>> layer = Expm1()
    >>> layer.forward(1e-20), layer.backward(1.5)
    (1e-20, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        self.out = self.xp.expm1(x)
        return self.out

    def backward(self, dout: Value) -> Value:
        return _slope_times(self.xp, dout, exp_factors(self.xp, self.x), self.out, self.x)


class Log1p(Elementwise):
    """Natural logarithm of 1 + x, elementwise, with all digits also for a small x.

    Math:      out = log(1 + x)
    Gradient:  dx = dout / (1 + x)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = -1 out is -inf and dx inf; for x < -1 out is nan and dx still dout / (1 + x), as in log
    Numerics:  value and slope within 4 ulp, in float32 too
    Errors:    DomainError on exact fractions (log is irrational)
    Source:    calculus

    >>> layer = Log1p()
    >>> layer.forward(1e-20), layer.backward(1.5)
    (1e-20, 1.5)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.log1p(x)

    def backward(self, dout: Value) -> Value:
        return self.xp.divide(dout, 1 + self.x)


def _slope_times(xp: Domain, dout: Value, slope: Factors, out: Value, x: Value) -> Value:
    """The gradient for a slope that is exp(x); a dout of 0 beside an out of inf is a computed 0 times inf, and nan."""
    found = xp.narrow(xp.times(dout, *slope), x)
    if not xp.nears_limits(out):
        return found
    return xp.where(xp.equal(dout, 0) & xp.equal(out, INF), dout * out, found)
