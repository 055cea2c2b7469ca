"""Logarithms of sums of exponentials, which neither overflow nor lose their digits where they are near 0."""

from __future__ import annotations

from functools import lru_cache
from math import log1p
from typing import NamedTuple

from backpropcli.domains.base import Domain, Value
from backpropcli.domains.compensated import added

_INF = float("inf")
_DIGITS = (26, 60)  # few cancel as a rule, and some 32 at most
_RIGHT = 19  # digits of the sum less 1


class Gap(NamedTuple):
    """The larger of two numbers, and the difference of the smaller to it with what its rounding loses."""

    larger: Value
    difference: Value
    lost: Value


def gap(xp: Domain, x: Value, y: Value) -> Gap:
    """The gap between two numbers, of which the first counts as the larger where they tie; 0 between two infinities."""
    larger, smaller = xp.maximum(x, y), xp.minimum(x, y)
    difference, lost = added((smaller, 0), (-larger, 0))
    is_between_infinities = xp.equal(x, y) & xp.equal(abs(x), _INF)
    difference = xp.where(is_between_infinities, 0, difference)
    return Gap(larger, difference, xp.where((abs(larger) < _INF) & (abs(difference) < _INF), lost, 0))


def log_of_sum(xp: Domain, x: Value, y: Value) -> Value:
    """The logarithm of exp(x) + exp(y), which has lost digits where it is near 0."""
    larger, difference, lost = gap(xp, x, y)
    e = xp.exp(difference)
    return larger + xp.log1p(e + e * lost)


def is_near_zero(x: Value, y: Value, found: Value) -> Value:
    """Whether the logarithm that was found is so near to 0 that the larger of x and y has cancelled in it."""
    return (x < 0) & (y < 0) & (found > 0.5 * x) & (found > 0.5 * y) & ((found / 4 < -x) | (found / 4 < -y))


@lru_cache(1024)  # an array whose numbers are moved one by one has most of them again and again
def log_of_sum_near_zero(x: float, y: float) -> float:
    """The logarithm of exp(x) + exp(y) by decimal numbers, in which the sum is taken less 1.

    >>> log_of_sum_near_zero(-0.6931471805599453, -0.6931471805599453)
    2.3190468138462996e-17
    """
    from decimal import Decimal, localcontext  # rarely needed

    leading_zeros = -Decimal(max(x, y)).adjusted()  # of what the exponential of the larger differs from 1 by
    for digits in _DIGITS:
        with localcontext(prec=digits + leading_zeros) as context:
            rest = Decimal(x).exp() + Decimal(y).exp() - 1
            if context.prec + rest.adjusted() > _RIGHT:
                break
    return log1p(rest)
