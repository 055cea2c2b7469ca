"""Gates: functions x * g(x) whose gate g rises from 0 to 1, with the digits that their textbook formulas lose.

Each of these functions gives the value and the slope of f(x) = x * g(x) at x = -a, for a >= 0. Below 0 the slopes
have a zero, near which the formulas cancel: here everything is measured from there. Exponentials are taken of pairs
(hi, lo), as exp magnifies the rounding error of its argument up to 700 times.
"""

from __future__ import annotations

from functools import reduce

from backpropcli.domains.base import Domain, Value
from backpropcli.domains.compensated import Factors, Pair, added, exp_factors, multiplied, product, rounded, scaled

Tail = tuple[Value, Factors]
"""The value at -a, and the factors of the slope."""

# From here on the gates are 0 or 1 in float64, whatever they are multiplied by; so an infinite x gives its limit, not
# 0 * inf.
FAR = 2000
FAR_OF_NORMAL = 60

# Where the slopes are zero, each as a float64 and the rest of it, and exp there.
SILU_ZERO, SILU_ZERO_REST = -1.2784645427610737, -1.0946994183093437e-16
EXP_SILU_ZERO = 0.2784645427610738
MISH_ZERO, MISH_ZERO_REST = -1.1924312145154952, -4.8484829848031044e-17
MISH_SECANT = (1.0025492550654913, 0.3034825352815289, 0.2328243970035104)  # z * (3 + z), z, z / (1 + z)


def logistic_tail(xp: Domain, a: Value) -> Tail:
    """Of x / (1 + exp(-x)): with d = x - zero, the sum 1 + x + exp(x) is d + exp(zero) * expm1(d), of one sign."""
    a = xp.minimum(xp.wide(a), FAR)
    first, *rest = exp_factors(xp, -a)
    e = multiplied(first, rest)
    d = -a - SILU_ZERO - SILU_ZERO_REST
    slope = first * (d + EXP_SILU_ZERO * xp.expm1(d)) / (1 + e * (2 + e))
    return multiplied(-a / (1 + e) * first, rest), (slope, *rest)


def mish_tail(xp: Domain, a: Value) -> Tail:
    """Of x * tanh(log(1 + exp(x))), whose gate is a quotient of polynomials in e = exp(x)."""
    a = xp.minimum(xp.wide(a), FAR)
    first, *rest = exp_factors(xp, -a)
    e = multiplied(first, rest)
    value = multiplied(-a * first * (e + 2) / (e * (e + 2) + 2), rest)
    d = -a - MISH_ZERO
    # The sum 4 * x + 3 + e * (3 + e) + 1 / (1 + e), which is 0 at the zero, from there.
    secant = MISH_SECANT[0] + MISH_SECANT[1] * e - MISH_SECANT[2] / (1 + e)
    total = 4 * d + (xp.expm1(d - MISH_ZERO_REST) * secant - 4 * MISH_ZERO_REST)
    scale = added(scaled((e, 0), added((e, 0), (2, 0))), (2, 0))
    return value, ((first + first * e) * total / rounded(scaled(scale, scale)), *rest)


def mish_rise(xp: Domain, a: Value) -> Pair:
    """The value and the slope at x = a, from e = exp(-a)."""
    a = xp.wide(a)
    e = xp.exp(-a)
    near = xp.minimum(a, FAR)
    scale = 1 + 2 * e * (1 + e)
    return a * (1 + 2 * e) / scale, 1 - 2 * e * e / scale * (1 - 2 * near * (1 + e) / scale)


# Q is the upper tail of the normal distribution, phi its density, M = Q / phi. Polynomials in t, highest power first,
# t = (a - CENTRE) / (a + CENTRE), interpolate at Chebyshev's points; `tests/domains/test_gates.py` makes them anew.
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


def normal_tail(xp: Domain, a: Value) -> Tail:
    """Of x * Q(-x): -a * Q(a) and Q(a) - a * phi(a)."""
    a = xp.minimum(xp.wide(a), FAR_OF_NORMAL)
    square, lost = product(a, a)
    first, *rest = exp_factors(xp, -square / 2)
    t = (a - CENTRE) / (a + CENTRE)
    # The factor exp(-lost / 2) is near 1: within a sum it costs no rounding of its own.
    scale = a + (1 + (1 + a) * lost / 2)
    value = multiplied(-first * a * _polynomial(TAIL, t) / scale, rest)
    d, of_zero = added((a, 0), NORMAL_ZERO)
    slope = -first * (d + (of_zero - d * lost / 2)) * _polynomial(SLOPE, t)
    return value, (slope, *rest)


ALPHA: Pair = (1.5957691216057308, -9.96930880911092e-17)  # 2 * sqrt(2 / pi)
BETA: Pair = (0.07135481627260025, -6.175149918155315e-19)  # 0.044715 times that
BETA_3: Pair = (0.21406444881780073, 1.2025242832367862e-17)  # 3 * beta
# At the slope's zero: -u, -v (as below) and exp(u).
U_AT_ZERO: Pair = (1.2311548723318988, -1.449217884953896e-17)
V_AT_ZERO: Pair = (1.291955211914767, 1.0243969451078615e-16)
EXP_AT_ZERO = 0.29195521191476714


def tanh_tail(xp: Domain, a: Value) -> Tail:
    """Of x / (1 + exp(-u)), u = alpha * x + beta * x**3, which is gelu by tanh; v is x * du/dx."""
    a = xp.minimum(xp.wide(a), FAR_OF_NORMAL)
    square = product(a, a)
    u = scaled(added(scaled(square, BETA), ALPHA), (-a, 0))
    v = scaled(added(scaled(square, BETA_3), ALPHA), (-a, 0))
    first, *rest = exp_factors(xp, *u)
    e = multiplied(first, rest)
    value = multiplied(-first * a / (1 + e), rest)
    # The slope is (1 + e + v) * e / (1 + e)**2; the first bracket, from its zero:
    bracket = rounded(added(v, V_AT_ZERO)) + EXP_AT_ZERO * xp.expm1(rounded(added(u, U_AT_ZERO)))
    return value, (first * bracket / (1 + e * (2 + e)), *rest)


def _polynomial(coefficients: tuple[float, ...], t: Value) -> Value:
    return reduce(lambda total, coefficient: total * t + coefficient, coefficients)
