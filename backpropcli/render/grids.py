"""What people read of a result, as grids of cells: the answers, and the steps if asked for.

The grids are what `table`, `markdown` and `latex` lay out. The last two columns of a grid hold numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, Generic, NamedTuple, TypeVar

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.cells import NOTE, is_large
from backpropcli.render.values import value_text
from backpropcli.result import Result
from backpropcli.steps import Step
from backpropcli.text.escape import printable

Cell = TypeVar("Cell")
"""A value as a format writes it."""

NUMBER_COLUMNS = 2
_NAMES = 5  # of values with the same to be said
_NO_LABEL = ("", "")
_NO_NUMBERS = ("", None, None)


class Row(NamedTuple, Generic[Cell]):
    """The texts of a row, and its numbers: a value and a gradient, each None where there is none."""

    texts: tuple[str, ...]
    numbers: tuple[Cell | None, Cell | None]


class Grid(NamedTuple, Generic[Cell]):
    """Rows below a header, in groups that belong together."""

    header: tuple[str, ...]
    groups: list[list[Row[Cell]]]


def grids(result: Result, options: Options, cell: Callable[[Value, Options], Cell]) -> list[Grid[Cell]]:
    """The grid of a result's answers, then that of its steps if asked for; `cell` writes a value."""

    def pair(value: Value, gradient: Value | None) -> tuple[Cell, Cell | None]:
        return cell(value, options), None if gradient is None else cell(gradient, options)

    output = Row((printable(result.output),), pair(result.value, result.dout))
    inputs = [Row((printable(n),), pair(result.value_of(n), gradient)) for n, gradient in result.gradients.items()]
    answers = Grid(("name", "value", "gradient"), [group for group in ([output], inputs) if group])
    if not options.steps:
        return [answers]
    return [answers, Grid(("step", "layer", *answers.header), [_step_rows(step, pair) for step in result.steps])]


def heading(result: Result, results: Sequence[Result]) -> str:
    """The line above a result: its title, or its file when there are several results."""
    return printable(result.title or (result.source or "" if len(results) > 1 else ""))


def notes(result: Result, options: Options) -> Iterator[str]:
    """The sentences below a result: what its cells do not show."""
    for label, convention in result.conventions.items():
        yield f"{printable(label)} follows the {convention} convention."
    for name, meaning in result.named_constants.items():
        yield f"{name} is {meaning}, since no input or step has that name."
    if options.steps:
        yield from _zeros(result)
    if _has_summaries(result, options):
        yield NOTE


def _zeros(result: Result) -> Iterator[str]:
    """Why gradients are zero; those of one reason in one sentence."""
    alike: dict[tuple[str, bool], list[str]] = {}
    for zero in result.zero_gradients:
        alike.setdefault((zero.reason, zero.is_exact), []).append(printable(zero.name))
    for (reason, is_exact), names in alike.items():
        shown = [*names[:_NAMES], f"{len(names) - _NAMES:,} more"] if len(names) > _NAMES + 1 else names
        listed = " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)
        but = "" if is_exact else " but for rounding"
        verb = f"gradient of {listed} is" if len(names) == 1 else f"gradients of {listed} are"
        yield f"The {verb} 0{but}: {printable(reason)}."


def _has_summaries(result: Result, options: Options) -> bool:
    run = result.run
    if options.steps:
        return any(is_large(value) for value in run.values)
    return is_large(result.value) or any(is_large(value) for value in result.gradients.values() if value is not None)


def _step_rows(step: Step, pair: Callable[[Value, Value | None], tuple[Cell, Cell | None]]) -> list[Row[Cell]]:
    """A row for each input with what this edge contributes to its gradient, then one for the step's value."""
    edges = [(printable(edge.name), *pair(edge.value, edge.contribution)) for edge in step.inputs]
    rows = [*edges, (f"= {printable(step.output)}", *pair(step.value, step.gradient))]
    name = [("", printable(step.name))] if step.name else []
    labels = [(f"({step.number})", step.layer), *name, *(("", text) for text in parameter_texts(step))]
    paired = ((label or _NO_LABEL, row or _NO_NUMBERS) for label, row in zip_longest(labels, rows))
    return [Row((*label, text), (value, gradient)) for label, (text, value, gradient) in paired]


def parameter_texts(step: Step) -> list[str]:
    """The parameters of a step as `name=value`."""
    return [f"{name}={_parameter_word(value)}" for name, value in step.parameters.items()]


def _parameter_word(value: Any) -> str:
    """A parameter's value as YAML writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | tuple):
        return value if isinstance(value, str) else str(list(value))
    return value_text(value, None)
