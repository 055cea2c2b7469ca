"""Layers of several values, as a recurrent cell gives a hidden state and a cell state: for a check they are one.

The values stand one after another in one row of numbers, and so do their upstream gradients.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod
from typing import Any

from backpropcli.catalogue.arguments import is_upstream
from backpropcli.domains import Value
from backpropcli.domains.base import Shape
from backpropcli.errors import LayerError

_OF_A_STATE = r"d_?((next|prev)_?)?[hcs](_?(next|prev|t))?"


def upstream_names(arguments: Sequence[str]) -> list[str]:
    """The first of a backward's arguments that are upstream gradients by their names."""
    found: list[str] = []
    for name in arguments:
        if not is_upstream(name) and re.fullmatch(_OF_A_STATE, name, re.IGNORECASE) is None:
            break
        found.append(name)
    return found


def joined(values: Sequence[Any]) -> tuple[Value, list[Shape]]:
    """All numbers of some values in one row, and the shapes of the values."""
    from backpropcli.domains.arrays import DOMAIN as ARRAYS  # imports NumPy

    taken = [ARRAYS.accept(value) for value in values]
    shapes = [ARRAYS.shape(value) for value in taken]
    return ARRAYS.concat([ARRAYS.reshape(value, (ARRAYS.size(value),)) for value in taken], 0), shapes


def parted(row: Value, shapes: Sequence[Shape]) -> list[Value]:
    """The values of these shapes whose numbers stand in a row."""
    from backpropcli.domains.arrays import DOMAIN as ARRAYS  # imports NumPy

    found, start = [], 0
    for shape in shapes:
        end = start + prod(shape)
        found.append(ARRAYS.reshape(row[start:end], shape))
        start = end
    return found


def values_of(found: Any, names: Sequence[str], forward: str) -> Sequence[Any]:
    """The values that belong to the upstream gradients of these names, of what a forward returned.

    Raises LayerError if it returned fewer.
    """
    if not isinstance(found, tuple | list) or len(found) < len(names):
        raise LayerError(f"backward takes {' and '.join(names)}, but {forward} returns no {len(names)} values")
    return found[: len(names)]
