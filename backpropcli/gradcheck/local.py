"""One layer by itself: its conduct, and each gradient that its backward returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError, Problem
from backpropcli.gradcheck.conduct import Complaint, complaints
from backpropcli.gradcheck.diagnose import Answer, Evidence, diagnose
from backpropcli.gradcheck.probes import generic_like
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.trial import Trial

TOLERANCE = 1e-6
DIGITS = 1e-12  # what is shown of a number; a layer alone must have that many right where 50 digits can tell


class Standards(NamedTuple):
    """What to judge by: the tolerance of float64's derivatives, and the domain of 50 digits where there is one."""

    tolerance: float = TOLERANCE
    reals: Domain | None = None


def check_node(
    trial: Trial, label: str, standards: Standards, dout: Value | None = None
) -> Iterator[Finding | Problem]:
    """Findings on one layer at the values of a run; for a generic dout if none is given."""
    node = trial.node
    place = node.problem("").place
    try:
        with trial.domain.quiet():
            value = trial.value()
            dout = generic_like(value, trial.domain) if dout is None else dout
            found_complaints = list(complaints(trial, dout))
            gradients = trial.gradients(dout)
            varying = trial.varying()
    except BackpropError as error:
        yield from (node.problem(f"{label}: {problem.message}", hint=problem.hint) for problem in error.problems)
        return
    verdict = Verdict.WRONG if found_complaints else Verdict.RIGHT
    note = "; ".join(complaint.sentence for complaint in found_complaints) or None
    yield Finding(Kind.CONDUCT, verdict, label, note=note, place=place)
    if len(gradients) != len(trial.inputs):
        return
    references = {number: _reference(trial, number, dout, standards) for number in varying}
    for number in varying:
        yield _finding(trial, label, number, gradients, references, dout, standards, found_complaints)


def _finding(
    trial: Trial,
    label: str,
    number: int,
    gradients: Sequence[Value | None],
    references: dict[int, Reference],
    dout: Value,
    standards: Standards,
    found_complaints: Sequence[Complaint],
) -> Finding:
    name_of, numbers = trial.node.spec.input_name, trial.domain
    found, reference = gradients[number], references[number]
    x = trial.inputs[number]
    subject = f"{label}, input {name_of(number)}"
    place = trial.node.problem("", input_number=number).place
    if found is None:
        return Finding(Kind.LOCAL, Verdict.WRONG, subject, note="backward gives no gradient for it", place=place)
    right = reference.value
    verdict, difference, uncertainty, note = Verdict.WRONG, None, None, None
    if numbers.shape(found) == numbers.shape(x):
        tolerance = DIGITS if reference.numbers.name == "reals" else standards.tolerance
        convention = trial.node.spec.sections.get("Kinks")
        verdict, difference, uncertainty, note = reference.judge(found, tolerance, convention)
    if verdict is Verdict.WRONG and right is not None and isfinite(numbers.rounded(numbers.sum(found))):
        evidence = Evidence(
            name_of(number),
            found,
            right,
            numbers,
            others={name_of(i): Answer(gradients[i], r.value) for i, r in references.items() if i != number},
            lengths=_lengths(trial),
            for_ones=lambda: _reference(trial, number, numbers.ones_like(dout), Standards()).value,
            complaints=found_complaints,
        )
        note = "; ".join(part for part in (diagnose(evidence), note) if part) or None
    if note is None and numbers.shape(found) != numbers.shape(x):
        note = f"it is {numbers.shape(found)}, but the input is {numbers.shape(x)}"
    return Finding(Kind.LOCAL, verdict, subject, found, right, difference, uncertainty, note, place)


def _reference(trial: Trial, number: int, dout: Value, standards: Standards) -> Reference:
    """The numeric gradient, of 50 digits if the layer can compute with them."""
    reals = standards.reals
    if reals is not None and trial.domain.name == "floats":
        real = Trial(trial.node, [reals.convert(x) for x in trial.inputs], reals)
        found = Reference(
            lambda moved: real.value_moved(number, moved), real.inputs[number], reals.convert(dout), reals
        )
        if found.has_settled:
            return found
    return Reference(lambda moved: trial.value_moved(number, moved), trial.inputs[number], dout, trial.domain)


def _lengths(trial: Trial) -> dict[str, int]:
    """What a mean may divide by: the number of elements of each input, and the lengths of its axes."""
    shape_of, name_of = trial.domain.shape, trial.node.spec.input_name
    lengths: dict[str, int] = {}
    for number, x in enumerate(trial.inputs):
        lengths[f"the number of elements of {name_of(number)}"] = trial.domain.size(x)
        for axis, length in enumerate(shape_of(x)):
            lengths.setdefault(f"the length of axis {axis} of {name_of(number)}", length)
    return lengths
