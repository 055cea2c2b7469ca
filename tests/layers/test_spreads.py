"""var, std and logsumexp: equal numbers, large means, infinities, and no numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf
from one_layer import make, value_and_gradient

from backpropcli.errors import ShapeError

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("name", "x", "parameters", "out", "gradient"),
    [
        ("std", [1, 2, 4], {}, 1.247219128924647, [-0.35634832254989923, -0.08908708063747484, 0.44543540318737396]),
        ("std", [1, 3], {"ddof": 1}, math.sqrt(2), [-math.sqrt(0.5), math.sqrt(0.5)]),
        ("var", [1, 2, 4], {}, 14 / 9, [-8 / 9, -2 / 9, 10 / 9]),
        ("var", [1, 3], {"ddof": 1}, 2, [-2, 2]),
        ("std", [3e200, -3e200], {}, 3e200, [0.5, -0.5]),
        ("std", [3e-200, -3e-200], {}, 3e-200, [0.5, -0.5]),
        ("std", [1.7e308, -1.7e308], {}, 1.7e308, [0.5, -0.5]),
        (
            "std",
            [1.5e308, -1.5e308, -1.5e308],
            {},
            1.4142135623730951e308,
            [2**0.5 / 3, -(2**-0.5) / 3, -(2**-0.5) / 3],
        ),
        ("std", [1.7e308] * 9 + [1.6e308], {}, 3e306, [1 / 30] * 9 + [-0.3]),
        ("var", [1.7e308, -1.7e308], {}, INF, [1.7e308, -1.7e308]),
        ("var", [5], {"ddof": 1}, NAN, [NAN]),
        ("std", [5], {"ddof": 1}, NAN, [NAN]),
        ("var", [], {}, NAN, []),
        ("std", [1, NAN], {}, NAN, [NAN, NAN]),
        ("logsumexp", [-INF, -INF, 2], {}, 2, [0, 0, 1]),
        ("logsumexp", [-INF, -INF], {}, -INF, [0, 0]),
        ("logsumexp", [INF, 1, INF], {}, INF, [0.5, 0, 0.5]),
        ("logsumexp", [1e10, 1e10], {}, 10000000000.693147, [0.5, 0.5]),
        ("logsumexp", [0, -50], {}, 1.9287498479639178e-22, [1, 1.9287498479639178e-22]),
        ("logsumexp", [1000, 0], {}, 1000, [1, 0]),
        ("logsumexp", [1, NAN], {}, NAN, [NAN, NAN]),
        ("logsumexp", [], {}, -INF, []),
    ],
)
def test_edges(name: str, x: Any, parameters: dict[str, Any], out: float, gradient: list[float]) -> None:
    """By hand, or by mpmath."""
    found = value_and_gradient(name, x, **parameters)
    assert found[0] == pytest.approx(out, rel=2e-15, abs=0, nan_ok=True)
    assert found[1] == pytest.approx(gradient, rel=2e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize("number", [0.1, 1 / 3, 1e16, 1.7e308, -0.0])
@pytest.mark.parametrize("count", [1, 3, 7, 10])
@pytest.mark.parametrize("name", ["std", "var"])
def test_equal_numbers_have_no_spread_and_no_slope(name: str, count: int, number: float) -> None:
    """Though their mean, as the sum is rounded, may be another number; beside them, a row that has both."""
    out, gradient = value_and_gradient(name, [[number] * count, [*[0.0] * (count - 1), 1.0]], axis=1)
    assert out[0] == 0
    assert gradient[0] == [0] * count
    assert (out[1] > 0) == (count > 1)


@pytest.mark.parametrize("name", ["std", "var"])
def test_a_large_mean_costs_no_digits(name: str) -> None:
    """Value and gradient of numbers near 1e9, by mpmath."""
    x = [1e9 + 0.25, 1e9 + 0.5, 1e9 + 4.125]
    with mp.workdps(50):
        mean = mp.fsum(map(mpf, x)) / 3
        variance = mp.fsum((mpf(each) - mean) ** 2 for each in x) / 3
        true = variance if name == "var" else mp.sqrt(variance)
        slopes = [2 * (each - mean) / 3 if name == "var" else (each - mean) / 3 / true for each in x]
    out, gradient = value_and_gradient(name, x)
    assert out == pytest.approx(float(true), rel=1e-15, abs=0)
    assert gradient == pytest.approx([*map(float, slopes)], rel=1e-15, abs=0)


@pytest.mark.parametrize("name", ["std", "var", "logsumexp"])
def test_rows(name: str) -> None:
    """Along an axis, with and without keeping it, each is as if alone."""
    x, dout = np.array([[3.0, -4.0], [0.0, 0.0], [1.0, 2.0]]), np.array([2.0, 3.0, 5.0])
    rows = [value_and_gradient(name, row, each) for row, each in zip(x, dout, strict=True)]
    wanted = [out for out, _ in rows], [gradient for _, gradient in rows]
    assert value_and_gradient(name, x, dout, axis=1) == wanted
    kept = value_and_gradient(name, x, dout[:, None], axis=-1, keepdims=True)
    assert kept == ([[out] for out in wanted[0]], wanted[1])


@pytest.mark.parametrize("name", ["std", "var", "logsumexp", "prod"])
def test_an_axis_out_of_range_is_named(name: str) -> None:
    """With the shape that lacks it."""
    with pytest.raises(ShapeError, match=r"axis 2 is out of range for an array of shape \(2, 3\)"):
        make(name, axis=2).forward(np.ones((2, 3)))
    with pytest.raises(ShapeError, match="axis 0 is out of range for a number"):
        make(name, axis=0).forward(1.0)


def test_the_spread_of_an_exact_number() -> None:
    """Is an exact zero, with a slope of zero."""
    for name in ("std", "var"):
        layer = make(name)
        assert (layer.forward(Fraction(1, 3)), layer.backward(Fraction(2))) == (0, 0)
