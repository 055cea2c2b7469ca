"""Errors carried forward: a run again with a student's wrong numbers in place of the computed ones.

Forward, then backward, every number is computed from the numbers before it. Where an answer is given, it is judged: a
right one mends what was carried so far; one that is what the carried numbers give follows from the mistake before it;
any other is a mistake of its own, and goes on with the student's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from backpropcli.domains import Domain, Value
from backpropcli.executor import Run
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.given_answer import GivenAnswer
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.textbook import evaluate, textbook

COARSEST = 0.05  # an answer of fewer digits fits any number
SPREAD = 2  # how much further rounding may go than in the numbers that were rounded


class CarriedErrors:
    """The answers that follow from mistakes before them: by slot, the wrong answer that each one follows from.

    With `by_rounding`, right answers too go on as they are written, so that what follows from early rounding shows.
    """

    def __init__(
        self,
        run: Run,
        values: Mapping[int, GivenAnswer],
        gradients: Mapping[int, GivenAnswer],
        *,
        by_rounding: bool = False,
    ) -> None:
        """Raises BackpropError when a layer cannot compute with a student's numbers."""
        self.run = run
        self.numbers = run.domain
        self.by_rounding = by_rounding
        self.given = {"values": values, "gradients": gradients}
        self.values: dict[int, GivenAnswer] = {}
        self.gradients: dict[int, GivenAnswer] = {}
        self._coarseness: dict[GivenAnswer, float] = {}  # of the answers that follow from one, and of that one
        self._carried = list(run.values)
        self._causes: list[GivenAnswer | None] = [None] * len(run.values)
        with self.numbers.quiet():
            self._forward()
            self._backward()

    def _forward(self) -> None:
        graph, carried, causes = self.run.graph, self._carried, self._causes
        for slot in range(len(carried)):
            number = slot - graph.first_node
            if number >= 0:
                sources = graph.sources[number]
                causes[slot] = _first(causes[source] for source in sources)
                if causes[slot] is not None:
                    carried[slot] = self._layer(number).value()
            answer = self.given["values"].get(slot)
            if answer is not None:
                judged = self._judge(answer, self.run.values[slot], carried[slot], causes[slot], self.values, slot)
                carried[slot], causes[slot] = judged

    def _backward(self) -> None:
        run, graph = self.run, self.run.graph
        found: dict[int, Value] = {graph.output_slot: run.gradients[graph.output_slot]}
        causes: dict[int, GivenAnswer | None] = {}
        for slot in range(graph.output_slot, -1, -1):
            if slot not in found:
                continue
            answer, right = self.given["gradients"].get(slot), run.gradients[slot]
            if answer is not None and right is not None:
                judged = self._judge(answer, right, found[slot], causes.get(slot), self.gradients, slot)
                found[slot], causes[slot] = judged
            number = slot - graph.first_node
            if number < 0:
                continue
            sources = graph.sources[number]
            own = self._causes[slot] if slot in self._overridden else None
            cause = _first((causes.get(slot), *(self._causes[source] for source in sources), own))
            edges = self._contributions(number, found[slot]) if cause else run.contributions[number]
            for source, contribution in zip(sources, edges, strict=False):
                if contribution is not None:
                    found[source] = contribution if source not in found else found[source] + contribution
                    causes[source] = causes.get(source) or cause

    @cached_property
    def _overridden(self) -> frozenset[int]:
        """The slots whose value is a student's: their layers' gradients may use it as `out`."""
        return frozenset(slot for slot, answer in self.given["values"].items() if self._causes[slot] is answer)

    def _judge(
        self,
        answer: GivenAnswer,
        right: Value,
        carried: Value,
        cause: GivenAnswer | None,
        follows: dict[int, GivenAnswer],
        slot: int,
    ) -> tuple[Value, GivenAnswer | None]:
        """With which number to go on, and whose mistake it is."""
        if answer.found is None or not answer.has_shape_of(right):
            return carried, cause
        if answer.fits(right):
            if not self.by_rounding:
                return right, None
            self._coarseness[answer] = 0.0  # its rounding is what goes on
            return answer.found, answer
        if cause is not None and self._is_what_follows(answer, right, carried, cause):
            follows[slot] = cause
            self._coarseness[cause] = max(self._coarseness[cause], answer.coarseness)
            return carried, cause
        self._coarseness[answer] = answer.coarseness
        return answer.found, answer

    def _is_what_follows(self, answer: GivenAnswer, right: Value, carried: Value, cause: GivenAnswer) -> bool:
        if answer.fits(carried):
            return True
        tolerance = min(COARSEST, SPREAD * max(self._coarseness[cause], answer.coarseness))
        numbers, found = self.numbers, answer.found
        if not tolerance or not numbers.is_finite(carried) or not close(found, carried, numbers, tolerance):
            return False
        return _distance(found, carried, numbers) * SPREAD < _distance(found, right, numbers)

    def _layer(self, number: int) -> IsolatedLayer:
        graph = self.run.graph
        inputs = [self._carried[source] for source in graph.sources[number]]
        return IsolatedLayer(graph.nodes[number], inputs, self.numbers)

    def _contributions(self, number: int, dout: Value) -> Sequence[Value | None]:
        """What a layer gives back for a carried dout; by its textbook lines where its own value is a student's."""
        slot = number + self.run.graph.first_node
        isolated = self._layer(number)
        node = isolated.node
        if slot in self._overridden and not node.spec.is_variadic:
            book, out = textbook(node.spec), self._carried[slot]
            found = evaluate(book, isolated.inputs, node.parameters, self.numbers, dout, out=out)
            if found is not None and found.gradients is not None:
                return found.gradients
        return isolated.gradients(dout)


def _first(causes: Iterable[GivenAnswer | None]) -> GivenAnswer | None:
    return next((cause for cause in causes if cause is not None), None)


def _distance(x: Value, y: Value, numbers: Domain) -> float:
    return float(numbers.rounded(numbers.amax(abs(x - y))))
