"""Indexing in formulas takes what NumPy takes, and is refused with its place where it is no index."""

from __future__ import annotations

import numpy as np
import pytest
from formulas import compiled, marked, problem
from hypothesis import given
from hypothesis import strategies as st

import backpropcli as bp
from backpropcli.errors import ShapeError

X = np.arange(24.0).reshape(2, 3, 4)

bounds = st.none() | st.integers(-5, 5)
steps = st.none() | st.integers(-3, 3).filter(bool)
items = st.lists(st.integers(-2, 1) | st.builds(slice, bounds, bounds, steps), min_size=1, max_size=3)


def layers(text):
    return [(node.spec.name, node.parameters) for node in compiled(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x[0]", [("index", {"index": 0})]),
        ("x[-1]", [("index", {"index": -1})]),
        ("x[1:3]", [("slice", {"start": 1, "stop": 3})]),
        ("x[::-2]", [("slice", {"step": -2})]),
        ("x[:, 0]", [("index", {"index": 0, "axis": 1})]),
        ("x[0, 1:]", [("slice", {"start": 1, "axis": 1}), ("index", {"index": 0})]),
        ("x[..., 0]", [("index", {"index": 0, "axis": -1})]),
        (
            "x[0, ..., 1, :2]",
            [("index", {"index": 0}), ("index", {"index": 1, "axis": -2}), ("slice", {"stop": 2, "axis": -1})],
        ),
        ("x[0][1]", [("index", {"index": 0}), ("index", {"index": 1})]),
    ],
)
def test_each_axis_that_an_index_names_is_one_layer(text, wanted):
    assert layers(text) == wanted


def test_whole_axes_need_no_layer():
    assert layers("x[:, :] * x[...]") == [("mul", {})]
    assert problem("x[:]").message == "nothing to compute: a formula needs an operator or a layer"


def written(item):
    """An index or a slice as it stands in brackets."""
    if item is ...:
        return "..."
    if isinstance(item, int):
        return str(item)
    return ":".join("" if bound is None else str(bound) for bound in (item.start, item.stop, item.step))


@given(items, st.integers(0, 3), st.booleans())
def test_an_index_takes_what_numpy_takes(parts, place, has_ellipsis):
    """And its gradient is 1 where something was taken, 0 elsewhere."""
    if has_ellipsis:
        parts.insert(place, ...)
    key = tuple(parts)
    result = bp.eval_formula(f"x[{', '.join(map(written, key))}] * 1", x=X)
    assert result.value.tolist() == X[key].tolist()
    taken = np.zeros(X.shape)
    taken[key] = 1
    assert result.gradients["x"].tolist() == taken.tolist()


@pytest.mark.parametrize(
    ("text", "mark", "message", "hint"),
    [
        (
            "x[i]",
            "i",
            "an index must be a whole number, not i",
            "take(x, indices, axis=0) takes rows whose numbers are an input",
        ),
        ("x[1.5]", "1.5", "an index must be a whole number, not 1.5", None),
        ("x[1, None]", "None", "an index must be a whole number, not None", "reshape gives x another axis"),
        (
            "x[[0, 1]]",
            "[0, 1]",
            "an index must be a whole number, not [0, 1]",
            "take(x, indices, axis=0) takes rows whose numbers are an input",
        ),
        ("größe[:, True]", "True", "an index must be a whole number, not True", None),
        (
            "x[1:b]",
            "b",
            "an index must be a whole number, not b",
            "take(x, indices, axis=0) takes rows whose numbers are an input",
        ),
        ("x[1 + 1]", "1 + 1", "an index must be a whole number, not 1 + 1", None),
        ("x[..., 0, ...]", "...", "an index can have only one ...", None),
        ("x[()]", "x[()]", "the index is missing", None),
        ("x[]", "]", "unexpected ']'", None),
    ],
)
def test_what_is_no_index_is_marked(text, mark, message, hint):
    assert (problem(text).message, problem(text).hint, marked(text)) == (message, hint, mark)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[2]", "index out: index 2 is out of range for axis 0 of an array of shape (2, 3, 4)"),
        ("x[0, 0, 0, 0]", "index (1): axis 3 is out of range for an array of shape (2, 3, 4)"),
    ],
)
def test_an_index_that_x_lacks_is_told_at_its_place(text, message):
    with pytest.raises(ShapeError) as caught:
        bp.eval_formula(text, x=X)
    (found,) = caught.value.problems
    assert (found.message, found.place.length) == (message, len(text))
