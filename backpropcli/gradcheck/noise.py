"""How noisy a function is: what rounding does to its values, measured by differences of high order.

Over points that lie close together a smooth function is nearly a polynomial, whose differences of high order vanish;
what is left of them is noise (the method of Moré and Wild, "Estimating computational noise", 2011). It finds what is
computed in float32 inside, and what cancels there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import factorial, inf, isfinite, sqrt

from backpropcli.gradcheck.step_sizes import Method, nearest

_POINTS = 8
_ORDERS = (3, 4, 5)
_SPACINGS = tuple(0.7 * 2.0**exponent for exponent in (-19, -28, -37))  # off the grids of float32 and of float64
_SPREAD = 4.0  # the largest of some deviations is this many times their usual size


def measured_noise(change: Callable[[float], float], position: float, method: Method) -> float:
    """The size of the noise near a point, where `change(t)` is how much the function changes when it moves by t.

    Of several measurements, on both sides and at several spacings, the least but one is taken, as a kink or a fast wave
    looks noisy, too, and the least may be so by chance; those where the function stands still tell nothing.
    """
    size = abs(position)
    scales = {max(size, 1.0), size} - {0.0}
    found = []
    for spacing in {nearest(scale * spacing, size, method) for scale in scales for spacing in _SPACINGS}:
        for side in (1, -1):
            values = [change(side * count * spacing) for count in range(_POINTS)]
            if all(map(isfinite, values)) and len(set(values)) > _POINTS // 2:
                found.append(_deviation(values))
    return _SPREAD * sorted(found)[:2][-1] if found else 0.0


def _deviation(values: Sequence[float]) -> float:
    """The standard deviation of the noise in equally spaced values of a smooth function."""
    found, differences = inf, list(values)
    for order in range(1, max(_ORDERS) + 1):
        differences = [later - earlier for earlier, later in pairwise(differences)]
        if order in _ORDERS:
            mean_square = sum(difference * difference for difference in differences) / len(differences)
            found = min(found, sqrt(mean_square * factorial(order) ** 2 / factorial(2 * order)))
    return found
