"""A program as NumPy code: a function of the inputs that returns a dict of the results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isinf, isnan
from typing import Any

from backpropcli.domains.base import Value
from backpropcli.domains.traced import INPUT, Operation
from backpropcli.program.program import Program, Result, is_computed

_SAME_IN_NUMPY = (
    *("exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "sin", "cos", "tanh"),
    *("asin", "acos", "atan", "asinh", "acosh", "atanh", "floor"),
)
_EXPRESSIONS = {
    "neg": "-{}",
    "abs": "np.abs({})",
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "divide": "np.divide({}, {})",
    "mod": "np.mod({}, {})",
    "power": "np.power({}, {})",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "gt": "{} > {}",
    "ge": "{} >= {}",
    "equal": "{} == {}",
    "and": "{} & {}",
    "or": "{} | {}",
    "where": "np.where({}, {}, {})",
    "is_nan": "np.isnan({})",
    "atan2": "np.atan2({}, {})",
    "logaddexp": "np.logaddexp({}, {})",
    "maximum": "np.maximum({}, {})",
    "minimum": "np.minimum({}, {})",
    "power_of_two": "np.ldexp(0.5, np.frexp({})[1])",
    "erf": "math.erf({})",
    **{name: f"np.{name}({{}})" for name in _SAME_IN_NUMPY},
}
_VARIABLE = re.compile(r"v\d+_*")
_HEAD = """import math

import numpy as np


def {name}({arguments}):
"""


def numpy_code(program: Program, name: str = "run") -> str:
    """The source of a module with the function `name`, which takes the inputs in their order."""
    names = {parameter.name: _identifier(parameter.name, name) for parameter in program.parameters}
    head = _HEAD.format(name=name, arguments=", ".join(names.values()))
    return head + "".join(f"    {line}\n" for line in _lines(program, names))


def _identifier(name: str, function: str) -> str:
    """The argument for an input, by another name where the code needs the input's for itself."""
    return f"{name}_" if name in {"np", "math", "float", function} or _VARIABLE.fullmatch(name) else name


def _lines(program: Program, names: Mapping[str, str]) -> Iterator[str]:
    for parameter in program.parameters:
        identifier = names[parameter.name]
        yield f"{identifier} = np.asarray({identifier}, float).reshape({parameter.shape})"
    yield 'with np.errstate(all="ignore"):'
    shown = {slot: _atom(program, slot, names) for slot in program.operations}
    for slot, operation in program.operations.items():
        if is_computed(operation):
            yield f"    v{slot} = {_EXPRESSIONS[operation.name].format(*(shown[o] for o in operation.operands))}"
    yield "    return {"
    for name, result in program.results.items():
        yield f"        {name!r}: {_result(result, shown)},"
    yield "    }"


def _atom(program: Program, slot: int, names: Mapping[str, str]) -> str:
    """What stands for the number in a slot: its name, an element of an input, or a literal."""
    operation: Operation = program.operations[slot]
    if operation.name == INPUT:
        name, index = operation.label
        return f"{names[name]}[{', '.join(map(str, index)) or '()'}]"
    return f"v{slot}" if is_computed(operation) else _literal(program.values[slot])


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return str(value)
    number: Any = float(value)
    if isnan(number):
        return "np.nan"
    if isinf(number):
        return "np.inf" if number > 0 else "(-np.inf)"
    return f"({number!r})" if number < 0 or repr(number).startswith("-") else repr(number)


def _result(result: Result, shown: dict[int, str]) -> str:
    numbers = ", ".join(shown[slot] for slot in result.slots)
    return f"np.array([{numbers}], float).reshape({result.shape})"
