"""Numeric derivatives: central differences, extrapolated to a step of zero (Richardson), with an estimate of the error.

Glossary: `along(t)` is the value of a function at its point moved by t; a *window* is what a few steps tell, each half
as long as the one before. The windows go from wide ones, where rounding does no harm, to narrow ones, for a function
that bends or breaks nearby. The first that settles is taken, if a much narrower step agrees: a wave that is shorter
than the steps looks smooth to them. Where none settles, or where it matters, all windows are weighed against one
another. The arithmetic is the values' own, so the same lines serve float64 and reals of many digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite, ulp

from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.noise import measured_noise
from backpropcli.gradcheck.slope import EPSILON, FAILS, STEEP, SUBNORMAL, TOO_LARGE, UNDEFINED, Curve, Slope
from backpropcli.gradcheck.step_sizes import Method, Number, nearest, windows
from backpropcli.gradcheck.window import Window, extrapolate, window_of

FLOAT64 = Method((-4, -9, -14, -19, -24), 5, EPSILON, 1e-9)
FLOAT32_STAIRS = 2.0**-26, 2.0**-20  # how high they are, relative to the value
COARSE = 2.0**-5  # apart from each other, floats show no wave whose length is a few
MUCH_NARROWER = 0.7 * 2.0**-10  # no whole number of halvings, so that no wave fits both


def differentiate(curve: Curve, method: Method = FLOAT64, *, is_thorough: bool = False) -> Slope:
    """The derivative at t = 0; a thorough one measures the noise of the function and weighs all windows."""
    try:
        here = curve.along(0.0)
    except BackpropError as error:
        return Slope(reason=f"{FAILS}: {error}")
    if not curve.is_finite(here):
        return Slope(reason="the value is not finite")
    if not isfinite(curve.rounded(curve.position)):
        return Slope(reason="the input is not finite")
    noise = method.epsilon * curve.weigh(here)[1] + curve.noise + SUBNORMAL * method.is_float
    tried: list[Window] = []
    moves = False
    for steps in windows(curve.position, method, is_thorough=is_thorough):
        tried.append(window := window_of(curve, here, steps, method.epsilon))
        moves = moves or _ends(window)  # what ends nearby does not stand still
        if is_thorough or window.reason is not None:
            continue
        found = window.slope(noise, method.goal, curve.rounded)
        settles = not found.is_kink and found.error <= method.goal * found.scale and not _breaks(found)
        if settles and not (moves and found.scale == 0) and _is_confirmed(curve, window, noise, method):
            return found
        moves = moves or found.scale > 0
    if method.is_float and method.goal:
        noise = max(noise, measured_noise(_change(curve, here), curve.position, method), _stair(curve, here, tried))
    may_hide = not is_thorough  # narrow steps in float32: what is looked at thoroughly has been found to have none
    found = _weighed(tried, lambda window: window.slope(noise, method.goal, curve.rounded), may_hide=may_hide)
    if found.reason is None and method.is_float and _waves(curve, here, found, noise):
        return _UNSETTLED
    return found if found.reason is None else _one_sided(curve, here, method) or found


def _weighed(tried: Sequence[Window], slope_of: Callable[[Window], Slope], *, may_hide: bool) -> Slope:
    """The most certain derivative that no narrower window contradicts."""
    usable = sorted((window for window in tried if window.reason is None), key=lambda window: -window.last)
    slopes = [slope_of(window) for window in usable]
    candidates = [
        (slope.uncertainty, number)
        for number, slope in enumerate(slopes)
        if not slope.is_kink
        and isfinite(slope.uncertainty)
        and slope.error <= STEEP * slope.scale + 4 * slope.noise
        and not _breaks(slope)
        and not (may_hide and slope.scale == 0 and any(map(_ends, tried)))
    ]
    kink = _kink([slope for slope in slopes if slope.is_kink])
    undefined = [window.last for window in tried if window.reason == UNDEFINED]
    for _, number in sorted(candidates):
        slope, narrower = slopes[number], slopes[number + 1 :]
        if kink and slope.uncertainty > STEEP * max(slope.scale, kink.scale):
            break
        if any(last < usable[number].last for last in undefined):
            continue
        if all(_agrees(slope, other) for other in narrower):
            beyond = (abs(slope.value - other.value) - 4 * other.uncertainty for other in narrower)
            return slope._replace(error=max([slope.error, *beyond]))
    if kink:
        return kink
    failures = sorted((w for w in tried if w.reason is not None), key=lambda window: window.reason == UNDEFINED)
    return Slope(failures[0].value, reason=failures[0].reason) if failures else _UNSETTLED


_UNSETTLED = Slope(reason="the numeric derivative does not converge")


def _one_sided(curve: Curve, here: Value, method: Method) -> Slope | None:
    """The derivative on the one side where there is one: at a jump, and at the border of what is defined.

    A value that is another than those on both sides, as that of sign at 0, has only their slopes.
    """
    sides = {side: _side(curve, here, method, side) for side in (1, -1)}
    found = [side for side, slope in sides.items() if slope is not None]
    if not found:
        right, left = (_beside(curve, method, side) for side in (1, -1))
        return right and left and right._replace(is_kink=True, left=left.value, right=right.value, is_jump=True)
    if len(found) != 1 or (slope := sides[found[0]]) is None:
        return None
    return slope._replace(is_kink=True, left=slope.value, right=slope.value, only_side=found[0])


def _beside(curve: Curve, method: Method, side: int) -> Slope | None:
    """The slope on one side of a point, from a neighbour that is much nearer than all steps."""
    last = min((steps[-1] for steps in windows(curve.position, method)), default=None)
    if last is None:
        return None
    start = side * nearest(last * MUCH_NARROWER, abs(curve.position), method)
    moved = curve._replace(along=lambda t: curve.along(start + t))
    try:
        return _side(moved, moved.along(0.0), method, side)
    except BackpropError:
        return None


def _side(curve: Curve, here: Value, method: Method, side: int) -> Slope | None:
    """The slope on the right (1) or on the left (-1), if two windows agree on it."""
    slopes: list[Slope] = []
    for steps in windows(curve.position, method):
        try:
            values = [curve.along(side * step) for step in steps]
        except BackpropError:
            continue
        if not all(map(curve.is_finite, values)):
            continue
        changes = [curve.weigh(value - here) for value in values]
        value, error = extrapolate([side * total / step for (total, _), step in zip(changes, steps, strict=True)], 2)
        value, error, scale = map(curve.rounded, (value, error, changes[-1][1] / steps[-1]))
        slope = Slope(value, error, scale=scale)
        if isfinite(slope.value) and slope.error <= STEEP * slope.scale:
            slopes.append(slope)
    best = min(slopes, key=lambda slope: slope.error, default=None)
    return best if best is not None and sum(_agrees(best, other) for other in slopes) > 1 else None


def _ends(window: Window) -> bool:
    """Whether the function is not defined all over a window."""
    return window.reason not in {None, TOO_LARGE}


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


def _is_confirmed(curve: Curve, window: Window, noise: Number, method: Method) -> bool:
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


def _waves(curve: Curve, here: Value, slope: Slope, noise: Number) -> bool:
    """Whether the least step far out changes a function by far more than its slope does: a wave between the floats."""
    step = ulp(curve.position)
    if step < COARSE:
        return False
    change = _change(curve, here)
    return bool(max(abs(change(step)), abs(change(-step))) > 10 * (slope.scale * step + noise))


def _stair(curve: Curve, here: Value, tried: Sequence[Window]) -> float:
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
