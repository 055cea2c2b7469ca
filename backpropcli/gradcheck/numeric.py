"""Numeric derivatives: central differences, extrapolated to a step of zero (Richardson), with an estimate of the error.

Glossary: `along(t)` is the value of a function at its point moved by t; a *window* is what a few steps tell, each half
as long as the one before. The windows go from wide ones, where rounding does no harm, to narrow ones, for a function
that bends or breaks nearby. The first that settles is taken, if a much narrower step agrees: a wave that is shorter
than the steps looks smooth to them. Where none settles, or where it matters, all windows are weighed against one
another. The arithmetic is the values' own, so the same lines serve float64 and reals of many digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.noise import measured_noise
from backpropcli.gradcheck.step_sizes import Method, Number, nearest, windows

FLOAT64 = Method((-4, -9, -14, -19, -24), 5, 2.0**-52, 1e-9)

STEEP = 1e-3  # an estimate with a larger relative error is worth nothing
SUBNORMAL = 2.0**-1074
FLOAT32_STAIRS = 2.0**-26, 2.0**-20  # how high they are, relative to the value
MUCH_NARROWER = 0.7 * 2.0**-10  # no whole number of halvings, so that no wave fits both
TOO_LARGE = "the slope is too large for float64"
UNDEFINED = "the value is not finite on either side"


class Slope(NamedTuple):
    """The derivative of a weighted sum of the outputs, with its estimated error.

    `noise` is what rounding may do to it besides; `scale` is the sum of its terms' sizes, which tells how much cancels
    in it; `left` and `right` are the one-sided derivatives; `bend` is the size of the second derivative times that of
    the point. `is_nearby` tells of a kink that the slopes at other points show. Where `reason` says why there is no
    derivative, the numbers mean nothing.
    """

    value: float = 0.0
    error: float = 0.0
    noise: float = 0.0
    scale: float = 0.0
    left: float = 0.0
    right: float = 0.0
    bend: float = 0.0
    is_kink: bool = False
    is_nearby: bool = False
    reason: str | None = None

    @property
    def sides(self) -> str:
        """The slopes of a kink in words."""
        if self.is_nearby:
            return f"nearby the slope is from {self.left:.6g} to {self.right:.6g}"
        return f"the slope is {self.left:.6g} on the left and {self.right:.6g} on the right"

    @property
    def uncertainty(self) -> float:
        """How far it may be from the true derivative."""
        return self.error + self.noise


class Curve(NamedTuple):
    """A function along a line: its value at t, whether a value is finite, and the weighted sum and size of a change.

    `rounded` makes a float of a number of that sum. `position` is where the point stands, which scales the steps.
    `noise` is what is known of the rounding errors in the weighted sum, besides that of the value itself, which has
    `length` numbers.
    """

    along: Callable[[Number], Value]
    is_finite: Callable[[Value], bool]
    weigh: Callable[[Value], tuple[Value, Value]]
    rounded: Callable[[Value], float]
    position: Number
    noise: float = 0.0
    length: int = 1


class _Window(NamedTuple):
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


def differentiate(curve: Curve, method: Method = FLOAT64, *, is_thorough: bool = False) -> Slope:
    """The derivative at t = 0; a thorough one measures the noise of the function and weighs all windows."""
    try:
        here = curve.along(0.0)
    except BackpropError as error:
        return Slope(reason=f"forward fails: {error}")
    if not curve.is_finite(here):
        return Slope(reason="the value is not finite")
    if not isfinite(curve.rounded(curve.position)):
        return Slope(reason="the input is not finite")
    noise = method.epsilon * curve.weigh(here)[1] + curve.noise + SUBNORMAL * method.is_float
    tried: list[_Window] = []
    moves = False
    for steps in windows(curve.position, method):
        tried.append(window := _window(curve, here, steps))
        if is_thorough or window.reason is not None:
            continue
        found = window.slope(noise, method.goal, curve.rounded)
        settles = not found.is_kink and found.error <= method.goal * found.scale and not _breaks(found)
        if settles and not (moves and found.scale == 0) and _is_confirmed(curve, window, noise, method):
            return found
        moves = moves or found.scale > 0
    if method.is_float:
        noise = max(noise, measured_noise(_change(curve, here), curve.position, method), _stair(curve, here, tried))
    return _weighed(tried, lambda window: window.slope(noise, method.goal, curve.rounded))


def _weighed(tried: Sequence[_Window], slope_of: Callable[[_Window], Slope]) -> Slope:
    """The most certain derivative that no narrower window contradicts."""
    usable = sorted((window for window in tried if window.reason is None), key=lambda window: -window.last)
    slopes = [slope_of(window) for window in usable]
    candidates = [
        (slope.uncertainty, number)
        for number, slope in enumerate(slopes)
        if not slope.is_kink and slope.error <= STEEP * slope.scale + 4 * slope.noise and not _breaks(slope)
    ]
    for _, number in sorted(candidates):
        slope, narrower = slopes[number], slopes[number + 1 :]
        if all(_agrees(slope, other) for other in narrower):
            beyond = (abs(slope.value - other.value) - 4 * other.uncertainty for other in narrower)
            return slope._replace(error=max([slope.error, *beyond]))
    if kink := _kink([slope for slope in slopes if slope.is_kink]):
        return kink
    failures = sorted((w for w in tried if w.reason is not None), key=lambda window: window.reason == UNDEFINED)
    return Slope(failures[0].value, reason=failures[0].reason) if failures else _UNSETTLED


_UNSETTLED = Slope(reason="the numeric derivative does not converge")


def _breaks(slope: Slope) -> bool:
    """Whether the slopes on either side differ by more than noise does: a pole, or a break within the window."""
    return abs(slope.right - slope.left) > STEEP * slope.scale + 10 * slope.noise


def _agrees(slope: Slope, narrower: Slope) -> bool:
    allowed = 4 * (slope.uncertainty + narrower.uncertainty) + STEEP * max(slope.scale, narrower.scale)
    return not narrower.is_kink and abs(slope.value - narrower.value) <= allowed


def _kink(kinks: Sequence[Slope]) -> Slope | None:
    """The kink with the smallest error, if another window says about the same; None if there is none."""
    best = min(kinks, key=lambda slope: slope.uncertainty, default=None)
    if best is None or best.error > STEEP * best.scale:
        return None
    agreeing = [other for other in kinks if abs(other.value - best.value) <= STEEP * max(best.scale, other.scale)]
    return best if len(agreeing) > 1 else None


def _is_confirmed(curve: Curve, window: _Window, noise: Number, method: Method) -> bool:
    """Whether a single much narrower step gives about the same slope."""
    step = nearest(window.last * MUCH_NARROWER, abs(curve.position), method)
    try:
        ahead, behind = curve.along(step), curve.along(-step)
    except BackpropError:
        return False
    if not (curve.is_finite(ahead) and curve.is_finite(behind)):
        return False
    slope = curve.rounded(curve.weigh(ahead - behind)[0] / (2 * step))
    return abs(slope - window.value) <= STEEP * window.scale + curve.rounded(4 * noise / step)


def _stair(curve: Curve, here: Value, tried: Sequence[_Window]) -> float:
    """The height of the stairs that float32 makes of a function; 0 where it has none.

    The changes of what is smooth in float64 become as small as the steps do.
    """
    size = curve.rounded(curve.weigh(here)[1])
    least = min((window.least_change for window in tried), default=inf)
    lowest, highest = FLOAT32_STAIRS
    return least if lowest * size / curve.length <= least <= highest * size else 0.0


def _change(curve: Curve, here: Value) -> Callable[[float], float]:
    def change(t: float) -> float:
        try:
            there = curve.along(t)
        except BackpropError:
            return inf
        return curve.rounded(curve.weigh(there - here)[0]) if curve.is_finite(there) else inf

    return change


def _window(curve: Curve, here: Value, steps: Sequence[Number]) -> _Window:
    centres, rights, lefts = [], [], []
    size: Value = 0.0
    least_change = inf
    for step in steps:
        try:
            ahead, behind = curve.along(step), curve.along(-step)
        except BackpropError as error:
            return _Window(reason=f"forward fails nearby: {error}")
        ends = [side for value, side in ((ahead, "right"), (behind, "left")) if not curve.is_finite(value)]
        if ends:
            return _Window(reason=UNDEFINED if len(ends) == 2 else f"the value is not finite on the {ends[0]}")
        right, right_size = curve.weigh(ahead - here)
        left, left_size = curve.weigh(here - behind)
        least_change = min([least_change, *(change for change in (right_size, left_size) if change > 0)])
        rights.append(right / step)
        lefts.append(left / step)
        centres.append(rights[-1] / 2 + lefts[-1] / 2)
        size = right_size / step / 2 + left_size / step / 2
    bend = abs(rights[-1] - lefts[-1]) / steps[-1] * abs(curve.position)
    centre, centre_error = _extrapolate(centres, 4)
    right, right_error = _extrapolate(rights, 2)
    left, left_error = _extrapolate(lefts, 2)
    if right_error + left_error < centre_error:  # the second derivative breaks here, as of a squared relu
        centre, centre_error = (right + left) / 2, right_error + left_error
    rounded = curve.rounded
    window = _Window(
        value=rounded(centre),
        error=rounded(centre_error),
        side_error=rounded(right_error + left_error),
        scale=rounded(size),
        left=rounded(left),
        right=rounded(right),
        bend=rounded(bend),
        last=steps[-1],
        least_change=rounded(least_change),
    )
    return window if all(map(isfinite, window[:7])) else window._replace(reason=TOO_LARGE)


def _extrapolate(estimates: Sequence[Value], base: int) -> tuple[Value, Value]:
    """The limit of estimates for halved steps whose error has the powers base**-1, base**-2, ...; and its error."""
    limit, error = estimates[-1], abs(estimates[-1] - estimates[0])
    row: list[Value] = []
    for estimate in estimates:
        previous_row, row = row, [estimate]
        for power, previous in enumerate(previous_row, 1):
            row.append(row[-1] + (row[-1] - previous) / (base**power - 1))
            change = max(abs(row[-1] - row[-2]), abs(row[-1] - previous))
            if change <= error:
                limit, error = row[-1], change
    return limit, error
