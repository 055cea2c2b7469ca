"""Kinks of several numbers together: what the slopes are at points nearby, where there is none.

At a tie, moving one number alone does not show all there is: of three equal numbers none changes the median alone, and
a maximum that gives each of two its whole dout is right for either one, but not for both together. The slopes at random
points nearby tell: a gradient at a kink lies between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING

from backpropcli.domains import Domain, Value
from backpropcli.domains.generic import generic_like
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.probes import Probe
from backpropcli.gradcheck.slope import STEEP, Slope

if TYPE_CHECKING:
    from backpropcli.gradcheck.setting import Setting

_RADII = (2.0**-12, 2.0**-17)  # relative to the point
_STEP = 2.0**-7  # relative to the radius
_POINTS = 8
_MOST_POINTS = 64  # until the gradient lies between the slopes
_PERSISTS = 2.0  # slopes that differ because the function bends come together much faster, and noise grows


def limiting_kink(setting: Setting, probe: Probe, slope: Slope, found: float) -> Slope | None:
    """The slopes along a probe as a kink, if those nearby differ however near they are; None if there is none."""
    wide = _slopes_nearby(setting, probe.direction, _RADII[0])
    narrow = _slopes_nearby(setting, probe.direction, _RADII[1], found)
    if not wide or not narrow:
        return None
    spread, spread_nearer = _spread(wide), _spread(narrow[: len(wide)])
    if spread_nearer <= max(STEEP * max(map(abs, narrow)), spread / _PERSISTS) or spread_nearer >= _PERSISTS * spread:
        return None
    error, sides = STEEP * _spread(narrow), (min(narrow), max(narrow))
    return slope._replace(error=error, left=sides[0], right=sides[1], is_kink=True, is_nearby=True)


def joint_contradiction(setting: Setting, kinks: Sequence[Probe], found: Value) -> str | None:
    """How a gradient is wrong when all numbers at kinks move together, in a sentence; None if it is not."""
    numbers = setting.numbers
    direction = sum((probe.direction for probe in kinks[1:]), kinks[0].direction)
    said = numbers.rounded(numbers.sum(numbers.convert(found) * direction))
    nearby = _slopes_nearby(setting, direction, _RADII[0], said)
    if not nearby:
        return None
    low, high = min(nearby), max(nearby)
    allowed = 4 * STEEP * numbers.rounded(numbers.sum(abs(found * direction)))
    if low - allowed <= said <= high + allowed:
        return None
    slopes = f"{low:.6g}" if high - low <= allowed else f"from {low:.6g} to {high:.6g}"
    return f"when all numbers that are at a kink grow together, the slope is {slopes}, but the gradient says {said:.6g}"


def _slopes_nearby(setting: Setting, direction: Value, radius: float, found: float | None = None) -> list[float]:
    """The slopes along a direction at points around x; none where the function is not finite there.

    There are as many points as it takes for a number that is `found` to lie between the slopes.
    """
    numbers, x = setting.numbers, setting.x
    sizes = numbers.where(numbers.equal(x, 0.0), numbers.ones_like(x), abs(x))
    smallest = numbers.rounded(numbers.amin(numbers.where(numbers.equal(direction, 0.0), numbers.amax(sizes), sizes)))
    step = radius * _STEP * smallest
    if step == 0:
        return []
    slopes: list[float] = []
    for number, order in enumerate(_orders(x, numbers)):
        is_between = found is None or (slopes and min(slopes) <= found <= max(slopes))
        if number >= (_POINTS if is_between else _MOST_POINTS):
            break
        for point in (x + radius * sizes * order, x - radius * sizes * order):
            try:
                change = setting.function(point + step * direction) - setting.function(point - step * direction)
            except BackpropError:
                return []
            slopes.append(numbers.rounded(numbers.sum(setting.dout * change) / (2 * step)))
    return slopes if all(map(isfinite, slopes)) else []


def _orders(x: Value, numbers: Domain) -> Iterator[Value]:
    """Numbers in the shape of x that break its ties: a ramp, whose first or last is largest, and random ones."""
    size = numbers.size(x)
    if not numbers.is_scalar:
        yield numbers.reshape(numbers.convert([(place + 1) / size for place in range(size)]), numbers.shape(x))
    for seed in count():
        yield generic_like(x, numbers, seed)


def _spread(slopes: Sequence[float]) -> float:
    return max(slopes) - min(slopes)
