"""Layers of two values give the values and gradients of PyTorch, at ties and at the ends of the numbers too."""

from __future__ import annotations

import math

import numpy as np
import pytest
from counterparts import exported
from peer import Shape, compare, draw, draw_whole, make, torch

NAMES = ["add", "sub", "mul", "div", "pow", "maximum", "minimum"]
PAIRS = [
    ((4, 3), (4, 3)),
    ((4, 3), (3,)),
    ((4, 1), (1, 3)),
    ((4, 3), (1, 1)),
    ((2, 4, 3), (4, 1)),
    ((3,), ()),
    ((), (3,)),
    ((), ()),
    ((0, 3), (3,)),
    ((2, 1), (0,)),
]
SPECIAL = np.array([0.0, -0.0, 1.0, 0.5, -2.0, 3.0, math.inf, -math.inf, math.nan])


@pytest.mark.parametrize("shapes", PAIRS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_two_values(name: str, shapes: tuple[Shape, Shape]) -> None:
    """Value and both gradients, summed over the axes that were broadcast."""
    x, y = draw(*shapes, scale=3)
    compare(make(name), exported(name), [np.maximum(np.abs(x), 0.1), y] if name == "pow" else [x, y])


@pytest.mark.parametrize("shapes", PAIRS, ids=str)
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_ties(name: str, shapes: tuple[Shape, Shape]) -> None:
    """Equal numbers share dout as in PyTorch."""
    compare(make(name), exported(name), [draw_whole(-1, 2, shape) for shape in shapes])


@pytest.mark.parametrize("exponent", [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
def test_whole_powers_of_negative_numbers(exponent: float) -> None:
    """They are real, and have no derivative with respect to the exponent."""
    compare(make("pow"), torch.pow, [*draw((5,), scale=3), np.full(5, exponent)])


@pytest.mark.parametrize("name", NAMES)
def test_special_numbers(name: str) -> None:
    """Zeros of both signs, infinities and nan, each with each."""
    x, y = (np.ravel(each) for each in np.meshgrid(SPECIAL, SPECIAL))
    compare(make(name), exported(name), [x, y])


@pytest.mark.parametrize("name", ["less", "less_equal", "greater", "greater_equal", "equal", "not_equal"])
def test_comparisons_of_special_numbers(name: str) -> None:
    """Ones and zeros for PyTorch's true and false, at infinities and nan too."""
    x, y = (np.ravel(each) for each in np.meshgrid(SPECIAL, SPECIAL))
    compare(make(name), exported(name), [x, y])
