"""The six comparisons: 1 and 0 as Python compares, with every kind of number, and no gradients."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

import backpropcli as bp
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.domains import domain
from backpropcli.layers.comparisons import Comparison

PYTHONS: dict[str, Callable[[float, float], bool]] = {
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
}
NUMBERS = [0.0, -0.0, 1.0, math.nextafter(1, 2), -2.5, 5e-324, math.inf, -math.inf, math.nan]


def test_no_comparison_is_left_out() -> None:
    """The table above has every layer of that kind."""
    assert PYTHONS.keys() == {name for name in LAYERS if issubclass(layer_class(name), Comparison)}


@pytest.mark.parametrize("name", PYTHONS)
def test_numbers(name: str) -> None:
    """Each with each, also zeros of both signs, infinities and nan, to which only != holds."""
    for x, y in itertools.product(NUMBERS, NUMBERS):
        found = layer_class(name)().forward(x, y)
        assert (type(found), found) == (float, PYTHONS[name](x, y)), (x, y)


@pytest.mark.parametrize("name", PYTHONS)
def test_arrays(name: str) -> None:
    """A column and a row, of each with each."""
    column, row = np.array(NUMBERS)[:, None], np.array(NUMBERS)
    found = layer_class(name)().forward(column, row)
    assert found.dtype == "float64"
    assert found.tolist() == [[PYTHONS[name](x, y) for y in NUMBERS] for x in NUMBERS]


@pytest.mark.parametrize("name", PYTHONS)
def test_fractions_and_reals(name: str) -> None:
    """One and its neighbours, which no float64 can tell apart."""
    reals = domain("reals")
    tiny = 2.0**-100
    fractions = [1 + sign * Fraction(tiny) for sign in (-1, 0, 1)]
    numbers = [1 + sign * reals.convert(tiny) for sign in (-1, 0, 1)]
    for i, j in itertools.product(range(3), repeat=2):
        assert layer_class(name)().forward(fractions[i], fractions[j]) == PYTHONS[name](i, j)
        assert layer_class(name)().forward(numbers[i], numbers[j]) == PYTHONS[name](i, j)


def test_the_numbers_compared_have_no_gradient() -> None:
    """Neither by a comparison alone, nor by the other factor of its product."""
    result = bp.eval_formula("greater(x, y) * z", x=2, y=1, z=5)
    assert result.gradients == {"x": None, "y": None, "z": 1.0}
