"""What a script is made of: a scenario in float64, and the numbers that the script is to find.

Glossary: a *wanted* array is what we computed; `summed` is the size of the largest terms that were added up for it,
where it is so much larger than the sum that another order of the additions may show.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

from backpropcli import api
from backpropcli.binding import FLOAT64, BoundGraph, bind, refuse_numpy_code
from backpropcli.domains import Domain, Value, namespace
from backpropcli.domains.base import Shape
from backpropcli.domains.terms import Terms
from backpropcli.errors import DomainError, Problem
from backpropcli.executor import Run, execute
from backpropcli.graph import Node
from backpropcli.scenario import Scenario
from backpropcli.text.escape import printable

TOLERANCE = 1e-12
_CANCELLED = 1000  # times as large as their sum are terms whose rounding errors are near the tolerance


class Wanted(NamedTuple):
    """A number or an array that a script is to find: nested lists of floats."""

    name: str
    numbers: Any
    shape: Shape
    summed: float | None = None


class Export(NamedTuple):
    """A scenario, bound to values of float64, and what is wanted of it.

    `gradients` are those that are asked for, but for what has none and what the output does not depend on; `dout` is
    None where it is 1 throughout. `run` is one on `Terms`, of which shapes are asked.
    """

    title: str
    bound: BoundGraph
    run: Run
    value: Wanted
    gradients: tuple[Wanted, ...]
    dout: Any
    warnings: tuple[Problem, ...]

    def shape(self, slot: int) -> Shape:
        """The shape of the value in a slot."""
        return self.run.domain.shape(self.run.values[slot])

    def is_input(self, slot: int) -> bool:
        """Whether the value in a slot is one of an input."""
        return slot < len(self.bound.graph.inputs)

    @property
    def nodes(self) -> list[tuple[int, Node, tuple[int, ...]]]:
        """What the output depends on, in the order of the forward pass: slot, node, and the slots that it takes."""
        graph = self.bound.graph
        found = zip(graph.nodes, graph.sources, strict=True)
        return [(slot, *each) for slot, each in enumerate(found, graph.first_node) if graph.used[slot]]

    @property
    def inputs(self) -> dict[int, Any]:
        """The numbers of each input that the output depends on, by slot."""
        graph, numbers = self.bound.graph, self.bound.domain.numbers
        return {slot: numbers(value) for slot, value in enumerate(self.bound.inputs) if graph.used[slot]}

    @property
    def summary(self) -> str:
        """What agrees, in words."""
        count = len(self.gradients)
        name, gradients = self.value.name, f"{count} gradient{'' if count == 1 else 's'}"
        return f"{name} and {gradients}" if count else name


def export_of(scenario: Scenario, gradients: Sequence[str] | None = None) -> Export:
    """The scenario as scripts need it; `gradients` take the place of those that it asks for.

    Raises DomainError for what is not computed in float64, and what `api.run` raises.
    """
    graph = scenario.graph
    refuse_numpy_code(graph, "NumPy code of your own cannot be exported")
    result = api.run(scenario, gradients=gradients)
    bound = bind(graph, scenario.inputs, scenario.dout, place_of=scenario.place_of)
    _refuse_float32(scenario.dtype, bound)
    run = _run_on_terms(bound)
    _refuse_empty(run)
    shown = result.run.domain

    def wanted(name: str, value: Value, terms: Value) -> Wanted:
        return Wanted(name, _as_floats(shown.numbers(value)), shown.shape(value), _summed(bound.domain, terms))

    asked = [name for name, found in result.gradients.items() if found is not None and graph.used[graph.slot(name)]]
    ones = shown.flat(result.dout)
    return Export(
        title=printable(scenario.title or scenario.graph.output),
        bound=bound,
        run=run,
        value=wanted(result.output, result.value, run.values[graph.output_slot]),
        gradients=tuple(wanted(name, result.gradients[name], run.gradients[graph.slot(name)]) for name in asked),
        dout=None if all(number == 1 for number in ones) else _as_floats(shown.numbers(result.dout)),
        warnings=result.warnings,
    )


def _as_floats(numbers: Any) -> Any:
    """Nested lists of numbers as floats."""
    if isinstance(numbers, list):
        return [_as_floats(number) for number in numbers]
    return namespace(numbers).rounded(numbers)


def _refuse_float32(dtype: str, bound: BoundGraph) -> None:
    """A script would compute with more digits than the numbers have that it is to find."""
    told = "an export computes in float64, but"
    if dtype != FLOAT64:
        raise DomainError(Problem(f"{told} the scenario in {dtype}", hint=f"leave out 'dtype: {dtype}'"))
    for name, x in zip(bound.graph.inputs, bound.inputs, strict=True):
        if (found := bound.domain.type_name(x)) != FLOAT64:
            raise DomainError(f"{told} '{name}' is an array of {found}")


def _refuse_empty(run: Run) -> None:
    """Nested lists do not tell the shape of an array that has no numbers."""
    graph, numbers = run.graph, run.domain
    for slot, value in enumerate(run.values):
        if graph.used[slot] and numbers.size(value) == 0:
            raise DomainError(f"'{graph.name_of(slot)}' has no numbers, and an export needs some")


def _run_on_terms(bound: BoundGraph) -> Run:
    terms = Terms(bound.domain)
    inputs = [terms.pair(x) for x in bound.inputs]
    dout = None if bound.dout is None else terms.pair(bound.dout)
    return execute(BoundGraph(bound.graph, terms, inputs, dout, bound.place_of))


def _summed(numbers: Domain, term: Value) -> float | None:
    """The size of the largest terms of a value, if they cancel so far that it matters."""
    largest, of_terms = (max(map(abs, numbers.flat(part))) for part in (term.value, term.companion))
    return of_terms if isfinite(of_terms) and of_terms > _CANCELLED * largest else None
