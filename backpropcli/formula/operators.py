"""The operators of a formula: how each is written, and the layer that it stands for."""

from __future__ import annotations

import ast
from typing import NamedTuple


class Operator(NamedTuple):
    """An operator of two values."""

    sign: str
    layer: str


OPERATORS: dict[type[ast.operator | ast.cmpop], Operator] = {
    ast.Add: Operator("+", "add"),
    ast.Sub: Operator("-", "sub"),
    ast.Mult: Operator("*", "mul"),
    ast.Div: Operator("/", "div"),
    ast.Pow: Operator("**", "pow"),
    ast.MatMult: Operator("@", "matmul"),
}
COMPARISONS: dict[type[ast.operator | ast.cmpop], Operator] = {
    ast.Lt: Operator("<", "less"),
    ast.LtE: Operator("<=", "less_equal"),
    ast.Gt: Operator(">", "greater"),
    ast.GtE: Operator(">=", "greater_equal"),
    ast.Eq: Operator("==", "equal"),
    ast.NotEq: Operator("!=", "not_equal"),
}
