"""Shapes of expressions, as far as they can be told, and what need not be repeated because of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains.base import Shape
from backpropcli.layers.base import BinaryElementwise, Elementwise
from backpropcli.symbolic.expressions import DERIVATIVE, Call, Expression, Name, Number, fold

_WITH_SHAPE = {"broadcast", "reshape"}
_BROADCASTING = {"add", "sub", "mul", "div"}
_OF_NUMBERS = {*_BROADCASTING, "neg", "pow"}


def in_shape(expression: Expression, shape: Shape, names: Mapping[str, Shape]) -> Expression:
    """The expression in this shape, without `broadcast` where an operator repeats its operand anyway.

    The values that are named have the shapes `names`.
    """

    def leaf(part: Name | Number) -> tuple[Expression, Shape | None]:
        return part, names.get(part.text) if isinstance(part, Name) else ()

    def call(part: Call, operands: list[tuple[Expression, Shape | None]]) -> tuple[Expression, Shape | None]:
        found = _shape(part, [shape for _, shape in operands], names)
        expressions = [each for each, _ in operands]
        if (
            part.layer in _WITH_SHAPE
            and found
            and min(found) >= 0
            and (number := _repeated(expressions[0])) is not None
        ):
            return Call("broadcast", (number,), part.parameters), found
        if part.layer in _BROADCASTING and found is not None:
            for place, each in enumerate(expressions):
                if not isinstance(each, Call) or each.layer != "broadcast":
                    continue
                if operands[1 - place][1] == found:
                    expressions[place] = each.operands[0]
                    break
                if operands[1 - place][1] == () and (number := _repeated(each)) is not None:
                    expressions[place] = number
                    return Call("broadcast", (Call(part.layer, tuple(expressions)),), (("shape", found),)), found
        return Call(part.layer, tuple(expressions), part.parameters), found

    made, own = fold(expression, leaf, call)
    is_so = own == shape or (own is None and shape != (1,))  # a number may stand for an array of one
    return made if is_so else Call("broadcast", (made,), (("shape", shape),))


def _repeated(expression: Expression) -> Expression | None:
    """What an expression repeats, or is, if that is a number or made of numbers; None for others."""
    inner = expression
    if isinstance(inner, Call) and inner.layer == "broadcast":
        inner = inner.operands[0]
    todo = [inner]
    while todo:
        part = todo.pop()
        if isinstance(part, Name) or (isinstance(part, Call) and part.layer not in _OF_NUMBERS):
            return None
        todo += part.operands if isinstance(part, Call) else ()
    return inner


def _shape(call: Call, shapes: Sequence[Shape | None], names: Mapping[str, Shape]) -> Shape | None:
    """The shape of a call on operands of these shapes."""
    given = dict(call.parameters)
    known = [shape for shape in shapes if shape is not None]
    found: Shape | None = None
    if call.layer in _WITH_SHAPE:
        found = tuple(given["shape"])
    elif call.layer == DERIVATIVE:
        _, name = call.operands
        found = names.get(name.text) if isinstance(name, Name) else None
    elif len(known) < len(shapes):
        found = None
    elif call.layer == "transpose" and not given:
        found = known[0][::-1]
    elif call.layer == "matmul" and all(len(shape) == 2 for shape in known):
        found = known[0][0], known[1][1]
    elif call.layer == "sum" and not given:
        found = ()
    elif call.layer == "where" or issubclass(layer_spec(call.layer).cls, Elementwise | BinaryElementwise):
        found = reduce(_broadcast, known)
    return found


def _broadcast(one: Shape, other: Shape) -> Shape:
    """The shape that two shapes broadcast to."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    padded = (*[1] * (len(longer) - len(shorter)), *shorter)
    return tuple(max(pair) if 0 not in pair else 0 for pair in zip(longer, padded, strict=True))
