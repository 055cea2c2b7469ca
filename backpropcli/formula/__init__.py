"""Formulas: `price = (apple * apple_num + orange * orange_num) * tax` becomes the nodes of a graph.

The text is parsed by Python's `ast` and never evaluated. Each operator, comparison and call becomes one node, and so
does each axis of an index; the number of the node is its place in the order of evaluation, and its value is called
`(n)` unless the formula names it.
"""

from __future__ import annotations

from backpropcli.formula.compiler import (
    compile_assignment,
    compile_formula,
    compile_unnamed,
    is_assignment,
    is_meant_as_assignment,
)
from backpropcli.formula.text import on_one_line

__all__ = [
    "compile_assignment",
    "compile_formula",
    "compile_unnamed",
    "is_assignment",
    "is_meant_as_assignment",
    "on_one_line",
]
