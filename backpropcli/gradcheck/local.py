"""One layer by itself: its conduct, and each gradient that its backward returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite
from typing import NamedTuple

from backpropcli.catalogue.user_code import definition
from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError, Place, Problem
from backpropcli.gradcheck.contract import Violation, violations
from backpropcli.gradcheck.diagnose import Answer, Evidence, diagnose
from backpropcli.gradcheck.probes import simple_like
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.trial import Trial
from backpropcli.gradcheck.writing import written

TOLERANCE = 1e-6
DIGITS = 1e-12  # what is shown of a number; a layer alone must have that many right where 50 digits can tell

MOST_TOLD = 12  # numbers of an array in a note


class Standards(NamedTuple):
    """What to judge by: the tolerance of float64's derivatives, and the domain of 50 digits where there is one."""

    tolerance: float = TOLERANCE
    reals: Domain | None = None


def check_node(
    trial: Trial, label: str, standards: Standards, dout: Value | None = None
) -> Iterator[Finding | Problem]:
    """Findings on one layer at the values of a run; for a generic dout if none is given."""
    node = trial.node
    try:
        with trial.domain.quiet():
            value = trial.value()
            upstream = simple_like(value, trial.domain) if dout is None else dout
            violations_found = list(violations(trial, upstream))
            gradients = trial.gradients(upstream)
            varying = trial.varying()
    except BackpropError as error:
        yield from (node.problem(f"{label}: {p.message}", place=p.place, hint=p.hint) for p in error.problems)
        return
    verdict = Verdict.WRONG if violations_found else Verdict.RIGHT
    note = "; ".join(violation.sentence for violation in violations_found) or None
    method = violations_found[0].method if violations_found else "backward"
    yield Finding(Kind.CONDUCT, verdict, label, note=note, place=_place(trial, method))
    if len(gradients) != len(trial.inputs):
        return
    references = {number: _reference(trial, number, upstream, standards) for number in varying}
    circumstances = _circumstances(trial, upstream) if dout is None else None
    for number in varying:
        found = _finding(trial, label, number, gradients, references, upstream, standards, violations_found)
        is_told = found.verdict in {Verdict.WRONG, Verdict.KINK} and found.found is not None
        if is_told and circumstances:
            found = replace(found, note="; ".join(filter(None, (found.note, circumstances))))
        yield found


def _finding(
    trial: Trial,
    label: str,
    number: int,
    gradients: Sequence[Value | None],
    references: dict[int, Reference],
    dout: Value,
    standards: Standards,
    violations_found: Sequence[Violation],
) -> Finding:
    name_of, numbers = trial.node.spec.input_name, trial.domain
    found, reference = gradients[number], references[number]
    x = trial.inputs[number]
    subject = f"{label}, input {name_of(number)}"
    place = _place(trial, "backward", number)
    if found is None:
        question = "; does it end with a return?" if len(gradients) == 1 else ""
        nothing = f"backward returns no gradient for it{question}"
        return Finding(Kind.LOCAL, Verdict.WRONG, subject, note=nothing, place=place)
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
            violations=violations_found,
        )
        note = "; ".join(part for part in (diagnose(evidence), note) if part) or None
    if note is None and numbers.shape(found) != numbers.shape(x):
        note = f"it is {numbers.shape(found)}, but the input is {numbers.shape(x)}"
    return Finding(Kind.LOCAL, verdict, subject, found, reference.beside(found), difference, uncertainty, note, place)


def _place(trial: Trial, method: str, input_number: int | None = None) -> Place | None:
    """Where a layer is put right: a user's own in its method, any other where its node or its input stands."""
    spec = trial.node.spec
    own = None if spec.file is None else definition(getattr(spec.cls, method))
    return own or trial.node.problem("", input_number=input_number).place


def _circumstances(trial: Trial, dout: Value) -> str | None:
    """What a layer was tried on, so that people can redo it; None where it is more than they would."""
    names = [trial.node.spec.input_name(number) for number in range(len(trial.inputs))]
    values = dict(zip([*names, "dout"], [*trial.inputs, dout], strict=True))
    if max(map(trial.domain.size, values.values())) > MOST_TOLD:
        return None
    return "tried with " + ", ".join(f"{name} = {written(value, trial.domain)}" for name, value in values.items())


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
