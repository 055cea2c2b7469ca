"""Exponentials and logarithms, to the bases e, 2 and 10."""

from __future__ import annotations

from backpropcli.domains import Over, Value, namespace, unbroadcast
from backpropcli.domains.compensated import exp_factors
from backpropcli.domains.slopes import exponent_slope, times_growth
from backpropcli.layers.base import BinaryElementwise, Elementwise, sample

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
        return times_growth(self.xp, dout, self.slope, self.out, self.x)


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
        return times_growth(self.xp, dout, exp_factors(self.xp, self.x), self.out, self.x)


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


class Exp2(Elementwise):
    """Power of two, elementwise.

    Math:      out = 2 ** x
    Gradient:  dx = dout * out * log(2)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp, and exact for a whole x; out is inf from x = 1024 on and 0 from x = -1075
               down, where dx still has its digits, up to x = 2047
    Errors:    DomainError on exact fractions for a fractional x, and for dx, which needs log
    Source:    calculus

    >>> layer = Exp2()
    >>> layer.forward(3.0), layer.backward(1.0)
    (8.0, 5.545177444479562)
    """

    samples = (sample(0.5), sample([[1.0, -0.5], [-2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        self.out = self.xp.power(2, x)
        return self.out

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        return times_growth(xp, dout, exponent_slope(xp, 2 * xp.ones_like(self.x), self.x, self.out), self.out, self.x)


class Log2(Elementwise):
    """Logarithm to the base 2, elementwise.

    Math:      out = log(x) / log(2)
    Gradient:  dx = dout / (x * log(2))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = 0 out is -inf and dx inf with the sign of the zero; for x < 0 out is nan and dx still
               dout / (x * log(2)), as in log
    Numerics:  value and slope within 4 ulp, in float32 too; of a power of two out is exact
    Errors:    DomainError on exact fractions (log2 is irrational)
    Source:    calculus

    >>> layer = Log2()
    >>> layer.forward(8.0), layer.backward(1.0)
    (3.0, 0.18033688011112042)
    """

    base = "2"
    samples = (sample(2.5), sample([[1.0, 0.5], [2.0, 3.0]]))

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.log2(x)

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        return xp.narrow(xp.times(dout, Over(self.x), Over(xp.log(xp.number(self.base)))), self.x)


class Log10(Log2):
    """Logarithm to the base 10, elementwise.

    Math:      out = log(x) / log(10)
    Gradient:  dx = dout / (x * log(10))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     at x = 0 out is -inf and dx inf with the sign of the zero; for x < 0 out is nan and dx still
               dout / (x * log(10)), as in log
    Numerics:  value and slope within 4 ulp, in float32 too; of a power of ten out is exact
    Errors:    DomainError on exact fractions (log10 is irrational)
    Source:    calculus

    >>> layer = Log10()
    >>> layer.forward(1000.0), layer.backward(1.0)
    (3.0, 0.0004342944819032518)
    """

    base = "10"

    def forward(self, x: Value) -> Value:
        self.x = x
        self.xp = namespace(x)
        return self.xp.log10(x)


class Xlogy(BinaryElementwise):
    """Product x * log(y), elementwise, which is 0 where x is 0: the terms of an entropy.

    Math:      out = where(x == 0, 0, x * log(y))
    Gradient:  dx = dout * log(y); dy = where(x == 0, 0, dout * x / y)
    Units:     x and out in the same unit; y dimensionless; dx in units of dout; dy in units of dout times x
    Kinks:     where x is 0, out and dy are 0 for every y; dx is -inf at y = 0, so that xlogy(p, p) has the slope -inf
               of p * log(p) at p = 0
    Numerics:  value and gradients within 4 ulp; where x or y is nan, out is nan
    Errors:    ShapeError when x and y do not broadcast; DomainError on exact fractions (log is irrational)
    Source:    SciPy, scipy.special.xlogy; torch.xlogy

    >>> layer = Xlogy()
    >>> layer.forward(0.0, 0.0), layer.backward(1.5)
    (0.0, (-inf, 0.0))
    """

    samples = (sample(1.5, 3.0), sample([[1.0, -2.0, 3.0]], [[0.5], [1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        xp = self.xp = namespace(x, y)
        has_no_log = xp.equal(x, 0) & ((y <= 0) | xp.equal(y, INF))
        self.out = 0 + x * xp.log(xp.where(has_no_log, 1, y))  # 0, not -0
        return self.out

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp = self.xp
        dx = dout * xp.log(self.y)
        dy = xp.times(dout, self.x, Over(self.y))
        has_log = (self.y > 0) & (self.y < INF)  # there dy is 0 of itself, and has a slope of its own in x
        dy = xp.where(xp.equal(self.x, 0), xp.where(has_log, dy, xp.zeros_like(dy)), dy)
        return unbroadcast(dx, self.x), unbroadcast(dy, self.y)
