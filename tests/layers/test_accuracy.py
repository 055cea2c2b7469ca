"""sigmoid and tanh, value and slope, are within 4 ulp of mpmath on [-745, 745]."""

from __future__ import annotations

import math
import random
from functools import cache
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from backpropcli.layers import Layer, Sigmoid, Tanh

BOUND = 4
CENTRES = (0.0, 19.0, 37.0, 354.5, 372.5, 709.0, 743.5)
LENGTHS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33)


def true_sigmoid(x: Any) -> tuple[Any, Any]:
    """Value and slope."""
    e = mp.exp(-x)
    return 1 / (1 + e), e / (1 + e) ** 2


def true_tanh(x: Any) -> tuple[Any, Any]:
    """Value and slope."""
    return mp.tanh(x), mp.sech(x) ** 2


@cache
def points() -> list[float]:
    """Random points, points near the places where formulas break, subnormal results, and tiny points."""
    rng = random.Random(7)  # noqa: S311 - not for secrets
    found = [rng.uniform(0, 745) for _ in range(1500)]
    found += [abs(centre + rng.uniform(-1.5, 1.5)) for centre in CENTRES for _ in range(200)]
    found += [10 ** rng.uniform(-323, 0) for _ in range(300)]
    found += [0.0, 1e-300, 5e-324, 0.5, 1.0, 22.0, math.log(2), 708.3964, 709.7827, 744.44, 745.0]
    return [sign * x for x in found for sign in (1, -1)]


@cache
def truth(layer: type[Layer]) -> list[tuple[Any, Any]]:
    """True values and slopes at the points."""
    true = {Sigmoid: true_sigmoid, Tanh: true_tanh}[layer]
    with mp.workprec(200):
        return [true(mpf(x)) for x in points()]


def ulps(found: float, true: Any) -> float:
    """The error in units of the last place of a float64 of the true size; 5e-324 where that is subnormal."""
    with mp.workprec(200):
        return float(abs(mpf(float(found)) - true) / mpf(math.ulp(float(true))))


@pytest.mark.parametrize("layer", [Sigmoid, Tanh])
def test_floats(layer: type[Layer]) -> None:
    """One number at a time."""
    for x, (value, slope) in zip(points(), truth(layer), strict=True):
        made = layer()
        assert ulps(made.forward(x), value) <= BOUND, x
        assert ulps(made.backward(1.0), slope) <= BOUND, x


@pytest.mark.parametrize("layer", [Sigmoid, Tanh])
def test_arrays(layer: type[Layer]) -> None:
    """All at once, and in short arrays, whose ends NumPy's vector loops compute in another way."""
    made = layer()
    values = made.forward(np.array(points()))
    slopes = made.backward(np.ones(len(points())))
    start = 0
    for length in LENGTHS:
        part = slice(start, start + length)
        start += length
        values[part] = made.forward(np.array(points()[part]))
        slopes[part] = made.backward(np.ones(length))
    for x, found, wanted in zip(points(), zip(values, slopes, strict=True), truth(layer), strict=True):
        assert max(map(ulps, found, wanted)) <= BOUND, x


def test_strided_and_0d_arrays() -> None:
    """Every other number of an array, and an array without axes."""
    xs = np.array(points())[:400:2]
    for layer in (Sigmoid, Tanh):
        for x, found, (value, _) in zip(xs, layer().forward(xs), truth(layer)[:400:2], strict=True):
            assert ulps(found, value) <= BOUND
            assert ulps(layer().forward(np.array(x)), value) <= BOUND


def test_ulps_measure_the_subnormal_range() -> None:
    """The bound is not idle: a neighbour is 1 ulp away, also among the smallest numbers."""
    assert ulps(math.nextafter(1.5, 2), mpf(1.5)) == 1
    assert ulps(1e-323, mpf(5e-324)) == 1
    assert ulps(5e-324, mpf(0)) == 1
