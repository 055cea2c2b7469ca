"""Numeric derivatives: central differences, extrapolated to a step of zero (Richardson), with an estimate of the error.

Glossary: `along(t)` is the value of a function at its point moved by t; a *window* is a few steps, each half as long
as the one before. The windows go from wide ones, where rounding does no harm, to narrow ones, for a function that
bends or breaks nearby; the first that settles is taken. The arithmetic is the values' own, so the same lines serve
float64 and 50 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.errors import BackpropError


class Method(NamedTuple):
    """How steps are chosen: windows that begin at 2**exponent times the scale of the point, each of so many steps.

    `epsilon` is the relative error of one value, `goal` the relative error that is good enough.
    """

    exponents: tuple[int, ...]
    steps: int
    epsilon: float
    goal: float


FLOAT64 = Method((-4, -9, -14, -19, -24), 5, 2.0**-52, 1e-9)
REALS = Method((-50, -70), 3, 1e-50, 1e-20)
STEEP = 1e-3  # an estimate with a larger relative error is worth nothing


class Slope(NamedTuple):
    """The derivative of a weighted sum of the outputs, with its estimated error.

    `noise` is what rounding may do to it besides; `scale` is the sum of its terms' sizes, which tells how much cancels
    in it; `left` and `right` are the one-sided derivatives; `step` is the longest of the window. Where `reason` says
    why there is no derivative, the numbers mean nothing.
    """

    value: float = 0.0
    error: float = 0.0
    noise: float = 0.0
    scale: float = 0.0
    left: float = 0.0
    right: float = 0.0
    is_kink: bool = False
    step: float = 0.0
    reason: str | None = None


class Curve(NamedTuple):
    """A function along a line: its value at t, whether a value is finite, and the weighted sum and size of a change.

    `rounded` makes a float of a number of that sum.
    """

    along: Callable[[float], Value]
    is_finite: Callable[[Value], bool]
    weigh: Callable[[Value], tuple[Value, Value]]
    rounded: Callable[[Value], float]


def differentiate(curve: Curve, position: float, method: Method = FLOAT64) -> Slope:
    """The derivative at t = 0 of a curve whose point stands at `position`, by which the steps are scaled."""
    try:
        here = curve.along(0.0)
    except BackpropError as error:
        return Slope(reason=f"forward fails: {error}")
    if not curve.is_finite(here):
        return Slope(reason="the value is not finite")
    smooth: list[Slope] = []
    kinks: list[Slope] = []
    failures: list[Slope] = []
    for first_step in _first_steps(position, method):
        found = _window(curve, here, first_step, method)
        if found.reason is not None:
            failures.append(found)
        elif not isfinite(found.scale):
            failures.append(Slope(reason="the slope is too large for float64"))
        elif found.is_kink:
            kinks.append(found)
        elif abs(found.right - found.left) > STEEP * found.scale:  # a pole, or a break within the window
            continue
        elif found.error <= method.goal * found.scale:
            return found
        else:
            smooth.append(found)
    return _most_certain(smooth) or _most_certain(kinks) or next(iter(failures), _UNSETTLED)


_UNSETTLED = Slope(reason="the numeric derivative does not converge")


def _most_certain(slopes: Sequence[Slope]) -> Slope | None:
    """The slope with the smallest error, if another window says about the same; None if there is none."""
    best = min(slopes, key=lambda slope: slope.error, default=None)
    if best is None or best.error > STEEP * best.scale:
        return None
    agreeing = [other for other in slopes if abs(other.value - best.value) <= STEEP * max(best.scale, other.scale)]
    return best if len(agreeing) > 1 else None


def second_opinion(curve: Curve, slope: Slope, method: Method = FLOAT64) -> Slope:
    """The same derivative with an error that other windows confirm: in one, numbers may agree by chance."""
    here = curve.along(0.0)
    error = slope.error
    for step in (32 * slope.step, slope.step / 32):
        other = _window(curve, here, step, method)
        if other.reason is None and not other.is_kink and other.error <= STEEP * other.scale:
            error = max(error, abs(other.value - slope.value))
    return slope._replace(error=error)


def _first_steps(position: float, method: Method) -> Iterator[float]:
    size = abs(position)
    yield from (max(size, 1.0) * 2.0**exponent for exponent in method.exponents)
    # Near a break at 0 the point's own size counts; far out, the length of a wave.
    if 0 < size < 1:
        yield from (size * 2.0**exponent for exponent in method.exponents[:2])
    elif size > 1:
        yield from (
            step for exponent in method.exponents[:2] if (step := 2.0**exponent) > size * method.epsilon * 2**20
        )


def _window(curve: Curve, here: Value, first_step: float, method: Method) -> Slope:
    step = first_step
    centres, rights, lefts = [], [], []
    size: Value = 0.0
    for _ in range(method.steps):
        try:
            ahead, behind = curve.along(step), curve.along(-step)
        except BackpropError as error:
            return Slope(reason=f"forward fails nearby: {error}")
        for value, side in ((ahead, "right"), (behind, "left")):
            if not curve.is_finite(value):
                return Slope(reason=f"the value is not finite on the {side}")
        right, right_size = curve.weigh(ahead - here)
        left, left_size = curve.weigh(here - behind)
        rights.append(right / step)
        lefts.append(left / step)
        centres.append((right + left) / (2 * step))
        size = (right_size + left_size) / (2 * step)
        step /= 2
    rounded = curve.rounded
    noise = method.epsilon * rounded(curve.weigh(here)[1]) / (2 * step)
    centre, centre_error = _extrapolate(centres, 4)
    right, right_error = _extrapolate(rights, 2)
    left, left_error = _extrapolate(lefts, 2)
    if right_error + left_error < centre_error:  # the second derivative breaks here, as of a squared relu
        centre, centre_error = (right + left) / 2, right_error + left_error
    unsure = 10 * (rounded(right_error + left_error) + noise) + method.goal * rounded(size)
    return Slope(
        rounded(centre),
        rounded(centre_error),
        noise,
        rounded(size),
        rounded(left),
        rounded(right),
        is_kink=rounded(abs(right - left)) > unsure,
        step=first_step,
    )


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
