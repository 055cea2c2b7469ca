"""One batch of rows after the other: from the numbers of its columns to those of the results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from backpropcli.binding import BoundGraph
from backpropcli.domains import Value
from backpropcli.domains.columns import DOMAIN as COLUMNS
from backpropcli.domains.columns import column_of, finite_rows, rows_of
from backpropcli.errors import Problem, ShapeError
from backpropcli.executor import Keep, Run, execute
from backpropcli.rows.plan import Plan, without_axes
from backpropcli.rows.sensitivity import relative, uncertainty


class NonFinite(NamedTuple):
    """How many rows have a result that is not finite, where one of them is, and the layer that made it."""

    number: int
    where: str
    problem: Problem | None


class Computation:
    """A plan at work; it counts the rows, and those whose results are not finite."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows = 0
        self.non_finite = NonFinite(0, "", None)

    @cached_property
    def _constants(self) -> dict[str, float]:
        inputs = self.plan.scenario.inputs
        return {name: COLUMNS.number(str(inputs[name])) for name in self.plan.constants}

    @cached_property
    def _dout(self) -> Value | None:
        dout = self.plan.scenario.dout
        return None if dout is None else COLUMNS.number(str(dout))

    def results(self, numbers: Mapping[str, Any], is_null: Any, place: Callable[[int], str]) -> dict[str, Any]:
        """What comes out of arrays of the inputs, by the names of the columns; anything for rows that are null."""
        graph, count = self.plan.scenario.graph, len(is_null)
        run = self._run(numbers, "all" if self.non_finite.number else "results")  # or each such batch would run twice
        found = {self.plan.output: rows_of(run.values[graph.output_slot], count)}
        for name, column in self.plan.gradients.items():
            gradient = run.gradient(graph.slot(name))
            found[column] = rows_of(0.0 if gradient is None else gradient, count)
        for name, column in self.plan.relative.items():
            found[column] = rows_of(relative(run, name), count)
        if self.plan.uncertainty:
            found[self.plan.uncertainty] = rows_of(uncertainty(run, self.plan.sigmas), count)
        begins_well = ~is_null & finite_rows(numbers.values(), count)
        self._note(numbers, begins_well & ~finite_rows(found.values(), count), place)
        self.rows += count
        return found

    def _run(self, numbers: Mapping[str, Any], keep: Keep) -> Run:
        graph = self.plan.scenario.graph
        values = [column_of(numbers[name]) if name in numbers else self._constants[name] for name in graph.inputs]
        try:
            return execute(BoundGraph(graph, COLUMNS, values, self._dout), wanted=self.plan.wanted, keep=keep)
        except ShapeError as error:
            raise without_axes(error) from error

    def _note(self, numbers: Mapping[str, Any], wrong: Any, place: Callable[[int], str]) -> None:
        """Count the rows that have become infinite or nan though their inputs were finite."""
        several = int(wrong.sum())
        if not several:
            return
        known = self.non_finite
        if known.number:
            self.non_finite = known._replace(number=known.number + several)
        else:
            row = int(wrong.argmax())
            alone = self._run({name: array[row : row + 1] for name, array in numbers.items()}, "all")
            self.non_finite = NonFinite(several, f"first in {place(row)}", alone.first_non_finite())
