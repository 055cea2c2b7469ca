"""Sums of numbers whose size is bounded, as that of fractions is: each partial sum is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from backpropcli.domains.base import Value

Objects = Any  # an ndarray of objects


class _Term:
    """A number on its way into a sum, which the guard looks at whenever it has grown."""

    __slots__ = ("guard", "number")

    def __init__(self, guard: Callable[[Value], None], number: Value) -> None:
        self.guard = guard
        self.number = number

    def __add__(self, other: _Term) -> _Term:
        total = self.number + other.number
        self.guard(total)
        return _Term(self.guard, total)

    def __mul__(self, other: _Term) -> _Term:
        return _Term(self.guard, self.number * other.number)


def guarded(function: Callable[..., Objects], arrays: Sequence[Objects], guard: Callable[[Value], None]) -> Objects:
    """What a function of NumPy that adds makes of arrays of numbers, where `guard` may refuse each sum on the way."""
    terms = (np.asarray(np.frompyfunc(partial(_Term, guard), 1, 1)(numbers), object) for numbers in arrays)
    return np.frompyfunc(lambda cell: cell.number if type(cell) is _Term else cell, 1, 1)(function(*terms))
