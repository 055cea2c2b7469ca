"""A function and its slope at many points: where they jump, and where there are kinks.

A jump is found between two points whose values differ by much more than those of their neighbours do, by halving the
distance until no number lies between them: what is left of the difference then is the jump.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import NamedTuple

from backpropcli.picture.plots.model import Point

Function = Callable[[float], tuple[float, float]]
"""The value and the slope at a point."""

_STANDS_OUT = 4.0  # times the differences beside it
_LEAST = 1e-3  # of the range of all values
_STAYS = 0.3  # of the difference that a jump leaves, however near the points are
_HALVINGS = 1100  # from the largest float to the smallest


class Sample(NamedTuple):
    """The value and the slope at a point."""

    x: float
    value: float
    slope: float


class Sampled(NamedTuple):
    """A function's value and slope as stretches of points, and its kinks: where the slope jumps and the value does not.

    A kink has the slope that is declared for it.
    """

    values: tuple[tuple[Point, ...], ...]
    slopes: tuple[tuple[Point, ...], ...]
    kinks: tuple[Sample, ...]


def sampled(function: Function, start: float, stop: float, count: int) -> Sampled:
    """A function at `count` points from `start` to `stop`."""
    samples = [_sample(function, start + (stop - start) * k / (count - 1)) for k in range(count)]
    value_jumps = dict(_jumps(function, samples, 1))
    slope_jumps = dict(_jumps(function, samples, 2))
    kinks = (_kink(function, *slope_jumps[k]) for k in slope_jumps.keys() - value_jumps.keys())
    return Sampled(
        tuple(_stretches(samples, value_jumps, 1)),
        tuple(_stretches(samples, {**slope_jumps, **value_jumps}, 2)),
        tuple(sorted(set(kinks))),
    )


def _sample(function: Function, x: float) -> Sample:
    return Sample(x, *function(x))


def _jumps(function: Function, samples: Sequence[Sample], part: int) -> Iterator[tuple[int, tuple[Sample, Sample]]]:
    """The numbers of the samples behind which there is a jump, and the two points that it lies between."""
    numbers = [sample[part] for sample in samples]
    finite = [number for number in numbers if isfinite(number)]
    least = _LEAST * (max(finite) - min(finite)) if finite else inf
    steps = [abs(b - a) if isfinite(a) and isfinite(b) else 0.0 for a, b in pairwise(numbers)]
    for k, step in enumerate(steps):
        # Where a point is on a kink, and the slope there is between the others, two steps stand out side by side.
        *_, second, _ = sorted([0.0, 0.0, *steps[max(k - 2, 0) : k], *steps[k + 1 : k + 3]])
        if step > max(least, _STANDS_OUT * second):
            found = _halved(function, samples[k], samples[k + 1], part)
            if found is not None:
                yield k, found


def _halved(function: Function, left: Sample, right: Sample, part: int) -> tuple[Sample, Sample] | None:
    """The two neighbouring points between which a difference stays; None if it does not."""
    whole = abs(right[part] - left[part])
    for _ in range(_HALVINGS):
        middle = _sample(function, left.x + (right.x - left.x) / 2)
        if middle.x in {left.x, right.x}:
            break
        if abs(middle[part] - left[part]) > abs(right[part] - middle[part]):
            right = middle
        else:
            left = middle
        if not abs(right[part] - left[part]) > _STAYS * whole:
            return None
    return left, right


def _kink(function: Function, left: Sample, right: Sample) -> Sample:
    """The kink between two neighbouring points: the roundest number there, which is where it is declared."""
    rounded = (0.0, *(float(f"{left.x:.{digits}g}") for digits in range(1, 16)))
    return _sample(function, next((x for x in rounded if left.x <= x <= right.x), left.x))


def _stretches(
    samples: Sequence[Sample], jumps: dict[int, tuple[Sample, Sample]], part: int
) -> Iterator[tuple[Point, ...]]:
    """The points of a curve, in pieces where it jumps or is not finite; up to a jump from both sides."""
    stretch: list[Point] = []
    for k, sample in enumerate(samples):
        if isfinite(sample[part]):
            stretch.append((sample.x, sample[part]))
        elif stretch:
            yield tuple(stretch)
            stretch = []
        if k in jumps:
            left, right = jumps[k]
            yield (*stretch, (left.x, left[part]))
            stretch = [(right.x, right[part])]
    if stretch:
        yield tuple(stretch)
