"""max, min, norm and dot where numbers tie, overflow, vanish, or are not there."""

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
    ("name", "x", "out", "gradient"),
    [
        ("max", [1, 3, 3, 2], 3, [0, 0.5, 0.5, 0]),
        ("min", [1, 3, 1, 1], 1, [1 / 3, 0, 1 / 3, 1 / 3]),
        ("max", [0.0, -0.0], 0, [0.5, 0.5]),
        ("max", [INF, 1, INF], INF, [0.5, 0, 0.5]),
        ("max", [-INF, -INF], -INF, [0.5, 0.5]),
        ("norm", [3, -4], 5, [0.6, -0.8]),
    ],
)
def test_the_extremum_shares_its_gradient_evenly(name: str, x: Any, out: float, gradient: list[float]) -> None:
    """Numbers that tie each get an equal part; by hand."""
    assert value_and_gradient(name, x) == (out, pytest.approx(gradient, rel=1e-15, abs=0))


def test_ties_are_counted_along_the_axis() -> None:
    """Each column has its own, and its own dout."""
    x = [[1, 5, 2], [1, 4, 2], [0, 5, 1]]
    assert value_and_gradient("max", x, [2, 4, 6], axis=0) == ([1, 5, 2], [[1, 2, 3], [1, 0, 3], [0, 2, 0]])
    assert value_and_gradient("min", x, [[2], [4], [6]], axis=1, keepdims=True) == (
        [[1], [1], [0]],
        [[2, 0, 0], [4, 0, 0], [6, 0, 0]],
    )


@pytest.mark.parametrize("name", ["max", "min"])
def test_an_extremum_with_nan_is_nan(name: str) -> None:
    """In its own row; the other row is as it would be."""
    out, gradient = value_and_gradient(name, [[1, NAN], [2, 2]], axis=1)
    assert out == pytest.approx([NAN, 2], nan_ok=True)
    assert gradient[0] == pytest.approx([NAN, NAN], nan_ok=True)
    assert gradient[1] == [0.5, 0.5]


@pytest.mark.parametrize(
    ("name", "parameters", "out"),
    [("max", {}, -INF), ("min", {}, INF), ("norm", {}, 0), ("norm", {"ord": 1}, 0), ("norm", {"ord": INF}, 0)],
)
def test_no_numbers(name: str, parameters: dict[str, Any], out: float) -> None:
    """The value that changes nothing when numbers are added."""
    assert value_and_gradient(name, [], **parameters) == (out, [])
    assert value_and_gradient(name, np.ones((2, 0)), axis=1, **parameters) == ([out, out], [[], []])


@pytest.mark.parametrize("size", [1e-320, 1e-200, 1.0, 1e200, 1.2e308])
@pytest.mark.parametrize("x", [[3, -4], [1, 1], [0.1, -0.2, 0.3], [1, 1e-9], [0.7]])
def test_the_euclidean_norm_neither_overflows_nor_vanishes(x: list[float], size: float) -> None:
    """Value and gradient are within 3 ulp of mpmath, where the sum of the squares is far outside of float64."""
    x = [each / 4 * size for each in x]
    out, gradient = value_and_gradient("norm", x)
    with mp.workprec(200):
        true = mp.sqrt(mp.fsum(mpf(each) ** 2 for each in x))
        assert abs(out - true) <= 3 * mpf(math.ulp(float(true)))
        for found, each in zip(gradient, x, strict=True):
            assert abs(found - each / true) <= 3 * mpf(math.ulp(float(each / true)))


@pytest.mark.parametrize(
    ("order", "x", "out", "gradient"),
    [
        (1, [3, -4, 0], 7, [1, -1, 0]),
        (2, [6, -2, 3], 7, [6 / 7, -2 / 7, 3 / 7]),
        (INF, [3, -4, 0], 4, [0, -1, 0]),
        (INF, [4, -4, 1], 4, [0.5, -0.5, 0]),
        (1, [0, -0.0], 0, [0, 0]),
        (2, [0, -0.0], 0, [0, 0]),
        (INF, [0, -0.0], 0, [0, 0]),
        (1, [-INF, 2], INF, [-1, 1]),
        (2, [-INF, 2], INF, [NAN, 0]),
        (INF, [-INF, 2], INF, [-1, 0]),
    ],
)
def test_norms_by_hand(order: float, x: list[float], out: float, gradient: list[float]) -> None:
    """Of each order; where all is 0 the gradient is 0."""
    assert value_and_gradient("norm", x, ord=order) == (out, pytest.approx(gradient, rel=1e-15, abs=0, nan_ok=True))


@pytest.mark.parametrize("order", [1, 2, INF])
def test_a_norm_with_nan_is_nan(order: float) -> None:
    """Whichever the order."""
    assert math.isnan(value_and_gradient("norm", [1, NAN, 2], ord=order)[0])


@pytest.mark.parametrize("order", [1, 2, INF])
def test_norms_of_rows(order: float) -> None:
    """Along an axis, with and without keeping it."""
    x, dout = np.array([[3.0, -4.0], [0.0, 0.0], [1.0, 2.0]]), np.array([2.0, 3.0, 5.0])
    rows = [value_and_gradient("norm", row, each, ord=order) for row, each in zip(x, dout, strict=True)]
    wanted = [out for out, _ in rows], [gradient for _, gradient in rows]
    assert value_and_gradient("norm", x, dout, ord=order, axis=1) == wanted
    kept = value_and_gradient("norm", x, dout[:, None], ord=order, axis=-1, keepdims=True)
    assert kept == ([[out] for out in wanted[0]], wanted[1])


@pytest.mark.parametrize("order", [0, 3, -1, NAN])
def test_another_order_is_refused(order: float) -> None:
    """With the orders that there are."""
    with pytest.raises(ValueError, match="ord must be 1, 2 or inf"):
        make("norm", ord=order)


@pytest.mark.parametrize(("name", "gradient"), [("max", 2), ("min", 2), ("norm", -2)])
def test_reductions_of_an_exact_number(name: str, gradient: int) -> None:
    """A fraction is its own extremum, and its norm is its size."""
    layer = make(name)
    assert layer.forward(Fraction(-2, 3)) == (Fraction(2, 3) if name == "norm" else Fraction(-2, 3))
    assert layer.backward(Fraction(2)) == gradient
    assert type(layer.backward(Fraction(2))) is Fraction


def test_the_norm_of_an_exact_0_has_no_slope() -> None:
    """Though fractions cannot be divided by it."""
    layer = make("norm")
    assert layer.forward(Fraction(0)) == 0
    assert layer.backward(Fraction(3)) == 0


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "norm"])
@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_out_of_range_is_named(name: str, axis: int) -> None:
    """With the shape that lacks it."""
    layer = make(name, axis=axis)
    with pytest.raises(ShapeError, match=rf"axis {axis} is out of range for an array of shape \(2, 3\)"):
        layer.forward(np.ones((2, 3)))
    for number in (1.0, Fraction(1), np.float64(1)):
        with pytest.raises(ShapeError, match=f"axis {axis} is out of range for a number"):
            layer.forward(number)


def test_dot_by_hand() -> None:
    """1 * 4 + 2 * 5 + 3 * 6; each gradient is the other input, times dout."""
    layer = make("dot")
    assert layer.forward(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])) == 32
    dx, dy = layer.backward(np.array(2.0))
    assert (dx.tolist(), dy.tolist()) == ([8, 10, 12], [2, 4, 6])


def test_dot_does_not_stretch_its_vectors() -> None:
    """One number against three is a mistake, even though it would broadcast."""
    with pytest.raises(ShapeError, match=r"x is \(3,\), y is \(1,\)"):
        make("dot").forward(np.ones(3), np.ones(1))


def test_dot_needs_vectors() -> None:
    """Neither floats nor fractions nor arrays without axes have one."""
    for number in (2.0, Fraction(2), np.array(2.0)):
        with pytest.raises(ShapeError, match="axis -1 is out of range for a number"):
            make("dot").forward(number, number)


def test_dot_of_no_numbers_is_0() -> None:
    """As every empty sum."""
    layer = make("dot")
    assert layer.forward(np.ones((2, 0)), np.ones(0)).tolist() == [0, 0]
    assert [gradient.shape for gradient in layer.backward(np.ones(2))] == [(2, 0), (0,)]


def test_clip_at_its_bounds() -> None:
    """The slope is 1 at a bound and 0 outside and at nan, which stays nan."""
    out, gradient = value_and_gradient("clip", [-2, -1, 0.5, 1, INF, NAN], min=-1, max=1)
    assert out == pytest.approx([-1, -1, 0.5, 1, 1, NAN], nan_ok=True)
    assert gradient == [0, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("bounds", "out"), [({}, [-5, 0, 5]), ({"min": 0}, [0, 0, 5]), ({"max": 0}, [-5, 0, 0]), ({"min": INF}, [INF] * 3)]
)
def test_clip_with_one_bound_or_none(bounds: dict[str, float], out: list[float]) -> None:
    """A bound that is not given does not bind."""
    assert value_and_gradient("clip", [-5, 0, 5], **bounds)[0] == out


def test_clip_refuses_bounds_in_the_wrong_order() -> None:
    """Both are named."""
    with pytest.raises(ValueError, match=r"^min must be at most max, 1, not 2$"):
        make("clip", min=2, max=1)


def test_clip_of_exact_fractions() -> None:
    """Between fractions, as a run with --exact gives them."""
    clip = make("clip", min=Fraction(0), max=Fraction(1, 3))
    assert (clip.forward(Fraction(1, 2)), clip.backward(Fraction(3))) == (Fraction(1, 3), 0)
    assert (clip.forward(Fraction(1, 4)), clip.backward(Fraction(3))) == (Fraction(1, 4), 3)
