"""Gradients that are numbers of float64 are found, however large or small the inputs and the upstream gradient are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from elementwise import PRECISION, anywhere, ulps
from elementwise_cases import CASES
from mpmath import mp, mpf

from backpropcli.catalogue import layer_class

BOUND = 4


def gradients(case: str, inputs: tuple, dout: object) -> list:
    """The gradients of the layer of a case."""
    layer = layer_class(CASES[case].layer)(**CASES[case].parameters)
    with np.errstate(all="ignore"):
        layer.forward(*inputs)
        found = layer.backward(dout)
    return list(found) if isinstance(found, tuple) else [found]


@pytest.mark.parametrize("case", CASES)
def test_gradients_of_all_sizes(case: str) -> None:
    """Within 4 ulp of dout times the true slope: on floats one by one, and on one array."""
    tried = anywhere(case)
    columns = tuple(np.array(column) for column in zip(*(point for point, _ in tried), strict=True))
    on_array = np.array(gradients(case, columns, np.array([dout for _, dout in tried]))).T
    for (point, dout), row in zip(tried, on_array, strict=True):
        with mp.workprec(PRECISION):
            slopes = [None if slope is None else slope * mpf(dout) for slope in CASES[case].truth(*map(mpf, point))[1:]]
        for found in (gradients(case, point, dout), row):
            errors = [ulps(float(x), true) for x, true in zip(found, slopes, strict=True) if true is not None]
            assert max(errors, default=0) <= BOUND, (point, dout, found, slopes)


@pytest.mark.parametrize(
    ("case", "inputs", "dout", "wanted"),
    [
        ("pow", (2.600968099126001e-297, -0.04049997609811943), 1.0, [-1.5995568641135833e307, -701527364119191.5]),
        ("div", (2.47e-322, -3.7506008850551616e-08), 1.0, [-26662394.390846856, -1.7561150210460266e-307]),
        ("pow", (-1e-200, -2.0), 1e-300, [2e300, math.nan]),
        ("pow", (-1e100, 5.0), 1e-300, [5e100, math.nan]),
        ("pow", (-1e100, 4.0), 1e-300, [-4.0, math.nan]),
        ("pow", (1e-100, 4.1), 1e300, [4.100000000000335512e-10, -2.302585092994234355e-108]),
        ("pow", (1e-150, 3.1), 1e300, [3.099999999999905195e-15, -3.453877639490962822e-163]),
        ("reciprocal", (5e-309,), 1e-320, [-3.999955468730733e296]),
        ("exp", (1000.0,), 1e-300, [1.9700711140170469e134]),
        ("elu, alpha 1e10", (-700.0,), 1e300, [9.8596765437597708e5]),
    ],
)
def test_products_that_leave_the_range_half_way(case: str, inputs: tuple, dout: float, wanted: list) -> None:
    """Numbers worked by mpmath."""
    assert gradients(case, inputs, dout) == pytest.approx(wanted, rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize(
    ("x", "y", "dout", "wanted"),
    [
        (-0.0, -2.0, 1.0, [math.inf, -math.inf]),  # -2 * (-0)**-3, where (-0)**-3 is -inf
        (-0.0, -1.0, -1.0, [math.inf, -math.inf]),
        (5e-324, -math.inf, 1.0, [-math.inf, -math.inf]),
        (5e-324, -1.0, 0.0, [-0.0, -0.0]),
    ],
)
def test_powers_at_the_ends_of_the_range(x: float, y: float, dout: float, wanted: list) -> None:
    """What IEEE 754 gives: such powers are not taken apart, which would lose a sign or make nan of it."""
    assert gradients("pow", (x, y), dout) == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize(
    ("name", "d", "dout", "parameters", "wanted"),
    [
        ("mse", 1e308, 1e-300, {}, 2e8),
        ("mse", 1e-300, 1e308, {}, 2e8),
        ("mse", [1e308, 0.0, 0.0], 3 * 2.0**-1060, {}, [1e308 * 2.0**-1059, 0.0, 0.0]),
        ("norm", [1e300, 1e-20], 1e308, {}, [1e308, 1e-12]),
    ],
)
def test_losses_and_lengths(name: str, d: object, dout: float, parameters: dict, wanted: object) -> None:
    """The parts of these products are infinite, or too small to have all their digits."""
    layer = layer_class(name)(**parameters)
    inputs = (np.array(d) if isinstance(d, list) else d,) + (() if name == "norm" else (0.0,))
    with np.errstate(over="ignore"):
        layer.forward(*inputs)
    found = layer.backward(dout)
    assert (found[0] if isinstance(found, tuple) else found) == pytest.approx(wanted, rel=4e-16, abs=0)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("exp", 1.9700711140170469e134), ("expm1", 1.9700711140170469e134), ("cosh", 9.8503555700852349e133)],
)
def test_a_dout_of_0_beside_an_infinite_value_is_nan(name: str, wanted: float) -> None:
    """A computed 0 times inf: nobody knows what the 0 would have been."""
    layer = layer_class(name)()
    with np.errstate(all="ignore"):
        layer.forward(np.array([1000.0, 1000.0, 1.0, -1.0]))
        found = layer.backward(np.array([0.0, 1e-300, 0.0, 0.0]))
    assert np.isnan(found).tolist() == [True, False, False, False]
    assert found[1] == pytest.approx(wanted, rel=1e-15)
