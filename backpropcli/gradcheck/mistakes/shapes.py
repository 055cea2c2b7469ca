"""The right numbers in the wrong shape or order, or not summed up."""

from __future__ import annotations

from itertools import combinations

from backpropcli.domains import Value
from backpropcli.gradcheck.evidence import Evidence


def axis_of_one(evidence: Evidence) -> str | None:
    """A sum that keeps its axis, or lacks one of length 1."""
    numbers, shape = evidence.numbers, evidence.numbers.shape(evidence.right)
    found_shape = numbers.shape(evidence.found)
    if found_shape == shape or _without_ones(found_shape) != _without_ones(shape):
        return None
    if not evidence.fits(numbers.reshape(evidence.found, shape), evidence.right):
        return None
    shapes = f"it is {found_shape} instead of {shape}"
    if len(found_shape) > len(shape):
        return f"an axis of length 1 remains: {shapes}, as after a sum with keepdims=True"
    if len(found_shape) < len(shape):
        return f"an axis of length 1 is missing: {shapes}, as after a sum without keepdims=True"
    return f"an axis of length 1 is in the wrong place: {shapes}"


def missing_broadcast_sum(evidence: Evidence) -> str | None:
    """The shape of the output instead of that of an input that was broadcast."""
    numbers, shape = evidence.numbers, evidence.numbers.shape(evidence.right)
    found_shape = numbers.shape(evidence.found)
    if found_shape == shape:
        return None
    try:
        numbers.broadcast_to(evidence.right, found_shape)
        total = numbers.unbroadcast(evidence.found, evidence.right)
    except ValueError:
        return None
    if not evidence.fits(total, evidence.right):
        return None
    shapes = f"{found_shape} instead of {shape}"
    return f"it is not summed over the axes along which {evidence.name} was broadcast: {shapes}"


def wrong_axes_summed(evidence: Evidence) -> str | None:
    """A sum of dout over other axes than those that a bias needs."""
    trial, numbers = evidence.trial, evidence.numbers
    if trial is None:
        return None
    count = len(numbers.shape(trial.dout))
    chosen = [axes for length in range(1, count + 1) for axes in combinations(range(count), length)]
    sums = {axes: numbers.sum(trial.dout, axes) for axes in chosen}
    said = [axes for axes, total in sums.items() if evidence.explained_by(total)]
    needed = [axes for axes, total in sums.items() if evidence.fits(evidence.right, total)]
    if not said or not needed:
        return None
    return f"dout is summed over {_axes(said[0])}; it must be summed over {_axes(needed[0])}"


def transposed(evidence: Evidence) -> str | None:
    """Rows for columns."""
    numbers = evidence.numbers
    if len(numbers.shape(evidence.found)) < 2:
        return None
    return "it is transposed" if evidence.fits(numbers.transpose(evidence.found), evidence.right) else None


def reversed_order(evidence: Evidence) -> str | None:
    """The right numbers from last to first."""
    if not evidence.has_shape:
        return None
    axes = len(evidence.numbers.shape(evidence.right))
    for count in range(1, axes + 1):
        if evidence.explained_by(flipped(evidence.right, count)):
            return f"it is in reverse order along {last_axes(count)}"
    return None


def flipped(x: Value, count: int) -> Value:
    """An array with its last `count` axes in reverse order."""
    return x[(..., *(slice(None, None, -1),) * count)]


def last_axes(count: int) -> str:
    """The last axes in words."""
    return "the last axis" if count == 1 else f"the last {count} axes"


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def _axes(axes: tuple[int, ...]) -> str:
    """Axes in words."""
    *first, last = map(str, axes)
    return f"axes {', '.join(first)} and {last}" if first else f"axis {last}"
