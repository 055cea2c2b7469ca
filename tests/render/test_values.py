"""Values as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.render.values import value_text


def test_arrays_are_nested_lists() -> None:
    """Each number is shown as if it stood alone."""
    assert value_text(np.array([[1.0, -0.0], [0.1 + 0.2, np.nan]]), 12) == "[[1, 0], [0.3, nan]]"
    assert value_text(np.array([[1.0, -0.5]]), 12, ",") == "[[1,-0.5]]"
    assert value_text(np.zeros((2, 0)), 12) == "[[], []]"


@pytest.mark.parametrize("precision", [12, None])
def test_numpy_scalars_look_like_numbers(precision: int | None) -> None:
    """What NumPy makes of arrays without axes has no brackets and no type name."""
    assert value_text(np.float64(0.5), precision) == "0.5"
    assert value_text(np.array(0.5), precision) == "0.5"


@pytest.mark.parametrize("precision", [12, None])
def test_float32_is_the_shortest_decimal_that_reads_back(precision: int | None) -> None:
    """0.1 as a float32 is 0.1, not 0.10000000149."""
    assert value_text(np.array([0.1, 16777216.0], "float32"), precision) == "[0.1, 16777216]"
    assert value_text(np.float32(0.1), precision) == "0.1"


@given(st.floats(width=32, allow_nan=False))
def test_float32_reads_back_bit_for_bit(number: float) -> None:
    """The full text of a float32 reads back as the same float32."""
    text = value_text(np.float32(number), None)
    assert np.float32(text).tobytes() == np.float32(number).tobytes()
