"""Results as one rectangular table of texts, for programs: what `tsv` and `csv` write.

The columns are name, value, gradient: first the output's row, then one for each gradient asked for. With steps, a row
for each layer follows, and the columns step, layer, inputs (their names), locals (the derivatives of a layer on numbers
with respect to each of them), contributions (what each of these edges adds to the gradient of its input: between
numbers, the local derivative times the gradient of the row) and parameters, which are empty in the rows before; `-`
stands for what there is none of. With rounding, how many digits are right of value and gradient has columns of its own,
where they could be counted. With several results, a last column says which scenario a row belongs to. Arrays are
whole, or in the long form a row for each of their elements, whose index is a column of its own, `1 0` for row 1 and
column 0. Of one scenario at several values of an input there is a row for each: the input, the output, and the
gradients, as `d_x`. Behind the gradients there are those that are relative, and the columns of uncertainties, if they
were asked for.

A Jacobian or a Hessian takes the place of all that: a row for each element of the output, or of the inputs, with its
label, or in the long form a row for each number. Its products are columns beside the gradient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.answer_columns import AnswerColumns, answer_columns
from backpropcli.render.grids import parameter_texts, series
from backpropcli.render.matrices import Matrix, matrix_of
from backpropcli.render.values import python_numbers, value_text
from backpropcli.result import Result
from backpropcli.steps import Step
from backpropcli.text.escape import printable
from backpropcli.text.numbers import number_text

_NOTHING = "-"
_ANSWER_COLUMNS = ("name", "value", "gradient")
_LONG_MATRIX_COLUMNS = ("row", "column", "value")
_LONG_COLUMNS = ("name", "index", "value", "gradient")
_DIGITS_COLUMNS = ("value_digits", "gradient_digits")
_STEP_COLUMNS = ("step", "layer", "inputs", "locals", "contributions", "parameters")


def records(results: Sequence[Result], options: Options) -> Iterator[list[str]]:
    """The header, then the rows of every result, all of the same length."""
    if options.varied is not None:
        rows = series(results, options)
        yield next(rows)
        for values in rows:
            yield [_text(value, options.precision) for value in values]
        return
    scenario = ("scenario",) if len(results) > 1 else ()
    labels = [[printable(result.source or result.title or "")] if scenario else [] for result in results]
    matrices = [matrix for matrix in map(matrix_of, results) if matrix is not None]
    if matrices:
        yield [*(_LONG_MATRIX_COLUMNS if options.long else (matrices[0].name, *matrices[0].columns)), *scenario]
        for matrix, label in zip(matrices, labels, strict=True):
            yield from ([*row, *label] for row in _matrix_rows(matrix, options))
        return
    steps = _STEP_COLUMNS if options.steps else ()
    columns = [_columns(result, options) for result in results]
    names = list(dict.fromkeys(name for of_one in columns for name in of_one))
    yield [*(_LONG_COLUMNS if options.long else _ANSWER_COLUMNS), *names, *steps, *scenario]
    for result, own, label in zip(results, columns, labels, strict=True):
        beside = [own.get(name, {}) for name in names]
        for row in _answers(result, beside, options):
            yield [*row, *("" for _ in steps), *label]
        if steps:
            for step in result.steps:
                values = [step.value, step.gradient, *(column.get(step.output) for column in beside)]
                yield [*_answer(step.output, values, options.precision), *_step(step, options.precision), *label]


def _columns(result: Result, options: Options) -> AnswerColumns:
    """The columns beside those of all answers; with rounding, how many digits are right where they could be counted."""
    found = dict(answer_columns(result, options))
    if result.rounding is not None and result.rounding.is_counted:
        counts = (result.rounding.values or {}, result.rounding.gradients or {})
        found |= dict(zip(_DIGITS_COLUMNS, counts, strict=True))
    return found


def _matrix_rows(matrix: Matrix, options: Options) -> Iterator[list[str]]:
    for label, numbers in zip(matrix.rows, matrix.numbers, strict=True):
        texts = [value_text(number, options.precision) for number in numbers]
        if options.long:
            yield from ([label, column, text] for column, text in zip(matrix.columns, texts, strict=True))
        else:
            yield [label, *texts]


def _answers(result: Result, beside: Sequence[Mapping[str, Value | None]], options: Options) -> Iterator[list[str]]:
    rows = [(result.output, result.value, result.dout)]
    rows += [(name, result.value_of(name), gradient) for name, gradient in result.gradients.items()]
    for name, *values in rows:
        values += [column.get(name) for column in beside]
        if options.long:
            yield from _elements(name, values, options.precision)
        else:
            yield _answer(name, values, options.precision)


def _elements(name: str, values: Sequence[Value | None], precision: int | None) -> Iterator[list[str]]:
    """A row for each element of the first value; the others are of its shape, or None."""
    places = [" ".join(map(str, place)) for place, _ in _indexed(values[0], precision)]
    columns = [
        repeat(_NOTHING) if value is None else (text for _, text in _indexed(value, precision)) for value in values
    ]
    for place, *texts in zip(places, *columns, strict=False):
        yield [printable(name), place, *texts]


def _indexed(value: Value, precision: int | None) -> Iterator[tuple[tuple[int, ...], str]]:
    """The elements of a value as texts, each with its index."""

    def walk(numbers: Any, index: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
        if isinstance(numbers, list):
            for position, item in enumerate(numbers):
                yield from walk(item, (*index, position))
        else:
            yield index, number_text(numbers, precision)

    return walk(python_numbers(value), ())


def _answer(name: str, values: Iterable[Value | None], precision: int | None) -> list[str]:
    return [printable(name), *(_text(value, precision) for value in values)]


def _text(value: Value | None, precision: int | None) -> str:
    return _NOTHING if value is None else value_text(value, precision)


def _step(step: Step, precision: int | None) -> list[str]:
    """The columns of a step behind those of its answer."""

    def joined(values: Iterable[Value | None]) -> str:
        return " ".join(_NOTHING if value is None else value_text(value, precision, ",") for value in values)

    return [
        str(step.number),
        step.layer,
        " ".join(printable(edge.name) for edge in step.inputs),
        joined(edge.local for edge in step.inputs),
        joined(edge.contribution for edge in step.inputs),
        " ".join(parameter_texts(step)),
    ]
