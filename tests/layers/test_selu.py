"""The constants of selu are what mpmath makes of their definition."""

from __future__ import annotations

from mpmath import mp, mpf

from backpropcli.layers import Selu


def test_the_scales_of_selu() -> None:
    """The paper's fixed point: mean 0 and variance 1 are kept."""
    with mp.workprec(300):
        half = mp.erfc(1 / mp.sqrt(2)) * mp.exp(mpf(1) / 2)
        alpha = -mp.sqrt(2 / mp.pi) / (half - 1)
        below = mp.erfc(mp.sqrt(2)) * mp.exp(2)
        moments = 1 + alpha**2 * (1 + below - 2 * half)
        scale = mp.sqrt(2 / moments)
        assert (Selu().scale, Selu().left_scale) == (float(scale), float(scale * alpha))
