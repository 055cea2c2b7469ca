"""Counts in textbook lines: whole numbers and lists of them, which a formula's shapes determine."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

Shape = tuple[int, ...]


def is_count(expression: ast.expr) -> bool:
    """Whether an expression counts: it has a shape or a size in it, or is a list or a whole number."""
    match expression:
        case ast.Constant(value=int()) | ast.List():
            return True
        case ast.Call(func=ast.Name(id="shape" | "size"), args=[ast.Name()], keywords=[]):
            return True
        case ast.Subscript(value=part) | ast.UnaryOp(op=ast.USub(), operand=part):
            return is_count(part)
        case ast.BinOp(left=part, op=ast.Add(), right=ast.List()):
            return is_count(part)
    return False


def count(expression: ast.expr, names: Mapping[str, Any], shape_of: Callable[[str], Shape]) -> Any:
    """The number or the list that an expression is; `names` are parameters and counts.

    Raises LookupError for a name or an axis that is not there, TypeError for what does not count.
    """
    return _Counter(names, shape_of).visit(expression)


class _Counter(ast.NodeVisitor):
    """Counts an expression from its parts."""

    def __init__(self, names: Mapping[str, Any], shape_of: Callable[[str], Shape]) -> None:
        self.names = names
        self.shape_of = shape_of

    def visit_Constant(self, node: ast.Constant) -> Any:
        return node.value

    def visit_Name(self, node: ast.Name) -> Any:
        return self.names[node.id]

    def visit_UnaryOp(self, node: ast.UnaryOp) -> int:
        return -int(self.visit(node.operand))  # is_count lets no other sign pass

    def visit_List(self, node: ast.List) -> Shape:
        return tuple(self.visit(item) for item in node.elts)

    def visit_BinOp(self, node: ast.BinOp) -> Shape:
        first: Shape = self.visit(node.left)
        rest: Shape = self.visit(node.right)
        return first + rest

    def visit_Call(self, node: ast.Call) -> int | Shape:
        match node:
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)]) if function in {"shape", "size"}:
                shape = self.shape_of(name)
                return prod(shape) if function == "size" else shape
        raise TypeError(ast.dump(node))

    def visit_Subscript(self, node: ast.Subscript) -> int | Shape:
        shape: Shape = self.visit(node.value)
        found: int | Shape = shape[self.visit(node.slice)]
        return found

    def visit_Slice(self, node: ast.Slice) -> slice:
        return slice(*(part and self.visit(part) for part in (node.lower, node.upper, node.step)))

    def generic_visit(self, node: ast.AST) -> Any:
        raise TypeError(ast.dump(node))
