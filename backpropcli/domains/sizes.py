"""How large a value may be that a few numbers make: a parameter can ask for more than any memory holds."""

from __future__ import annotations

from math import prod

from backpropcli.domains.base import Shape
from backpropcli.errors import ShapeError

MAX_MADE = 1_000_000
_MOST_TIMES = 16


def check_size(shape: Shape, given: int) -> None:
    """Refuse a shape of more than a million numbers, or empty rows, that are made of many fewer, before they are made.

    >>> check_size((1000, 1001), given=1)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: the shape (1000, 1001) has 1,001,000 numbers; of 1, at most 1,000,000 are made
    """
    limit = max(MAX_MADE, _MOST_TIMES * given)
    count = prod(max(length, 1) for length in shape)
    if count > limit:
        what = "empty rows" if 0 in shape else "numbers"
        raise ShapeError(f"the shape {shape} has {count:,} {what}; of {given:,}, at most {limit:,} are made")
