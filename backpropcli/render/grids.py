"""What people read of a result, as grids of cells: the answers, and the steps if asked for.

The grids are what `table`, `markdown` and `latex` lay out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from backpropcli.domains import Value, namespace
from backpropcli.render import Options
from backpropcli.render.answer_columns import answer_columns, series_columns
from backpropcli.render.cells import NOTE, is_large
from backpropcli.render.matrices import matrix_of
from backpropcli.render.values import value_text
from backpropcli.result import Result
from backpropcli.steps import Step
from backpropcli.text.escape import printable

if TYPE_CHECKING:
    from backpropcli.rounding import Rounding

Cell = TypeVar("Cell")
"""A value as a format writes it."""

FACTORS = ("upstream", "local")
"""The columns of what a contribution between numbers is the product of."""

_RIGHT_DIGITS = "right digits"
_VALUE_AND_GRADIENT = ("value", "gradient")
_WITH_FACTORS = ("value", *FACTORS, "gradient")
_NO_LABEL = ("", "")


class Row(NamedTuple, Generic[Cell]):
    """The texts of a row, and its numbers, each None where there is none."""

    texts: tuple[str, ...]
    numbers: tuple[Cell | None, ...]


_NO_ROW: Row[Any] = Row(("",), (None,) * len(_WITH_FACTORS))


class Grid(NamedTuple, Generic[Cell]):
    """Rows below the headers of their texts and of their numbers, in groups that belong together."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    groups: list[list[Row[Cell]]]
    caption: str = ""
    """What the numbers are, to stand above them where there is no row of headers."""

    @property
    def rows(self) -> list[Row[Cell]]:
        """The rows of all groups."""
        return [row for group in self.groups for row in group]

    def without(self, *names: str) -> Grid[Cell]:
        """The grid without columns of numbers."""
        kept = [place for place, name in enumerate(self.numbers) if name not in names]
        groups = [[row._replace(numbers=tuple(row.numbers[k] for k in kept)) for row in group] for group in self.groups]
        return self._replace(numbers=tuple(self.numbers[k] for k in kept), groups=groups)


def grids(result: Result, options: Options, cell: Callable[[Value, Options], Cell]) -> list[Grid[Cell]]:
    """The grids of a result's answers, of its Jacobian or Hessian, and of its steps, if asked for.

    `cell` writes a value.
    """

    def row(texts: tuple[str, ...], *numbers: Value | None) -> Row[Cell]:
        return Row(texts, tuple(None if number is None else cell(number, options) for number in numbers))

    columns = answer_columns(result, options)

    def answer(name: str, value: Value, gradient: Value | None) -> Row[Cell]:
        return row((printable(name),), value, gradient, *(column.get(name) for column in columns.values()))

    output = answer(result.output, result.value, result.dout)
    inputs = [answer(name, result.value_of(name), gradient) for name, gradient in result.gradients.items()]
    answers = Grid(("name",), (*_VALUE_AND_GRADIENT, *columns), [group for group in ([output], inputs) if group])
    found = [answers]
    if (matrix := matrix_of(result)) and matrix.rows and matrix.columns:
        digits = options.element_precision if matrix.is_of_arrays else options.precision
        lines = zip(matrix.rows, matrix.numbers, strict=True)
        rows = [
            Row((label,), tuple(cell(n, options._replace(precision=digits)) for n in line)) for label, line in lines
        ]
        found.append(Grid((matrix.name,), tuple(matrix.columns), [rows]))
    if result.rounding is not None and result.rounding.is_counted:
        names = result.run.graph.slots if options.steps else (result.output, *result.gradients)
        found.append(_right_digits(result.rounding, names, row))
    if not options.steps:
        return found
    steps = Grid(("step", "layer", "name"), _WITH_FACTORS, [_step_rows(step, row) for step in result.steps])
    has_factors = any(edge.local is not None for step in result.steps for edge in step.inputs)
    return [*found, steps if has_factors else steps.without(*FACTORS)]


def _right_digits(rounding: Rounding, names: Iterable[str], row: Callable[..., Row[Cell]]) -> Grid[Cell]:
    """How many digits are right of values and gradients."""
    rows = []
    for name in names:
        counts = (None if count is None else float(count) for count in rounding.counted(name))
        rows.append(row((printable(name),), *counts))
    return Grid((_RIGHT_DIGITS,), _VALUE_AND_GRADIENT, [rows], caption=f"{_RIGHT_DIGITS}:")


def sheets(
    results: Sequence[Result], options: Options, cell: Callable[[Value, Options], Cell]
) -> Iterator[tuple[Result, list[Grid[Cell]]]]:
    """The grids of each result, or the one of a scenario at several values of an input, beside the first result."""
    if options.varied is None:
        for result in results:
            yield result, grids(result, options, cell)
    else:
        rows = series(results, options)
        header = next(rows)
        numbers = (tuple(None if value is None else cell(value, options) for value in row) for row in rows)
        yield results[0], [Grid((), tuple(header), [[Row((), row) for row in numbers]])]


def series(results: Sequence[Result], options: Options) -> Iterator[list[Any]]:
    """The columns of a scenario at several values of an input, and then their values for each.

    They are that input, the output, its gradients, and what else was asked for.
    """
    varied = options.varied or ""
    for number, result in enumerate(results):
        others = series_columns(result, options)
        if not number:
            names = (varied, result.output, *(f"d_{name}" for name in result.gradients), *others)
            yield [printable(name) for name in names]
        yield [result.value_of(varied), result.value, *result.gradients.values(), *others.values()]


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
        from backpropcli.zero_gradients import zero_sentences  # most results are shown without steps

        yield from map(printable, zero_sentences(result.zero_gradients))
    elif result.derivatives.jacobian is None and namespace(result.value).size(result.value) > 1:
        from backpropcli.zero_gradients import summed_away

        if reason := summed_away(result.run, result.gradients.values()):
            yield f"All gradients are 0, as {printable(reason)}; --jacobian shows the derivatives of each element."
    if result.rounding is not None:
        yield from map(printable, result.rounding.sentences)
    if _has_summaries(result, options):
        yield NOTE


def _has_summaries(result: Result, options: Options) -> bool:
    run = result.run
    if options.steps:
        return any(is_large(value) for value in run.values)
    return is_large(result.value) or any(is_large(value) for value in result.gradients.values() if value is not None)


def _step_rows(step: Step, row: Callable[..., Row[Cell]]) -> list[Row[Cell]]:
    """A row for each input with what this edge contributes to its gradient, then one for the step's value.

    The contribution of an edge between numbers is the product of the upstream gradient and the local derivative.
    """
    found: list[Row[Cell]] = []
    for edge in step.inputs:
        upstream = None if edge.local is None else step.gradient
        found.append(row((printable(edge.name),), edge.value, upstream, edge.local, edge.contribution))
    found.append(row((f"= {printable(step.output)}",), step.value, None, None, step.gradient))
    name = [("", printable(step.name))] if step.name else []
    labels = [(f"({step.number})", step.layer), *name, *(("", text) for text in parameter_texts(step))]
    paired = ((label or _NO_LABEL, each or _NO_ROW) for label, each in zip_longest(labels, found))
    return [each._replace(texts=(*label, *each.texts)) for label, each in paired]


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
