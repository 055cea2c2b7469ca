"""Results as one rectangular table of texts, for programs: what `tsv` and `csv` write.

The columns are name, value, gradient: first the output's row, then one for each gradient asked for. With steps, a row
for each layer follows, and the columns step, layer, inputs (their names), contributions (what each of these edges adds
to the gradient of its input, `-` for nothing) and parameters, which are empty in the rows before. With several
results, a last column says which scenario a row belongs to. Arrays are whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.grids import parameter_texts
from backpropcli.render.values import value_text
from backpropcli.result import Result
from backpropcli.steps import Step
from backpropcli.text.escape import printable

_ANSWER_COLUMNS = ("name", "value", "gradient")
_STEP_COLUMNS = ("step", "layer", "inputs", "contributions", "parameters")


def records(results: Sequence[Result], options: Options) -> Iterator[list[str]]:
    """The header, then the rows of every result, all of the same length."""
    steps = _STEP_COLUMNS if options.steps else ()
    scenario = ("scenario",) if len(results) > 1 else ()
    yield [*_ANSWER_COLUMNS, *steps, *scenario]
    for result in results:
        label = [printable(result.source or result.title or "")] if scenario else []
        for row in _answers(result, options.precision):
            yield [*row, *("" for _ in steps), *label]
        if steps:
            for step in result.steps:
                yield [*_step(step, options.precision), *label]


def _answers(result: Result, precision: int | None) -> Iterator[list[str]]:
    yield _answer(result.output, result.value, result.dout, precision)
    for name, gradient in result.gradients.items():
        yield _answer(name, result.value_of(name), gradient, precision)


def _answer(name: str, value: Value, gradient: Value | None, precision: int | None) -> list[str]:
    return [printable(name), value_text(value, precision), "-" if gradient is None else value_text(gradient, precision)]


def _step(step: Step, precision: int | None) -> list[str]:
    contributions = (edge.contribution for edge in step.inputs)
    return [
        *_answer(step.output, step.value, step.gradient, precision),
        str(step.number),
        step.layer,
        " ".join(printable(edge.name) for edge in step.inputs),
        " ".join("-" if value is None else value_text(value, precision, ",") for value in contributions),
        " ".join(parameter_texts(step)),
    ]
