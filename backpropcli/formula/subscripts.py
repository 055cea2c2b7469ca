"""Indexing, `x[0]`, `x[:, 1:3]` or `x[..., -1]`, as the layers `index` and `slice`."""

from __future__ import annotations

import ast
from typing import NamedTuple

from backpropcli.formula.expressions import ExpressionError, TextOf

_TAKEN_ONE_BY_ONE = "take(x, indices, axis=0) takes rows whose numbers are an input"


class Selection(NamedTuple):
    """What is taken along one axis: the layer that takes it, and its parameters."""

    layer: str
    parameters: dict[str, int]


def selections(subscript: ast.Subscript, text_of: TextOf) -> list[Selection]:
    """What a subscript takes along each axis that it names, one after the other; whole axes are left alone.

    Axes before `...` are counted from the first, those behind it from the last. They come in the order in which none
    that goes changes the number of one still to come. Raises ExpressionError for what is no index.
    """
    items = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
    if not items:
        raise ExpressionError(subscript, "the index is missing")
    ellipses = [number for number, item in enumerate(items) if isinstance(item, ast.Constant) and item.value is ...]
    if len(ellipses) > 1:
        raise ExpressionError(items[ellipses[1]], "an index can have only one ...")
    before = items[: ellipses[0]] if ellipses else items
    behind = items[ellipses[0] + 1 :] if ellipses else []
    axes = [*reversed([*enumerate(before)]), *enumerate(behind, -len(behind))]
    found = [_selection(item, axis, text_of) for axis, item in axes]
    return [selection for selection in found if selection is not None]


def _selection(item: ast.expr, axis: int, text_of: TextOf) -> Selection | None:
    along = {"axis": axis} if axis else {}
    if not isinstance(item, ast.Slice):
        return Selection("index", {"index": _whole_number(item, text_of), **along})
    parts = {"start": item.lower, "stop": item.upper, "step": item.step}
    given = {name: _whole_number(part, text_of) for name, part in parts.items() if part is not None}
    return Selection("slice", {**given, **along}) if given else None


def _whole_number(expression: ast.expr, text_of: TextOf) -> int:
    hint = None
    match expression:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))) if not isinstance(number, bool):
            return -number
        case ast.Name() | ast.List() | ast.Call():
            hint = _TAKEN_ONE_BY_ONE
        case ast.Constant(value=None):
            hint = "reshape gives x another axis"
    raise ExpressionError(expression, f"an index must be a whole number, not {text_of(expression)}", hint)
