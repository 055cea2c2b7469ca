"""Values as the rows of a label, and in full."""

from __future__ import annotations

from math import prod

from backpropcli.domains import Domain, Value
from backpropcli.text.numbers import nested_text

_MOST_ROWS, _MOST_COLUMNS = 4, 4  # of an array that is written whole
MOST_DESCRIBED = 64


def rows(value: Value | None, numbers: Domain, precision: int | None, element_precision: int | None) -> tuple[str, ...]:
    """A number, a small array row by row, or the shape of a large one; nothing of what is not there."""
    if value is None:
        return ()
    shape = numbers.shape(value)
    if not shape:
        return (nested_text(numbers.numbers(value), precision),)
    if not is_small(shape):
        return (shape_text(shape),)
    lines = numbers.numbers(value)
    return tuple(nested_text(line, element_precision, " ") for line in (lines if len(shape) > 1 else [lines]))


def in_full(value: Value, numbers: Domain) -> str:
    """A value with all of its digits; an array that is too long to be read, by its shape."""
    shape = numbers.shape(value)
    if prod(shape) > MOST_DESCRIBED:
        return f"an array of {' × '.join(map(str, shape))} numbers"
    return nested_text(numbers.numbers(value), None)


def shape_text(shape: tuple[int, ...]) -> str:
    """What stands in place of a large array."""
    return "×".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]} numbers"


def is_small(shape: tuple[int, ...]) -> bool:
    """Whether an array is written out in a picture."""
    if len(shape) == 1:
        return 0 < shape[0] <= _MOST_COLUMNS
    return len(shape) == 2 and 0 < shape[0] <= _MOST_ROWS and 0 < shape[1] <= _MOST_COLUMNS
