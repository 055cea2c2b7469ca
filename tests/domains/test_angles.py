"""Sines and cosines of large angles next to their zeros."""

from __future__ import annotations

import numpy as np
import pytest

from backpropcli.domains import domain

# Found by continued fractions of pi / 2 times powers of two; sines and cosines by mpmath at 2,000 bits.
ANGLES = [
    ("sin", 2.4985407433100564e123, 1.7096033030022709e-17),
    ("cos", 1.5986289000543612e74, -4.7965847520123255e-18),
    ("cos", 6381956970095103 * 2.0**797, -4.687165924254628e-19),
]


@pytest.mark.parametrize(("function", "x", "wanted"), ANGLES)
def test_next_to_a_zero(function: str, x: float, wanted: float) -> None:
    """All digits are right, for an angle of either sign, as a number and in an array, also without axes."""
    mirrored = -wanted if function == "sin" else wanted
    floats, arrays = getattr(domain("floats"), function), getattr(domain("arrays"), function)
    assert (floats(x), floats(-x)) == pytest.approx((wanted, mirrored), rel=2e-16, abs=0)
    assert arrays(np.array([1.0, x, -x]))[1:] == pytest.approx([wanted, mirrored], rel=2e-16, abs=0)
    assert arrays(np.float64(x)) == pytest.approx(wanted, rel=2e-16, abs=0)


def test_other_large_angles_are_as_they_were() -> None:
    """Away from a zero the platform is right."""
    xs = np.array([1e10, 1e22, 1e300])
    assert domain("arrays").sin(xs) == pytest.approx([-0.48750602508751706, -0.8522008497671888, -0.8178819121159085])


def test_float32_stays_float32() -> None:
    """What is computed anew goes back into the array's dtype."""
    x = np.array([4.0e10, 16367173.0 * 2**72], "float32")
    found = domain("arrays").cos(x)
    assert found.dtype == np.dtype("float32")
    assert found == pytest.approx(np.cos(x.astype("float64")), rel=1e-6)
