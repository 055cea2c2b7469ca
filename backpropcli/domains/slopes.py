"""Slopes whose textbook formulas lose digits, though the function itself has them."""

from __future__ import annotations

from backpropcli.domains.base import Domain, Value
from backpropcli.domains.compensated import product

_SMALL = 1e-290  # a smaller power may have few digits, or none
_TINY = 1e-300  # the reciprocal of a smaller number may be infinite


def power_slope(xp: Domain, x: Value, y: Value, power: Value) -> Value:
    """The slope y * x**(y - 1) of x**y, which is `power`, with respect to x; 0 where y is 0."""
    # A power too small to have all its digits enters as two factors; a whole half suits every domain and sign of x.
    half = xp.where(abs(power) < _SMALL, (y - y % 2) / 2, 0)
    lower = xp.power(x, lower_exponent(xp, x, y) - half)
    # The rounding error of y - 1 is an exponent of its own, as log(x) magnifies it up to 700 times.
    change = y - 1 - y
    lost = (y - (y - 1 - change)) - (1 + change)
    has_no_digits = xp.equal(lower / 2, lower)  # 0 and inf
    lower = lower * xp.power(xp.where(has_no_digits, 1, x), lost)
    return xp.power(x, half) * y * lower


def lower_exponent(xp: Domain, x: Value, y: Value) -> Value:
    """The exponent y - 1; where y is 0 and x**-1 may be infinite, 0 stands in for -1: 0 * 1 is 0, but 0 * inf nan."""
    return xp.where(xp.equal(y, 0), xp.where(abs(x) > _TINY, y - 1, 0), y - 1)


def exponent_slope(xp: Domain, x: Value, y: Value, power: Value) -> Value:
    """The slope x**y * log(x) of x**y, which is `power`, with respect to y; 0 where 0**y is constant in y."""
    # There the logarithm of 1 stands in for that of 0: the slope is 0, not 0 * -inf.
    log = xp.log(xp.where(xp.equal(x, 0) & (y >= 0), 1, x))
    root = xp.power(x, y / 2)
    return xp.where(abs(power) < _SMALL, root * log * root, power * log)


def quotient_exp(xp: Domain, x: Value, y: Value) -> Value:
    """exp(x / y) with the rounding error of the quotient, which exp would magnify up to 700 times."""
    ratio = x / y
    hi, lo = product(ratio, y)
    missing = (x - hi - lo) / y
    found = xp.exp(ratio)
    return found + found * missing


def gaussian(xp: Domain, x: Value) -> Value:
    """exp(-x**2) with the rounding error of the square, which exp would magnify up to 700 times."""
    near = xp.minimum(abs(x), 28)  # from 27.3 on exp is 0
    hi, lo = product(near, near)
    density = xp.exp(-hi)
    return density - density * lo
