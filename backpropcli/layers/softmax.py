"""Softmax and its logarithm, right down to the smallest probability."""

from __future__ import annotations

from backpropcli.domains import Domain, Value, namespace
from backpropcli.domains.compensated import added
from backpropcli.layers.base import Layer, sample

INF = float("inf")


def exponentials(x: Value, axis: int) -> tuple[Value, Value, Value]:
    """What softmax is made of: `x - m`, `exp(x - m)`, and the sum of these exponentials without one that is 1.

    m is the largest x along the axis, so one exponential is exactly 1. The sum of all is `1 + rest`, whose logarithm
    `log1p(rest)` keeps what the 1 would swallow.
    """
    xp = namespace(x)
    # What the subtraction loses is put back: exp would make of half an ulp of shifted up to 372 ulp of the exponential.
    shifted, lost = added((x, 0), (-xp.amax(x, axis, True), 0))
    e = xp.exp(shifted)
    e = xp.where(xp.equal(e, 0), 0, e * (1 + lost))  # where x is -inf, lost is nan
    return shifted, e, sum_without_one(xp, e, xp.equal(shifted, 0), axis)


def sum_without_one(xp: Domain, e: Value, is_largest: Value, axis: int | None) -> Value:
    """The sum of exponentials along an axis without one of the largest, which are 1."""
    ones = xp.sum(xp.where(is_largest, e, 0), axis, True)
    return xp.sum(xp.where(is_largest, 0, e), axis, True) + (ones - 1)


def is_excluded(xp: Domain, x: Value, p: Value) -> Value:
    """Where a logit of -inf takes no part in the others' softmax p: no path leads there."""
    return xp.equal(x + p, -INF)  # where there is no softmax, p is nan


class Softmax(Layer):
    """Softmax: numbers along an axis as probabilities.

    Math:      p = exp(x); out = p / sum(p, axis=axis, keepdims=true)
    Gradient:  dx = out * (dout - sum(dout * out, axis=axis, keepdims=true))
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none; where x is -inf, out and dx are 0; along an axis with only -inf, or with inf or nan, all are nan
    Numerics:  the largest x is subtracted, so exp never overflows; that of few numbers is within 4 ulp. dx takes the
               differences of dout from dout at the largest x, so that for logits (0, 100) both are of size 3.72e-44
    Errors:    ShapeError on numbers, and when x has no such axis; DomainError on exact fractions (exp is irrational);
               DomainError on exact fractions (exp is irrational)
    Source:    Saitoh, Deep Learning from Scratch, section 3.5

    >>> Softmax().forward(1.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: axis -1 is out of range for a number
    """

    when_zero = "is saturated"
    when_even = "sums to 1, so that a dout that is the same for all changes nothing"
    samples = (
        sample([1.0, -0.5, 2.0]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]]),
        sample([[1.0, -0.5, 2.0], [-2.0, 3.0, 0.5]], axis=0),
    )

    def __init__(self, *, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Value) -> Value:
        shifted, e, rest = exponentials(x, self.axis)
        self.is_largest = namespace(x).equal(shifted, 0)
        self.x = x
        self.out = e / (1 + rest)
        return self.out

    def backward(self, dout: Value) -> Value:
        xp = namespace(dout)
        at_largest = xp.amax(xp.where(self.is_largest, dout, -INF), self.axis, True)
        excess = dout - at_largest
        return xp.where(
            is_excluded(xp, self.x, self.out), 0, self.out * (excess - xp.sum(self.out * excess, self.axis, True))
        )


class LogSoftmax(Layer):
    """Logarithm of softmax: numbers along an axis as logarithms of probabilities.

    Math:      out = x - log(sum(exp(x), axis=axis, keepdims=true))
    Gradient:  dx = dout - exp(out) * sum(dout, axis=axis, keepdims=true)
    Shapes:    x, out, dout, dx: (...)
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none; where x is -inf, out is -inf and dx is dout; along an axis with only -inf, or with inf or nan, all
               are nan
    Numerics:  the largest x is subtracted, so exp never overflows; that of few numbers is within 4 ulp: by log1p, for
               logits (0, 100) the second is -3.72e-44. dx is, with p = exp(out), computed as dout[i] * (1 - p[i]) -
               p[i] * (sum of the other douts), and 1 - p[i] without that difference, so that it keeps such numbers too
    Errors:    ShapeError on numbers, and when x has no such axis; DomainError on exact fractions (exp is irrational);
               DomainError on exact fractions (exp is irrational)
    Source:    torch.nn.LogSoftmax

    >>> LogSoftmax().forward(1.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: axis -1 is out of range for a number
    """

    samples = Softmax.samples

    def __init__(self, *, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Value) -> Value:
        xp = self.xp = namespace(x)
        shifted, e, rest = exponentials(x, self.axis)
        self.is_largest = xp.equal(shifted, 0)
        self.x = x
        self.p = e / (1 + rest)
        self.p_of_others = ((1 - e) + rest) / (1 + rest)
        return shifted - xp.log1p(rest)

    def backward(self, dout: Value) -> Value:
        xp = self.xp
        of_largest = xp.sum(xp.where(self.is_largest, dout, 0), self.axis, True)
        of_rest = xp.sum(xp.where(self.is_largest, 0, dout), self.axis, True)
        taken = xp.where(is_excluded(xp, self.x, self.p), 0, self.p * (of_rest + (of_largest - dout)))
        return dout * self.p_of_others - taken
