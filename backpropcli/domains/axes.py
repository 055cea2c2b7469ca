"""Axes by their numbers."""

from __future__ import annotations

from backpropcli.domains.base import Shape
from backpropcli.errors import ShapeError


def axis_index(axis: int, shape: Shape) -> int:
    """The number of the axis counted from 0. Raises ShapeError if the shape has no such axis.

    >>> axis_index(1, (2, 3)), axis_index(-1, (2, 3))
    (1, 1)
    """
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"axis {axis} is out of range for {f'an array of shape {shape}' if shape else 'a number'}")
    return axis % len(shape)


def stretched_axes(shape: Shape, original: Shape) -> tuple[int, ...]:
    """The axes of a shape along which an array of another was broadcast to it.

    >>> stretched_axes((4, 2, 3), (1, 3))
    (0, 1)
    """
    extra = len(shape) - len(original)
    stretched = (i + extra for i, length in enumerate(original) if length == 1 and shape[i + extra] != 1)
    return (*range(extra), *stretched)
