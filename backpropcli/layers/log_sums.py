"""Logarithms of sums of exponentials: logaddexp."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.domains.compensated import exp_factors, multiplied
from backpropcli.domains.log_sums import gap
from backpropcli.layers.base import BinaryElementwise, sample

INF = float("inf")


class Logaddexp(BinaryElementwise):
    """Logarithm of the sum of two exponentials, elementwise.

    Math:      out = log(exp(x) + exp(y))
    Gradient:  dx = dout / (1 + exp(y - x)); dy = dout / (1 + exp(x - y))
    Units:     x, y and out dimensionless; dx, dy in units of dout
    Kinks:     none; an x of -inf takes no part: its gradient is 0; two of inf share dout evenly
    Numerics:  max(x, y) + log1p(exp(-|x - y|)): never overflows; value and gradients within 4 ulp; where max(x, y)
               cancels, as out is near 0, it is computed one element at a time from 60 decimal digits
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
