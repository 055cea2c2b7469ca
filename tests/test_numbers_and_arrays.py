"""A graph of numbers and the same graph of arrays agree: what makes axes runs on arrays, whatever else takes part."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from backpropcli import eval_formula
from backpropcli.catalogue import LAYERS, layer_class


@pytest.mark.parametrize(
    ("formula", "value", "gradient"),
    [
        ("reshape(x, shape=[1, 1])", [[2]], 1),
        ("broadcast(x, shape=3)", [2, 2, 2], 3),
        ("repeat(x, repeats=2)", [2, 2], 2),
        ("concat(x, 3, x)", [2, 3, 2], 2),
        ("concat(x, 3)[0] * x", 4, 4),
        ("stack(x, 3, x * x)", [2, 3, 4], 5),
        ("cumsum(x)", [2], 1),
        ("cumprod(stack(x, 3))", [2, 6], 4),
        ("flatten(x)", [2], 1),
        ("take(x, 0)", 2, 1),
    ],
)
def test_what_makes_axes_takes_numbers(formula: str, value: Any, gradient: Any) -> None:
    """Alone, and beside an array that has nothing to do with it."""
    for others in ({}, {"y": [1, 2]}):
        found = eval_formula(formula, x=2, **others)
        assert_array_equal(found.value, np.array(value, float))
        assert_array_equal(found.gradients["x"], gradient)


def test_fractions_in_arrays_are_made_of_numbers() -> None:
    found = eval_formula("concat(x, x * 2)", x="1/3", exact=True)
    assert found.run.domain.flat(found.value) == [Fraction(1, 3), Fraction(2, 3)]


def test_all_other_layers_give_a_number_for_numbers() -> None:
    """So that a graph of numbers needs no NumPy."""
    assert {name for name in LAYERS if layer_class(name).makes_axes} >= {"reshape", "broadcast", "repeat", "concat"}
    assert not layer_class("sum").makes_axes
