"""Results as one rectangular table of texts, for programs: what `tsv` and `csv` write.

The columns are name, value, gradient: first the output's row, then one for each gradient asked for. With steps, a row
for each layer follows, and the columns step, layer, inputs (their names), locals (the derivatives of a layer on numbers
with respect to each of them), contributions (what each of these edges adds to the gradient of its input: between
numbers, the local derivative times the gradient of the row) and parameters, which are empty in the rows before; `-`
stands for what there is none of. With several results, a last column says which scenario a row belongs to. Arrays are
whole, or in the long form a row for each of their elements, whose index is a column of its own, `1 0` for row 1 and
column 0. Of one scenario at several values of an input there is a row for each: the input, the output, and the
gradients, as `d_x`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.grids import parameter_texts, series_header, series_row
from backpropcli.render.values import python_numbers, value_text
from backpropcli.result import Result
from backpropcli.steps import Step
from backpropcli.text.escape import printable
from backpropcli.text.numbers import number_text

_NO_GRADIENT = "-"
_ANSWER_COLUMNS = ("name", "value", "gradient")
_LONG_COLUMNS = ("name", "index", "value", "gradient")
_STEP_COLUMNS = ("step", "layer", "inputs", "locals", "contributions", "parameters")


def records(results: Sequence[Result], options: Options) -> Iterator[list[str]]:
    """The header, then the rows of every result, all of the same length."""
    if options.varied is not None:
        yield series_header(results[0], options.varied)
        for result in results:
            values = series_row(result, options.varied)
            yield [_NO_GRADIENT if value is None else value_text(value, options.precision) for value in values]
        return
    steps = _STEP_COLUMNS if options.steps else ()
    scenario = ("scenario",) if len(results) > 1 else ()
    yield [*(_LONG_COLUMNS if options.long else _ANSWER_COLUMNS), *steps, *scenario]
    for result in results:
        label = [printable(result.source or result.title or "")] if scenario else []
        for row in _answers(result, options):
            yield [*row, *("" for _ in steps), *label]
        if steps:
            for step in result.steps:
                yield [*_step(step, options.precision), *label]


def _answers(result: Result, options: Options) -> Iterator[list[str]]:
    rows = [(result.output, result.value, result.dout)]
    rows += [(name, result.value_of(name), gradient) for name, gradient in result.gradients.items()]
    for name, value, gradient in rows:
        if options.long:
            yield from _elements(name, value, gradient, options.precision)
        else:
            yield _answer(name, value, gradient, options.precision)


def _elements(name: str, value: Value, gradient: Value | None, precision: int | None) -> Iterator[list[str]]:
    slopes = repeat(_NO_GRADIENT) if gradient is None else (text for _, text in _indexed(gradient, precision))
    for (index, text), slope in zip(_indexed(value, precision), slopes, strict=False):
        yield [printable(name), " ".join(map(str, index)), text, slope]


def _indexed(value: Value, precision: int | None) -> Iterator[tuple[tuple[int, ...], str]]:
    """The elements of a value as texts, each with its index."""

    def walk(numbers: Any, index: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
        if isinstance(numbers, list):
            for position, item in enumerate(numbers):
                yield from walk(item, (*index, position))
        else:
            yield index, number_text(numbers, precision)

    return walk(python_numbers(value), ())


def _answer(name: str, value: Value, gradient: Value | None, precision: int | None) -> list[str]:
    slope = _NO_GRADIENT if gradient is None else value_text(gradient, precision)
    return [printable(name), value_text(value, precision), slope]


def _step(step: Step, precision: int | None) -> list[str]:
    def joined(values: Iterable[Value | None]) -> str:
        return " ".join(_NO_GRADIENT if value is None else value_text(value, precision, ",") for value in values)

    return [
        *_answer(step.output, step.value, step.gradient, precision),
        str(step.number),
        step.layer,
        " ".join(printable(edge.name) for edge in step.inputs),
        joined(edge.local for edge in step.inputs),
        joined(edge.contribution for edge in step.inputs),
        " ".join(parameter_texts(step)),
    ]
