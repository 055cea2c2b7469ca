"""All rows of a table, from its batches to a file, or to the sums of the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import reduce
from operator import or_
from typing import IO, Any, NamedTuple

from backpropcli.errors import DataError
from backpropcli.rows.batches import Computation, NonFinite
from backpropcli.rows.numbers import numbers_of
from backpropcli.rows.plan import Plan
from backpropcli.rows.reading import Batch, Source
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


class Computed(NamedTuple):
    """A batch of a table, its results by column, which rows have none, and the columns that have lost digits."""

    table: Any
    results: dict[str, Any]
    is_null: Any
    inexact: frozenset[str]


def compute(computation: Computation, batch: Batch) -> Computed:
    """The results of a batch."""
    columns = computation.plan.columns
    inputs = {name: numbers_of(batch, column) for name, column in columns.items()}
    is_null = reduce(or_, (each.is_null for each in inputs.values()))
    arrays = {name: each.array for name, each in inputs.items()}
    results = computation.results(arrays, is_null, batch.place)
    inexact = frozenset(columns[name] for name, each in inputs.items() if each.is_inexact)
    return Computed(batch.table, results, is_null, inexact)


def add_to(sums: Sums, batch: Computed) -> None:
    """Add the rows that have results."""
    has_numbers = ~batch.is_null
    sums.add({name: array[has_numbers] for name, array in batch.results.items()}, int(has_numbers.sum()))


def write_sums(sums: Sums, how: str, target: Target, names: Sequence[str]) -> None:
    """Write one row, the sum or the mean of the results of these names."""
    total = sums.total if how == "sum" else sums.mean
    with sink(target.file, target.format, schema_of(None, (), names)) as out:
        out.write(batch_of(None, (), {name: [total(name)] for name in names}, None))


@contextmanager
def _one_behind(function: Callable[[Any], None]) -> Iterator[Callable[[Any], None]]:
    """The function, whose calls are made one after the other while the caller goes on; their errors come later."""
    with ThreadPoolExecutor(1) as worker:
        last: Future[None] | None = None

        def call(x: Any) -> None:
            nonlocal last
            if last is not None:
                last.result()
            last = worker.submit(function, x)

        yield call
        if last is not None:
            last.result()


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
        self.names = plan.results

    def write(self, target: Target) -> Outcome:
        """Write a row for each row. Raises DataError and OutputError, after which there is no file."""
        schema = schema_of(self.source, self.plan.kept, self.names)
        with sink(target.file, target.format, schema) as out, _one_behind(out.write) as write:
            for batch in self._batches():
                write(batch_of(batch.table, self.plan.kept, batch.results, batch.is_null))
        return self._outcome()

    def reduce(self, target: Target, how: str) -> Outcome:
        """Write one row, the sum or the mean of all that have a number in every input."""
        sums = Sums()
        for batch in self._batches():
            add_to(sums, batch)
        write_sums(sums, how, target, self.names)
        return self._outcome()

    def _batches(self) -> Iterator[Computed]:
        plan = self.plan
        for batch in self.source.batches(plan.needed):
            computed = compute(self.computation, batch)
            self.inexact |= computed.inexact
            if self.needs_all and computed.is_null.any():
                place = batch.place(int(computed.is_null.argmax()))
                raise DataError(f"{place} has no number in the columns {', '.join(plan.columns.values())}")
            yield computed
            self.tell(self.computation.rows)

    def _outcome(self) -> Outcome:
        return Outcome(frozenset(self.inexact), self.computation.non_finite)
