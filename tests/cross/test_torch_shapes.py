"""Reductions, softmax, and the layers that move numbers give the values and gradients of PyTorch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from counterparts import exported
from peer import Shape, Theirs, close, compare, draw, draw_whole, make, torch

INF = math.inf
SHAPES = [(5,), (1,), (4, 3), (1, 3), (4, 1), (2, 3, 4), (2, 1, 4), (0, 3), (2, 0, 4)]

# with axis and keepdims
REDUCTIONS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ("sum", "mean", "max", "min")),
    *(("norm", {"ord": order}) for order in (1, 2, INF)),
]

# layer, parameters, PyTorch's, shape of x
MOVES: list[tuple[str, dict[str, Any], Theirs, Shape]] = [
    ("clip", {"min": -1.0, "max": 0.5}, lambda x: x.clamp(-1, 0.5), (4, 3)),
    ("clip", {"min": 0.25}, lambda x: x.clamp(min=0.25), ()),
    ("clip", {"max": -0.5}, lambda x: x.clamp(max=-0.5), (0, 3)),
    ("reshape", {"shape": (2, -1)}, lambda x: x.reshape(2, -1), (4, 3)),
    ("reshape", {"shape": ()}, lambda x: x.reshape(()), (1, 1)),
    ("reshape", {"shape": (3, 0)}, lambda x: x.reshape(3, 0), (0, 5)),
    ("transpose", {}, lambda x: x.permute(2, 1, 0), (2, 3, 4)),
    ("transpose", {}, lambda x: x.permute(()), ()),
    ("transpose", {"axes": (1, 2, 0)}, lambda x: x.permute(1, 2, 0), (2, 1, 4)),
    ("transpose", {"axes": (-1, 0, 1)}, lambda x: x.permute(-1, 0, 1), (2, 3, 0)),
    ("broadcast", {"shape": (2, 4, 3)}, lambda x: x.expand(2, 4, 3), (4, 3)),
    ("broadcast", {"shape": (2, 4, 3)}, lambda x: x.expand(2, 4, 3), (2, 1, 3)),
    ("broadcast", {"shape": (2, 3)}, lambda x: x.expand(2, 3), ()),
    ("broadcast", {"shape": (0, 3)}, lambda x: x.expand(0, 3), (1, 3)),
    ("repeat", {"repeats": 3}, lambda x: x.repeat_interleave(3, 0), (4, 3)),
    ("repeat", {"repeats": 2, "axis": -1}, lambda x: x.repeat_interleave(2, -1), (2, 1, 4)),
    ("repeat", {"repeats": 2, "axis": None}, lambda x: x.repeat_interleave(2), (4, 3)),
    ("repeat", {"repeats": 2, "axis": 1}, lambda x: x.repeat_interleave(2, 1), (0, 3)),
    ("slice", {"start": 1, "stop": 4, "step": 2}, lambda x: x[1:4:2], (5,)),
    ("slice", {"start": -2, "axis": -1}, lambda x: x[:, -2:], (4, 3)),
    ("slice", {"step": -2, "axis": 1}, lambda x: x.flip(1)[:, ::2], (4, 3)),
    ("slice", {"start": 9}, lambda x: x[9:], (4, 3)),
    ("index", {"index": -1}, lambda x: x[-1], (5,)),
    ("index", {"index": 2, "axis": 1}, lambda x: x[:, 2], (4, 3)),
    ("index", {"index": 0, "axis": -1}, lambda x: x[..., 0], (0, 3)),
]


@pytest.mark.parametrize("shape", [*(shape for shape in SHAPES if 0 not in shape), ()], ids=str)
@pytest.mark.parametrize(("name", "parameters"), REDUCTIONS)
def test_reductions_of_all_numbers(name: str, parameters: dict[str, Any], shape: Shape) -> None:
    """Of whatever shape."""
    compare(make(name, **parameters), exported(name, **parameters), draw(shape))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0, 4)], ids=str)
@pytest.mark.parametrize(
    ("name", "parameters"),
    [case for case in REDUCTIONS if case[0] not in {"max", "min"} and case[1] != {"ord": INF}],
)
def test_reductions_of_no_numbers(name: str, parameters: dict[str, Any], shape: Shape) -> None:
    """Those that PyTorch takes."""
    compare(make(name, **parameters), exported(name, **parameters), draw(shape))


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if 0 not in shape[1:]], ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(("name", "parameters"), REDUCTIONS)
def test_reductions_along_an_axis(name: str, parameters: dict[str, Any], keepdims: bool, shape: Shape) -> None:
    """Along each axis that has numbers, kept and not."""
    for axis in range(-1, len(shape)):
        if shape[axis]:
            given = {"axis": axis, "keepdims": keepdims, **parameters}
            compare(make(name, **given), exported(name, **given), draw(shape))


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize(("name", "parameters"), REDUCTIONS)
def test_ties_and_zeros(name: str, parameters: dict[str, Any], axis: int | None) -> None:
    """Small whole numbers tie in most rows, and one row and one column are zeros."""
    x = draw_whole(-2, 3, (6, 5))
    x[2] = x[:, 1] = 0
    layer = make(name, axis=axis, **parameters)
    compare(layer, exported(name, axis=axis, **parameters), [x])


@pytest.mark.parametrize("infinity", [INF, -INF])
@pytest.mark.parametrize(("name", "parameters"), REDUCTIONS)
def test_infinity_in_reductions(name: str, parameters: dict[str, Any], infinity: float) -> None:
    """It is the value of most, and the gradient of a norm is still compared."""
    compare(make(name, **parameters), exported(name, **parameters), [np.array([1.0, infinity, -2.0])])


@pytest.mark.parametrize(("name", "parameters"), REDUCTIONS)
def test_nan_in_reductions(name: str, parameters: dict[str, Any]) -> None:
    """It is the value; gradients are compared but for those of norms, where PyTorch takes the sign of nan as 0."""
    layer, theirs = make(name, **parameters), exported(name, **parameters)
    x = np.array([1.0, math.nan, -2.0])
    if name == "norm":
        close(layer.forward(x), theirs(torch.tensor(x)))
    else:
        compare(layer, theirs, [x])


@pytest.mark.parametrize(("name", "parameters", "theirs", "shape"), MOVES)
def test_layers_that_move_numbers(name: str, parameters: dict[str, Any], theirs: Theirs, shape: Shape) -> None:
    """Every parameter, with axes of length 1 and 0 and without axes; and so does what an export calls."""
    for call in (theirs, exported(name, **parameters)):
        compare(make(name, **parameters), call, draw(shape))


def test_clip_at_its_bounds_and_outside() -> None:
    """At a bound, outside, at infinity and at nan."""
    x = np.array([-INF, -1.0, 0.0, 0.5, 0.75, INF, math.nan])
    compare(make("clip", min=-1.0, max=0.5), lambda each: each.clamp(-1, 0.5), [x])


@pytest.mark.parametrize(
    ("axis", "shapes"), [(0, [(2, 3), (1, 3), (0, 3)]), (-1, [(2, 1), (2, 4)]), (1, [(2, 3, 2)]), (0, [(1,), (1,)])]
)
def test_concat(axis: int, shapes: list[Shape]) -> None:
    """One array, two and three, one of them empty."""
    compare(make("concat", axis=axis), lambda *xs: torch.cat(xs, axis), draw(*shapes))


@pytest.mark.parametrize(
    "shapes",
    [
        ((4, 3),) * 3,
        ((4, 1), (3,), (4, 3)),
        ((4, 3), (), (1, 3)),
        ((), (), ()),
        ((0, 3), (1, 3), (0, 1)),
        ((3,), (), ()),
    ],
    ids=str,
)
def test_where(shapes: tuple[Shape, ...]) -> None:
    """All that broadcasts; the condition has no gradient."""
    cond, *values = draw(*shapes)
    compare(make("where"), exported("where"), [np.maximum(cond, 0), *values])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax(name: str, shape: Shape) -> None:
    """Along every axis, of logits up to some tens, where PyTorch's gradient does not cancel."""
    for axis in range(-1, len(shape)):
        compare(make(name, axis=axis), lambda x, axis=axis: getattr(torch, name)(x, axis), draw(shape, scale=4))


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("x", [[2.0, 2.0, 2.0], [-INF, 1.0, 2.0], [-INF, -INF], [0.0, 100.0], [0.0, 1000.0]])
def test_softmax_of_special_logits(name: str, x: list[float]) -> None:
    """Tied, masked, all masked, and far apart, where PyTorch has 0 for exp(-100)."""
    compare(make(name), lambda x: getattr(torch, name)(x, 0), [np.array(x)], floor=math.exp(-100))
