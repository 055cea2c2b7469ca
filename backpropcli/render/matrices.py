"""The Jacobian or the Hessian as a table of numbers, with a row and a column for each element of a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from backpropcli.domains import Value, namespace
from backpropcli.result import Result
from backpropcli.text.escape import printable


class Matrix(NamedTuple):
    """The labels of the rows and of the columns, `x` or `x[0,1]`, and the numbers of each row.

    `is_of_arrays` says whether some of the labels are those of elements.
    """

    name: str
    rows: list[str]
    columns: list[str]
    numbers: list[list[Value]]
    is_of_arrays: bool


def matrix_of(result: Result) -> Matrix | None:
    """The Jacobian or the Hessian of a result; None if neither was asked for."""
    found = result.derivatives
    if found.jacobian is not None:
        return _matrix("jacobian", {result.output: result.value}, {result.output: found.jacobian}, result)
    if found.hessian is not None:
        inputs = {name: result.value_of(name) for name in found.hessian}
        return _matrix("hessian", inputs, found.hessian, result)
    return None


def _matrix(name: str, rows: dict[str, Value], blocks: dict[str, dict[str, Value]], result: Result) -> Matrix:
    labels = [label for row, value in rows.items() for label in _labels(row, value)]
    columns = {column: result.value_of(column) for block in blocks.values() for column in block}
    headers = [label for column, value in columns.items() for label in _labels(column, value)]
    numbers = [line for row, value in rows.items() for line in _lines(value, list(blocks[row].values()))]
    return Matrix(name, labels, headers, numbers, any(label.endswith("]") for label in (*labels, *headers)))


def _lines(value: Value, blocks: Sequence[Value]) -> Iterator[list[Value]]:
    """For each element of a value, its row in each block, whose first axes are those of the value."""
    count = namespace(value).size(value)
    elements = [namespace(block).elements(block) for block in blocks]
    for number in range(count):
        yield [cell for row in elements for cell in row[number * len(row) // count : (number + 1) * len(row) // count]]


def _labels(name: str, value: Value) -> Iterator[str]:
    for place in product(*map(range, namespace(value).shape(value))):
        yield printable(name) + (f"[{','.join(map(str, place))}]" if place else "")
