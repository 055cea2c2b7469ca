"""How far a float64 is from the true values and slopes of the elementwise layers.

`test_accuracy` holds the layers to them; `benchmarks/accuracy.py` prints the same errors beside those of others.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from elementwise_cases import CASES, Point, Truth
from mpmath import mp, mpf

from backpropcli.catalogue import layer_class

PRECISION = 300  # bits; more than twice what the slopes' zeros and the tails cancel
LENGTHS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33)


def anywhere(case: str, count: int = 150) -> list[tuple[Point, float]]:
    """Points, each with an upstream gradient: most of both are of any size that float64 has."""
    rng = random.Random(case)
    layer, known = CASES[case].layer, points(case)
    found: list[tuple[Point, float]] = []
    while len(found) < count:
        point = tuple(_any_number(rng) for _ in known[0]) if len(found) % 2 else rng.choice(known)
        point = CASES[case].inside(point)
        if layer == "pow" and point[0] != 1:  # where the power is near the ends of the range, or past them
            point = (point[0], rng.uniform(-2100, 2100) / math.log2(point[0]))
        if point[0] not in CASES[case].kinks:
            found.append((point, _any_number(rng)))
    return found


def _any_number(rng: random.Random) -> float:
    size = rng.choice([2 ** rng.uniform(-1074, 1023.9), 2 ** rng.uniform(-10, 10), rng.uniform(0, 1500)])
    return rng.choice([size, -size])


@cache
def points(case: str) -> list[Point]:
    """The points of a case."""
    return CASES[case].points()


@cache
def truths(case: str) -> list[Truth]:
    """The true value and gradients at each of its points; None where there is none, as at a kink."""
    with mp.workprec(PRECISION):
        found = [CASES[case].truth(*map(mpf, point)) for point in points(case)]
    kinks = CASES[case].kinks
    return [(truth[0], None) if point[0] in kinks else truth for point, truth in zip(points(case), found, strict=True)]


def ulps(found: float, true: Any, dtype: str = "float64") -> float:
    """The error in units of the last place of a number of the true size; inf for nan and for a false infinity."""
    with mp.workprec(PRECISION), np.errstate(over="ignore"):
        size = np.abs(np.array(float(true), dtype))
        if math.isinf(found) and (found > 0) == (true > 0):
            return 0.0 if size >= np.finfo(dtype).max else math.inf
        if not math.isfinite(found) or np.isinf(size):
            return math.inf
        return float(abs(mpf(found) - true) / mpf(float(np.spacing(size))))


def worst(case: str, found: Iterable[Sequence[float]], *, smallest: float = 0.0) -> tuple[float, float]:
    """The largest errors of the values and of the gradients found at the points.

    Where an input or the truth is smaller than `smallest`, but not 0, nothing is asked.
    """
    value, slope = 0.0, 0.0
    for point, numbers, truth in zip(points(case), found, truths(case), strict=True):
        if any(0 < abs(x) < smallest for x in point):
            continue
        errors = [
            0.0 if true is None or 0 < abs(true) < smallest else ulps(float(number), true)
            for number, true in zip(numbers, truth, strict=True)
        ]
        value, slope = max(value, errors[0]), max(slope, *errors[1:])
    return value, slope


def on_floats(case: str) -> list[list[float]]:
    """The value and the gradients of our layer at each point, one number at a time."""
    return [_computed(case, point, 1.0) for point in points(case)]


def on_arrays(case: str) -> list[list[float]]:
    """The same on one array; the first ones on short arrays, whose ends NumPy's vector loops compute in another way."""
    everywhere = np.array(points(case)).T
    found = np.array(_computed(case, everywhere, np.ones(len(points(case)))))
    start = 0
    for length in LENGTHS:
        part = slice(start, start + length)
        found[:, part] = _computed(case, everywhere[:, part], np.ones(length))
        start += length
    return found.T.tolist()


def _computed(case: str, inputs: Any, dout: Any) -> list[Any]:
    layer = layer_class(CASES[case].layer)(**CASES[case].parameters)
    with np.errstate(all="ignore"):
        value = layer.forward(*inputs)
        gradients = layer.backward(dout)
    return [value, *(gradients if isinstance(gradients, tuple) else (gradients,))]


def as_text(error: float) -> str:
    """An error for the table; `wrong` where no digit is right."""
    return "wrong" if error > 1e15 else f"{error:.2g}" if error < 100 else f"{error:.0e}"
