"""Products whose parts leave the range of the numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from backpropcli.domains import Over, domain

FLOATS, ARRAYS = domain("floats"), domain("arrays")
PRODUCTS = [
    ((1e200, 1e200, 1e-300), 1e100),
    ((1e-200, 1e-200, 1e300), 1e-100),
    ((3.0, Over(1e-300), Over(1e-300), Over(1e300)), 3e300),
    ((1e-310, Over(1e10), 1e10), 1e-310),
    ((-1e200, 1e200, 1.0), -math.inf),
    ((1.0, 1e-200, -1e-200), -0.0),
    ((0.0, 1e200, 1e200), 0.0),
    ((1.0, 2.0, Over(0.0)), math.inf),
    ((-1e300, 1e300, Over(0.0)), -math.inf),
    ((0.0, 1.0, math.inf), math.nan),
]


@pytest.mark.parametrize(("factors", "wanted"), PRODUCTS)
def test_a_product(factors: tuple, wanted: float) -> None:
    """As if exponents had no limits; infinite or 0 only if the whole is; on floats and arrays."""
    assert FLOATS.times(*factors) == pytest.approx(wanted, rel=1e-3 if 0 < abs(wanted) < 1e-300 else 1e-15, nan_ok=True)
    on_array = [Over(np.array([x.divisor])) if isinstance(x, Over) else np.array([x]) for x in factors]
    assert ARRAYS.times(*on_array)[0] == pytest.approx(FLOATS.times(*factors), rel=0, abs=0, nan_ok=True)


def test_an_ordinary_product_is_the_plain_one() -> None:
    """No bit differs, from the left, also beside elements that need care."""
    x, y, z = np.array([0.1, 1e200]), np.array([0.7, 1e200]), np.array([0.3, 1e-300])
    assert ARRAYS.times(x, y, Over(z))[0] == FLOATS.times(0.1, 0.7, Over(0.3)) == 0.1 * 0.7 / 0.3


def test_float32_takes_python_numbers_along() -> None:
    """They do not widen it, however the product is computed."""
    found = ARRAYS.times(np.float32([1e30, 2.0]), 1e30, Over(1e25))
    assert found.dtype == np.dtype("float32")
    assert found == pytest.approx([1e35, 2e5], rel=1e-6)


def test_fractions_have_no_limits() -> None:
    """Their product is the plain one."""
    assert domain("exact").times(Fraction(1, 3), 6, Over(Fraction(4))) == Fraction(1, 2)
