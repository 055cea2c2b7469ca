"""The elementary functions in every number system."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.domains.exact import DOMAIN as exact
from backpropcli.domains.floats import DOMAIN as floats
from backpropcli.errors import DomainError

INF, NAN = math.inf, math.nan
NAMES = (
    *("expm1", "log1p", "log2", "log10", "sin", "cos", "erf"),
    *("asin", "acos", "atan", "asinh", "acosh", "atanh", "floor"),
)
CASES = [
    ("expm1", 1e-20, 1e-20),
    ("expm1", -INF, -1),
    ("expm1", 710, INF),
    ("log1p", 1e-20, 1e-20),
    ("log1p", -1, -INF),
    ("log1p", -2, NAN),
    ("log1p", NAN, NAN),
    ("sin", math.pi / 6, 0.5),
    ("sin", INF, NAN),
    ("cos", math.pi / 3, 0.5),
    ("cos", -INF, NAN),
    ("erf", 1e-20, 1.1283791670955126e-20),
    ("erf", -INF, -1),
    ("log2", 8, 3),
    ("log2", 0, -INF),
    ("log2", -1, NAN),
    ("log2", NAN, NAN),
    ("log10", 1000, 3),
    ("log10", -0.0, -INF),
    ("log10", INF, INF),
    ("asin", 1, math.pi / 2),
    ("asin", 1.0000000000000002, NAN),
    ("acos", -1, math.pi),
    ("acos", -INF, NAN),
    ("atan", -INF, -math.pi / 2),
    ("atan", 1e-20, 1e-20),
    ("floor", -0.5, -1),
    ("floor", -INF, -INF),
    ("floor", NAN, NAN),
    ("floor", 2.0**60, 2.0**60),
    ("asinh", -1e-20, -1e-20),
    ("asinh", -INF, -INF),
    ("acosh", 1, 0),
    ("acosh", 0.9999999999999999, NAN),
    ("acosh", INF, INF),
    ("atanh", -1, -INF),
    ("atanh", 1, INF),
    ("atanh", 2, NAN),
]


@pytest.mark.parametrize(("name", "x", "wanted"), CASES)
def test_floats(name: str, x: float, wanted: float) -> None:
    """IEEE 754's answer, where the math module would raise."""
    assert getattr(floats, name)(float(x)) == pytest.approx(wanted, rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize(("name", "x", "wanted"), CASES)
@pytest.mark.parametrize("make", [np.float64, np.array, lambda x: np.array([x]), lambda x: np.array([[x], [x]])])
def test_arrays(name: str, x: float, wanted: float, make: Any) -> None:
    """The same in every shape, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = getattr(arrays, name)(make(float(x)))
    assert np.shape(found) == np.shape(make(float(x)))
    assert np.ravel(found).tolist() == pytest.approx([wanted] * np.size(found), rel=1e-15, abs=0, nan_ok=True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(), (2,), (0,), (0, 3)])
def test_float32_stays_float32(name: str, shape: tuple[int, ...]) -> None:
    """Also arrays of no numbers keep type and shape."""
    found = getattr(arrays, name)(np.full(shape, 1.0 if name == "acosh" else 0.5, "float32"))
    assert (found.dtype, found.shape) == (np.dtype("float32"), shape)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "floor"])
def test_exact_fractions_have_none(name: str) -> None:
    """The values are irrational."""
    with pytest.raises(DomainError, match=f"no {name}"):
        getattr(exact, name)(Fraction(1, 2))


@pytest.mark.parametrize(("x", "wanted"), [(Fraction(-1, 2), -1), (Fraction(7, 2), 3), (Fraction(4), 4)])
def test_the_floor_of_a_fraction(x: Fraction, wanted: int) -> None:
    """Is a fraction."""
    assert (exact.floor(x), type(exact.floor(x))) == (wanted, Fraction)


OF_TWO = [
    ("atan2", 1.0, -INF, math.pi),
    ("atan2", -0.0, -1.0, -math.pi),
    ("atan2", 0.0, -1.0, math.pi),
    ("atan2", 1e-320, 1e-320, math.pi / 4),
    ("atan2", NAN, 1.0, NAN),
    ("logaddexp", -INF, -INF, -INF),
    ("logaddexp", INF, INF, INF),
    ("logaddexp", INF, -INF, INF),
    ("logaddexp", -INF, 2.0, 2.0),
    ("logaddexp", -INF, -0.125, -0.125),
    ("logaddexp", 1.7e308, -1.7e308, 1.7e308),
    ("logaddexp", -0.6931471805599453, -0.6931471805599453, 2.3190468138462996e-17),
    ("logaddexp", NAN, 1.0, NAN),
]


@pytest.mark.parametrize(("name", "x", "y", "wanted"), OF_TWO)
def test_functions_of_two_numbers(name: str, x: float, y: float, wanted: float) -> None:
    """On floats, on arrays with axes and without, and on arrays that broadcast; silently."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ones = np.ones((2, 1))
        found = [getattr(floats, name)(x, y), getattr(arrays, name)(np.array(x), np.array(y))]
        found += np.ravel(getattr(arrays, name)(x * ones, y * ones.T)).tolist()
    assert found == pytest.approx([wanted] * 6, rel=1e-15, abs=0, nan_ok=True)
