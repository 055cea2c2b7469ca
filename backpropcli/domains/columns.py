"""Columns: one number a row, in NumPy arrays of whose axis the layers see nothing.

To a layer a column is a number: its own sum, maximum and mean. So a loss is one of each row, where arrays would be
reduced across rows without a word.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from backpropcli.domains.arrays import DOMAIN as ARRAYS
from backpropcli.domains.base import Over, Value
from backpropcli.domains.operands import Operand, OperandDomain, Operator
from backpropcli.domains.scalars import ScalarDomain
from backpropcli.errors import DomainError


class Column(Operand):
    """The numbers of one value, a row each."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        self.domain = DOMAIN
        self.array = array

    def __repr__(self) -> str:
        return f"Column({self.array!r})"


class Columns(OperandDomain, ScalarDomain):
    """Columns of float64; Python's numbers go along with them, as the same number in each row.

    >>> DOMAIN.convert([1.0, 2.0]) * 3, DOMAIN.sum(DOMAIN.convert([1.0, 2.0]))
    (Column(array([3., 6.])), Column(array([1., 2.])))
    """

    name = "columns"
    title = "columns of a table"

    def number(self, text: str, /) -> Value:
        """The float64 nearest to a number as text."""
        return ARRAYS.number(text)

    def convert(self, value: Value, /, _dtype: str = "float64") -> Value:
        """A column, or a plain number, as it is; a list or an array as a column."""
        return value if isinstance(value, Column | float) else Column(ARRAYS.convert(value))

    def constants(self, texts: Iterable[str], _inputs: Iterable[Value], /) -> list[Value]:
        """Plain numbers."""
        return [self.number(text) for text in texts]

    def quiet(self) -> AbstractContextManager[object]:
        """A context without NumPy's warnings."""
        return ARRAYS.quiet()

    def numbers(self, x: Value, /) -> Any:
        """The numbers of all rows."""
        return x.array.tolist() if isinstance(x, Column) else x

    def flat(self, x: Value, /) -> list[Any]:
        """The numbers of all rows."""
        return x.array.tolist() if isinstance(x, Column) else [x]

    def type_name(self, _x: Value, /) -> str:
        """What a number of a row is called."""
        return "float64"

    def rounded(self, _x: Value, /) -> float:
        """No layer may ask for one number: there is another in each row."""
        raise DomainError(f"{self.title} are no single number")

    def is_finite(self, x: Value, /) -> bool:
        """Whether the numbers of all rows are finite."""
        return ARRAYS.is_finite(_plain(x))

    def nears_limits(self, x: Value, /) -> bool:
        """Whether the number of a row is near the ends of the range."""
        return isinstance(x, Column) and ARRAYS.nears_limits(x.array)

    def times(self, *factors: Value | Over) -> Value:
        """The product in each row, also where parts of it leave the range."""
        return Column(ARRAYS.times(*(Over(_plain(f.divisor)) if isinstance(f, Over) else _plain(f) for f in factors)))

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The operator in each row."""
        return Column(function(x.array))

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """The operator in each row; a division by 0 does not raise."""
        apply = ARRAYS.divide if function is operator.truediv else function
        return Column(apply(_plain(x), _plain(y)))

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """The function in each row."""
        return Column(getattr(ARRAYS, function)(*map(_plain, xs)))

    def ones_like(self, x: Value, /) -> Value:
        """A one in each row."""
        return Column(ARRAYS.ones_like(x.array)) if isinstance(x, Column) else 1.0

    def zeros_like(self, x: Value, /) -> Value:
        """A zero in each row."""
        return Column(ARRAYS.zeros_like(x.array)) if isinstance(x, Column) else 0.0

    def random_like(self, x: Value, seed: int, /) -> Value:
        """Another number in each row."""
        return Column(ARRAYS.random_like(_plain(x), seed))

    def as_mask(self, x: Value, name: str, /) -> Value:
        """Zeros and ones as conditions."""
        return Column(ARRAYS.as_mask(np.asarray(_plain(x)), name))


def column_of(array: Any) -> Column:
    """An array of numbers, a row each, as a column."""
    return Column(np.asarray(array, dtype=np.float64))


def rows_of(x: Value, count: int) -> Any:
    """The numbers of all rows as an array; of a plain number, as many as there are rows."""
    return x.array if isinstance(x, Column) else np.full(count, x)


def finite_rows(columns: Iterable[Any], count: int) -> Any:
    """For each row whether the numbers in all of these arrays are finite."""
    found = np.ones(count, bool)
    for array in columns:
        found &= np.isfinite(array)
    return found


def _plain(x: Value) -> Any:
    return x.array if isinstance(x, Column) else x


DOMAIN = Columns()
