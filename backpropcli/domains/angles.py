"""Sines and cosines of large angles near their zeros, where the C library's reduction has too few digits of pi."""

from __future__ import annotations

import math
from functools import cache

REDUCED_BADLY = 1e9
"""From this angle on a sine or cosine near 0 may have lost digits."""
_BITS = 1216  # what an angle of 2**1024 needs: 1024, and twice 64 for the closest that one comes to a zero, and more
_NEAR = 2.0**-20  # a reduction is off by some 2**-85: here that is nothing


def near_zero(x: float, found: float) -> float:
    """The sine or cosine of x, of which `found` is a good guess: exact where it is close to 0, or else the guess."""
    if not abs(found) < _NEAR:
        return found
    top, bottom = abs(x).as_integer_ratio()
    quarter = _pi() // 2 * bottom
    rest = (top << _BITS) % quarter
    rest = rest - quarter if 2 * rest > quarter else rest
    return math.copysign(math.sin(rest / (bottom << _BITS)), found)


@cache
def _pi() -> int:
    """The number pi times 2**_BITS (Machin, 1706)."""
    spare = 32
    return 4 * (4 * _arctan(5, _BITS + spare) - _arctan(239, _BITS + spare)) >> spare


def _arctan(inverse: int, bits: int) -> int:
    """The arcus tangent of 1 / inverse, times 2**bits."""
    power = (1 << bits) // inverse
    total, divisor = 0, 1
    while power:
        total += power // divisor if divisor % 4 == 1 else -(power // divisor)
        power //= inverse * inverse
        divisor += 2
    return total
