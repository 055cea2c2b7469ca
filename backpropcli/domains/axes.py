"""The number of an axis, which may be counted from the end."""

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
