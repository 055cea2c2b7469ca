"""What gradients are for: per cent of the output per cent of an input, and how uncertain the output is.

Both are about an output that is one number, and about its own gradients, which are those with a dout of 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from backpropcli.binding import read_value
from backpropcli.domains import Over, Value, namespace
from backpropcli.errors import (
    BackpropError,
    DataError,
    DomainError,
    GraphError,
    Problem,
    ShapeError,
    did_you_mean,
)
from backpropcli.executor import Run
from backpropcli.layers.norms import Norm


@dataclass(frozen=True, eq=False)  # arrays have no single truth to compare by
class Uncertainty:
    """The standard uncertainty of an output, to first order, from those of inputs that are uncorrelated.

    `inputs` are the standard uncertainties of the inputs, in their shapes. A contribution is what the output's would be
    if that input alone were uncertain; the elements of an array are uncorrelated too, and contribute together.
    `shares` are those of the inputs in the variance: they sum to 1, or are 0 where it is 0.
    """

    output: Value
    inputs: dict[str, Value]
    contributions: dict[str, Value]
    shares: dict[str, Value]


def relative_gradients(run: Run, gradients: Mapping[str, Value | None]) -> dict[str, Value | None]:
    """Each gradient times its value and over the output; of an output of 0 they are infinite, or nan.

    Raises ShapeError where the output is no single number, DataError for another dout than 1, and DomainError for an
    output of 0 on exact fractions.
    """
    graph, numbers, output = run.graph, run.domain, _output(run, "relative gradients")
    if numbers.is_exact and numbers.rounded(output) == 0:
        raise DomainError(f"'{graph.output}' is 0, and nothing is relative to that")
    with numbers.quiet():
        return {
            name: None if gradient is None else numbers.times(gradient, run.values[graph.slot(name)], Over(output))
            for name, gradient in gradients.items()
        }


def propagated(run: Run, sigma: Mapping[str, Any]) -> Uncertainty:
    """What the standard uncertainties of inputs, numbers or arrays that fit them, make of the output.

    Raises GraphError for what is no input or has no gradient, DataError for what is negative or not finite and for
    another dout than 1, ShapeError for an output that is no single number, and DomainError where exact fractions have
    no root.
    """
    numbers = run.domain
    certain = numbers.zeros_like(_output(run, "the uncertainty of the output"))
    inputs = {name: _sigma(run, name, value) for name, value in sigma.items()}
    with numbers.quiet():
        contributions = {name: _contribution(run, name, value) for name, value in inputs.items()}
        try:
            output, (_, *shares) = root_of_squares([certain, *contributions.values()])
        except DomainError as error:
            raise DomainError(f"the uncertainty of the output: {error}") from error
    return Uncertainty(output, inputs, contributions, dict(zip(contributions, shares, strict=True)))


def root_of_squares(parts: Sequence[Value]) -> tuple[Value, list[Value]]:
    """The root of the sum of the squares of what is not negative, and the share of each in that sum.

    No square overflows or vanishes on the way.
    """
    xp = namespace(*parts)
    scale = xp.power_of_two(reduce(xp.maximum, parts))
    scaled = [part / scale for part in parts]
    squares = [part * part for part in scaled]
    total = reduce(lambda x, y: x + y, squares)
    divisor = xp.where(xp.equal(total, 0), 1, total)
    return xp.sqrt(total) * scale, [square / divisor for square in squares]


def _output(run: Run, what: str) -> Value:
    """The output as a number. Raises ShapeError if it is none, DataError if gradients are not its own."""
    graph, numbers = run.graph, run.domain
    value, dout = run.values[graph.output_slot], run.gradients[graph.output_slot]
    if numbers.size(value) != 1:
        message = f"{what}: the output '{graph.output}' is an array of shape {numbers.shape(value)}, and not one number"
        raise ShapeError(Problem(message, hint="a last step of sum or mean makes it one"))
    if numbers.rounded(numbers.sum(dout)) != 1:
        raise DataError(Problem(f"{what}: they are of the output itself, and dout is not 1", hint="--dout 1"))
    return numbers.sum(value)


def _sigma(run: Run, name: str, value: Any) -> Value:
    """A standard uncertainty in the shape of its input."""
    graph, numbers = run.graph, run.domain
    if name not in graph.inputs:
        raise GraphError(Problem(f"sigma: no input is named '{name}'", hint=did_you_mean(name, graph.inputs)))
    if run.gradient(graph.slot(name)) is None:
        raise GraphError(f"sigma: the output has no gradient with respect to '{name}'")
    own = run.values[graph.slot(name)]
    try:
        found = numbers.broadcast_to(read_value(value, numbers), numbers.shape(own))
    except BackpropError as error:
        raise type(error)(*(p._replace(message=f"sigma of {name}: {p.message}") for p in error.problems)) from error
    except ValueError:
        shape = numbers.shape(own) or "a number"
        raise ShapeError(f"the sigma of '{name}' does not fit the input, which is {shape}") from None
    if not numbers.is_finite(found) or (numbers.size(found) and numbers.rounded(numbers.amin(found)) < 0):
        raise DataError(f"the sigma of '{name}' must be finite, and 0 or more")
    return numbers.narrow(found, own)


def _contribution(run: Run, name: str, sigma: Value) -> Value:
    """What the output's uncertainty would be if this input alone were uncertain."""
    return Norm().forward(run.domain.times(run.gradient(run.graph.slot(name)), sigma))
