"""What is printed between equals signs, computed again by Python's own arithmetic and `math`."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

DIGITS = 1e-10  # of the largest term: numbers are printed with 12 digits

_FUNCTIONS = {
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "atan": math.atan,
    "erf": math.erf,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "abs": abs,
    "neg": lambda x: -x,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x)),
    "softplus": lambda x: max(x, 0) + math.log1p(math.exp(-abs(x))),
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
}
_CONSTANTS = {"pi": math.pi, "inf": math.inf, "nan": math.nan}


class Computed(NamedTuple):
    """A value, and the size of the largest term that it is the sum of."""

    value: float
    size: float


class NotArithmeticError(Exception):
    """A text that has names in it, or layers that this module does not know."""


def computed(text: str) -> Computed:
    """What an expression of numbers comes to. Raises NotArithmeticError for another text."""
    if re.search(r"(?<!\w)\(\d+\)", text):
        raise NotArithmeticError(text)  # the name of a value; a number is in brackets for its sign only
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError:
        raise NotArithmeticError(text) from None
    return _visit(tree.body)


def disagreements(text: str) -> Iterator[str]:
    """The lines of an explanation in which two terms beside an equals sign are not the same number."""
    for line in text.splitlines():
        for before, after in _neighbours(line):
            try:
                one, other = computed(before), computed(after)
            except NotArithmeticError:
                continue
            if not math.isclose(one.value, other.value, rel_tol=0, abs_tol=DIGITS * max(one.size, other.size)):
                yield line


def count_of_equalities(text: str) -> int:
    """How many equals signs have numbers on both sides, and a computation on one."""
    count = 0
    for line in text.splitlines():
        for before, after in _neighbours(line):
            try:
                computed(before), computed(after)
            except NotArithmeticError:
                continue
            count += not re.fullmatch(r"-?[\d.e+-]+", before.strip())
    return count


def _neighbours(line: str) -> Iterator[tuple[str, str]]:
    """The terms on both sides of each equals sign; a line may hold several equations."""
    for part in re.split(r" {3,}|, | gets | adds ", line):
        terms = part.split(" = ")
        yield from pairwise(terms)


def _visit(node: ast.expr) -> Computed:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Computed(float(number), abs(float(number)))
        case ast.Name(id=name) if name in _CONSTANTS:
            return Computed(_CONSTANTS[name], abs(_CONSTANTS[name]))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            found = _visit(operand)
            return Computed(-found.value, found.size)
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(operator, _visit(left), _visit(right))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            x = _visit(argument)
            value = _FUNCTIONS[name](x.value)
            return Computed(value, max(abs(value), 1.0 if x.size > abs(x.value) else 0.0))
    raise NotArithmeticError(ast.dump(node))


def _binary(operator: ast.operator, x: Computed, y: Computed) -> Computed:
    match operator:
        case ast.Add():
            return Computed(x.value + y.value, max(x.size, y.size))
        case ast.Sub():
            return Computed(x.value - y.value, max(x.size, y.size))
        case ast.Mult():
            return Computed(x.value * y.value, x.size * y.size)
        case ast.Div():
            value = x.value / y.value
            return Computed(value, abs(value) * (x.size / abs(x.value) if x.value else 1) * (y.size / abs(y.value)))
        case ast.Pow():
            value = x.value**y.value
            return Computed(value, abs(value) * (1 + abs(y.value)))
    raise NotArithmeticError(ast.dump(operator))
