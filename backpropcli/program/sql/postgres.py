"""The SQL of PostgreSQL, where a number that leaves the range, or rounds to 0, is an error that ends the query.

So every operation that could do so says beforehand what IEEE 754 has there, by operands that are scaled by powers of
two until nothing can leave the range.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable
from math import inf, isfinite
from sys import float_info

from backpropcli.domains.base import Value
from backpropcli.domains.log_sums import log_of_sum
from backpropcli.domains.traced import Tape
from backpropcli.program.sql.dialect import TEMPLATES, Dialect, Operand, lacking

_LARGEST = f"{float_info.max!r}"
_HALF_STEP = 2.0**970
"""Half a step between the largest numbers: a sum that is so much beyond the largest is infinite."""
_LARGEST_EXPONENT = "709.782712893384"
_LN_2 = "0.6931471805599453"


def _scaled_by(text: str, exponent: int) -> str:
    """The text times a power of two, which loses no digit."""
    return f"({text} * {2.0**exponent!r})"


def _sum(x: Operand, y: Operand) -> str:
    if any(each.number is not None and abs(each.number) < _HALF_STEP / 2 for each in (x, y)):
        return "(x + y)"
    above = f"greatest(least(x, y), 0) - ({_LARGEST} - greatest(x, y, 0)) >= {_HALF_STEP!r} AND greatest(x, y) < inf"
    below = f"least(greatest(x, y), 0) + ({_LARGEST} + least(x, y, 0)) <= -{_HALF_STEP!r} AND least(x, y) > -inf"
    return f"CASE WHEN {above} THEN inf WHEN {below} THEN -inf ELSE x + y END"


def _product(x: Operand, y: Operand) -> str:
    if x.number is not None or y.number is not None:
        number, other = (x.number, "y") if x.number is not None else (y.number, "x")
        return _scaled("(x * y)", other, number or 0.0, operator.mul)
    larger = [_scaled_by(f"greatest(abs({each}), 1)", exponent) for each, exponent in (("x", -537), ("y", -493))]
    least, greatest = f"least(abs(x), abs(y), {2.0**-537!r})", "least(greatest(abs(x), abs(y)), 1)"
    smaller = [_scaled_by(least, 537), _scaled_by(greatest, 538)]
    return (
        "CASE WHEN x = 0 OR y = 0 OR abs(x) >= inf OR abs(y) >= inf THEN x * y "
        f"WHEN {larger[0]} * {larger[1]} >= {2.0**-6!r} THEN x * inf * sign(y) "
        f"WHEN {smaller[0]} * {smaller[1]} <= 1 THEN x * 0 * sign(y) ELSE x * y END"
    )


def _quotient(_x: Operand, y: Operand) -> str:
    if y.number:
        return _scaled("(x / y)", "x", y.number, operator.truediv)
    by_zero = "CASE WHEN x = 0 OR x > inf THEN nan WHEN (x > 0) = (atan2(0, y) = 0) THEN inf ELSE -inf END"
    largest = [_scaled_by(f"greatest(abs(x), {2.0**-51!r})", -540), _scaled_by("least(abs(y), 1)", 484)]
    smallest = [_scaled_by(f"least(abs(x), {2.0**-40!r})", 537), _scaled_by("greatest(abs(y), 1)", -538)]
    return (
        f"CASE WHEN y = 0 THEN {by_zero} WHEN x = 0 OR abs(x) >= inf OR abs(y) >= inf THEN x / y "
        f"WHEN {largest[0]} >= {largest[1]} THEN x * inf * sign(y) "
        f"WHEN {smallest[0]} <= {smallest[1]} THEN x * 0 * sign(y) ELSE x / y END"
    )


def _scaled(text: str, other: str, number: float, operate: Callable[[float, float], float]) -> str:
    """The text of a product or a quotient with a known number, and before it what leaves the range at its end."""
    if not isfinite(number) or not number:
        return text
    sign = "-" if number < 0 else ""
    grows = operate(1.0, abs(number)) > 1
    limit = _last(lambda size: operate(size, abs(number)), grows=grows)
    if grows:
        return f"CASE WHEN abs({other}) > {limit!r} AND abs({other}) < inf THEN {other} * {sign}inf ELSE {text} END"
    return f"CASE WHEN abs({other}) <= {limit!r} THEN {other} * {sign}0 ELSE {text} END" if limit else text


def _last(scaled: Callable[[float], float], *, grows: bool) -> float:
    """The largest number that is finite once it is scaled, or that is 0, found by halving."""
    low, high = 0, 0x7FF0000000000000  # the bits of 0 and of infinity, which order numbers as their values do
    while high - low > 1:
        middle = (low + high) // 2
        found = scaled(_of_bits(middle))
        low, high = (middle, high) if (found < inf if grows else found == 0) else (low, middle)
    return _of_bits(low)


def _of_bits(bits: int) -> float:
    number: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return number


def _power() -> str:
    """By the size of the exponent of e; near the ends of the range the square of half the power."""
    is_odd = "y = floor(y) AND floor(floor(y) * 0.5) * 2 <> y"
    sign = f"(CASE WHEN x < 0 AND {is_odd} THEN -1 ELSE 1 END)"
    exponent = "sign(y) * least(abs(y), 1e300) * ln(abs(x))"
    half = "power(abs(x), y * 0.5)"
    near_the_ends = (
        f"CASE WHEN {half} > {float_info.max**0.5!r} THEN {sign} * inf "
        f"WHEN {half} <= {2.0**-537.5!r} THEN {sign} * 0 ELSE {sign} * {half} * {half} END"
    )
    of_zero = f"CASE WHEN y >= 0 THEN power(x, y) WHEN {is_odd} AND atan2(x, -1) < 0 THEN -inf ELSE inf END"
    return (
        f"CASE WHEN x = 1 OR y = 0 THEN 1 WHEN x > inf OR y > inf THEN nan WHEN x = 0 THEN {of_zero} "
        f"WHEN abs(x) >= inf OR abs(y) >= inf THEN {sign} * power(abs(x), y) WHEN x < 0 AND y <> floor(y) THEN nan "
        f"WHEN abs(y) < 0.5 OR abs({exponent}) < 700 THEN power(x, y) WHEN {exponent} > 720 THEN {sign} * inf "
        f"WHEN {exponent} < -760 THEN {sign} * 0 ELSE {near_the_ends} END"
    )


def _difference(tape: Tape, x: Value, y: Value) -> Value:
    return x + -tape.convert(y)


POSTGRES = Dialect(
    name="postgres",
    engines="PostgreSQL 15 and later",
    double="double precision",
    number="float8 '{}'",
    quote='"',
    row="{}",
    columns_of_row="({}).*",
    fence=" OFFSET 0",
    most_stages=150,
    templates={
        **TEMPLATES,
        "add": _sum,
        "mul": _product,
        "divide": _quotient,
        "exp": (
            f"CASE WHEN x > {_LARGEST_EXPONENT} AND x < inf THEN inf WHEN x <= -745.1332191019412 THEN 0 "
            "ELSE exp(x) END"
        ),
        "expm1": (
            f"CASE WHEN x > {_LARGEST_EXPONENT} AND x < inf THEN inf WHEN x < -50 THEN -1 "
            "WHEN abs(x) >= 2 THEN exp(x) - 1 WHEN exp(x) = 1 THEN x "
            "ELSE (exp(x) - 1) + exp(x) * (x - ln(exp(x))) END"
        ),
        "log2": f"CASE WHEN x > 0 THEN ln(x) / {_LN_2} WHEN x = 0 THEN -inf ELSE nan END",
        "power": _power(),
        "power_of_two": (
            "CASE WHEN x <> 0 AND abs(x) < inf "
            f"THEN power(2, greatest(least(floor(ln(abs(x)) / {_LN_2}), 1023), -1074)) ELSE 0.5 END"
        ),
    },
    rewritings={"sub": _difference, "logaddexp": log_of_sum, "erf": lacking("erf", "PostgreSQL before 16")},
)
