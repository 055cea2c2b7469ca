"""The constants of gates are what mpmath makes of their definitions."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from mpmath import mp, mpf

from backpropcli.domains import gates

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
        return function(gates.CENTRE * (1 + t) / max(1 - t, mpf(10) ** -20))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # mpmath 1.4 prefers an order that 1.3 does not know
        return [float(c) for c in mp.chebyfit(of_t, [-1, 1], count)]


def zero(function: Any) -> Any:
    return mp.findroot(function, mpf("0.75"))


def pair(x: Any) -> tuple[float, float]:
    return float(x), float(x - float(x))


def test_the_polynomial_of_the_tail() -> None:
    """It is the interpolation that the comment says."""
    assert list(gates.TAIL) == coefficients(lambda a: (1 + a) * mills(a) / mp.sqrt(2 * mp.pi), len(gates.TAIL))


def test_the_polynomial_of_the_slope() -> None:
    """Likewise; its zero is that of the slope."""
    root = zero(lambda a: mills(a) - a)
    assert pair(-root) == gates.NORMAL_ZERO
    found = coefficients(lambda a: (a - mills(a)) / (a - root) / mp.sqrt(2 * mp.pi), len(gates.SLOPE))
    assert list(gates.SLOPE) == found


def test_the_constants_of_the_tanh_formula() -> None:
    """Worked from sqrt(2 / pi) and 0.044715."""
    alpha = 2 * mp.sqrt(2 / mp.pi)
    beta = alpha * mpf(44715) / 1000000
    root = zero(lambda a: 1 + mp.exp(-alpha * a - beta * a**3) - alpha * a - 3 * beta * a**3)
    u, v = alpha * root + beta * root**3, alpha * root + 3 * beta * root**3
    assert [pair(alpha), pair(beta), pair(3 * beta)] == [gates.ALPHA, gates.BETA, gates.BETA_3]
    assert [pair(u), pair(v), float(mp.exp(-u))] == [gates.U_AT_ZERO, gates.V_AT_ZERO, gates.EXP_AT_ZERO]


def test_the_zero_of_silu() -> None:
    """Where 1 + x + exp(x) is 0."""
    zero = mp.findroot(lambda x: 1 + x + mp.exp(x), mpf("-1.28"))
    assert pair(zero) == (gates.SILU_ZERO, gates.SILU_ZERO_REST)
    assert float(mp.exp(zero)) == gates.EXP_SILU_ZERO


def test_the_zero_of_mish() -> None:
    """Where the numerator of its slope, as its paper writes it, is 0."""
    zero = mp.findroot(
        lambda x: 4 * (x + 1) + 4 * mp.exp(2 * x) + mp.exp(3 * x) + mp.exp(x) * (4 * x + 6), mpf("-1.19")
    )
    z = mp.exp(zero)
    assert pair(zero) == (gates.MISH_ZERO, gates.MISH_ZERO_REST)
    assert tuple(map(float, (z * (3 + z), z, z / (1 + z)))) == gates.MISH_SECANT
