"""The elementwise layers, their true values and slopes by mpmath, and the points at which they are tried."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mpmath import mp, mpf

SMALLEST_NORMAL = 2.0**-1022
Point = tuple[float, ...]
Truth = tuple[Any, ...]


class Case(NamedTuple):
    """A layer, its true value and gradients at a point, the points to try, the kinks among them, and parameters."""

    layer: str
    truth: Callable[..., Truth]
    points: Callable[[], list[Point]]
    kinks: tuple[float, ...] = ()
    parameters: Mapping[str, Any] = {}
    inside: Callable[[Point], Point] = tuple
    """Any point as one at which the layer has a value and a slope."""


def unary(*dense: float, above: float = -math.inf) -> Callable[[], list[Point]]:
    """Numbers of all sizes and signs above a bound: random, dense where formulas change or fail, and near `dense`."""

    def points() -> list[Point]:
        rng = random.Random(7)
        found = [rng.uniform(-745, 745) for _ in range(400)] + [rng.uniform(-40, 40) for _ in range(600)]
        found += [rng.uniform(-3, 3) for _ in range(800)]
        found += [_sign(rng) * 2 ** rng.uniform(-1074, 1023) for _ in range(200)]
        found += [_sign(rng) * 10 ** rng.uniform(-20, 0) for _ in range(100)]
        for centre in (1.0, 19.0, 37.0, 372.5, 600.0, 709.0, 745.0, *map(abs, dense)):
            found += [_sign(rng) * (centre + rng.uniform(-1, 1) * 10 ** rng.uniform(-16, 0)) for _ in range(25)]
        for x in (0.0, 5e-324, SMALLEST_NORMAL, 0.5, 1.0, 2.0, 3.0, 20.0, 21.0, 708.3964, 709.7827, 745.13, *dense):
            found += [sign * y for sign in (1, -1) for y in (x, math.nextafter(x, 0), math.nextafter(x, math.inf))]
        return [(x,) for x in found if x > above]

    return points


def between_ones() -> list[Point]:
    """Numbers between -1 and 1, also close to both and to 0."""
    rng = random.Random(10)
    found = [rng.uniform(-1, 1) for _ in range(800)]
    found += [_sign(rng) * 2 ** rng.uniform(-1074, 0) for _ in range(100)]
    found += [_sign(rng) * 10 ** rng.uniform(-20, 0) for _ in range(100)]
    found += [_sign(rng) * (1 - 2 ** rng.uniform(-53, 0)) for _ in range(300)]
    return [(x,) for x in (*found, 0.0, 5e-324, 0.5, -0.5, math.nextafter(1, 0), math.nextafter(-1, 0), 1.0, -1.0)]


def above_one() -> list[Point]:
    """Numbers from 1 on, also close to it."""
    rng = random.Random(11)
    found = [1 + 2 ** rng.uniform(-52, 0) for _ in range(400)] + [rng.uniform(1, 40) for _ in range(400)]
    found += [2 ** rng.uniform(0, 1024) for _ in range(400)]
    return [(x,) for x in (*found, 1.0, math.nextafter(1, 2), 2.0)]


def binary() -> list[Point]:
    """Pairs of numbers of like and of unlike sizes, of all signs."""
    rng = random.Random(8)
    found: list[Point] = [(_sign(rng) * rng.random(), _sign(rng) * rng.random()) for _ in range(500)]
    for spread in (3, 30, 500):
        found += [tuple(_sign(rng) * 2 ** rng.uniform(-spread, spread) for _ in range(2)) for _ in range(300)]
    return found


def log_sums() -> list[Point]:
    """Pairs of numbers, also such that the sum of their exponentials is very near 1."""
    rng = random.Random(12)
    found = [*binary(), *((rng.uniform(-60, 60), rng.uniform(-60, 60)) for _ in range(600))]
    for _ in range(300):
        y = -(10 ** rng.uniform(-0.2, 2))
        x = math.log1p(-math.exp(y))
        found += [(x, y), (y, x * (1 + 10 ** rng.uniform(-16, -1))), (-(10 ** rng.uniform(-17, -1)), y)]
    return [*found, (-math.log(2), -math.log(2)), (0.0, -745.2), (-1e-17, -38.9), (0.0, 0.0)]


def powers() -> list[Point]:
    """Positive bases and exponents of all sizes whose power is a number, the smallest among them.

    And negative bases with whole exponents.
    """
    rng = random.Random(9)
    found: list[Point] = []
    for _ in range(900):
        x = 10 ** rng.uniform(*rng.choice([(-300, 300), (-2, 2), (-0.1, 0.1)]))
        found.append((x, rng.uniform(-700, 700) / max(abs(math.log(x)), 1e-3) * 10 ** rng.uniform(-4, 0)))
    found += [(-rng.uniform(0.1, 10), float(rng.randint(-9, 9))) for _ in range(100)]
    for x in (1e-9, 0.3, 7.0):
        found += [(x, -rng.uniform(660, 745) / math.log(x)) for _ in range(20)]
    found += [(-7.0, float(y)) for y in range(-380, -340)]
    return found


def _sign(rng: random.Random) -> int:
    return rng.choice([1, -1])


def _near(x: Any, bound: float = 3000) -> Any:
    """An x that is not beyond the bound, where exponentials no longer tell numbers apart."""
    return max(-bound, min(bound, x))


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mp.exp(-_near(x)))


def _exp(x: Any) -> Truth:
    e = mp.exp(_near(x))
    return e, e


def _silu(x: Any) -> Truth:
    s = _sigmoid(x)
    return x * s, s + x * s * _sigmoid(-x)


def _mish(x: Any) -> Truth:
    e = mp.exp(_near(x))
    n = e * (e + 2)
    return x * n / (n + 2), (n + x * 4 * e * (e + 1) / (n + 2)) / (n + 2)


def _gelu(x: Any) -> Truth:
    z = _near(x, 100)
    below = mp.erfc(-z / mp.sqrt(2)) / 2
    return x * below, below + z * mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)


def _gelu_tanh(x: Any) -> Truth:
    z = _near(x, 100)
    rate, cubic = 2 * mp.sqrt(2 / mp.pi), mpf(44715) / 1000000
    s, rest = (_sigmoid(sign * rate * (z + cubic * z**3)) for sign in (1, -1))
    return x * s, s + z * rate * (1 + 3 * cubic * z * z) * s * rest


def _elu(alpha: float, scale: Any = 1, divisor: Any = 1) -> Callable[[Any], Truth]:
    def truth(x: Any) -> Truth:
        if x > 0:
            return scale * x, mpf(scale)
        ratio = _near(x / divisor)
        return scale * alpha * mp.expm1(ratio), scale * alpha / mpf(divisor) * mp.exp(ratio)

    return truth


def _selu(x: Any) -> Truth:
    alpha = mpf("1.6732632423543772848170429916717")
    return _elu(alpha, mpf("1.0507009873554804934193349852946"))(x)


def _softplus(x: Any) -> Any:
    return mp.log1p(mp.exp(_near(x))) if x < 1000 else x


def _softsign(x: Any) -> Truth:
    scale = 1 + abs(x)
    return x / scale, 1 / scale**2


def _hardsigmoid(x: Any) -> Truth:
    return max(mpf(0), min(mpf(1), (x + 3) / 6)), mpf(abs(x) < 3) / 6


def _hardswish(x: Any) -> Truth:
    return (x * _hardsigmoid(x)[0], (2 * x + 3) / 6) if abs(x) < 3 else (max(x, mpf(0)), mpf(x > 0))


def _hyperbolic(x: Any) -> Truth:
    return mp.sinh(_near(x)), mp.cosh(_near(x))


def _exp2(x: Any) -> Truth:
    out = mpf(2) ** _near(x)
    return out, out * mp.log(2)


def _arcus(function: Callable[[Any], Any], sign: int) -> Callable[[Any], Truth]:
    return lambda x: (function(x), sign / mp.sqrt((1 - x) * (1 + x)) if abs(x) < 1 else None)


def _positive(point: Point) -> Point:
    return abs(point[0]), *point[1:]


def _within_ones(point: Point) -> Point:
    return (point[0] if abs(point[0]) <= 1 else 1 / point[0],)


def _atan2(y: Any, x: Any) -> Truth:
    return mp.atan2(y, x), x / (x * x + y * y), -y / (x * x + y * y)


def _hypot(x: Any, y: Any) -> Truth:
    out = mp.sqrt(x * x + y * y)
    return out, x / out, y / out


def _logaddexp(x: Any, y: Any) -> Truth:
    larger, smaller = max(x, y), min(x, y)
    return larger + _softplus(smaller - larger), _sigmoid(x - y), _sigmoid(y - x)


def _rounded(x: Any) -> Truth:
    return mp.nint(x), None if x - mp.floor(x) == 0.5 else mpf(0)


def _power(x: Any, y: Any) -> Truth:
    out = x**y
    return out, y * out / x, out * mp.log(x) if x > 0 else None


ANY = unary(-3.0, 3.0)
CASES = {
    "add": Case("add", lambda x, y: (x + y, mpf(1), mpf(1)), binary),
    "sub": Case("sub", lambda x, y: (x - y, mpf(1), mpf(-1)), binary),
    "mul": Case("mul", lambda x, y: (x * y, y, x), binary),
    "div": Case("div", lambda x, y: (x / y, 1 / y, -x / y**2), binary),
    "neg": Case("neg", lambda x: (-x, mpf(-1)), ANY),
    "pow": Case("pow", _power, powers, inside=_positive),
    "exp": Case("exp", _exp, ANY),
    "log": Case("log", lambda x: (mp.log(x), 1 / x), unary(above=0), inside=_positive),
    "sqrt": Case("sqrt", lambda x: (mp.sqrt(x), 1 / (2 * mp.sqrt(x))), unary(above=0), inside=_positive),
    "square": Case("square", lambda x: (x * x, 2 * x), ANY),
    "abs": Case("abs", lambda x: (abs(x), mp.sign(x)), ANY, (0,)),
    "reciprocal": Case("reciprocal", lambda x: (1 / x, -1 / x**2) if x else (None, None), ANY),
    "expm1": Case("expm1", lambda x: (mp.expm1(_near(x)), mp.exp(_near(x))), ANY),
    "log1p": Case("log1p", lambda x: (mp.log1p(x), 1 / (1 + x)), unary(above=-1), inside=_positive),
    "exp2": Case("exp2", _exp2, unary(1024.0, 1074.5, 1050.0)),
    "log2": Case("log2", lambda x: (mp.log(x, 2), 1 / (x * mp.log(2))), unary(above=0), inside=_positive),
    "log10": Case("log10", lambda x: (mp.log10(x), 1 / (x * mp.log(10))), unary(above=0), inside=_positive),
    "sin": Case("sin", lambda x: (mp.sin(x), mp.cos(x)), unary(math.pi, math.pi / 2, 710 * math.pi)),
    "cos": Case("cos", lambda x: (mp.cos(x), -mp.sin(x)), unary(math.pi, math.pi / 2, 710 * math.pi)),
    "tan": Case("tan", lambda x: (mp.tan(x), mp.sec(x) ** 2), unary(math.pi, math.pi / 2, 710 * math.pi)),
    "atan": Case("atan", lambda x: (mp.atan(x), 1 / (1 + x * x)), ANY),
    "asin": Case("asin", _arcus(mp.asin, 1), between_ones, (-1, 1), inside=_within_ones),
    "acos": Case("acos", _arcus(mp.acos, -1), between_ones, (-1, 1), inside=_within_ones),
    "sinh": Case("sinh", _hyperbolic, unary(710.4758)),
    "cosh": Case("cosh", lambda x: _hyperbolic(x)[::-1], unary(710.4758)),
    "asinh": Case("asinh", lambda x: (mp.asinh(x), 1 / mp.sqrt(1 + x * x)), ANY),
    "acosh": Case(
        *("acosh", lambda x: (mp.acosh(x), 1 / mp.sqrt((x - 1) * (x + 1)) if x > 1 else None), above_one, (1,)),
        inside=lambda point: (max(abs(point[0]), 1 / abs(point[0])),),
    ),
    "atanh": Case(
        *("atanh", lambda x: (mp.atanh(x), 1 / ((1 - x) * (1 + x)) if abs(x) < 1 else None), between_ones, (-1, 1)),
        inside=_within_ones,
    ),
    "atan2": Case("atan2", _atan2, binary),
    "hypot": Case("hypot", _hypot, binary),
    "logaddexp": Case("logaddexp", _logaddexp, log_sums),
    "xlogy": Case(
        *("xlogy", lambda x, y: (x * mp.log(y), mp.log(y), x / y), lambda: [(x, abs(y)) for x, y in binary()]),
        inside=lambda point: (point[0], abs(point[1])),
    ),
    "sign": Case("sign", lambda x: (mp.sign(x), mpf(0)), ANY, (0,)),
    "floor": Case("floor", lambda x: (mp.floor(x), None if x == mp.floor(x) else mpf(0)), ANY),
    "round": Case("round", _rounded, unary(0.5, 1.5, 2.5, 2**52 + 0.5)),
    "erf": Case("erf", lambda x: (mp.erf(_near(x)), 2 / mp.sqrt(mp.pi) * mp.exp(-(_near(x) ** 2))), ANY),
    "maximum": Case("maximum", lambda x, y: (max(x, y), mpf(x > y), mpf(y > x)), binary),
    "minimum": Case("minimum", lambda x, y: (min(x, y), mpf(x < y), mpf(y < x)), binary),
    "relu": Case("relu", lambda x: (max(x, mpf(0)), mpf(x > 0)), ANY, (0,)),
    "sigmoid": Case("sigmoid", lambda x: (_sigmoid(x), _sigmoid(x) * _sigmoid(-x)), ANY),
    "tanh": Case("tanh", lambda x: (mp.tanh(_near(x)), mp.sech(_near(x)) ** 2), ANY),
    "log_sigmoid": Case("log_sigmoid", lambda x: (-_softplus(-x), _sigmoid(-x)), ANY),
    "softplus": Case("softplus", lambda x: (_softplus(x), _sigmoid(x)), ANY),
    "softsign": Case("softsign", _softsign, ANY),
    "leaky_relu": Case("leaky_relu", lambda x: (x, mpf(1)) if x > 0 else (mpf(0.01) * x, mpf(0.01)), ANY, (0,)),
    "prelu": Case("prelu", lambda x, y: (x, mpf(1), mpf(0)) if x > 0 else (x * y, y, x), binary),
    "elu": Case("elu", _elu(1), ANY),
    "elu, alpha 1e10": Case("elu", _elu(1e10), ANY, (0,), {"alpha": 1e10}),
    "selu": Case("selu", _selu, ANY, (0,)),
    "celu": Case("celu", _elu(1), ANY),
    "celu, alpha 0.3": Case("celu", _elu(0.3, divisor=0.3), ANY, (), {"alpha": 0.3}),
    "celu, alpha 1e10": Case("celu", _elu(1e10, divisor=1e10), unary(1e10, 37e10, 709e10), (), {"alpha": 1e10}),
    "silu": Case("silu", _silu, unary(-1.2784645427610737)),
    "mish": Case("mish", _mish, unary(-1.1924312145154952)),
    "gelu": Case("gelu", _gelu, unary(-0.7517915246935645, 5.0, 27.0, 38.0)),
    "gelu, tanh": Case("gelu", _gelu_tanh, unary(-0.7524614220710163, 21.0), (), {"approximate": "tanh"}),
    "hardtanh": Case("hardtanh", lambda x: (_near(x, 1), mpf(abs(x) < 1)), ANY, (-1, 1)),
    "hardsigmoid": Case("hardsigmoid", _hardsigmoid, ANY, (-3, 3)),
    "hardswish": Case("hardswish", _hardswish, unary(-1.5, -3.0, 3.0), (-3, 3)),
}
