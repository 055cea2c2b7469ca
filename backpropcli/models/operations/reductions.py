"""One number for many, and the softmax of many."""

from __future__ import annotations

from functools import partial
from math import prod

from backpropcli.models.operation import Call, Operation, Translation, UnknownOperationError, Value, call
from backpropcli.models.operations.shapes import reshaped

_FIRST_SOFTMAX_OF_ONE_AXIS = 13


def along(layer: str, x: Value, axes: list[int], rank: int, *, keepdims: bool) -> Value:
    """A reduction over several axes, one after the other, since a layer takes one, or all."""
    kept = True if keepdims else None
    if len(axes) == rank:
        return call(layer, x, keepdims=kept)
    for axis in sorted(axes, reverse=True):
        x = call(layer, x, axis=axis, keepdims=kept)
    return x


def _reduced(layer: str, op: Operation, before: str | None = None, after: str | None = None) -> Value:
    if op.out_kind() != "float" and layer == "mean":
        raise UnknownOperationError("of whole numbers")
    rank = len(op.shape())
    axes = [axis % rank for axis in op.integers("axes", 1) or []] if rank else []
    x: Value = call(before, op.x()) if before else op.x()
    if axes or not op.attribute("noop_with_empty_axes", 0):
        x = along(layer, x, axes or list(range(rank)), rank, keepdims=bool(op.attribute("keepdims", 1)))
    return call(after, x) if after else x


def _over_places(layer: str, op: Operation) -> Value:
    """Over all axes but those of the batch and of the channels."""
    rank = len(op.shape())
    return along(layer, op.x(), list(range(2, rank)), rank, keepdims=True)


def _softmax(layer: str, op: Operation) -> Call:
    """Along an axis; before version 13 over all from an axis on, as if they were one."""
    shape = op.shape()
    is_of_one = op.version >= _FIRST_SOFTMAX_OF_ONE_AXIS
    axis = op.axis(-1 if is_of_one else 1)
    if is_of_one or axis == len(shape) - 1:
        return call(layer, op.x(), axis=None if axis == len(shape) - 1 else axis)
    rows = call("reshape", op.x(), shape=(prod(shape[:axis]), prod(shape[axis:])))
    return reshaped(call(layer, rows), shape)


TRANSLATIONS: dict[str, Translation] = {
    "GlobalAveragePool": partial(_over_places, "mean"),
    "GlobalMaxPool": partial(_over_places, "max"),
    "LogSoftmax": partial(_softmax, "log_softmax"),
    "ReduceL1": partial(_reduced, "sum", before="abs"),
    "ReduceL2": partial(_reduced, "norm"),
    "ReduceLogSum": partial(_reduced, "sum", after="log"),
    "ReduceLogSumExp": partial(_reduced, "logsumexp"),
    "ReduceMax": partial(_reduced, "max"),
    "ReduceMean": partial(_reduced, "mean"),
    "ReduceMin": partial(_reduced, "min"),
    "ReduceProd": partial(_reduced, "prod"),
    "ReduceSum": partial(_reduced, "sum"),
    "ReduceSumSquare": partial(_reduced, "sum", before="square"),
    "Softmax": partial(_softmax, "softmax"),
}
