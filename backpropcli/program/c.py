"""A program as C99: the body of a function from the numbers of the inputs to those of the results.

What the library of C lacks, or has with another result than IEEE 754 and Python's floats, is a function that stands in
front of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from math import isinf, isnan
from typing import Any

from backpropcli.domains.base import Value
from backpropcli.domains.traced import INPUT
from backpropcli.program.program import Index, Program, is_computed

_SAME_IN_C = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tanh"),
    *("asin", "acos", "atan", "asinh", "acosh", "atanh", "floor", "erf"),
)
_EXPRESSIONS = {
    "neg": "-{}",
    "abs": "fabs({})",
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "divide": "{} / {}",
    "mod": "floor_mod({}, {})",
    "power": "pow({}, {})",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "gt": "{} > {}",
    "ge": "{} >= {}",
    "equal": "{} == {}",
    "and": "{} && {}",
    "or": "{} || {}",
    "where": "{} ? {} : {}",
    "is_nan": "isnan({}) != 0",
    "atan2": "atan2({}, {})",
    "logaddexp": "log_of_sum({}, {})",
    "maximum": "larger({}, {})",
    "minimum": "smaller({}, {})",
    "power_of_two": "power_of_two({})",
    **{name: f"{name}({{}})" for name in _SAME_IN_C},
}
_FUNCTIONS = {
    "mod": """static double floor_mod(double x, double y)
{
    double rest = fmod(x, y);
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}
""",
    "logaddexp": """static double log_of_sum(double x, double y)
{
    return x == y ? x + 0.6931471805599453 : fmax(x, y) + log1p(exp(-fabs(x - y)));
}
""",
    "maximum": """static double larger(double x, double y)
{
    return x >= y || isnan(x) ? x : y;
}
""",
    "minimum": """static double smaller(double x, double y)
{
    return x <= y || isnan(x) ? x : y;
}
""",
    "power_of_two": """static double power_of_two(double x)
{
    int exponent = 0;
    if (isfinite(x))
        frexp(x, &exponent);
    return ldexp(0.5, exponent);
}
""",
}
"""The functions that expressions call, by the operations that need them."""


def functions(program: Program) -> list[str]:
    """The functions that the operations of a program call."""
    names = {operation.name for operation in program.operations.values()}
    return [code for name, code in _FUNCTIONS.items() if name in names]


def lines(program: Program, shown: Mapping[int, str]) -> Iterator[str]:
    """The operations, each of which puts its number where the slot is shown."""
    for slot, operation in program.operations.items():
        if is_computed(operation):
            expression = _EXPRESSIONS[operation.name].format(*(shown[o] for o in operation.operands))
            yield f"{shown[slot]} = {expression};"


def shown_slots(program: Program, places: Mapping[tuple[str, Index], str]) -> dict[int, str]:
    """What stands for the number in each slot: an element of v, a literal, or for an input what `places` says."""
    computed = count()
    return {
        slot: places[operation.label]
        if operation.name == INPUT
        else f"v[{next(computed)}]"
        if is_computed(operation)
        else literal(program.values[slot])
        for slot, operation in program.operations.items()
    }


def literal(value: Value) -> str:
    """A number or a condition as C has it."""
    number: Any = float(value)
    if isnan(number):
        return "NAN"
    if isinf(number):
        return "INFINITY" if number > 0 else "(-INFINITY)"
    text = repr(number)
    return f"({text})" if text.startswith("-") else text
