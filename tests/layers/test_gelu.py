"""The constants of gelu are what mpmath makes of their definitions."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from mpmath import mp, mpf

from backpropcli.layers import gelu

FAR = 200  # from here on the asymptotic series of Mills's ratio has 100 digits


@pytest.fixture(autouse=True)
def precision():
    with mp.workprec(300):
        yield


def mills(a: Any) -> Any:
    """The upper tail of the normal distribution over its density."""
    if a < FAR:
        return mp.sqrt(mp.pi / 2) * mp.exp(a * a / 2) * mp.erfc(a / mp.sqrt(2))
    total = term = mpf(1)
    for k in range(1, 40):
        term *= -(2 * k - 1) / a**2
        total += term
    return total / a


def coefficients(function: Any, count: int) -> list[float]:
    """Of the polynomial in t = (a - centre) / (a + centre) through the function at Chebyshev's points."""

    def of_t(t: Any) -> Any:
        return function(gelu.CENTRE * (1 + t) / max(1 - t, mpf(10) ** -20))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # mpmath 1.4 prefers an order that 1.3 does not know
        return [float(c) for c in mp.chebyfit(of_t, [-1, 1], count)]


def zero(function: Any) -> Any:
    return mp.findroot(function, mpf("0.75"))


def pair(x: Any) -> tuple[float, float]:
    return float(x), float(x - float(x))


def test_the_polynomial_of_the_tail() -> None:
    """It is the interpolation that the comment says."""
    assert list(gelu.TAIL) == coefficients(lambda a: (1 + a) * mills(a) / mp.sqrt(2 * mp.pi), len(gelu.TAIL))


def test_the_polynomial_of_the_slope() -> None:
    """Likewise; its zero is that of the slope."""
    root = zero(lambda a: mills(a) - a)
    assert pair(-root) == gelu.NORMAL_ZERO
    found = coefficients(lambda a: (a - mills(a)) / (a - root) / mp.sqrt(2 * mp.pi), len(gelu.SLOPE))
    assert list(gelu.SLOPE) == found


def test_the_constants_of_the_tanh_formula() -> None:
    """Worked from sqrt(2 / pi) and 0.044715."""
    alpha = 2 * mp.sqrt(2 / mp.pi)
    beta = alpha * mpf(44715) / 1000000
    root = zero(lambda a: 1 + mp.exp(-alpha * a - beta * a**3) - alpha * a - 3 * beta * a**3)
    u, v = alpha * root + beta * root**3, alpha * root + 3 * beta * root**3
    assert [pair(alpha), pair(beta), pair(3 * beta)] == [gelu.ALPHA, gelu.BETA, gelu.BETA_3]
    assert [pair(u), pair(v), float(mp.exp(-u))] == [gelu.U_AT_ZERO, gelu.V_AT_ZERO, gelu.EXP_AT_ZERO]
