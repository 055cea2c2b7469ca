"""Layers that move numbers: each number of out comes from the right place, and its gradient goes back there."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue import layer_class
from backpropcli.errors import DataError, ShapeError

GRID = np.arange(24.0).reshape(2, 3, 4)


def make(name: str, **parameters: Any) -> Any:
    """A layer of the catalogue."""
    layer: Any = layer_class(name)
    return layer(**parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "out"),
    [
        ("reshape", {"shape": (4, 6)}, GRID.reshape(4, 6)),
        ("reshape", {"shape": (-1,)}, GRID.reshape(24)),
        ("reshape", {"shape": (3, -1, 2)}, GRID.reshape(3, 4, 2)),
        ("transpose", {}, np.einsum("ijk->kji", GRID)),
        ("transpose", {"axes": (2, 0, 1)}, np.einsum("ijk->kij", GRID)),
        ("transpose", {"axes": (1, -1, 0)}, np.einsum("ijk->jki", GRID)),
        ("broadcast", {"shape": (5, 2, 3, 4)}, np.stack([GRID] * 5)),
        ("repeat", {"repeats": 2}, np.repeat(GRID, 2, 0)),
        ("repeat", {"repeats": 3, "axis": -1}, np.repeat(GRID, 3, -1)),
        ("repeat", {"repeats": 2, "axis": None}, np.repeat(GRID, 2)),
        ("repeat", {"repeats": 0, "axis": 1}, np.repeat(GRID, 0, 1)),
        ("flatten", {}, GRID.reshape(24)),
        ("flatten", {"axis": 1}, GRID.reshape(2, 12)),
        ("flatten", {"axis": -1}, GRID),
        ("slice", {}, GRID),
        ("slice", {"start": 1}, GRID[1:]),
        ("slice", {"stop": -1, "axis": 1}, GRID[:, :-1]),
        ("slice", {"start": 3, "stop": 0, "step": -2, "axis": 2}, GRID[:, :, 3:0:-2]),
        ("slice", {"start": 2, "stop": 99, "axis": 2}, GRID[..., 2:99]),
        ("slice", {"start": 5}, GRID[5:]),
        ("index", {"index": 1}, GRID[1]),
        ("index", {"index": -4, "axis": -1}, GRID[..., 0]),
    ],
)
def test_every_number_goes_to_its_place_and_back(name: str, parameters: dict[str, Any], out: Any) -> None:
    """Out holds the numbers of the grid, which are all different, so their dout is what belongs to each of them."""
    layer = make(name, **parameters)
    found = layer.forward(GRID)
    assert (found.shape, found.tolist()) == (out.shape, out.tolist())
    gradient = layer.backward(found + 100)
    assert gradient.shape == GRID.shape
    for x, dx in zip(GRID.ravel(), gradient.ravel(), strict=True):
        assert dx == (x + 100) * np.count_nonzero(out == x)


def test_concat_gives_each_array_its_part_of_dout() -> None:
    """Also one without rows."""
    layer = make("concat", axis=1)
    xs = GRID[0, :, :1], GRID[0, :, 1:1], GRID[0, :, 1:]
    assert layer.forward(*xs).tolist() == GRID[0].tolist()
    gradients = layer.backward(GRID[1])
    assert [g.tolist() for g in gradients] == [GRID[1, :, :1].tolist(), [[], [], []], GRID[1, :, 1:].tolist()]


def test_where_takes_x_where_the_condition_is_not_0() -> None:
    """Whatever else it is, nan among it; and what is not taken does no harm."""
    layer = make("where")
    cond = np.array([1.0, 0.0, -0.5, -0.0, math.nan])
    x, y = np.array([1.0, math.nan, 3.0, math.inf, 5.0]), np.array([math.nan, 2.0, -math.inf, 4.0, 0.0])
    assert layer.forward(cond, x, y).tolist() == [1, 2, 3, 4, 5]
    dcond, dx, dy = layer.backward(np.array([10.0, 20, 30, 40, 50]))
    assert dcond is None
    assert (dx.tolist(), dy.tolist()) == ([10, 0, 30, 0, 50], [0, 20, 0, 40, 0])


def test_where_sums_over_what_was_broadcast() -> None:
    """Here cond is the largest, so that each of x and y stands for all of its numbers."""
    layer = make("where")
    assert layer.forward(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([5.0, 6.0]), 7.0).tolist() == [[5, 7], [5, 6]]
    _, dx, dy = layer.backward(np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert (dx.tolist(), dy) == ([4, 4], 2)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("reshape", {"shape": (5, 5)}, r"shape \(2, 3, 4\) cannot have the shape \(5, 5\)"),
        ("reshape", {"shape": (5, -1)}, r"shape \(2, 3, 4\) cannot have the shape \(5, -1\)"),
        ("transpose", {"axes": (0, 1)}, r"axes \(0, 1\) do not name each of the 3 axes"),
        ("transpose", {"axes": (0, 1, -2)}, r"axes \(0, 1, -2\) do not name each of the 3 axes"),
        ("transpose", {"axes": (0, 1, 3)}, r"axis 3 is out of range for an array of shape \(2, 3, 4\)"),
        ("broadcast", {"shape": (3, 4)}, r"x is \(2, 3, 4\), which does not broadcast to \(3, 4\)"),
        ("broadcast", {"shape": (2, 3, 5)}, r"does not broadcast to \(2, 3, 5\)"),
        ("repeat", {"repeats": 2, "axis": 3}, "axis 3 is out of range"),
        ("concat", {"axis": -4}, "axis -4 is out of range"),
        ("slice", {"axis": 3}, "axis 3 is out of range"),
        ("index", {"index": 0, "axis": 3}, "axis 3 is out of range"),
        ("index", {"index": 2}, r"index 2 is out of range for axis 0 of an array of shape \(2, 3, 4\)"),
        ("index", {"index": -5, "axis": -1}, r"index -5 is out of range for axis -1"),
    ],
)
def test_what_does_not_fit_is_named(name: str, parameters: dict[str, Any], message: str) -> None:
    """With both, the shape and what does not fit it."""
    with pytest.raises(ShapeError, match=message):
        make(name, **parameters).forward(GRID)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("reshape", {"shape": (-1, -1)}, "shape must be lengths of 0 or more, one of which may be -1, not (-1, -1)"),
        ("reshape", {"shape": (-2,)}, "shape must be lengths of 0 or more, one of which may be -1, not (-2,)"),
        ("broadcast", {"shape": (2, -1)}, "shape must be lengths of 0 or more, not (2, -1)"),
        ("repeat", {"repeats": -1}, "repeats must be 0 or more, not -1"),
        ("slice", {"step": 0}, "step must not be 0"),
    ],
)
def test_parameters_that_never_fit_are_refused(name: str, parameters: dict[str, Any], message: str) -> None:
    """By the constructor, before there is an array."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make(name, **parameters)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("reshape", {"shape": (1,)}),
        ("transpose", {"axes": (0,)}),
        ("broadcast", {"shape": (2,)}),
        ("repeat", {"repeats": 2}),
        ("repeat", {"repeats": 2, "axis": None}),
        ("concat", {}),
        ("slice", {}),
        ("index", {"index": 0}),
    ],
)
@pytest.mark.parametrize("number", [2.0, Fraction(2)])
def test_numbers_have_no_axes(name: str, parameters: dict[str, Any], number: Any) -> None:
    """Neither floats nor fractions, so nothing is moved, and nothing made of them has axes."""
    with pytest.raises(ShapeError):
        make(name, **parameters).forward(number)


@pytest.mark.parametrize(
    ("name", "parameters"), [("reshape", {"shape": ()}), ("transpose", {}), ("broadcast", {"shape": ()})]
)
def test_exact_numbers_go_through(name: str, parameters: dict[str, Any]) -> None:
    """In the only shape that they have."""
    layer = make(name, **parameters)
    assert layer.forward(Fraction(2, 3)) == Fraction(2, 3)
    assert layer.backward(Fraction(1, 3)) == Fraction(1, 3)


def test_where_on_exact_numbers() -> None:
    """The condition is a fraction too."""
    layer = make("where")
    assert layer.forward(Fraction(0), Fraction(1, 2), Fraction(1, 3)) == Fraction(1, 3)
    assert layer.backward(Fraction(2)) == (None, 0, 2)


@pytest.mark.parametrize(
    ("name", "parameters", "out_shape"),
    [
        ("reshape", {"shape": (3, 0)}, (3, 0)),
        ("transpose", {}, (3, 0)),
        ("broadcast", {"shape": (2, 0, 3)}, (2, 0, 3)),
        ("repeat", {"repeats": 2}, (0, 3)),
        ("repeat", {"repeats": 2, "axis": 1}, (0, 6)),
        ("repeat", {"repeats": 2, "axis": None}, (0,)),
        ("concat", {}, (0, 3)),
        ("slice", {"start": 1}, (0, 3)),
        ("index", {"index": 1, "axis": 1}, (0,)),
    ],
)
def test_arrays_of_no_numbers_keep_their_axes(name: str, parameters: dict[str, Any], out_shape: Any) -> None:
    """Forward and back."""
    layer = make(name, **parameters)
    out = layer.forward(np.zeros((0, 3)))
    assert out.shape == out_shape
    gradient = layer.backward(np.ones_like(out))
    assert (gradient[0] if isinstance(gradient, tuple) else gradient).shape == (0, 3)


def test_a_broadcast_past_the_memory_is_refused_at_once() -> None:
    """By forward, where a run can say which layer it was; a view would only fail later."""
    with pytest.raises(ShapeError, match="at most 1,000,000 are made"):
        make("broadcast", shape=(10**15, 2)).forward(np.ones(2))


def test_stack_gives_each_array_its_part_of_dout() -> None:
    """Along every axis that out may have."""
    x, y = GRID[0], -GRID[1]
    for axis in range(-3, 3):
        layer = make("stack", axis=axis)
        out = layer.forward(x, y)
        assert out.tolist() == np.stack([x, y], axis).tolist()
        assert [gradient.tolist() for gradient in layer.backward(10 * out)] == [(10 * x).tolist(), (10 * y).tolist()]


def test_stack_refuses_other_shapes_and_axes() -> None:
    """The axis is that of out."""
    with pytest.raises(ValueError, match="must match exactly"):
        make("stack").forward(np.ones(2), np.ones(3))
    with pytest.raises(ShapeError, match=r"axis 2 is out of range for a stack of arrays of shape \(2,\)"):
        make("stack", axis=2).forward(np.ones(2), np.ones(2))


@pytest.mark.parametrize(
    ("axis", "indices"), [(0, [1, 1, 0]), (1, [2, 0, 2]), (-1, [[3, 3], [0, 1]]), (1, 2), (None, [[23, 0], [7, 7]])]
)
def test_what_is_taken_twice_gets_both_gradients(axis: int | None, indices: Any) -> None:
    """Out is that of NumPy, and each number gets its dout as often as it is there."""
    layer = make("take", axis=axis)
    out = layer.forward(GRID, np.array(indices, float))
    assert out.tolist() == np.take(GRID, indices, axis).tolist()
    gradient, nothing = layer.backward(np.ones_like(out))
    assert nothing is None
    assert gradient.tolist() == np.reshape([np.count_nonzero(out == x) for x in GRID.ravel()], GRID.shape).tolist()


@pytest.mark.parametrize("index", [3, -1, 0.5, math.nan])
def test_only_whole_numbers_of_rows_are_taken(index: float) -> None:
    with pytest.raises(DataError, match="is not a whole number from 0 up to, but not including, 3"):
        make("take", axis=1).forward(GRID, np.array([0, index]))


@pytest.mark.parametrize(
    ("x", "y", "out", "dx"),
    [
        ([3, 4], [4, 3], 0.96, [4 / 5 / 5 - 0.96 * 3 / 25, 3 / 5 / 5 - 0.96 * 4 / 25]),
        ([3e200, 4e200], [4, 3], 0.96, [(0.8 - 0.96 * 0.6) / 5e200, (0.6 - 0.96 * 0.8) / 5e200]),
        ([2, 0], [-3, 0], -1, [0, 0]),
        ([0, 0], [3, 4], 0, [0.6e8, 0.8e8]),
    ],
)
def test_the_cosine_of_an_angle(x: list[float], y: list[float], out: float, dx: list[float]) -> None:
    """By hand; a vector of zeros counts as one of the length eps."""
    layer = make("cosine_similarity")
    assert layer.forward(np.array(x, float), np.array(y, float)) == pytest.approx(out, rel=1e-15)
    assert layer.backward(np.array(1.0))[0] == pytest.approx(dx, rel=1e-14, abs=0)


def test_empty_rows_are_counted_before_they_are_made() -> None:
    """They have no numbers, and are lists of lists all the same."""
    layer = layer_class("reshape")(shape=(10**9, 10**9, 0))
    with pytest.raises(ShapeError, match="empty rows; of 0, at most 1,000,000 are made"):
        layer.forward(np.array([]))
