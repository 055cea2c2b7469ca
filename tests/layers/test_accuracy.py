"""Every elementwise layer, value and gradients, is within 4 ulp of mpmath over the whole range of float64.

`pytest -s` shows the table of the worst errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from elementwise import as_text, on_arrays, on_floats, points, truths, ulps, worst
from elementwise_cases import CASES
from mpmath import mpf

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.layers.base import Elementwise
from backpropcli.layers.comparisons import Comparison

BOUND = 4
CHOOSING = {"clip", "where", "dropout", "detach"}  # they pass on an input, or a multiple of it that the user chose


@pytest.fixture(scope="module")
def table():
    """The worst errors by case and number system, printed at the end."""
    rows = {}
    yield rows
    print("\n| layer | numbers | value (ulp) | slope (ulp) |\n|---|---|--:|--:|")
    for (case, numbers), errors in rows.items():
        print(f"| {case} | {numbers} | {' | '.join(map(as_text, errors))} |")


@pytest.mark.parametrize("compute", [on_floats, on_arrays], ids=["floats", "arrays"])
@pytest.mark.parametrize("case", CASES)
def test_value_and_slope(case: str, compute: Callable, table: dict) -> None:
    """Within 4 ulp, also of the subnormal truth, also at the zeros of a slope and in both tails."""
    errors = worst(case, compute(case))
    table[case, compute.__name__.removeprefix("on_")] = errors
    assert max(errors) <= BOUND


def test_no_elementwise_layer_is_left_out() -> None:
    """Every layer of that kind is in the table, but for comparisons, whose values 0 and 1 are exact."""
    elementwise = {
        name
        for name in LAYERS
        if issubclass(layer_class(name), Elementwise) and not issubclass(layer_class(name), Comparison)
    }
    assert elementwise - CHOOSING == {case.layer for case in CASES.values()}


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "gelu", "erf"])
def test_strided_and_0d_arrays(name: str) -> None:
    """Every other number of an array, and an array without axes."""
    xs = np.array(points(name))[:400:2, 0]
    layer = layer_class(name)
    for x, found, (value, _) in zip(xs, layer().forward(xs), truths(name)[:400:2], strict=True):
        assert ulps(found, value) <= BOUND
        assert ulps(float(layer().forward(np.array(x))), value) <= BOUND


@pytest.mark.parametrize(
    ("name", "x", "value", "slope"),
    [
        ("tanh", 20.0, 1.0, 1.6993417021166355e-17),
        ("gelu", -9.0, -1.0157295653584566e-18, -9.1389373739066393e-18),
        ("sigmoid", 700.0, 1.0, 9.8596765437597708e-305),
        ("softplus", 21.0, 21.000000000758256, 0.99999999924174388),
    ],
)
def test_where_others_are_known_to_fail(name: str, x: float, value: float, slope: float) -> None:
    """Numbers worked to 17 digits by mpmath."""
    layer = layer_class(name)()
    assert (layer.forward(x), layer.backward(1.0)) == pytest.approx((value, slope), rel=5e-16, abs=0)


def test_ulps_measure_the_subnormal_range() -> None:
    """The bound is not idle: a neighbour is 1 ulp away, also among the smallest numbers."""
    assert ulps(math.nextafter(1.5, 2), mpf(1.5)) == 1
    assert ulps(1e-323, mpf(5e-324)) == 1
    assert ulps(5e-324, mpf(0)) == 1


def test_ulps_of_what_is_no_number() -> None:
    """An infinity is right beyond float64, and only there; nan never is."""
    assert ulps(math.inf, mpf(10) ** 400) == 0
    assert ulps(-math.inf, mpf(10) ** 400) == math.inf
    assert ulps(math.inf, mpf(1)) == math.inf
    assert ulps(1e308, mpf(10) ** 400) == math.inf
    assert ulps(math.nan, mpf(1)) == math.inf
