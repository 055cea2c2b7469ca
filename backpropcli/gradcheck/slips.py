"""What people do wrong by hand: slips of the last digit, and steps of the backward pass done another way.

A slip of the backward pass is tried out: the pass is run again with it, and said only if that gives the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains import Domain, Value, exact
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.written_numbers import DECIMAL, last_place

if TYPE_CHECKING:
    from backpropcli.executor import Run
    from backpropcli.result import Result

LEAST_DIGITS = 3  # with fewer, the last digit is the number
MOST_OFF = Fraction(1, 20)
_EXACT = exact.DOMAIN

_SOFTMAX, _SIGMOID = "softmax", "sigmoid"
_PROBABILITIES = {
    **dict.fromkeys(("softmax", "log_softmax", "cross_entropy", "softmax_with_loss"), _SOFTMAX),
    **dict.fromkeys(("sigmoid", "log_sigmoid", "bce_with_logits"), _SIGMOID),
}
"""The layers behind which p - y stands as a gradient, and what p is."""
_LOSSES = frozenset({"log", "nll", "bce", "log_softmax", "log_sigmoid"}) | {
    name for name in _PROBABILITIES if "_with_" in name or "entropy" in name
}

Mutant = Callable[[IsolatedLayer, Value], Value | None]
"""What a layer's first input gets instead for a dout; None where the layer is done right."""


def last_digit(text: str, computed: Any) -> str | None:
    """How far the last digit is off, where nothing else is.

    >>> last_digit("0.3782", 0.3780), last_digit("0.666", 2 / 3), last_digit("0.38", 0.21)
    ('the last digit is off by 2', 'cut off instead of rounded', None)
    """
    power = 0 if text.lstrip("+-").isdecimal() else last_place(text)
    if power is None or len(text.lower().partition("e")[0].lstrip("+-0.").replace(".", "")) < LEAST_DIGITS:
        return None
    try:
        number, right = _EXACT.number(text), _EXACT.convert(computed)
    except BackpropError:
        return None
    unit = Fraction(DECIMAL) ** power
    units = number / unit - round(right / unit)
    if not 1 <= abs(units) < DECIMAL or abs(number - right) > MOST_OFF * abs(right):
        return None
    if int(right / unit) == number / unit:
        return "cut off instead of rounded"
    return f"the last digit is off by {abs(int(units))}"


class Slips:
    """The gradients that a graph has when a step of the backward pass is done another way."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def named(self, evidence: Evidence) -> str | None:
        """The slip that gives a wrong gradient, in a sentence."""
        slot = self.result.run.graph.slot(evidence.name)
        for words, gradients in self._tables:
            if slot in gradients and evidence.fits(evidence.found, gradients[slot]):
                return words
        return None

    @cached_property
    def _tables(self) -> list[tuple[str, dict[int, Value]]]:
        """For each slip what it changes, by slot."""
        run = self.result.run
        types = {node.spec.name for node in run.graph.nodes}
        mutants: list[tuple[str, Mutant]] = []
        if "relu" in types:
            mutants.append(("relu lets the gradient pass where its input is negative", _passing))
        if types & _LOSSES and run.domain.size(self.result.dout) == 1:
            words = "the target is not subtracted: it is p where p - y is right"
            mutants += [(words, _without_target(self.result.dout, is_mean=is_mean)) for is_mean in (False, True)]
        found = []
        for words, mutant in mutants:
            with run.domain.quiet(), suppress(BackpropError, ValueError):
                found.append((words, _changed_gradients(run, mutant)))
        return found


def _passing(layer: IsolatedLayer, dout: Value) -> Value | None:
    return dout if layer.node.spec.name == "relu" else None


def _without_target(dout: Value, *, is_mean: bool) -> Mutant:
    """The probabilities, times the dout of the loss, for the gradient of what they are computed from."""

    def mutant(layer: IsolatedLayer, _dout: Value) -> Value | None:
        kind = _PROBABILITIES.get(layer.node.spec.name)
        if kind is None:
            return None
        numbers, x = layer.domain, layer.inputs[0]
        probabilities = layer_spec(kind).bind({}, numbers)().forward(x)
        return probabilities * dout / (_samples(kind, x, numbers) if is_mean else 1)

    return mutant


def _samples(kind: str, x: Value, numbers: Domain) -> int:
    """The number that a mean over samples divides by."""
    shape = numbers.shape(x)
    size = numbers.size(x)
    return size // shape[-1] if kind == _SOFTMAX and shape else size


def _changed_gradients(run: Run, mutant: Mutant) -> dict[int, Value]:
    """The gradients that differ when some layers are done another way, by slot."""
    graph = run.graph
    found: dict[int, Value] = {graph.output_slot: run.gradients[graph.output_slot]}
    changed: set[int] = set()
    for number in range(graph.output_slot - graph.first_node, -1, -1):
        own = graph.first_node + number
        if own not in found:
            continue
        sources = graph.sources[number]
        layer = IsolatedLayer(graph.nodes[number], [run.values[source] for source in sources], run.domain)
        instead = mutant(layer, found[own])
        edges: Sequence[Value | None] = run.contributions[number]
        if instead is not None:
            edges = (instead, *edges[1:])
        elif own in changed:
            edges = layer.gradients(found[own])
        for source, contribution in zip(sources, edges, strict=False):
            if contribution is not None:
                found[source] = contribution if source not in found else found[source] + contribution
                if instead is not None or own in changed:
                    changed.add(source)
    return {slot: found[slot] for slot in changed}
