"""Round numbers along an axis."""

from __future__ import annotations

from math import ceil, floor, log10

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_NEAR = 1e-9
_ROUNDING, _LEAST = 1e-12, 1e-300


def ticks(low: float, high: float, most: int) -> list[float]:
    """The multiples of a round step in a range, as many as there may be.

    >>> ticks(-4, 4, 5), ticks(0.93, 1.07, 4)
    ([-4.0, -2.0, 0.0, 2.0, 4.0], [0.95, 1.0, 1.05])
    """
    least = (high - low) / most
    if not least:
        return []  # a range of a few of the smallest numbers
    power = 10.0 ** floor(log10(least))
    for step in (factor * power for factor in (*_STEPS, 2 * _STEPS[-1])):
        first, last = ceil(low / step - _NEAR), floor(high / step + _NEAR)
        if last - first < most:
            decimals = 2 - floor(log10(step))  # a multiple of a round number is one, but for the last bits
            return [round(number * step, decimals) for number in range(first, last + 1)]
    return []


def rounded_out(low: float, high: float) -> tuple[float, float]:
    """A range with a margin on both sides; one around a single number, and around what differs by rounding only."""
    if high - low <= max(_ROUNDING * max(abs(low), abs(high)), _LEAST):
        margin = abs(low) / 2 if abs(low) > _LEAST else 1.0
        return low - margin, high + margin
    margin = (high - low) / 20
    return low - margin, high + margin
