"""Values in people's tables."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from backpropcli.render.cells import block, is_large, line


def test_rows_stand_below_each_other_with_their_columns_aligned() -> None:
    """A matrix looks like a matrix."""
    assert block(np.array([[1.0, -0.5], [-2.0, 3.0]]), 12).split("\n") == ["[[   1, -0.5],", " [  -2,    3]]"]


def test_a_short_vector_stays_on_its_line() -> None:
    """It needs no alignment."""
    assert block(np.array([1.0, -0.5]), 12) == "[1, -0.5]"


def test_a_long_vector_is_broken_after_commas_only() -> None:
    """The lines join to the whole vector."""
    vector = np.array([i + 0.123456789 for i in range(20)])
    lines = block(vector, 12).split("\n")
    assert max(map(len, lines)) < 42
    assert all(text.endswith(",") for text in lines[:-1])
    assert [float(x) for x in "".join(lines).strip("[]").split(",")] == vector.tolist()


@pytest.mark.parametrize("shape", [(0,), (2, 0), (2, 2, 2), (1, 1, 1, 1), (16, 2)])
def test_no_bracket_or_number_is_lost(shape: tuple[int, ...]) -> None:
    """The block without spaces is the one-line text without spaces."""
    array = np.arange(float(np.prod(shape))).reshape(shape)
    assert block(array, 12).replace("\n", "").replace(" ", "") == line(array, 12).replace(" ", "")


def test_a_large_array_is_summarised() -> None:
    """By type, shape, least, mean and greatest number."""
    array = np.linspace(-1.0, 3.0, 3000).reshape(1000, 3)
    assert is_large(array)
    assert line(array, 12) == "float64 (1000, 3)  min -1  mean 1  max 3"
    assert block(array, 12) == "float64 (1000, 3)\nmin -1\nmean 1\nmax 3"


def test_a_summary_of_infinities_does_not_warn() -> None:
    """The mean of inf and -inf is nan, and says so."""
    array = np.zeros(100)
    array[:2] = np.inf, -np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert line(array, 12) == "float64 (100,)  min -inf  mean nan  max inf"
