"""Gelu, exact and by tanh.

Both slopes have a zero below 0; with a = |x| they are written from that zero, so that nothing cancels. Exponentials are
taken of a pair (hi, lo), as exp magnifies the rounding error of its argument up to 700 times.
"""

from __future__ import annotations

from functools import reduce
from typing import Literal

from backpropcli.domains import Domain, Value, namespace
from backpropcli.domains.compensated import Pair, added, exp_factors, product, rounded, scaled
from backpropcli.layers.base import Elementwise, check_choice, sample

Approximation = Literal["none", "tanh"]
FAR = 40  # from here on the gate is 0 or 1 in float64; so an infinite x gives its limit, not 0 * inf


class Gelu(Elementwise):
    """Gaussian error linear unit, elementwise: x times the standard normal distribution function.

    Math:      when approximate is tanh: t = tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3)); out = x * (1 + t) / 2
               otherwise: p = (1 + erf(x / sqrt(2))) / 2; out = x * p
    Gradient:  when approximate is tanh: slope = sqrt(2 / pi) * (1 + 3 * 0.044715 * x * x);
                 dx = dout * (1 + t + x * (1 - t * t) * slope) / 2
               otherwise: dx = dout * (p + x * exp(-x * x / 2) / sqrt(2 * pi))
    Units:     x and out dimensionless; dx in units of dout
    Kinks:     none
    Numerics:  value and slope within 4 ulp, also at the slope's zero, -0.752, and in both tails; 0 at -inf; on reals of
               50 digits 16 are right, as the normal distribution comes from polynomials made for float64
    Errors:    DomainError on exact fractions (exp is irrational)
    Source:    Hendrycks and Gimpel, Gaussian error linear units (2016)

    >>> layer = Gelu()
    >>> layer.forward(-9.0), layer.backward(1.0)
    (-1.0157295653584566e-18, -9.13893737390664e-18)
    """

    samples = (
        sample(0.5),
        sample(-0.5),
        sample([[1.0, -0.5], [-2.0, 3.0]]),
        sample([[1.0, -0.5], [-2.0, 3.0]], approximate="tanh"),
    )

    def __init__(self, *, approximate: Approximation = "none") -> None:
        check_choice("approximate", approximate, Approximation)
        self.left_branch = _tanh_left if approximate == "tanh" else _normal_left

    def forward(self, x: Value) -> Value:
        xp = namespace(x)
        a = xp.minimum(abs(x), FAR)
        left, left_slope = self.left_branch(a, xp)
        # With f(x) - f(-x) = x, the right branch follows from the left one.
        self.slope = xp.where(x < 0, left_slope, 1 - left_slope)
        return xp.maximum(x, 0) + left

    def backward(self, dout: Value) -> Value:
        return dout * self.slope


# Q is the upper tail of the normal distribution, phi its density, M = Q / phi. Polynomials in t, highest power first,
# t = (a - CENTRE) / (a + CENTRE), interpolate at Chebyshev's points; `tests/layers/test_gelu.py` makes them anew.
# The centre is such that both constant coefficients are float64s almost exactly.
CENTRE = 5.07421875
TAIL = (  # (1 + a) * M(a) / sqrt(2 * pi)
    -3.207432923268126e-10,
    -6.054536122444735e-10,
    3.5857451367738465e-09,
    7.266832302180269e-09,
    -2.509176549978938e-08,
    -5.176609211872403e-08,
    1.6652580447265367e-07,
    2.9040034576892734e-07,
    -1.2223992232077717e-06,
    -1.1102066475348558e-06,
    9.626163905719965e-06,
    -4.086145841780086e-06,
    -6.737908925809402e-05,
    0.00017297016499214852,
    0.00012983251790436412,
    -0.002022751620149742,
    0.007096048752257949,
    -0.01572484356534424,
    0.02462182784196407,
    -0.02570292999138365,
    0.008770798964045288,
    0.03191061196405295,
    -0.09108853724992057,
    0.46084303430540585,
)
SLOPE = (  # (a - M(a)) / (a - zero) / sqrt(2 * pi)
    -2.9150854199888085e-11,
    -5.525377149159231e-11,
    3.3684449642960174e-10,
    6.87343302614593e-10,
    -2.548695781087199e-09,
    -5.248017377795783e-09,
    1.9092015605780528e-08,
    3.20718245860346e-08,
    -1.6170985112117418e-07,
    -1.2202302654426732e-07,
    1.4816393151947627e-06,
    -1.0844060947877125e-06,
    -1.2009956591270817e-05,
    3.995852757039358e-05,
    1.293420743747057e-05,
    -0.0005479343060725563,
    0.002554724127317787,
    -0.007759339825321407,
    0.01831922803117701,
    -0.03589310175285637,
    0.06035670951820614,
    -0.08890626103509626,
    0.4507772150584088,
)
NORMAL_ZERO: Pair = (-0.7517915246935645, 1.4956759177009883e-17)  # the zero of M(a) - a, negated


def _normal_left(a: Value, xp: Domain) -> Pair:
    """Value and slope at -a of x * Q(-x): -a * Q(a) and Q(a) - a * phi(a)."""
    square, lost = product(a, a)
    first, second = exp_factors(xp, -square / 2)
    t = (a - CENTRE) / (a + CENTRE)
    # The factor exp(-lost / 2) is near 1: within a sum it costs no rounding of its own.
    scale = a + (1 + (1 + a) * lost / 2)
    value = -first * a * _polynomial(TAIL, t) / scale * second
    d, rest = added((a, 0), NORMAL_ZERO)
    slope = -first * (d + (rest - d * lost / 2)) * _polynomial(SLOPE, t) * second
    return value, slope


ALPHA: Pair = (1.5957691216057308, -9.96930880911092e-17)  # 2 * sqrt(2 / pi)
BETA: Pair = (0.07135481627260025, -6.175149918155315e-19)  # 0.044715 times that
BETA_3: Pair = (0.21406444881780073, 1.2025242832367862e-17)  # 3 * beta
# At the slope's zero: -u, -v (as below) and exp(u).
U_AT_ZERO: Pair = (1.2311548723318988, -1.449217884953896e-17)
V_AT_ZERO: Pair = (1.291955211914767, 1.0243969451078615e-16)
EXP_AT_ZERO = 0.29195521191476714


def _tanh_left(a: Value, xp: Domain) -> Pair:
    """Value and slope at -a of x / (1 + exp(-u)), u = alpha * x + beta * x**3; v is x * du/dx."""
    square = product(a, a)
    u = scaled(added(scaled(square, BETA), ALPHA), (-a, 0))
    v = scaled(added(scaled(square, BETA_3), ALPHA), (-a, 0))
    first, second = exp_factors(xp, *u)
    e = first * second
    value = -first * a / (1 + e) * second
    # The slope is (1 + e + v) * e / (1 + e)**2; the first bracket, from its zero:
    bracket = rounded(added(v, V_AT_ZERO)) + EXP_AT_ZERO * xp.expm1(rounded(added(u, U_AT_ZERO)))
    return value, first * bracket / (1 + e * (2 + e)) * second


def _polynomial(coefficients: tuple[float, ...], t: Value) -> Value:
    return reduce(lambda total, coefficient: total * t + coefficient, coefficients)
