"""Kinks of several numbers together: what the slopes are at points nearby, where there is none.

At a tie, moving one number alone does not show all there is: of three equal numbers none changes the median alone, and
a maximum that gives each of two its whole dout is right for either one, but not for both together. The slopes at random
points nearby tell: a gradient at a kink lies between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING

from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.numeric import STEEP, Slope
from backpropcli.gradcheck.probes import Probe, generic_like

if TYPE_CHECKING:
    from backpropcli.gradcheck.reference import Setting

_RADII = (2.0**-12, 2.0**-17)  # relative to the point
_STEP = 2.0**-7  # relative to the radius
_POINTS = 8
_PERSISTS = 0.5  # slopes that differ because the function bends would come together much faster


def limiting_kink(setting: Setting, probe: Probe, slope: Slope) -> Slope | None:
    """The slopes along a probe as a kink, if those nearby differ however near they are; None if there is none."""
    wide, narrow = (_slopes_nearby(setting, probe.direction, radius) for radius in _RADII)
    if not wide or not narrow:
        return None
    spread, spread_nearer = max(wide) - min(wide), max(narrow) - min(narrow)
    size = max(map(abs, narrow))
    if spread_nearer <= max(STEEP * size, _PERSISTS * spread):
        return None
    return slope._replace(
        error=STEEP * spread_nearer, left=min(narrow), right=max(narrow), is_kink=True, is_nearby=True
    )


def joint_contradiction(setting: Setting, kinks: Sequence[Probe], found: Value) -> str | None:
    """How a gradient is wrong when all numbers at kinks move together, in a sentence; None if it is not."""
    numbers = setting.numbers
    direction = sum((probe.direction for probe in kinks[1:]), kinks[0].direction)
    nearby = _slopes_nearby(setting, direction, _RADII[0])
    if not nearby:
        return None
    said = numbers.rounded(numbers.sum(numbers.convert(found) * direction))
    low, high = min(nearby), max(nearby)
    allowed = 4 * STEEP * numbers.rounded(numbers.sum(abs(found * direction)))
    if low - allowed <= said <= high + allowed:
        return None
    slopes = f"{low:.6g}" if high - low <= allowed else f"from {low:.6g} to {high:.6g}"
    return f"when all numbers that are at a kink grow together, the slope is {slopes}, but the gradient says {said:.6g}"


def _slopes_nearby(setting: Setting, direction: Value, radius: float) -> list[float]:
    """The slopes along a direction at random points around x; none where the function is not finite there."""
    numbers, x = setting.numbers, setting.x
    sizes = numbers.where(numbers.equal(x, 0.0), numbers.ones_like(x), abs(x))
    smallest = numbers.rounded(numbers.amin(numbers.where(numbers.equal(direction, 0.0), numbers.amax(sizes), sizes)))
    step = radius * _STEP * smallest
    if step == 0:
        return []
    slopes = []
    try:
        for seed in range(_POINTS):
            shift = radius * sizes * generic_like(x, numbers, seed)
            for point in (x + shift, x - shift):
                ahead, behind = point + step * direction, point - step * direction
                change = setting.function(ahead) - setting.function(behind)
                slopes.append(numbers.rounded(numbers.sum(setting.dout * change) / (2 * step)))
    except BackpropError:
        return []
    return slopes if all(map(isfinite, slopes)) else []
