"""Grading by a key: inputs and graph are the key's, answers a student's."""

from __future__ import annotations

from collections.abc import Iterator

from backpropcli.api import run
from backpropcli.binding import fit_dout, read_value
from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.answers import Question, check_answers, closeness_of, questions
from backpropcli.gradcheck.closeness import identical
from backpropcli.gradcheck.report import Kind, Report
from backpropcli.gradcheck.written_numbers import written
from backpropcli.scenario import Scenario
from backpropcli.scenario.answer_sheet import AnswerSheet
from backpropcli.sources.literals import Literal


class Key:
    """A scenario, run once, by whose numbers answers are graded.

    What it asks is what its own `expect:` has, or else its output and the gradients that it asks for.
    """

    def __init__(self, scenario: Scenario, *, exact: bool | None = None, tolerance: float | None = None) -> None:
        """Raises BackpropError when the scenario cannot be run."""
        self.scenario = scenario
        self.result = run(scenario, exact=exact)
        self.for_ones = self.result if scenario.dout is None else run(scenario._replace(dout=None), exact=exact)
        self.closeness = closeness_of(scenario.expect, scenario.dtype, tolerance)
        self.asked = questions(scenario.expect) or self._by_default()

    @property
    def names(self) -> list[str]:
        """The names of the values that answers may be about."""
        return list(self.result.run.graph.slots)

    def grade(self, sheet: AnswerSheet) -> Report:
        """A finding for each number that is asked for."""
        findings = check_answers(self.asked, sheet.expect, self.result, self.for_ones, self.closeness)
        return Report(sheet.source, tuple(findings), notes=tuple(self._notes(sheet)))

    def _by_default(self) -> list[Question]:
        gradients = (Question(Kind.ANSWER, name) for name in self.scenario.gradients)
        return [Question(Kind.VALUE, self.result.output), *gradients]

    def _notes(self, sheet: AnswerSheet) -> Iterator[str]:
        yield from sheet.unknown
        inputs = self.scenario.inputs
        for name, literal in sheet.inputs.items():
            if name not in inputs:
                yield f"the key has no input named '{name}'"
            elif told := self._difference(name, literal, self.result.value_of(name)):
                yield told
        if sheet.dout is not None and (told := self._difference("dout", sheet.dout, self.result.dout)):
            yield told
        if unasked := [question.name for question in questions(sheet.expect) if question not in self.asked]:
            yield f"not asked for and not graded: {', '.join(unasked)}"
        if sheet.expect.tolerance is not None or sheet.expect.digits is not None:
            yield "how close answers must be is for the key to say; what this file says of it is not heeded"

    def _difference(self, name: str, literal: Literal, keys: Value) -> str | None:
        """What tells that an input is not the key's; None if it is, or if it is in a file that is not there."""
        numbers = self.result.run.domain
        try:
            found = read_value(literal, numbers, self.scenario.dtype)
            if name == "dout":
                found = fit_dout(numbers, found, self.result.value)
        except BackpropError:
            return f"{name} is not the key's; graded with the key's" if isinstance(literal, str | list) else None
        if identical(found, keys, numbers):
            return None
        if numbers.shape(found) or numbers.shape(keys):
            return f"{name} is not the key's; graded with the key's"
        return f"{name} is {written(found, numbers)}, in the key {written(keys, numbers)}; graded with the key's"
