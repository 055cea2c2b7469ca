"""Values in people's tables."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

from backpropcli.render import Options
from backpropcli.render.cells import at_the_point, block, is_large, line

PLAIN = Options(element_precision=12)


def lines_of(array: np.ndarray, width: int | None = None) -> list[str]:
    """The lines of an array, with all digits that matter."""
    return block(array, PLAIN).lines(width)


def test_rows_stand_below_each_other_with_their_columns_aligned_at_the_point() -> None:
    """A matrix looks like a matrix."""
    assert lines_of(np.array([[1.0, -0.5], [-2.0, 3.25]])) == ["[[ 1, -0.5],", " [-2,  3.25]]"]
    assert lines_of(np.array([[0.25, 1.0], [10.0, 1e-7]])) == ["[[ 0.25, 1],", " [10,    1e-07]]"]


def test_a_vector_stays_on_its_line_where_there_is_room() -> None:
    """It needs no alignment."""
    assert lines_of(np.array([1.0, -0.5])) == ["[1, -0.5]"]
    assert len(lines_of(np.arange(32.0))) == 1


@pytest.mark.parametrize("width", [8, 20, 36, 80])
@pytest.mark.parametrize("shape", [(20,), (2, 10), (2, 2, 5)])
def test_a_long_row_is_broken_after_commas_only(shape: tuple[int, ...], width: int) -> None:
    """The lines join to the whole array, no wider than asked unless a number is."""
    array = np.array([i * 7.0 + 0.123456789 for i in range(20)]).reshape(shape)
    lines = lines_of(array, width)
    assert all(text.endswith(",") for text in lines[:-1])
    assert json.loads("".join(lines)) == array.tolist()
    assert max(map(len, lines)) <= max(width, len("[[[133.123456789]]],"))


def test_the_numbers_of_a_broken_row_are_spread_evenly() -> None:
    """Not nine on one line and one on the next."""
    lines = lines_of(np.arange(10.0), 29)
    assert lines == ["[0, 1, 2, 3, 4,", " 5, 6, 7, 8, 9]"]


@pytest.mark.parametrize(
    ("numbers", "aligned"),
    [
        (["110", "2.2", "1e-07"], ["110   ", "  2.2 ", "  1e-07"]),
        (["1/3", "inf", "-", "nan"], ["1/3", "inf", "  -", "nan"]),
        ([], []),
    ],
)
def test_numbers_are_aligned_at_the_point(numbers: list[str], aligned: list[str]) -> None:
    """Or at what stands in its place; all become equally wide."""
    width = max(map(len, aligned), default=0)
    assert at_the_point(numbers) == [text.ljust(width) for text in aligned]


@pytest.mark.parametrize("shape", [(0,), (2, 0), (2, 2, 2), (1, 1, 1, 1), (16, 2)])
def test_no_bracket_or_number_is_lost(shape: tuple[int, ...]) -> None:
    """The block without spaces is the one-line text without spaces."""
    array = np.arange(float(np.prod(shape))).reshape(shape)
    for width in (None, 1):
        assert "".join(lines_of(array, width)).replace(" ", "") == line(array, PLAIN).replace(" ", "")


def test_a_large_array_is_summarised() -> None:
    """By type, shape, least, mean and greatest number."""
    array = np.linspace(-1.0, 3.0, 3000).reshape(1000, 3)
    assert is_large(array)
    assert line(array, PLAIN) == "float64 (1000, 3)  min -1  mean 1  max 3"
    assert lines_of(array) == ["float64 (1000, 3)", "min  -1", "mean  1", "max   3"]


def test_a_summary_of_infinities_does_not_warn() -> None:
    """The mean of inf and -inf is nan, and says so."""
    array = np.zeros(100)
    array[:2] = np.inf, -np.inf
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert line(array, PLAIN) == "float64 (100,)  min -inf  mean nan  max inf"
