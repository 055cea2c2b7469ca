"""All rows of a table, from its batches to a file, or to the sums of the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from operator import or_
from typing import IO, Any, NamedTuple

from backpropcli.errors import DataError
from backpropcli.rows.batches import Computation, NonFinite
from backpropcli.rows.numbers import numbers_of
from backpropcli.rows.plan import Plan
from backpropcli.rows.reading import Source
from backpropcli.rows.sums import Sums
from backpropcli.rows.writing import batch_of, schema_of, sink


class Target(NamedTuple):
    """Where results go, the name of a file or a stream, and in which format."""

    file: str | IO[bytes]
    format: str


class Outcome(NamedTuple):
    """What is to be said of a table: the columns that have lost digits, and the results that are not finite."""

    inexact: frozenset[str]
    non_finite: NonFinite


class _Computed(NamedTuple):
    """A batch of a table, its results by column, and which rows have none."""

    table: Any
    results: dict[str, Any]
    is_null: Any


class Rows:
    """A plan on its way through a table; `tell` is called with the number of rows that are done.

    With `needs_all` a row that has no number in an input is an error.
    """

    def __init__(self, plan: Plan, source: Source, tell: Callable[[int], None], *, needs_all: bool) -> None:
        self.plan = plan
        self.source = source
        self.tell = tell
        self.needs_all = needs_all
        self.computation = Computation(plan)
        self.inexact: set[str] = set()
        self.names = [plan.output, *plan.gradients.values()]

    def write(self, target: Target) -> Outcome:
        """Write a row for each row. Raises DataError and OutputError, after which there is no file."""
        schema = schema_of(self.source, self.plan.kept, self.names)
        with sink(target.file, target.format, schema) as out:
            for batch in self._batches():
                out.write(batch_of(batch.table, self.plan.kept, batch.results, batch.is_null))
        return self._outcome()

    def reduce(self, target: Target, how: str) -> Outcome:
        """Write one row, the sum or the mean of all that have a number in every input."""
        sums = Sums()
        for batch in self._batches():
            has_numbers = ~batch.is_null
            sums.add({name: array[has_numbers] for name, array in batch.results.items()}, int(has_numbers.sum()))
        total = sums.total if how == "sum" else sums.mean
        with sink(target.file, target.format, schema_of(self.source, (), self.names)) as out:
            out.write(batch_of(None, (), {name: [total(name)] for name in self.names}, None))
        return self._outcome()

    def _batches(self) -> Iterator[_Computed]:
        plan, computation = self.plan, self.computation
        for batch in self.source.batches(list(dict.fromkeys([*plan.columns.values(), *plan.kept]))):
            inputs = {name: numbers_of(batch, column) for name, column in plan.columns.items()}
            self.inexact.update(plan.columns[name] for name, each in inputs.items() if each.is_inexact)
            is_null = reduce(or_, (each.is_null for each in inputs.values()))
            if self.needs_all and is_null.any():
                place = batch.place(int(is_null.argmax()))
                raise DataError(f"{place} has no number in the columns {', '.join(plan.columns.values())}")
            arrays = {name: each.array for name, each in inputs.items()}
            yield _Computed(batch.table, computation.results(arrays, batch.table.num_rows, batch.place), is_null)
            self.tell(computation.rows)

    def _outcome(self) -> Outcome:
        return Outcome(frozenset(self.inexact), self.computation.non_finite)
