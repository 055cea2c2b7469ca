# ruff: noqa: SLF001 - the constants are the module's own
"""The constants of silu, mish and selu are what mpmath makes of their definitions."""

from __future__ import annotations

from typing import Any

import pytest
from mpmath import mp, mpf

from backpropcli.layers import Selu, silu


@pytest.fixture(autouse=True)
def precision():
    with mp.workprec(300):
        yield


def pair(x: Any) -> tuple[float, float]:
    return float(x), float(x - float(x))


def test_the_zero_of_silu() -> None:
    """Where 1 + x + exp(x) is 0."""
    zero = mp.findroot(lambda x: 1 + x + mp.exp(x), mpf("-1.28"))
    assert pair(zero) == (silu._SILU_ZERO, silu._SILU_ZERO_REST)
    assert float(mp.exp(zero)) == silu._EXP_SILU_ZERO


def test_the_zero_of_mish() -> None:
    """Where the numerator of its slope, as its paper writes it, is 0."""
    zero = mp.findroot(
        lambda x: 4 * (x + 1) + 4 * mp.exp(2 * x) + mp.exp(3 * x) + mp.exp(x) * (4 * x + 6), mpf("-1.19")
    )
    z = mp.exp(zero)
    assert pair(zero) == (silu._MISH_ZERO, silu._MISH_ZERO_REST)
    assert tuple(map(float, (z * (3 + z), z, z / (1 + z)))) == silu._MISH_SECANT


def test_the_scales_of_selu() -> None:
    """The paper's fixed point: mean 0 and variance 1 are kept."""
    half = mp.erfc(1 / mp.sqrt(2)) * mp.exp(mpf(1) / 2)
    alpha = -mp.sqrt(2 / mp.pi) / (half - 1)
    below = mp.erfc(mp.sqrt(2)) * mp.exp(2)
    moments = 1 + alpha**2 * (1 + below - 2 * half)
    scale = mp.sqrt(2 / moments)
    assert (Selu().scale, Selu().left_scale) == (float(scale), float(scale * alpha))
