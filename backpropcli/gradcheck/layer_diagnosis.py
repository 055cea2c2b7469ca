"""What a layer's wrong gradient shows, here and at a second point, and the mistake that it tells of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.domains.generic import generic_like
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.contract import Violation
from backpropcli.gradcheck.diagnose import diagnose
from backpropcli.gradcheck.evidence import Answer, Evidence
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.mistakes import MISTAKES, PLAIN, Groups
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.setting import Setting
from backpropcli.gradcheck.trial import Trial, another_point, far_points, larger_point, longer_point

ENOUGH_AFAR = 1e-4  # where steps are wide beside the numbers


class _Case(NamedTuple):
    """One input of a layer at a point; the gradients of all inputs that have one, found and right."""

    isolated: IsolatedLayer
    number: int
    dout: Value
    answers: Mapping[int, Answer]
    violations: Sequence[Violation]

    def evidence(self) -> Evidence | None:
        """What is known; None where a gradient is missing."""
        isolated, number, dout = self.isolated, self.number, self.dout
        found, right = self.answers[number]
        if found is None or right is None:
            return None
        numbers, name_of = isolated.domain, isolated.node.spec.input_name
        trial, ones = Trial(isolated, number, dout), numbers.ones_like(dout)
        return Evidence(
            name_of(number),
            found,
            right,
            numbers,
            others={name_of(i): answer for i, answer in self.answers.items() if i != number},
            lengths={words: length for words, (length, _, _) in _lengths(isolated).items()},
            for_ones=lambda: trial.gradient(ones) if trial.is_small else numeric_gradient(isolated, number, ones).value,
            violations=self.violations,
            trial=trial,
            longer=lambda words: None if (case := self.longer(words)) is None else case.evidence(),
            far=cache(lambda: tuple(self._far())),
        )

    def elsewhere(self) -> _Case | None:
        """The same at another point; None where the layer cannot be tried there, or is right there."""
        moved = another_point(self.isolated, self.dout, list(self.answers))
        return None if moved is None else self._at(*moved)

    def larger(self) -> _Case | None:
        """The same on more rows or numbers; None as above."""
        return self._at_larger(larger_point(self.isolated, self.number, list(self.answers)))

    def longer(self, words: str) -> _Case | None:
        """The same where the length that is called so is another; None as above."""
        _, number, axis = _lengths(self.isolated)[words]
        return self._at_larger(longer_point(self.isolated, number, axis, list(self.answers)))

    def _far(self) -> Iterator[Evidence]:
        """What is known at numbers of other sizes and signs, where the layer can be run; also where it is right."""
        for there, dout in far_points(self.isolated, self.dout, list(self.answers)):
            trial = Trial(there, self.number, dout)
            if not trial.is_small:
                return
            with suppress(BackpropError, IndexError):
                found, right = there.gradients(dout)[self.number], trial.gradient(dout)
                if found is not None and there.domain.is_finite(found) and there.domain.is_finite(right):
                    case = self._replace(isolated=there, dout=dout, answers={self.number: Answer(found, right)})
                    if evidence := case.evidence():
                        yield evidence._replace(tolerance=ENOUGH_AFAR)

    def _at_larger(self, larger: IsolatedLayer | None) -> _Case | None:
        if larger is None:
            return None
        value = larger.value()
        dout = generic_like(value, larger.domain, seed=3) if larger.has_dout else larger.domain.ones_like(value)
        return self._at(larger, dout)

    def _at(self, there: IsolatedLayer, dout: Value) -> _Case | None:
        try:
            gradients = there.gradients(dout)
            answers = {i: self._answer(there, i, dout, gradients[i]) for i in self.answers}
        except (BackpropError, IndexError):
            return None
        case = self._replace(isolated=there, dout=dout, answers=answers)
        evidence = case.evidence()
        return None if evidence is None or evidence.fits(evidence.found, evidence.right) else case

    def _answer(self, there: IsolatedLayer, number: int, dout: Value, found: Value | None) -> Answer:
        """The gradient of an input; without the right one where it could not be swapped with this one."""
        shape_of, x = there.domain.shape, there.inputs[number]
        swappable = [there.inputs[self.number], self.answers[self.number].found]
        is_needed = any(other is not None and shape_of(x) == shape_of(other) for other in swappable)
        trial = Trial(there, number, dout)
        return Answer(found, trial.gradient(dout) if is_needed and trial.is_small else None)


def layer_mistake(
    isolated: IsolatedLayer,
    number: int,
    dout: Value,
    answers: Mapping[int, Answer],
    violations: Sequence[Violation],
) -> str | None:
    """The mistake in the gradient of one input, of which `answers` has those of all; None if it has no name.

    A single number shows little, which any of several mistakes would give, and two rows hide what statistics do: then a
    larger point tells.
    """
    case = _Case(isolated, number, dout, answers, violations)
    is_single = isolated.domain.size(isolated.inputs[number]) == 1
    with isolated.domain.quiet():
        here = _said(case)
        larger = case.larger() if here is None or is_single else None
        there = None if larger is None else _said(larger)
        if larger is not None and there is None and is_single:
            return _said(case, PLAIN)
    if larger is None or there is None or there == here:
        return here
    shape = isolated.domain.shape(larger.isolated.inputs[number])
    return f"{there} (seen with {isolated.node.spec.input_name(number)} of shape {shape})"


def _said(case: _Case, mistakes: Groups = MISTAKES) -> str | None:
    evidence = case.evidence()
    if evidence is None or not evidence.numbers.is_finite(evidence.found):
        return None
    elsewhere = case.elsewhere()
    return diagnose(evidence, None if elsewhere is None else elsewhere.evidence(), mistakes)


def numeric_gradient(isolated: IsolatedLayer, number: int, dout: Value) -> Reference:
    """The gradient of an input by differences, in the layer's own numbers."""
    return Reference(setting(isolated, number, dout))


def setting(isolated: IsolatedLayer, number: int, dout: Value) -> Setting:
    """The layer's value as a function of one of its inputs."""
    return Setting(lambda moved: isolated.value_moved(number, moved), isolated.inputs[number], dout, isolated.domain)


def _lengths(isolated: IsolatedLayer) -> dict[str, tuple[int, int, int]]:
    """What a mean may divide by: the number of elements of each input, and the lengths of its axes.

    With each are the input and the axis by which it can be made another. Of a column, its axis comes first.
    """
    shape_of, name_of = isolated.domain.shape, isolated.node.spec.input_name
    lengths: dict[str, tuple[int, int, int]] = {}
    for number, x in enumerate(isolated.inputs):
        axes = {
            f"the length of axis {axis} of {name_of(number)}": (length, number, axis)
            for axis, length in enumerate(shape_of(x))
        }
        whole = {f"the number of elements of {name_of(number)}": (isolated.domain.size(x), number, 0)}
        lengths |= whole | axes if len(axes) < 2 else axes | whole
    return lengths
