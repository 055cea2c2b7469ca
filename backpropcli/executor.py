"""Forward and backward over a bound graph: two loops over plain lists.

`values[slot]` and `gradients[slot]` hold a value and its gradient for every slot of the graph; a gradient is None where
the output does not depend on the slot. `contributions[k]` holds, for each input of the k-th node, what that edge
contributes to its gradient; a gradient is the sum of the contributions of all its edges.

Where 0 times an infinite slope has made nan, the run is repeated on gradients that know structural zeros from computed
ones, which costs several times as much.

A layer is released once its backward has run. Of a run that is asked for its results alone, so are values once the
layers have what they need of them, and gradients once they have been passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import filterfalse
from operator import is_
from typing import Literal, NamedTuple

from backpropcli.binding import BoundGraph
from backpropcli.collector import collector_paused
from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError, DomainError, Problem
from backpropcli.graph import Graph
from backpropcli.layers import Layer

Keep = Literal["all", "results"]
"""What is kept of a run: everything, or the output, its dout, and the gradients that are asked for."""


class Run(NamedTuple):
    """The numbers of one forward and backward pass; to ask for what was not kept raises GraphError."""

    graph: Graph
    domain: Domain
    values: Sequence[Value]
    gradients: Sequence[Value | None]
    contributions: Sequence[tuple[Value | None, ...]]
    has_finite_values: bool
    has_finite_gradients: bool

    @property
    def is_finite(self) -> bool:
        """Whether all values and gradients are finite."""
        return self.has_finite_values and self.has_finite_gradients

    def gradient(self, slot: int) -> Value | None:
        """The gradient in a slot: zeros where the output does not depend on it, None where it depends without one.

        Labels, indices and masks have no gradient, and neither has what was not asked for.
        """
        found = self.gradients[slot]
        if found is not None:
            return found
        return None if self.graph.used[slot] else self.domain.zeros_like(self.values[slot])

    def first_non_finite(self) -> Problem | None:
        """The first infinite or nan number, and the layer that made it; None if all are finite."""
        graph, is_finite = self.graph, self.domain.is_finite
        for slot, value in () if self.has_finite_values else enumerate(self.values):
            if not is_finite(value):
                if slot < graph.first_node:
                    what = "input" if slot < len(graph.inputs) else "number"
                    return Problem(f"the {what} '{graph.name_of(slot)}' is not finite")
                node = graph.nodes[slot - graph.first_node]
                return node.problem(f"{node.label}: the value is not finite")
        if self.has_finite_gradients:
            return None
        wrong = {slot for slot, found in enumerate(self.gradients) if found is not None and not is_finite(found)}
        if graph.output_slot in wrong:
            return Problem(f"the upstream gradient of '{graph.output}' is not finite")
        for number in range(len(graph.nodes) - 1, -1, -1):
            if graph.first_node + number in wrong:
                continue  # the layer was given it
            for i, contribution in enumerate(self.contributions[number]):
                if contribution is not None and not is_finite(contribution):
                    node, name = graph.nodes[number], graph.name_of(graph.sources[number][i])
                    return node.problem(f"{node.label}: the gradient of '{name}' is not finite", input_number=i)
        name = graph.name_of(max(wrong))
        return Problem(f"the gradient of '{name}' is not finite: its contributions overflow in sum")


def execute(bound: BoundGraph, *, wanted: Collection[str] | None = None, keep: Keep = "all") -> Run:
    """Run a bound graph forward, then backward.

    `wanted` names the values whose gradients are asked for, all by default. Running twice gives the same numbers.
    Everything is kept, whatever is said, of floats, which take no memory to speak of; of numbers that are not all
    finite, as it is to be told where that began; and of graphs with a user's own layers, whose code is run once.
    """
    graph, domain, values = bound.graph, bound.domain, bound.leaves
    with domain.quiet(), collector_paused():
        layers = forward(graph, domain, values, unasked_slots(graph, wanted))
        seed = bound.upstream(values[graph.output_slot])
        has_finite_values = _are_finite_values(graph, domain, values)
        asked = None
        if keep == "results" and has_finite_values and not (domain.is_python or graph.has_own_layers):
            asked = _asked_slots(graph, wanted)
            _release(values, graph.first_node, asked)
        try:
            gradients, contributions, has_finite_gradients = backward(graph, domain, layers, seed, asked)
        except DomainError:  # where fractions divide by 0, floats would have an infinite slope
            layers.clear()
            return execute_along_paths(bound.owned(), wanted=wanted)
    run = Run(graph, domain, values, gradients, contributions, has_finite_values, has_finite_gradients)
    if asked is not None and has_finite_gradients:
        from backpropcli.kept import results_of  # floats need it not

        return results_of(run, bound, asked)
    if asked is not None or (bound.is_lent and not run.is_finite):
        return execute(bound.owned(), wanted=wanted)  # of which everything is kept, and none of it can change
    if not has_finite_gradients and _has_met_zero(run):
        with suppress(BackpropError):  # a user's own layer may know no other values than arrays
            return execute_along_paths(bound, wanted=wanted)
    return run


def execute_along_paths(bound: BoundGraph, *, wanted: Collection[str] | None = None) -> Run:
    """`execute`, whose gradients know from the start where no path leads; all else is the same, to the bit."""
    from backpropcli.domains.paths import Paths  # rarely needed

    graph, paths = bound.graph, Paths(bound.domain)
    values: list[Value] = [paths.pair(leaf) for leaf in bound.leaves]
    with paths.quiet(), collector_paused():
        layers = forward(graph, paths, values, unasked_slots(graph, wanted))
        values = [paths.value(x) for x in values]
        seed = paths.gradient(bound.upstream(values[graph.output_slot]))
        has_finite_values = _are_finite_values(graph, bound.domain, values)
        marked, marked_contributions, _ = backward(graph, paths, layers, seed)
        gradients = list(map(paths.unmarked, marked))
        has_finite_gradients = _are_finite(bound.domain, gradients)
    contributions = [tuple(map(paths.unmarked, found)) for found in marked_contributions]
    return Run(graph, bound.domain, values, gradients, contributions, has_finite_values, has_finite_gradients)


def layer_makers(graph: Graph, domain: Domain) -> list[Callable[[], Layer]]:
    """For each node what makes the object that computes it."""
    if not domain.computes_by_lines:
        return graph.makers(domain)
    from backpropcli.textbook import makers_by_lines  # floats need no lines

    return makers_by_lines(graph, domain)


def _asked_slots(graph: Graph, wanted: Collection[str] | None) -> frozenset[int]:
    """The slots of the output and of the values whose gradients are asked for."""
    return frozenset(map(graph.slot, (graph.output, *(graph.inputs if wanted is None else wanted))))


def _release(values: list[Value], first_node: int, asked: Collection[int]) -> None:
    """Let go of the values of nodes that are not asked for."""
    for slot in range(first_node, len(values)):
        if slot not in asked:
            values[slot] = None


def _are_finite_values(graph: Graph, domain: Domain, values: Sequence[Value]) -> bool:
    """Whether all values are finite, by a look at as few as will do; one at a float costs less than the choice."""
    if not domain.is_python and all(map(domain.proves_finite, map(values.__getitem__, graph.telling))):
        return True
    return all(map(domain.is_finite, values))


def _are_finite(domain: Domain, gradients: Iterable[Value | None]) -> bool:
    return all(map(domain.is_finite, filterfalse(partial(is_, None), gradients)))


def _has_met_zero(run: Run) -> bool:
    """Whether a layer was given a 0 where it made inf or nan, so that the 0 may have been a structural one."""
    is_finite, first = run.domain.is_finite, run.graph.first_node
    return any(
        any(contribution is not None and not is_finite(contribution) for contribution in found)
        and 0 in run.domain.flat(run.gradients[first + number])
        for number, found in enumerate(run.contributions)
    )


def forward(graph: Graph, domain: Domain, values: list[Value], unasked: frozenset[int]) -> list[Layer]:
    """Append every node's value to `values`, which holds the leaves', and return the layers that made them."""
    layers: list[Layer] = []
    keep_layer, keep_value, guard = layers.append, values.append, domain.guard
    try:
        for make, sources in zip(layer_makers(graph, domain), graph.sources, strict=True):
            layer = make()
            keep_layer(layer)
            if unasked and not unasked.isdisjoint(sources):
                layer.needs_gradient = tuple(source not in unasked for source in sources)
            if len(sources) == 2:  # most nodes; a list for each would cost as much as the layer itself
                x, y = sources
                value = layer.forward(values[x], values[y])
            else:
                value = layer.forward(*[values[source] for source in sources])
            if guard is not None:
                guard(value)
            keep_value(value)
    except Exception as error:
        number = len(values) - graph.first_node
        was_made = len(layers) > number  # or its constructor refused the parameters
        inputs = [values[source] for source in graph.sources[number]] if was_made else []
        from backpropcli.layer_failures import failure_of  # few runs fail

        raise failure_of(graph.nodes[number], inputs, error) from error
    return layers


def backward(
    graph: Graph, domain: Domain, layers: list[Layer], seed: Value, asked: Collection[int] | None = None
) -> tuple[list[Value | None], list[tuple[Value | None, ...]], bool]:
    """The gradients, the contributions, and whether all are finite, from the layers, which are released on the way.

    Where `asked` has the slots of what is asked for, contributions and other nodes' gradients are released, too.
    """
    first = graph.first_node
    gradients: list[Value | None] = [None] * (first + len(layers))
    contributions: list[tuple[Value | None, ...]] = [()] * len(layers)
    gradients[graph.output_slot] = seed
    all_sources, guard, is_finite, release = graph.sources, domain.guard, domain.is_finite, layers.pop
    are_finite = True
    del layers[graph.output_slot - first + 1 :]
    number = 0
    try:
        numbers: Iterable[int] = range(graph.output_slot - first, -1, -1)
        for number in numbers if asked is None else _releasing(numbers, gradients, contributions, asked):
            layer, dout = release(), gradients[first + number]
            if dout is None:
                continue
            are_finite = are_finite and (layer.carries_non_finite or is_finite(dout))
            sources = all_sources[number]
            found = layer.backward(dout)
            contributions[number] = found = found if type(found) is tuple else (found,)
            if len(sources) == 2:  # most nodes; the loop below would cost them half as much again
                x, y = sources
                dx, dy = found
                if dx is not None:
                    gradients[x] = dx if gradients[x] is None else gradients[x] + dx
                if dy is not None:
                    gradients[y] = dy if gradients[y] is None else gradients[y] + dy
            else:
                for source, contribution in zip(sources, found, strict=True):
                    if contribution is not None:
                        sum_so_far = gradients[source]
                        gradients[source] = contribution if sum_so_far is None else sum_so_far + contribution
            if guard is not None:  # each sum, as the next contribution may make it longer
                _guard_each(guard, [gradients[source] for source in sources])
    except Exception as error:
        from backpropcli.layer_failures import failure_of  # few runs fail

        raise failure_of(graph.nodes[number], None, error) from error
    return gradients, contributions, are_finite and _are_finite(domain, gradients[:first])


def _releasing(
    numbers: Iterable[int],
    gradients: list[Value | None],
    contributions: list[tuple[Value | None, ...]],
    asked: Collection[int],
) -> Iterator[int]:
    """The numbers of nodes; what a node passed on is let go of before the next one's turn."""
    first = len(gradients) - len(contributions)
    for number in numbers:
        yield number
        contributions[number] = ()
        if first + number not in asked:
            gradients[first + number] = None


def _guard_each(guard: Callable[[Value], None], values: Sequence[Value | None]) -> None:
    for value in values:
        if value is not None:
            guard(value)


def unasked_slots(graph: Graph, wanted: Collection[str] | None) -> frozenset[int]:
    """The leaves whose gradients nobody asks for."""
    constants = range(len(graph.inputs), graph.first_node)
    unasked = () if wanted is None else frozenset(graph.inputs).difference(wanted)
    return frozenset((*constants, *map(graph.slot, unasked)) if unasked else constants)
