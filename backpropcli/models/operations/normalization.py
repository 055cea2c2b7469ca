"""Normalization by the statistics of a batch, of a layer, or of a group."""

from __future__ import annotations

from typing import Any

from backpropcli.models.operation import Call, Operation, Translation, UnknownOperationError, Value, call

_FIRST_WITH_TRAINING_MODE = 14


def _batch_norm(op: Operation) -> Call:
    """By the running statistics, or in training by those of the batch; new running statistics are not imported."""
    eps = op.attribute("epsilon", 1e-5)
    if op.attribute("training_mode", 0) and op.version >= _FIRST_WITH_TRAINING_MODE:
        return call("batch_norm", op.x(0), op.x(1), op.x(2), eps=eps)
    if len(op.outputs) > 1 or not op.attribute("spatial", 1):
        raise UnknownOperationError("as it was before version 14")
    return call("batch_norm", *map(op.x, range(5)), train=False, eps=eps)


def _layer_norm(op: Operation) -> Value:
    axis = op.axis(-1)
    return _scaled(op, "layer_norm", op.shape()[axis:], axes=len(op.shape()) - axis, eps=op.attribute("epsilon", 1e-5))


def _rms_norm(op: Operation) -> Value:
    axis = op.axis(-1)
    return _scaled(op, "rms_norm", op.shape()[axis:], axes=len(op.shape()) - axis, eps=op.attribute("epsilon", 1e-5))


def _scaled(op: Operation, layer: str, shape: tuple[int, ...], **parameters: Any) -> Value:
    """The layer with its scale and shift, which a layer has only in that shape."""
    if all(op.shape(number) == shape for number in (1, 2) if op.has(number)):
        return call(layer, op.x(), op.x(1), op.operand(2), **parameters)
    normal = call("mul", call(layer, op.x(), **parameters), op.x(1))
    return call("add", normal, op.x(2)) if op.has(2) else normal


def _group_norm(op: Operation) -> Call:
    eps = op.attribute("epsilon", 1e-5)
    return call("group_norm", op.x(0), op.x(1), op.x(2), groups=op.attribute("num_groups"), eps=eps)


def _instance_norm(op: Operation) -> Call:
    eps = op.attribute("epsilon", 1e-5)
    return call("group_norm", op.x(0), op.x(1), op.x(2), groups=op.length(1), eps=eps)


TRANSLATIONS: dict[str, Translation] = {
    "BatchNormalization": _batch_norm,
    "GroupNormalization": _group_norm,
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm,
    "RMSNormalization": _rms_norm,
}
