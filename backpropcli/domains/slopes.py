"""Slopes whose textbook formulas lose digits, though the function itself has them."""

from __future__ import annotations

from backpropcli.domains.base import Domain, Value
from backpropcli.domains.compensated import Factors, exp_factors, product

_SMALL, _LARGE = 1e-290, 1e290  # a power that is smaller may have few digits, or none; a larger one may be infinite
_INF = float("inf")
_TINY = 1e-300  # the reciprocal of a smaller number may be infinite


def power_slope(xp: Domain, x: Value, y: Value) -> Factors:
    """The slope y * x**(y - 1) of x**y with respect to x; 0 where y is 0."""
    x, y = xp.wide(x), xp.wide(y)
    exponent = lower_exponent(xp, x, y)
    lower = xp.power(x, exponent)
    parts: Factors = ()
    if xp.nears_limits(lower):
        is_split = _is_extreme(lower) & (abs(x) > 0) & (abs(x) < _INF) & (abs(exponent) < _INF)
        parts = _parts(xp, xp.where(is_split, abs(x), 1), exponent)
        lower = xp.where(is_split, xp.power(xp.where(x < 0, -1, 1), exponent), lower)
    # The rounding error of y - 1 is an exponent of its own, as log(x) magnifies it up to 700 times.
    change = y - 1 - y
    lost = (y - (y - 1 - change)) - (1 + change)
    has_no_digits = xp.equal(lower / 2, lower) | xp.equal(x / 2, x)  # 0 and inf
    lower = lower * xp.power(xp.where(has_no_digits, 1, x), lost)
    return *parts, y, lower


def lower_exponent(xp: Domain, x: Value, y: Value) -> Value:
    """The exponent y - 1; where y is 0 and x**-1 may be infinite, 0 stands in for -1: 0 * 1 is 0, but 0 * inf nan."""
    return xp.where(xp.equal(y, 0), xp.where(abs(x) > _TINY, y - 1, 0), y - 1)


def exponent_slope(xp: Domain, x: Value, y: Value, power: Value) -> Factors:
    """The slope x**y * log(x) of x**y, which is `power`, with respect to y; 0 where 0**y is constant in y."""
    x, y = xp.wide(x), xp.wide(y)
    # There the logarithm of 1 stands in for that of 0: the slope is 0, not 0 * -inf.
    log = xp.log(xp.where(xp.equal(x, 0) & (y >= 0), 1, x))
    if not xp.nears_limits(power):
        return power, log
    power = xp.power(x, y)  # wide, too
    is_split = _is_extreme(power) & (x > 0) & (x < _INF) & (abs(y) < _INF)
    return xp.where(is_split, 1, power), log, *_parts(xp, xp.where(is_split, x, 1), y)


def _is_extreme(power: Value) -> Value:
    """Where a power may have few digits, or none, or be infinite, though the product with other factors is not."""
    return (abs(power) < _SMALL) | (abs(power) > _LARGE)


def _parts(xp: Domain, x: Value, y: Value) -> Factors:
    """Two factors of x**y, or four where it is still smaller or larger, each of which has its digits, for x >= 0."""
    root = xp.power(x, y / 2)
    if not xp.nears_limits(root):
        return root, root
    is_far = _is_extreme(root)
    quarter = xp.power(x, y / 4)
    root, other = xp.where(is_far, quarter, root), xp.where(is_far, quarter, 1)
    return root, root, other, other


def quotient_exp(xp: Domain, x: Value, y: Value) -> Factors:
    """The factors of exp(x / y), with the rounding error of the quotient, which exp would magnify up to 700 times."""
    x = xp.wide(x)
    ratio = x / y
    hi, lo = product(ratio, y)
    return exp_factors(xp, ratio, (x - hi - lo) / y)


def gaussian(xp: Domain, x: Value) -> Factors:
    """The factors of exp(-x**2), with the rounding error of the square, which exp would magnify up to 700 times."""
    near = xp.minimum(abs(xp.wide(x)), 40)  # from 38.2 on no number of float64 brings exp back into the range
    hi, lo = product(near, near)
    return exp_factors(xp, -hi, -lo)


def times_growth(xp: Domain, dout: Value, slope: Factors, out: Value, x: Value) -> Value:
    """The gradient of a function that grows as fast as its slope, in the digits of x.

    A dout of 0 beside an out of inf is a computed 0 times inf, and nan.
    """
    found = xp.narrow(xp.times(dout, *slope), x)
    if not xp.nears_limits(out):
        return found
    return xp.where(xp.equal(dout, 0) & xp.equal(abs(out), _INF), dout * out, found)


def one_plus_square(xp: Domain, x: Value) -> tuple[Value, Value]:
    """The p and the s of 1 + x**2 = p * s**2, which do not overflow: s is 1 where |x| is at most 1, and |x| beyond."""
    size = abs(xp.wide(x))
    scale = xp.where(size > 1, size, 1)
    smaller = xp.where(size > 1, 1 / scale, size)
    return 1 + smaller * smaller, scale


def sum_of_squares(xp: Domain, x: Value, y: Value) -> tuple[Value, Value]:
    """The t and the s, a power of two, of x**2 + y**2 = t * s**2: neither overflows, nor vanishes but at (0, 0)."""
    scale = xp.power_of_two(xp.maximum(abs(x), abs(y)))
    x, y = x / scale, y / scale
    return x * x + y * y, scale
