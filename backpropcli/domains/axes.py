"""Axes by their numbers."""

from __future__ import annotations

from backpropcli.domains.base import Domain, Shape, Value
from backpropcli.errors import ShapeError


def axis_index(axis: int, shape: Shape) -> int:
    """The number of the axis counted from 0. Raises ShapeError if the shape has no such axis.

    >>> axis_index(1, (2, 3)), axis_index(-1, (2, 3))
    (1, 1)
    """
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"axis {axis} is out of range for {f'an array of shape {shape}' if shape else 'a number'}")
    return axis % len(shape)


def axis_indices(axis: int | tuple[int, ...] | None, shape: Shape) -> tuple[int, ...]:
    """The numbers of the axes counted from 0, of all for None. Raises ShapeError if the shape lacks one.

    >>> axis_indices(None, (2, 3)), axis_indices(-1, (2, 3))
    ((0, 1), (1,))
    """
    if axis is None:
        return tuple(range(len(shape)))
    return tuple(axis_index(each, shape) for each in ((axis,) if isinstance(axis, int) else axis))


def stretched_axes(shape: Shape, original: Shape) -> tuple[int, ...]:
    """The axes of a shape along which an array of another was broadcast to it.

    >>> stretched_axes((4, 2, 3), (1, 3))
    (0, 1)
    """
    extra = len(shape) - len(original)
    stretched = (i + extra for i, length in enumerate(original) if length == 1 and shape[i + extra] != 1)
    return (*range(extra), *stretched)


def rows_along(xp: Domain, x: Value, axis: int | None) -> tuple[Value, int]:
    """The value and the number of an axis; for None its numbers made flat, and their only axis.

    Raises ShapeError if there is no such axis.
    """
    shape = xp.shape(x)
    if axis is None and not xp.is_scalar:
        return xp.reshape(x, (xp.size(x),)), 0
    return x, axis_index(axis or 0, shape)
