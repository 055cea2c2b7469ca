"""Products and quotients that stay within the range of the numbers while they are computed.

`dout * out / y` may be an ordinary number where `dout * out` is infinite, or has lost its digits. Here the exponents
are added up apart and come in once, at the end; as long as nothing leaves the range, no bit is another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from backpropcli.domains.base import Domain, Over, Value

_MOST = 2040  # the exponent of a number that is infinite, or 0, whatever its mantissa


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


def scaling_by_functions(xp: Domain) -> Scaling:
    """How numbers are taken apart by what every domain of floats can do."""
    two = xp.number("2")

    def split(x: Value) -> tuple[Value, Value]:
        power = xp.power_of_two(x)
        return xp.divide(x, power), xp.floor(xp.log2(power) + xp.number("0.5"))

    def join(mantissa: Value, exponent: Value) -> Value:
        """In two steps, as 2 to the power of the exponent may leave the range by itself."""
        exponent = xp.maximum(xp.minimum(exponent, _MOST), -_MOST)
        half = xp.floor(exponent / 2)
        return mantissa * xp.power(two, half) * xp.power(two, exponent - half)

    return Scaling(split, join)


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
