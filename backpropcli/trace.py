"""Tracing: a bound graph, run on traced values, becomes a program of its values and gradients."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from backpropcli.binding import BoundGraph
from backpropcli.domains import Domain, Value, arrays_of, domain
from backpropcli.domains.traced import Rewriting, Tape
from backpropcli.errors import DomainError
from backpropcli.executor import Run, execute_along_paths
from backpropcli.graph import Graph
from backpropcli.program import Program, program_of
from backpropcli.program.program import Parameter, Result

VALUE = "value"


class Trace(NamedTuple):
    """A run on traced values, and the tape that it was recorded on."""

    tape: Tape
    run: Run
    parameters: tuple[Parameter, ...]

    def program(self, results: Mapping[str, Value]) -> Program:
        """The program that computes some values of the run."""
        found = {name: _result(self.run.domain, value) for name, value in results.items()}
        return program_of(self.tape, self.parameters, found)


def record(
    bound: BoundGraph,
    wanted: Collection[str] | None = None,
    *,
    constants: Collection[str] = (),
    rewritings: Mapping[str, Rewriting] | None = None,
    reaches_limits: bool = False,
) -> Trace:
    """The run of a bound graph on traced values, with the gradients of the wanted inputs, by default of all.

    The inputs among `constants` keep their numbers. `rewritings` and `reaches_limits` are a tape's.

    It holds for all numbers that the inputs may have, but for what cannot move: labels, indices and masks keep the
    numbers of `bound`. A structural zero, as of a branch that is not taken, is a zero in the program as in a run,
    whatever slope lies behind it, but for a matrix product with infinite numbers.

    Raises DomainError for a user's own layer that is NumPy code, and past the most operations that are recorded.
    """
    graph = bound.graph
    refuse_numpy_code(graph, "traced")
    tape = Tape(domain("floats"), rewritings, reaches_limits=reaches_limits)
    traced: Domain = tape if bound.domain.is_scalar else arrays_of(tape)
    inputs = [
        traced.convert(bound.domain.numbers(value))
        if name in constants
        else _traced(tape, traced, bound.domain, name, value)
        for name, value in zip(graph.inputs, bound.inputs, strict=True)
    ]
    dout = None if bound.dout is None else traced.convert(bound.domain.numbers(bound.dout))
    run = execute_along_paths(BoundGraph(graph, traced, inputs, dout), wanted=wanted)
    shapes = map(traced.shape, inputs)
    return Trace(tape, run, tuple(Parameter(*named) for named in zip(graph.inputs, shapes, strict=True)))


def trace(bound: BoundGraph, wanted: Collection[str] | None = None) -> Program:
    """The program that computes the output, as `value`, and the gradients of the wanted inputs, each as `d_NAME`.

    It is what `record` records; what keeps its numbers is listed as fixed. An input without a gradient has none in the
    program.
    """
    found = record(bound, wanted)
    graph, run = bound.graph, found.run
    results = {VALUE: run.values[graph.output_slot]}
    for name in graph.inputs if wanted is None else wanted:
        gradient = run.gradient(graph.slot(name))
        if gradient is not None:
            results[f"d_{name}"] = gradient
    return found.program(results)


def refuse_numpy_code(graph: Graph, what: str) -> None:
    """Raise DomainError for a user's own layer that is NumPy code, which knows no other values."""
    for node in graph.nodes:
        if node.spec.needs_arrays:
            message = f"{node.label}: NumPy code of your own cannot be {what}"
            hint = "a class that derives from backpropcli.layers.Layer can be"
            raise DomainError(node.problem(message, hint=hint))


def _traced(tape: Tape, traced: Domain, numbers: Domain, name: str, value: Value) -> Value:
    """An input whose every number is one of the tape's."""
    found = _each(numbers.numbers(value), lambda index, number: tape.input(name, index, number))
    return traced.reshape(traced.convert(found), numbers.shape(value))


def _each(numbers: Any, function: Callable[[tuple[int, ...], Any], Any], index: tuple[int, ...] = ()) -> Any:
    """The nested lists with the function's results in place of their numbers."""
    if not isinstance(numbers, list):
        return function(index, numbers)
    return [_each(item, function, (*index, place)) for place, item in enumerate(numbers)]


def _result(traced: Domain, value: Value) -> Result:
    return Result(tuple(number.slot for number in traced.elements(value)), traced.shape(value))
