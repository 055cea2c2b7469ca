"""Arrays: NumPy's float64 and float32."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.errors import DataError, ShapeError


@pytest.mark.parametrize("value", [3, True, [1, 2], [[True]], np.int8([1]), np.float16([1]), np.array([1.0], ">f8")])
def test_numbers_become_float64(value: Any) -> None:
    """Integers, booleans, and floats of another width or byte order."""
    assert arrays.convert(value).dtype == np.dtype("float64")


@pytest.mark.parametrize("order", ["<f4", ">f4"])
def test_float32_stays_float32(order: str) -> None:
    """In the machine's byte order."""
    assert arrays.convert(np.array([1, 2], order)).dtype == np.dtype("float32")


def test_float32_can_be_asked_for() -> None:
    """Past its range the numbers are inf, without a warning."""
    found = arrays.convert([1.0, 1e300], "float32")
    assert found.dtype == np.dtype("float32")
    assert found.tolist() == [1, np.inf]


def test_convert_copies() -> None:
    """A caller who changes an array afterwards does not change a run."""
    for dtype in ("float64", "float32"):
        given = np.ones(2, dtype)
        assert not np.shares_memory(arrays.convert(given), given)


@pytest.mark.parametrize("value", [[[1], [1, 2]], ["a"], [1j], [None], [10**30], np.array(["1"])])
def test_what_is_no_array_of_numbers_is_refused(value: Any) -> None:
    """With an error of ours."""
    with pytest.raises(DataError):
        arrays.convert(value)


@pytest.mark.parametrize(
    ("function", "inputs"),
    [
        (arrays.exp, (800.0,)),
        (arrays.log, (0.0,)),
        (arrays.sqrt, (-1.0,)),
        (arrays.divide, (1.0, 0.0)),
        (arrays.power, (0.0, -1.0)),
    ],
)
@pytest.mark.parametrize("make", [np.float64, np.float32, np.array, lambda x: np.array([x])])
def test_functions_do_not_warn(function: Any, inputs: tuple[float, ...], make: Any) -> None:
    """On arrays, on arrays without axes, and on NumPy's scalars."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not arrays.is_finite(function(*map(make, inputs)))


@pytest.mark.parametrize(
    ("like", "summed"),
    [
        ((), 6.0),
        ((3,), [2.0] * 3),
        ((1,), [6.0]),
        ((2, 1), [[3.0], [3.0]]),
        ((1, 3), [[2.0] * 3]),
        ((2, 3), [[1.0] * 3] * 2),
    ],
)
def test_unbroadcast_sums_over_the_stretched_axes(like: tuple[int, ...], summed: Any) -> None:
    """Ones of shape (2, 3), for inputs of every shape that broadcasts to it."""
    found = arrays.unbroadcast(np.ones((2, 3)), np.zeros(like))
    assert found.tolist() == summed
    assert found.shape == like


def test_unbroadcast_to_no_numbers() -> None:
    """An axis of length 1 against one of length 0: the sum of nothing is 0."""
    assert arrays.unbroadcast(np.ones((0, 3)), np.zeros((1, 3))).tolist() == [[0, 0, 0]]


def test_where_gives_constants_the_type_of_the_value() -> None:
    """So that float32 stays float32."""
    x = np.float32([1, 2])
    assert arrays.where(x > 1, 0, x).dtype == np.dtype("float32")
    assert arrays.where(np.bool(1), 0, x[0]).dtype == np.dtype("float32")


def test_a_sum_over_an_axis_that_is_not_there_is_refused() -> None:
    """With the axis and the shape."""
    with pytest.raises(ShapeError, match=r"axis 2 .* \(2, 3\)"):
        arrays.sum(np.ones((2, 3)), 2)


@pytest.mark.parametrize(
    ("dtypes", "wanted"),
    [(["float32"], "float32"), (["float64"], "float64"), (["float32", "float64"], "float64"), ([], "float64")],
)
def test_constants_do_not_widen_float32(dtypes: list[str], wanted: str) -> None:
    """The 2 of `2 * x` has the type of x."""
    (found,) = arrays.constants(["2"], [np.ones(3, dtype) for dtype in dtypes])
    assert found.dtype == np.dtype(wanted)
    assert found == 2
