"""The second derivatives of a scenario beside the numeric derivatives of its gradients.

Weights without pattern make one number of all gradients; how fast it changes with each input is the Hessian times the
weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from backpropcli.binding import BoundGraph
from backpropcli.differentiation import differentiate
from backpropcli.domains import Domain, Value, arrays_of
from backpropcli.domains.generic import generic_like
from backpropcli.errors import BackpropError
from backpropcli.executor import execute
from backpropcli.gradcheck.probes import FEW
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.replay import Replay
from backpropcli.gradcheck.report import Finding, Kind
from backpropcli.gradcheck.setting import Setting
from backpropcli.result import Asked

MOST_WORK = 20_000  # numbers moved, times nodes: seconds
MOST_CELLS = 100  # numbers in all; with more, arrays of reals would take seconds


class SecondDerivatives:
    """A graph's gradients as functions of its inputs, on floats and where it can be on reals."""

    def __init__(self, replay: Replay, reals: Domain | None, names: Sequence[str]) -> None:
        """Take the inputs among the names. Raises BackpropError where there are no second derivatives."""
        graph = replay.graph
        self.bound = replay.bound._replace(dout=replay.bound.upstream(replay.output))
        self.run = execute(self.bound, wanted=[name for name in names if name in graph.inputs])
        slots = {name: graph.slot(name) for name in names if name in graph.inputs}
        inputs = {name: self.run.values[slot] for name, slot in slots.items() if self.run.gradient(slot) is not None}
        self.reals = reals
        self.weights = {
            name: generic_like(x, self.bound.domain, number) for number, (name, x) in enumerate(inputs.items())
        }
        found, _ = differentiate(self.bound, self.run, list(inputs), Asked(hvp=self.weights))
        self.found = found.hvp or {}
        self.notes: list[str] = []

    def check_all(self, tolerance: float) -> Iterator[Finding]:
        """The findings for each input; those for which a large graph leaves no time are told in a note."""
        numbers, work = self.bound.domain, 0
        for count, (name, product) in enumerate(self.found.items()):
            work += min(numbers.size(product), FEW) * len(self.bound.graph.nodes)
            if work > MOST_WORK:
                more = len(self.found) - count - 1
                others = f" and {more:,} more" if more else ""
                self.notes.append(f"second derivatives by {name}{others}: skipped because the graph is large")
                return
            reference = Reference(self._setting(self.bound, name), finer=partial(self._on_reals, name))
            judged = reference.judge(product, tolerance)
            yield Finding(
                *(Kind.SECOND, judged.verdict, name, product, reference.beside(product)),
                *(judged.difference, judged.uncertainty, judged.note),
            )

    def _setting(self, bound: BoundGraph, name: str) -> Setting:
        """The sum of all gradients, each times its weight, as a function of one input."""
        numbers, graph = bound.domain, bound.graph
        weights = {other: numbers.convert(self.bound.domain.numbers(w)) for other, w in self.weights.items()}
        place = graph.inputs.index(name)

        def weighted(moved: Value) -> Value:
            inputs = [moved if number == place else x for number, x in enumerate(bound.inputs)]
            run = execute(bound._replace(inputs=inputs), wanted=list(weights))
            terms = (numbers.sum(weight * run.gradient(graph.slot(other))) for other, weight in weights.items())
            return sum(terms, numbers.convert(0.0))

        return Setting(weighted, bound.inputs[place], numbers.convert(1.0), numbers)

    def _on_reals(self, name: str) -> Setting | None:
        """The same on reals; None where there are large arrays, or a layer that cannot compute with them."""
        own = self.bound.domain
        if self.reals is None or (not own.is_scalar and sum(map(own.size, self.bound.inputs)) > MOST_CELLS):
            return None
        chosen = self.reals if own.is_scalar else arrays_of(self.reals)
        *inputs, dout = (chosen.convert(own.numbers(x)) for x in (*self.bound.inputs, self.bound.dout))
        bound = self.bound._replace(domain=chosen, inputs=inputs, dout=dout)
        try:
            execute(bound)
        except BackpropError:
            return None
        return self._setting(bound, name)
