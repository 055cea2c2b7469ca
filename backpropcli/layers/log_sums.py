"""Logarithms of sums of exponentials: logaddexp of two values, logsumexp along an axis."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.domains.compensated import added, exp_factors, multiplied
from backpropcli.domains.log_sums import gap
from backpropcli.layers.base import BinaryElementwise, sample
from backpropcli.layers.reductions import Reduction
from backpropcli.layers.softmax import sum_without_one

INF = float("inf")


class Logaddexp(BinaryElementwise):
    """Logarithm of the sum of two exponentials, elementwise.

    Math:      out = log(exp(x) + exp(y))
    Gradient:  dx = dout / (1 + exp(y - x)); dy = dout / (1 + exp(x - y))
    Units:     x, y and out dimensionless; dx, dy in units of dout
    Kinks:     none; an x of -inf takes no part: its gradient is 0; two of inf share dout evenly
    Numerics:  max(x, y) + log1p(exp(-|x - y|)): never overflows; value and gradients within 4 ulp; where max(x, y)
               cancels, as out is near 0, it is computed one element at a time in decimal digits
    Errors:    ShapeError when x and y do not broadcast; DomainError on exact fractions (exp is irrational)
    Source:    calculus; NumPy, numpy.logaddexp

    >>> layer = Logaddexp()
    >>> layer.forward(1000.0, 1000.0), layer.backward(1.0)
    (1000.6931471805599, (0.5, 0.5))
    """

    samples = (sample(0.5, 1.5), sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]]))

    def forward(self, x: Value, y: Value) -> Value:
        self.x = x
        self.y = y
        self.xp = namespace(x, y)
        self.out = self.xp.logaddexp(x, y)
        return self.out

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp = self.xp
        x, y = xp.wide(self.x), xp.wide(self.y)
        _, difference, lost = gap(xp, x, y)
        first, *rest = exp_factors(xp, difference, lost)
        total = 1 + multiplied(first, rest)
        of_larger, of_smaller = xp.times(dout, 1 / total), xp.times(dout, first / total, *rest)
        is_x_larger = x >= y
        dx = xp.where(xp.equal(x, -INF), 0, xp.where(is_x_larger, of_larger, of_smaller))
        dy = xp.where(xp.equal(y, -INF), 0, xp.where(is_x_larger, of_smaller, of_larger))
        return unbroadcast(xp.narrow(dx, self.out), self.x), unbroadcast(xp.narrow(dy, self.out), self.y)


class Logsumexp(Reduction):
    """Logarithm of the sum of the exponentials along one axis or of all.

    Math:      out = log(sum(exp(x), axis=axis, keepdims=true))
    Gradient:  dx = dout * exp(x - out)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none; an x of -inf takes no part: its gradient is 0, also where all are -inf and out is -inf, too; those
               of inf share dout evenly
    Numerics:  the largest x is subtracted, so exp never overflows; the logarithm by log1p of the sum of the others; dx
               as of softmax; the logarithm of no numbers is -inf
    Errors:    ShapeError when x has no such axis; DomainError on exact fractions (exp is irrational)
    Source:    Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions (2021)

    >>> layer = Logsumexp()
    >>> layer.forward(3.0), layer.backward(1.5)
    (3.0, 1.5)
    """

    when_zero = "is outweighed by other elements"

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        self.x = x
        largest = xp.amax(x, self.axis, True)
        is_largest = xp.equal(x, largest)
        shifted, lost = added((x, 0), (-largest, 0))
        shifted = xp.where(is_largest & xp.equal(abs(x), INF), 0, shifted)  # inf - inf would be nan
        is_rounded = (abs(shifted) < INF) & (abs(largest) < INF)
        e = xp.exp(shifted) * (1 + xp.where(is_rounded, lost, 0))
        rest = sum_without_one(xp, e, is_largest, self.axis)
        self.p = e / (1 + rest)
        return self.reduced(largest + xp.log1p(rest))

    def backward(self, dout: Value) -> Value:
        return self.xp.where(self.xp.equal(self.x, -INF), 0, self.expanded(dout) * self.p)
