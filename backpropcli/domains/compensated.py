"""Sums, products and exponentials that keep their rounding error, as the tails of functions would magnify it.

A pair (hi, lo) stands for the exact sum hi + lo, lo below the last place of hi. On float32 and on exact fractions the
halves of `_split` are not the shortest, and lo may be 0; a product is then merely the rounded one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import mul

from backpropcli.domains.base import Domain, Value

Pair = tuple[Value, Value]


def product(x: Value, y: Value) -> Pair:
    """The product x * y and its rounding error (Dekker, 1971); |x| and |y| below 1e300.

    >>> product(1.1, 1.1)
    (1.2100000000000002, 8.88178419700126e-18)
    """
    x_hi, x_lo = _split(x)
    y_hi, y_lo = _split(y)
    hi = x * y
    return hi, ((x_hi * y_hi - hi) + x_hi * y_lo + x_lo * y_hi) + x_lo * y_lo


def scaled(pair: Pair, factor: Pair) -> Pair:
    """The product of two pairs."""
    hi, lo = product(pair[0], factor[0])
    return hi, lo + (pair[0] * factor[1] + pair[1] * factor[0])


def added(pair: Pair, other: Pair) -> Pair:
    """The sum of two pairs (Knuth)."""
    hi = pair[0] + other[0]
    from_other = hi - pair[0]
    lost = (pair[0] - (hi - from_other)) + (other[0] - from_other)
    return hi, lost + (pair[1] + other[1])


def rounded(pair: Pair) -> Value:
    """The one number that a pair is nearest to."""
    return pair[0] + pair[1]


Factors = tuple[Value, ...]
"""What is not multiplied out, as the product may leave the range of the numbers."""


def exp_factors(xp: Domain, hi: Value, lo: Value | None = None) -> Factors:
    """One number or two whose product is exp(hi + lo).

    Each has all its digits from hi = -1400 to 1400: what is multiplied by one and then by the other keeps its own also
    where exp(hi) has lost some. The second is 1 where exp(hi) has them all.
    """
    hi = xp.wide(hi)
    e = xp.exp(hi)
    if not xp.nears_limits(e):
        return (_corrected(e, lo),)
    hi = xp.minimum(xp.maximum(hi, -3000), 3000)  # both are 0 or inf there; half of an infinity would leave nan
    half = xp.where(abs(hi) > 600, hi / 2, 0)
    first = xp.exp(hi - half)
    return _corrected(first, lo), xp.exp(half)


def _corrected(e: Value, lo: Value | None) -> Value:
    return e if lo is None else e + e * lo


def multiplied(value: Value, factors: Iterable[Value]) -> Value:
    """The value times the factors."""
    return reduce(mul, factors, value)


def _split(x: Value) -> Pair:
    """Halves of at most 26 binary digits, whose products are exact (Veltkamp)."""
    shifted = x * 134217729  # 2**27 + 1
    hi = shifted - (shifted - x)
    return hi, x - hi
