"""What the number systems do along axes, and what they say when there is no such axis."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.domains.axes import axis_index
from backpropcli.domains.exact import DOMAIN as exact
from backpropcli.domains.floats import DOMAIN as floats
from backpropcli.errors import ShapeError

NUMBERS = [(floats, 2.0), (exact, Fraction(2)), (arrays, np.float64(2)), (arrays, np.array(2.0))]


@pytest.mark.parametrize(("axis", "wanted"), [(0, 0), (2, 2), (-1, 2), (-3, 0)])
def test_an_axis_is_counted_from_either_end(axis: int, wanted: int) -> None:
    """As in NumPy."""
    assert axis_index(axis, (4, 5, 6)) == wanted


@pytest.mark.parametrize("axis", [3, -4])
def test_an_axis_out_of_range_is_named_with_the_shape(axis: int) -> None:
    """One too many in each direction."""
    with pytest.raises(ShapeError, match=rf"axis {axis} is out of range for an array of shape \(4, 5, 6\)"):
        axis_index(axis, (4, 5, 6))


@pytest.mark.parametrize(("domain", "number"), NUMBERS)
@pytest.mark.parametrize("function", ["sum", "amax", "amin"])
def test_a_number_is_its_own_sum_and_extremum(domain: Any, number: Any, function: str) -> None:
    """Over all of its axes, of which it has none."""
    assert getattr(domain, function)(number) == 2
    assert getattr(domain, function)(number, None, True) == 2
    with pytest.raises(ShapeError, match="axis -1 is out of range for a number"):
        getattr(domain, function)(number, -1)


@pytest.mark.parametrize("function", ["amax", "amin"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extrema_keep_the_precision(function: str, dtype: str) -> None:
    """float32 stays float32, also where there are no numbers."""
    for x in (np.ones((2, 3), dtype), np.ones((2, 0), dtype)):
        assert getattr(arrays, function)(x, 1, True).dtype == dtype
        assert getattr(arrays, function)(x, 1, True).shape == (2, 1)


def test_extrema_of_several_axes() -> None:
    """A tuple of them, each checked."""
    x = np.arange(24.0).reshape(2, 3, 4)
    assert arrays.amax(x, (0, -1)).tolist() == [15, 19, 23]
    assert arrays.amin(x, (0, -1)).tolist() == [0, 4, 8]
    with pytest.raises(ShapeError, match="axis 3 is out of range"):
        arrays.amax(x, (0, 3))


@pytest.mark.parametrize("domain", [floats, exact])
@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("permute_dims", ((0,),)),
        ("reshape", ((1,),)),
        ("concat", (0,)),
        ("add_at", ((0,), 1)),
    ],
)
def test_numbers_refuse_what_needs_axes(domain: Any, function: str, arguments: tuple[Any, ...]) -> None:
    """With an error of ours."""
    with pytest.raises(ShapeError):
        getattr(domain, function)(domain.convert(2), *arguments)


@pytest.mark.parametrize("domain", [floats, exact])
def test_a_number_cannot_be_broadcast_to_an_array(domain: Any) -> None:
    """A ValueError, as NumPy's for shapes that do not fit."""
    assert domain.broadcast_to(domain.convert(2), ()) == 2
    with pytest.raises(ValueError, match=r"\(3,\)"):
        domain.broadcast_to(domain.convert(2), (3,))


def test_add_at_adds_once_for_every_time() -> None:
    """A place that occurs twice gets both values, and the array that is added to stays as it was."""
    x = np.array([1.0, 2.0, 3.0])
    assert arrays.add_at(x, np.array([0, 2, 0]), np.array([10.0, 20.0, 30.0])).tolist() == [41, 2, 23]
    assert arrays.add_at(x, (slice(None, None, -2),), np.array([10.0, 20.0])).tolist() == [21, 2, 13]
    assert x.tolist() == [1, 2, 3]


@given(st.floats(allow_nan=False, allow_infinity=False).filter(bool))
def test_a_power_of_two_scales_without_rounding(x: float) -> None:
    """The quotient is at least 1 and less than 2, and times the power it is x again."""
    for power in (floats.power_of_two(x), float(arrays.power_of_two(np.float64(x)))):
        assert math.frexp(power)[0] == 0.5
        assert 1 <= abs(x / power) < 2
        assert x / power * power == x


@pytest.mark.parametrize("x", [0.0, -0.0, math.inf, -math.inf, math.nan])
def test_a_power_of_two_is_a_number_for_every_number(x: float) -> None:
    """So that scaling leaves zeros, infinities and nan what they are."""
    assert floats.power_of_two(x) == 0.5
    assert arrays.power_of_two(np.array([x], "float32")).tolist() == [0.5]
