"""Products and quotients that stay within the range of the numbers while they are computed.

`dout * out / y` may be an ordinary number where `dout * out` is infinite, or has lost its digits. Here the exponents
are added up apart and come in once, at the end; as long as nothing leaves the range, no bit is another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from backpropcli.domains.base import Domain, Over, Value


class Scaling(NamedTuple):
    """How a kind of number is taken apart: x is m * 2**e with |m| from 0.5 to 1, or m is 0, inf or nan."""

    split: Callable[[Value], tuple[Value, Value]]
    """The mantissa and the exponent."""
    join: Callable[[Value, Value], Value]
    """The number of a mantissa and an exponent; infinite where it is too large."""


def times(xp: Domain, scaling: Scaling, factors: tuple[Value | Over, ...]) -> Value:
    """The product of the factors, from the left; what is `Over` divides."""
    found = factors[0]
    for position, factor in enumerate(factors[1:]):
        if position and xp.nears_limits(found):  # the first is as it was given
            return _scaled_times(xp, scaling, factors)
        found = xp.divide(found, factor.divisor) if isinstance(factor, Over) else found * factor
    return found


def _scaled_times(xp: Domain, scaling: Scaling, factors: tuple[Value | Over, ...]) -> Value:
    mantissa, exponent = scaling.split(factors[0])
    for factor in factors[1:]:
        if isinstance(factor, Over):
            other, power = scaling.split(factor.divisor)
            mantissa, exponent = xp.divide(mantissa, other), exponent - power
        else:
            other, power = scaling.split(factor)
            mantissa, exponent = mantissa * other, exponent + power
    return scaling.join(mantissa, exponent)
