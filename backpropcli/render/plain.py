"""The slides' two lines for each result: the value, then the gradients in the order asked for.

With steps, a line for each layer comes first: `(1) mul apple=100 apple_num=2 -> apple_price=200`. What was asked for
beside the gradients comes below them: a line for each column, and for each row of a Jacobian or Hessian. Arrays are
lists without spaces, so that a space always ends a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.values import value_text
from backpropcli.result import Result
from backpropcli.text.escape import printable


def render(results: Sequence[Result], options: Options) -> str:
    """Two lines for each result, after its steps if asked for."""
    return "".join(f"{line}\n" for result in results for line in _lines(result, options))


def _lines(result: Result, options: Options) -> Iterator[str]:
    def text(value: Value | None) -> str:
        return "-" if value is None else value_text(value, options.precision, ",")

    if options.steps:
        for step in result.steps:
            inputs = " ".join([f"{printable(edge.name)}={text(edge.value)}" for edge in step.inputs])
            yield f"({step.number}) {step.layer} {inputs} -> {printable(step.output)}={text(step.value)}"
    yield text(result.value)
    yield " ".join([text(gradient) for gradient in result.gradients.values()])
    if not (options.relative or options.sigma) and all(found is None for found in result.derivatives):
        return
    from backpropcli.render.answer_columns import answer_columns  # the slides have none
    from backpropcli.render.matrices import matrix_of

    for column in answer_columns(result, options).values():
        yield " ".join([text(value) for value in column.values()])
    if matrix := matrix_of(result):
        for numbers in matrix.numbers:
            yield " ".join([text(number) for number in numbers])
