"""The same numbers in another shape or order.

A length that only the batch decides is left open, as -1, so that the scenario takes batches of other sizes, too.
"""

from __future__ import annotations

from math import prod

from backpropcli.models.operation import Call, Operation, Translation, UnknownOperationError, Value, call


def reshaped(x: Value, shape: tuple[int, ...], free: int | None = None) -> Call:
    """`x` in that shape, in which the length at `free` is left open."""
    if free is None or prod(shape) == 0:
        return call("reshape", x, shape=shape)
    return call("reshape", x, shape=(*shape[:free], -1, *shape[free + 1 :]))


def _reshape(op: Operation) -> Call:
    """In the shape that is asked for, where 0 is the length that x has at this place, and -1 is what is left."""
    asked = op.integers("shape", 1) or []
    open_lengths = [
        length for length in (0, -1) if length in asked and not (length == 0 and op.attribute("allowzero", 0))
    ]
    return reshaped(op.x(), op.out_shape(), asked.index(open_lengths[0]) if open_lengths else None)


def _flatten(op: Operation) -> Call:
    """A matrix: the axes before `axis` are its rows."""
    axis = op.axis(1)
    if axis == 1 and len(op.shape()) > 1:
        return call("flatten", op.x(), axis=1)
    return reshaped(op.x(), op.out_shape())


def _squeeze(op: Operation) -> Call:
    shape = op.shape()
    axes = op.integers("axes", 1)
    gone = [axis % len(shape) for axis in axes] if axes else [axis for axis, length in enumerate(shape) if length == 1]
    return reshaped(op.x(), op.out_shape(), None if 0 in gone or not shape else 0)


def _unsqueeze(op: Operation) -> Call:
    shape, rank = op.shape(), len(op.out_shape())
    made = {axis % rank for axis in op.integers("axes", 1) or []}
    first = next((axis for axis in range(rank) if axis not in made), None)
    return reshaped(op.x(), op.out_shape(), first if shape else None)


def _transpose(op: Operation) -> Call:
    axes = op.attribute("perm")
    return call("transpose", op.x(), axes=None if axes is None else tuple(axes))


def _expand(op: Operation) -> Call:
    return call("broadcast", op.x(), shape=op.out_shape())


def _cumsum(op: Operation) -> Call:
    if op.attribute("exclusive", 0) or op.attribute("reverse", 0):
        raise UnknownOperationError("that is exclusive or reversed")
    return call("cumsum", op.x(), axis=int(op.number("axis", 1) or 0))


TRANSLATIONS: dict[str, Translation] = {
    "CumSum": _cumsum,
    "Expand": _expand,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
