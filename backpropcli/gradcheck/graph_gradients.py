"""The gradients of a whole graph beside the numeric derivative of its output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial

from backpropcli.domains import Domain, Value, arrays_of, namespace
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.layer_gradients import DIGITS
from backpropcli.gradcheck.probes import FEW
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.replay import Replay
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.rounding import Rounding
from backpropcli.gradcheck.setting import Setting

SHOWN = 3  # of many culprits
MOST_CELLS = 400  # numbers in all; with more, arrays of reals would take seconds
MOST_WORK = 50_000  # numbers moved, times nodes: seconds


class GraphGradients:
    """A graph's replays, on the numbers of the run and where it can be on reals, and what is known of its nodes."""

    def __init__(
        self, replay: Replay, reals: Domain | None, dout: Value, by_node: Mapping[int, Sequence[Finding]]
    ) -> None:
        self.replay = replay
        self.reals = reals
        self.dout = dout
        self.by_node = by_node
        self.rounding = Rounding(replay, dout)
        self.notes: list[str] = []

    def check_all(self, gradients: Mapping[str, Value], tolerance: float) -> Iterator[Finding]:
        """The findings on gradients in order; those for which a large graph leaves no time are told in a note."""
        replay, names, work = self.replay, list(gradients), 0
        for count, name in enumerate(names):
            numbers_moved = min(replay.numbers.size(replay.values[replay.graph.slot(name)]), FEW)
            work += numbers_moved * len(replay.layers)
            if count and work > MOST_WORK:
                more = len(names) - count - 1
                which = f"gradients of {name} and {more:,} more" if more else f"gradient of {name}"
                skipped = "skipped because the graph is large; every layer is checked on its own"
                self.notes.append(f"{which}: {skipped}")
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
            verdict, reason = self._explained(slot, found, is_finite=self.replay.numbers.is_finite(rounded))
            notes.append(reason)
        elif verdict is Verdict.RIGHT and reference.is_precise and not reference.is_near(rounded, DIGITS):
            notes.append("rounding errors grow in this graph: fewer than 12 digits are right")
        return Finding(
            *(Kind.GRADIENT, verdict, name, found, reference.beside(rounded)),
            *(difference, uncertainty, "; ".join(notes) or None),
        )

    def _reference(self, slot: int) -> Reference:
        """The numeric gradient of the output with respect to the value in a slot."""
        setting, terms = _setting(self.replay, slot, self.dout), partial(self.rounding.terms, slot)

        def finer() -> Setting | None:
            real = self._real_replay
            return None if real is None else _setting(real, slot, self.dout)

        if self.replay.numbers.is_scalar and (real := finer()) is not None:
            found = Reference(real, terms, finer)
            if found.has_settled:
                return found
        return Reference(setting, terms, finer)

    @cached_property
    def _real_replay(self) -> Replay | None:
        """The same on reals; None where there are large arrays, or a layer that cannot compute with them."""
        bound, numbers = self.replay.bound, self.replay.numbers
        if self.reals is None or (sum(map(numbers.size, self.replay.values)) > MOST_CELLS and not numbers.is_scalar):
            return None
        chosen = self.reals if numbers.is_scalar else arrays_of(self.reals)
        try:
            return Replay(bound._replace(domain=chosen, inputs=[chosen.convert(x) for x in bound.inputs], dout=None))
        except BackpropError:
            return None

    def _on_the_way(self, slot: int, verdict: Verdict) -> list[Finding]:
        numbers = self.replay.nodes_between(slot)
        return [finding for number in numbers for finding in self.by_node.get(number, ()) if finding.verdict is verdict]

    def _explained(self, slot: int, found: Value, *, is_finite: bool) -> tuple[Verdict, str]:
        """Which layer makes a gradient differ from the derivative, and whether that is a mistake."""
        if culprits := self._on_the_way(slot, Verdict.WRONG):
            return Verdict.WRONG, f"the mistake is in {_listed(culprits)}"
        if is_finite and (kinks := self._on_the_way(slot, Verdict.KINK)):
            return Verdict.KINK, f"there is a kink on the path, where the gradient is a convention: {_listed(kinks)}"
        replay = self.replay
        for number in replay.nodes_between(slot):
            if not replay.numbers.is_finite(replay.values[replay.graph.first_node + number]):
                verdict = Verdict.UNCHECKED if is_finite else Verdict.WRONG
                return verdict, f"the value of {replay.graph.nodes[number].label}, on the path, is not finite"
        if not is_finite and namespace(found).type_name(found) == "float32":
            return Verdict.UNCHECKED, "it is not finite in float32, whose numbers end at 3.4e38"
        return Verdict.WRONG, "every layer on the path is right on its own"


def _setting(replay: Replay, slot: int, dout: Value) -> Setting:
    """The output of a replay as a function of the value in a slot."""
    return Setting(
        lambda moved: replay.output_moved(slot, moved),
        replay.values[slot],
        replay.numbers.convert(dout),
        replay.numbers,
    )


def _rounded(gradient: Value, numbers: Domain) -> Value:
    """An exact gradient as one of the float64 numbers that the derivatives are of; any other as it is."""
    domain = namespace(gradient)
    if not domain.is_exact:
        return gradient
    found = [domain.rounded(element) for element in domain.elements(gradient)]
    return found[0] if numbers.is_scalar else numbers.reshape(numbers.convert(found), domain.shape(gradient))


def _listed(findings: Sequence[Finding]) -> str:
    subjects = list(dict.fromkeys(finding.subject for finding in findings))
    more = f", and {len(subjects) - SHOWN} more" if len(subjects) > SHOWN else ""
    return "; ".join(subjects[:SHOWN]) + more
