"""Elementwise losses, value and gradients, are within 4 ulp of mpmath wherever the truth is a normal float64."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from backpropcli.catalogue import layer_class
from backpropcli.domains.arrays import DOMAIN as arrays

BOUND = 4
SMALLEST_NORMAL = 2.0**-1022
Truth = Callable[[Any, Any], tuple[Any, Any, Any]]
Case = tuple[float, float]


def true_bce(x: Any, target: Any) -> tuple[Any, Any, Any]:
    """Value and gradients, by the definition."""
    value = -(target * mp.log(x) + (1 - target) * mp.log(1 - x))
    return value, (1 - target) / (1 - x) - target / x, mp.log(1 - x) - mp.log(x)


def true_bce_with_logits(x: Any, target: Any) -> tuple[Any, Any, Any]:
    """Value and gradients, by the definition."""
    return mp.log(1 + mp.exp(x)) - target * x, 1 / (1 + mp.exp(-x)) - target, -x


def true_huber(x: Any, target: Any) -> tuple[Any, Any, Any]:
    """Value and gradients for delta = 1."""
    d = x - target
    value, slope = (d * d / 2, d) if abs(d) < 1 else (abs(d) - mpf(1) / 2, mp.sign(d))
    return value, slope, -slope


def true_mse(x: Any, target: Any) -> tuple[Any, Any, Any]:
    """Value and gradients of one pair."""
    d = x - target
    return d * d, 2 * d, -2 * d


@cache
def probabilities() -> list[Case]:
    """Probabilities in the middle, near 1/2, near 1 and near 0, against certain and uncertain targets."""
    rng = random.Random(1)
    xs = [rng.uniform(0, 1) for _ in range(400)]
    xs += [0.5 + sign * 10 ** rng.uniform(-16, -1) for _ in range(100) for sign in (1, -1)]
    xs += [1 - 10 ** rng.uniform(-15.9, -1) for _ in range(100)]
    xs += [10 ** rng.uniform(-307, -1) for _ in range(200)]
    xs += [0.25, 0.5, 0.75, math.nextafter(0.25, 0), math.nextafter(0.75, 1), math.nextafter(1, 0)]
    return [(x, target) for x in xs for target in (0.0, 1.0, rng.uniform(0, 1))]


@cache
def logits() -> list[Case]:
    """Logits to the ends of exp, small ones and large ones, against certain targets."""
    rng = random.Random(2)
    xs = [rng.uniform(0, 708) for _ in range(300)] + [rng.uniform(0, 40) for _ in range(300)]
    xs += [10 ** rng.uniform(-300, 300) for _ in range(100)]
    xs += [40.0, 36.7, 37.5, 708.0, 1e-300, math.log(2)]
    return [(sign * x, target) for x in xs for sign in (1, -1) for target in (0.0, 1.0)]


@cache
def pairs() -> list[Case]:
    """Numbers of like and of unlike size."""
    rng = random.Random(3)
    found = [(rng.uniform(-3, 3), rng.uniform(-3, 3)) for _ in range(500)]
    return found + [(rng.uniform(-1, 1) * 10 ** rng.uniform(-100, 100), rng.uniform(-3, 3)) for _ in range(300)]


CASES = [
    ("bce", true_bce, probabilities),
    ("bce_with_logits", true_bce_with_logits, logits),
    ("mse", true_mse, pairs),
    ("huber", true_huber, pairs),
    ("smooth_l1", true_huber, pairs),
]


@pytest.mark.parametrize(("name", "truth", "points"), CASES, ids=[name for name, *_ in CASES])
def test_within_4_ulp(name: str, truth: Truth, points: Callable[[], list[Case]]) -> None:
    """On floats one by one, and on arrays."""
    made = layer_class(name)(reduction="none")
    xs, targets = (np.array(column) for column in zip(*points(), strict=True))
    with arrays.quiet():
        on_arrays = np.array([made.forward(xs, targets), *made.backward(np.ones(len(xs)))]).T
    for (x, target), found_in_array in zip(points(), on_arrays, strict=True):
        found = made.forward(x, target), *made.backward(1.0)
        with mp.workprec(3000 if min(abs(x), 1) < 1e-30 or abs(x) > 300 else 700):
            for wanted, *numbers in zip(truth(mpf(x), mpf(target)), found, found_in_array, strict=True):
                assert max(ulps(number, wanted) for number in numbers) <= BOUND, (x, target, wanted)


def test_a_target_between_0_and_1_with_logits() -> None:
    """The value is within 4 ulp; the slope, which crosses 0, within 4 ulp of 1."""
    rng = random.Random(4)
    for _ in range(500):
        x, target = rng.uniform(-40, 40), rng.uniform(0, 1)
        made = layer_class("bce_with_logits")()
        with mp.workprec(300):
            value, slope, _ = true_bce_with_logits(mpf(x), mpf(target))
            assert ulps(made.forward(x, target), value) <= BOUND
            assert abs(made.backward(1.0)[0] - slope) <= BOUND * math.ulp(1.0)


def test_the_slope_at_40() -> None:
    """Where sigmoid(40) - 1 is 0 for others."""
    made = layer_class("bce_with_logits")()
    made.forward(40.0, 1.0)
    assert made.backward(1.0)[0] == pytest.approx(-4.248354255291589e-18, rel=1e-15, abs=0)


def ulps(found: float, true: Any) -> float:
    """The error in units of the last place of a float64 of the true size; 0 where that is not a normal number."""
    size = float(abs(true))
    if size < SMALLEST_NORMAL or math.isinf(size):
        return 0.0
    return float(abs(mpf(float(found)) - true) / mpf(math.ulp(size)))
