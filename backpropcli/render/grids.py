"""What people read of a result, as grids of cells: the answers, and the steps if asked for.

The grids are what `table`, `markdown` and `latex` lay out. The last two columns of a grid hold numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.cells import is_large
from backpropcli.render.escape import printable
from backpropcli.result import Result
from backpropcli.steps import Step

Row = tuple[str, ...]
Cell = Callable[[Value, int | None], str]

NUMBER_COLUMNS = 2


class Grid(NamedTuple):
    """Rows below a header, in groups that belong together."""

    header: Row
    groups: list[list[Row]]


def grids(result: Result, options: Options, cell: Cell) -> list[Grid]:
    """The grid of a result's answers, then that of its steps if asked for; `cell` makes the text of a value."""

    def pair(value: Value, gradient: Value | None) -> Row:
        return cell(value, options.precision), "" if gradient is None else cell(gradient, options.precision)

    output = (printable(result.output), *pair(result.value, result.dout))
    inputs = [(printable(n), *pair(result.value_of(n), gradient)) for n, gradient in result.gradients.items()]
    answers = Grid(("name", "value", "gradient"), [group for group in ([output], inputs) if group])
    if not options.steps:
        return [answers]
    return [answers, Grid(("step", "layer", *answers.header), [_step_rows(step, pair) for step in result.steps])]


def heading(result: Result, results: Sequence[Result]) -> str:
    """What stands above a result: its title, or the file that it comes from when there are several results."""
    return printable(result.title or (result.source or "" if len(results) > 1 else ""))


def has_summaries(result: Result, options: Options) -> bool:
    """Whether some cell shows a summary instead of all numbers."""
    run = result.run
    if options.steps:
        return any(is_large(value) for value in run.values)
    return is_large(result.value) or any(is_large(value) for value in result.gradients.values())


def _step_rows(step: Step, pair: Callable[[Value, Value | None], Row]) -> list[Row]:
    """A row for each input with what this edge contributes to its gradient, then one for the step's value."""
    edges = [(printable(edge.name), *pair(edge.value, edge.contribution)) for edge in step.inputs]
    rows = [*edges, (f"= {printable(step.output)}", *pair(step.value, step.gradient))]
    labels = [(f"({step.number})", step.layer), ("", printable(step.name or ""))]
    labels += [("", "")] * (len(rows) - len(labels))
    return [(*label, *row) for label, row in zip(labels, rows, strict=True)]
