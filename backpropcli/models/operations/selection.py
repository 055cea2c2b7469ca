"""Numbers that are taken from here or from there."""

from __future__ import annotations

from itertools import accumulate, pairwise

from backpropcli.models.operation import Call, Operation, Translation, UnknownOperationError, Value, call

_FAR = 2**31 - 1  # from here on a bound of Slice stands for the end


def _where(op: Operation) -> Call:
    return call("where", op.x(0), op.x(1), op.x(2))


def _concat(op: Operation) -> Value:
    return call("concat", *map(op.x, range(len(op.inputs))), axis=op.axis())


def _gather(op: Operation) -> Value:
    """Rows by their numbers: one that is known, or several."""
    axis = op.axis(0)
    if op.is_known(1) and op.shape(1) == ():
        return call("index", op.x(0), index=int(op.constant(1, "indices").item()), axis=axis)
    if op.is_known(1) and op.constant(1, "indices").min(initial=0) < 0:
        raise UnknownOperationError("with indices that count from the end")
    return call("embedding", op.x(0), op.x(1)) if axis == 0 else call("take", op.x(0), op.x(1), axis=axis)


def _slice(op: Operation) -> Value:
    """Every so many rows, along several axes."""
    starts, stops = op.integers("starts", 1) or [], op.integers("ends", 2) or []
    axes = op.integers("axes", 3) or list(range(len(starts)))
    steps = op.integers("steps", 4) or [1] * len(starts)
    found: Value = op.x()
    for start, stop, axis, step in zip(starts, stops, axes, steps, strict=True):
        found = call(
            "slice", found, start=_bound(start), stop=_bound(stop), step=None if step == 1 else step, axis=axis
        )
    return found


def _bound(place: int) -> int | None:
    return place if abs(place) < _FAR else None


def _split(op: Operation) -> list[Value]:
    """Parts one after the other, as long as the outputs."""
    axis = op.axis(0)
    lengths = [op.out_shape(number)[axis] for number in range(len(op.outputs))]
    bounds = pairwise(accumulate(lengths, initial=0))
    return [call("slice", op.x(), start=start or None, stop=stop, axis=axis) for start, stop in bounds]


TRANSLATIONS: dict[str, Translation] = {
    "Concat": _concat,
    "Gather": _gather,
    "Slice": _slice,
    "Split": _split,
    "Where": _where,
}
