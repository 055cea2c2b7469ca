"""Results as one rectangular table of texts, for programs: what `tsv` and `csv` write.

The columns are name, value, gradient: first the output's row, then one for each gradient asked for. With steps, a row
for each layer follows, and the columns step, layer, inputs (their names), locals (the derivatives of a layer on numbers
with respect to each of them), contributions (what each of these edges adds to the gradient of its input: between
numbers, the local derivative times the gradient of the row) and parameters, which are empty in the rows before; `-`
stands for what there is none of. With rounding, how many digits are right of value and gradient has columns of its own,
where they could be counted. With several results, a last column says which scenario a row belongs to. Arrays are
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
_DIGITS_COLUMNS = ("value_digits", "gradient_digits")
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
    digits = _DIGITS_COLUMNS if any(r.rounding is not None and r.rounding.is_counted for r in results) else ()
    scenario = ("scenario",) if len(results) > 1 else ()
    yield [*(_LONG_COLUMNS if options.long else _ANSWER_COLUMNS), *steps, *digits, *scenario]
    for result in results:
        label = [printable(result.source or result.title or "")] if scenario else []
        for name, row in _answers(result, options):
            yield [*row, *("" for _ in steps), *(_digits(result, name) if digits else ()), *label]
        if steps:
            for step in result.steps:
                yield [*_step(step, options.precision), *(_digits(result, step.output) if digits else ()), *label]


def _digits(result: Result, name: str) -> list[str]:
    """How many digits are right of a value and of its gradient."""
    counted = (None, None) if result.rounding is None else result.rounding.counted(name)
    return [_NO_GRADIENT if count is None else str(count) for count in counted]


def _answers(result: Result, options: Options) -> Iterator[tuple[str, list[str]]]:
    """The rows of the answers, each with its name."""
    rows = [(result.output, result.value, result.dout)]
    rows += [(name, result.value_of(name), gradient) for name, gradient in result.gradients.items()]
    for name, value, gradient in rows:
        if options.long:
            yield from ((name, row) for row in _elements(name, value, gradient, options.precision))
        else:
            yield name, _answer(name, value, gradient, options.precision)


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
