"""The answers of `expect:` beside the computed numbers: how a student's work is graded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.carried_errors import COARSEST, CarriedErrors
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.diagnose import diagnose
from backpropcli.gradcheck.evidence import ENOUGH, Answer, Evidence
from backpropcli.gradcheck.given_answer import GivenAnswer, shape_in_words
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.slips import Slips, last_digit
from backpropcli.gradcheck.written_numbers import LOST, Closeness, nearest_float
from backpropcli.gradcheck.wrong_elements import elements, left_out_elements
from backpropcli.graph import Graph
from backpropcli.result import Result
from backpropcli.scenario import Expectation

LOST_IN_FLOAT32 = 1e-5


class Question(NamedTuple):
    """A number that is asked for: a value, or a gradient."""

    kind: Kind
    name: str


def questions(expect: Expectation) -> list[Question]:
    """What the answers of an `expect:` answer."""
    values = (Question(Kind.VALUE, name) for name in expect.values)
    return [*values, *(Question(Kind.ANSWER, name) for name in expect.gradients)]


def closeness_of(expect: Expectation, dtype: str, tolerance: float | None = None) -> Closeness:
    """How close answers must be: as a `tolerance` says that comes from elsewhere, or else as `expect:` says."""
    lost = LOST_IN_FLOAT32 if dtype == "float32" else LOST
    return Closeness(tolerance, None, lost) if tolerance else Closeness(expect.tolerance, expect.digits, lost)


def check_answers(
    asked: Iterable[Question], expect: Expectation, result: Result, for_ones: Result, closeness: Closeness
) -> list[Finding]:
    """A finding for each question, in the order in which the numbers are computed.

    `for_ones` is the run with a dout of ones, to which a mistaken answer may belong.
    """
    sheet = _Sheet(expect, result, for_ones, closeness)
    return _with_first_wrong([sheet.finding(question) for question in sorted(asked, key=_order(result.run.graph))])


def _with_first_wrong(findings: list[Finding]) -> list[Finding]:
    """The findings; the first wrong number is named as such, if others follow from it.

    What they follow from may also be a number that is not asked for, and has no finding.
    """
    verdicts = [finding.verdict for finding in findings]
    if not {Verdict.FOLLOWS, Verdict.WRONG} <= set(verdicts):
        return findings
    first = verdicts.index(Verdict.WRONG)
    note = "; ".join(part for part in (findings[first].note, "the first wrong number") if part)
    return [*findings[:first], replace(findings[first], note=note), *findings[first + 1 :]]


def _order(graph: Graph) -> Callable[[Question], tuple[bool, int, int]]:
    """Values in the order of the forward pass, then gradients in that of the backward pass.

    A gradient is complete when the first layer that uses the value has been gone through, which is the last to be so.
    """
    first_use = {source: n for n in range(len(graph.nodes) - 1, -1, -1) for source in graph.sources[n]}

    def order(question: Question) -> tuple[bool, int, int]:
        slot = graph.slot(question.name)
        if question.kind is Kind.VALUE:
            return False, slot, 0
        return True, -first_use.get(slot, len(graph.nodes)), slot

    return order


_MOST_COMPARED = 50  # wrong gradients, each of which is held against all others and all paths


class _Sheet:
    """The answers of one `expect:`, and what is known to judge them by."""

    def __init__(self, expect: Expectation, result: Result, for_ones: Result, closeness: Closeness) -> None:
        self.result = result
        self.numbers = result.run.domain
        self.for_ones = for_ones
        self.slips = Slips(result)
        self.compared = 0
        kinds = (
            (Kind.VALUE, expect.values, expect.value_places),
            (Kind.ANSWER, expect.gradients, expect.gradient_places),
        )
        self.given = {
            Question(kind, name): GivenAnswer(kind, name, literal, places.get(name), self.numbers, closeness)
            for kind, answers, places in kinds
            for name, literal in answers.items()
        }
        self.rights = {question: self.right(question) for question in self.given}
        self.follows, self.rounded = self._carried(by_rounding=False), self._carried(by_rounding=True)

    def right(self, question: Question) -> Value | None:
        """The computed number; None for a gradient that there is not."""
        if question.kind is Kind.VALUE:
            return self.result.value_of(question.name)
        return self.result.gradient_of(question.name)

    def finding(self, question: Question) -> Finding:
        """The verdict on the answer to a question."""
        kind, name = question
        given, right = self.given.get(question), self.right(question)
        if given is None:
            return Finding(kind, Verdict.MISSING, name, None, right, note="not answered")
        if right is None:
            if not given.is_answered:
                return Finding(kind, Verdict.RIGHT, name, place=given.place)
            no_gradient = "the output has no gradient with respect to it"
            return Finding(kind, Verdict.WRONG, name, given.found, note=no_gradient, place=given.place)
        if not given.is_answered:
            return Finding(kind, Verdict.MISSING, name, None, right, note="not answered", place=given.place)
        verdict, note = self._judged(question, given, right)
        difference = self._difference(given, right)
        return Finding(kind, verdict, name, given.found, right, difference, note=note, place=given.place)

    def _judged(self, question: Question, given: GivenAnswer, right: Value) -> tuple[Verdict, str | None]:
        if not given.has_shape_of(right):
            shapes = shape_in_words(given.shape), shape_in_words(tuple(self.numbers.shape(right)))
            note = f"the answer is {shapes[0]}, but the computed value is {shapes[1]}"
            return Verdict.WRONG, self._diagnosis(question, given, right) or note
        wrong = given.wrong_at(right)
        left_out = left_out_elements(given)
        if not wrong:
            return (Verdict.MISSING, left_out) if left_out else (Verdict.RIGHT, None)
        if question in self.follows:
            return Verdict.FOLLOWS, f"follows from {self.follows[question].words}, which is wrong"
        told = self._diagnosis(question, given, right), elements(given, right, wrong), left_out
        return Verdict.WRONG, "; ".join(part for part in told if part) or None

    def _diagnosis(self, question: Question, given: GivenAnswer, right: Value) -> str | None:
        """What kind of mistake it is, where it can be told from rounding."""
        found, tolerance = given.found, min(COARSEST, max(ENOUGH, given.rounding))
        if found is None:
            return None
        if given.has_shape_of(right):
            if not given.shape and (said := last_digit(given.texts[0], self.numbers.flat(right)[0])):
                return said
            if question in self.rounded:
                return f"this is what {self.rounded[question].words} gives as it is rounded; keep more digits"
            if self.numbers.is_finite(right) and close(found, right, self.numbers, tolerance):
                return None
        if question.kind is Kind.VALUE or self.compared == _MOST_COMPARED:
            return None
        self.compared += 1
        others = {
            other.name: Answer(self.given[other].found, value)
            for other, value in self.rights.items()
            if other.kind is Kind.ANSWER and other.name != question.name and value is not None
        }
        for_ones = self.for_ones.gradient_of(question.name)
        is_for_ones = for_ones is None or close(for_ones, right, self.numbers, tolerance)
        evidence = Evidence(
            question.name,
            found,
            right,
            self.numbers,
            others=others,
            paths=_paths(self.result, question.name),
            lengths=self._lengths,
            for_ones=lambda: None if is_for_ones else for_ones,
            tolerance=tolerance,
        )
        return self.slips.named(evidence) or diagnose(evidence)

    @cached_property
    def _lengths(self) -> dict[str, int]:
        """What a mean in the graph may divide by; one way to say each."""
        words: dict[int, str] = {}
        for name, value in self.result.values.items():
            words.setdefault(self.numbers.size(value), f"the number of elements of {name}")
            for axis, length in enumerate(self.numbers.shape(value)):
                words.setdefault(length, f"the length of axis {axis} of {name}")
        return {said: length for length, said in words.items()}

    def _difference(self, given: GivenAnswer, right: Value) -> float | None:
        if given.found is None or not given.has_shape_of(right):
            return None
        pairs = zip(self.numbers.flat(given.found), self.numbers.flat(right), strict=True)
        return max((nearest_float(abs(a - b)) for a, b in pairs), default=0.0)

    def _carried(self, *, by_rounding: bool) -> Mapping[Question, GivenAnswer]:
        """The answers that follow from others; none if all are right, or a layer cannot compute with wrong ones."""
        wrong = [
            q for q, given in self.given.items() if (right := self.rights[q]) is not None and not given.fits(right)
        ]
        if not wrong or len(self.given) == 1:
            return {}
        slot = self.result.run.graph.slot
        values = {slot(name): given for (kind, name), given in self.given.items() if kind is Kind.VALUE}
        gradients = {slot(name): given for (kind, name), given in self.given.items() if kind is Kind.ANSWER}
        with suppress(BackpropError):
            carried = CarriedErrors(self.result.run, values, gradients, by_rounding=by_rounding)
            return {
                question: found[slot(question.name)]
                for question in wrong
                if slot(question.name)
                in (found := carried.values if question.kind is Kind.VALUE else carried.gradients)
            }
        return {}


def _paths(result: Result, name: str) -> dict[str, Value]:
    """What each edge contributes to the gradient of a named value."""
    run = result.run
    slot = run.graph.slot(name)
    found: dict[str, Value] = {}
    for node, sources, contributions in zip(run.graph.nodes, run.graph.sources, run.contributions, strict=True):
        for number, (source, contribution) in enumerate(zip(sources, contributions, strict=False)):
            if source == slot and contribution is not None:
                label = f"{node.label} (input {node.spec.input_name(number)})"
                found[node.label if node.label not in found else label] = contribution
    return found
