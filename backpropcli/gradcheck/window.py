"""What a few steps tell of a derivative: differences over steps that halve, extrapolated to a step of 0.

Of a straight line two steps tell everything: shorter ones would add nothing but their rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.slope import EPSILON, FAILS, SUBNORMAL, TOO_LARGE, UNDEFINED, Curve, Slope
from backpropcli.gradcheck.step_sizes import Number

ENOUGH_OF_A_LINE = 2  # steps on both sides, whose slopes are one
ROUNDING = 2**12  # times the relative error of a number: what a quotient of differences may lose of its digits


class Window(NamedTuple):
    """What a few steps tell.

    `side_error` is that of both one-sided slopes, `last` the shortest step, `least_change` the smallest change but 0.
    """

    value: float = 0.0
    error: float = 0.0
    side_error: float = 0.0
    scale: float = 0.0
    left: float = 0.0
    right: float = 0.0
    bend: float = 0.0
    last: Number = inf
    least_change: float = inf
    reason: str | None = None

    def slope(self, noise: Number, goal: float, rounded: Callable[[Number], float]) -> Slope:
        """The derivative, when rounding disturbs the values by so much."""
        noise = rounded(noise / self.last)
        unsure = 10 * (self.side_error + noise) + goal * self.scale
        is_kink = abs(self.right - self.left) > unsure
        numbers = (self.value, self.error, noise, self.scale, self.left, self.right, self.bend)
        return Slope(*numbers, is_kink, reason=self.reason)


def window_of(curve: Curve, here: Value, steps: Sequence[Number], epsilon: float) -> Window:
    """What these steps tell of a curve whose value is known, in numbers whose relative error is `epsilon`."""
    centres, rights, lefts = [], [], []
    size: Value = 0.0
    least_change = inf
    for step in steps:
        try:
            ahead, behind = curve.along(step), curve.along(-step)
        except BackpropError as error:
            return Window(reason=f"{FAILS} nearby: {error}")
        ends = [side for value, side in ((ahead, "right"), (behind, "left")) if not curve.is_finite(value)]
        if ends:
            reason = UNDEFINED if len(ends) == 2 else f"the value is not finite on the {ends[0]}"
            return Window(last=step, reason=reason)
        right, right_size = curve.weigh(ahead - here)
        left, left_size = curve.weigh(here - behind)
        least_change = min([least_change, *(change for change in (right_size, left_size) if change > 0)])
        rights.append(right / step)
        lefts.append(left / step)
        centres.append(rights[-1] / 2 + lefts[-1] / 2)
        size = right_size / step / 2 + left_size / step / 2
        if len(rights) == ENOUGH_OF_A_LINE and _spread(rights + lefts) <= ROUNDING * epsilon * size:
            break
    bend = abs(rights[-1] - lefts[-1]) / step * max(EPSILON * abs(curve.position), SUBNORMAL)
    centre, centre_error = extrapolate(centres, 4)
    right, right_error = extrapolate(rights, 2)
    left, left_error = extrapolate(lefts, 2)
    if right_error + left_error < centre_error:  # the second derivative breaks here, as of a squared relu
        centre, centre_error = (right + left) / 2, right_error + left_error
    rounded = curve.rounded
    window = Window(
        value=rounded(centre),
        error=rounded(centre_error),
        side_error=rounded(right_error + left_error),
        scale=rounded(size),
        left=rounded(left),
        right=rounded(right),
        bend=rounded(bend),
        last=step,
        least_change=rounded(least_change),
    )
    return window if all(map(isfinite, window[:7])) else window._replace(reason=TOO_LARGE)


def _spread(numbers: Sequence[Value]) -> Value:
    return max(numbers) - min(numbers)


def extrapolate(estimates: Sequence[Value], base: int) -> tuple[Value, Value]:
    """The limit of estimates for halved steps whose error has the powers base**-1, base**-2, ...; and its error."""
    limit, error = estimates[-1], abs(estimates[-1] - estimates[0])
    row: list[Value] = []
    for estimate in estimates:
        previous_row, row = row, [estimate]
        latest, power = estimate, 1
        for previous in previous_row:
            power *= base
            better = latest + (latest - previous) / (power - 1)
            change = max(abs(better - latest), abs(better - previous))
            if change <= error:
                limit, error = better, change
            row.append(better)
            latest = better
    return limit, error
