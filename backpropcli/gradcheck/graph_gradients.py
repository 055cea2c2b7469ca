"""The gradients of a whole graph beside the numeric derivative of its output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backpropcli.domains import Domain, Value, namespace
from backpropcli.gradcheck.layer_gradients import DIGITS
from backpropcli.gradcheck.probes import FEW
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.replay import Replay
from backpropcli.gradcheck.report import Finding, Kind, Verdict

SHOWN = 3  # of many culprits
MOST_WORK = 500_000  # numbers moved, times nodes: seconds


class GraphGradients:
    """A graph's replays, on the numbers of the run and where it can be on 50 digits, and what is known of its nodes."""

    def __init__(
        self, replay: Replay, real_replay: Replay | None, dout: Value, by_node: Mapping[int, Sequence[Finding]]
    ) -> None:
        self.replay = replay
        self.real_replay = real_replay
        self.dout = dout
        self.by_node = by_node

    def check_all(self, gradients: Mapping[str, Value], tolerance: float) -> Iterator[Finding]:
        """The findings on gradients in order; one for all those for which a large graph leaves no time."""
        replay, names, work = self.replay, list(gradients), 0
        for count, name in enumerate(names):
            numbers_moved = min(replay.numbers.size(replay.values[replay.graph.slot(name)]), FEW)
            work += numbers_moved * len(replay.layers)
            if count and work > MOST_WORK:
                more = len(names) - count - 1
                subject = f"{name} and {more:,} more" if more else name
                note = "skipped because the graph is large; every layer is checked on its own"
                yield Finding(Kind.GRADIENT, Verdict.UNCHECKED, subject, note=note)
                return
            yield self.check(name, gradients[name], tolerance)

    def check(self, name: str, found: Value, tolerance: float) -> Finding:
        """The finding on a gradient of the whole graph."""
        slot = self.replay.graph.slot(name)
        reference = self._reference(slot)
        rounded = _rounded(found, self.replay.numbers)
        verdict, difference, uncertainty, note = reference.judge(rounded, tolerance)
        notes = [note] if note else []
        if verdict is Verdict.WRONG:
            verdict, reason = self._explained(slot)
            notes.append(reason)
        elif verdict is Verdict.RIGHT and _lacks_digits(rounded, reference):
            notes.append("rounding errors grow in this graph: fewer than 12 digits are right")
        return Finding(
            *(Kind.GRADIENT, verdict, name, found, reference.beside(rounded)),
            *(difference, uncertainty, "; ".join(notes) or None),
        )

    def _reference(self, slot: int) -> Reference:
        """The numeric gradient of the output with respect to the value in a slot."""
        replay, dout = self.replay, self.dout
        if (real := self.real_replay) is not None:
            found = Reference(
                lambda moved: real.output_moved(slot, moved),
                real.values[slot],
                real.numbers.convert(dout),
                real.numbers,
            )
            if found.has_settled:
                return found
        return Reference(lambda moved: replay.output_moved(slot, moved), replay.values[slot], dout, replay.numbers)

    def _on_the_way(self, slot: int, verdict: Verdict) -> list[Finding]:
        numbers = self.replay.nodes_between(slot)
        return [finding for number in numbers for finding in self.by_node.get(number, ()) if finding.verdict is verdict]

    def _explained(self, slot: int) -> tuple[Verdict, str]:
        """Which layer makes a gradient differ from the derivative, and whether that is a mistake."""
        if culprits := self._on_the_way(slot, Verdict.WRONG):
            return Verdict.WRONG, f"the mistake is in {_listed(culprits)}"
        if kinks := self._on_the_way(slot, Verdict.KINK):
            return Verdict.KINK, f"there is a kink on the path, where the gradient is a convention: {_listed(kinks)}"
        replay = self.replay
        for number in replay.nodes_between(slot):
            if not replay.numbers.is_finite(replay.values[replay.graph.first_node + number]):
                return Verdict.UNCHECKED, f"the value of {replay.graph.nodes[number].label}, on the path, is not finite"
        return Verdict.WRONG, "every layer on the path is right on its own"


def _rounded(gradient: Value, numbers: Domain) -> Value:
    """An exact gradient as one of the float64 numbers that the derivatives are of; any other as it is."""
    domain = namespace(gradient)
    if not domain.is_exact:
        return gradient
    found = [domain.rounded(element) for element in domain.elements(gradient)]
    return found[0] if numbers.is_scalar else numbers.reshape(numbers.convert(found), domain.shape(gradient))


def _lacks_digits(found: Value, reference: Reference) -> bool:
    """Whether 50 digits show that some of those that people see are wrong."""
    return reference.is_precise and reference.judge(found, DIGITS).verdict is Verdict.WRONG


def _listed(findings: Sequence[Finding]) -> str:
    subjects = list(dict.fromkeys(finding.subject for finding in findings))
    more = f", and {len(subjects) - SHOWN} more" if len(subjects) > SHOWN else ""
    return "; ".join(subjects[:SHOWN]) + more
