"""One layer by itself: its conduct, and each gradient that its backward returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from backpropcli.catalogue.user_code import definition
from backpropcli.domains import Domain, Value, arrays_of
from backpropcli.errors import BackpropError, Place, Problem
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.contract import FORGIVEN, Breach, Violation, is_random, violations
from backpropcli.gradcheck.evidence import Answer
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.judgement import SEVERAL, Terms
from backpropcli.gradcheck.layer_diagnosis import layer_mistake, setting
from backpropcli.gradcheck.probes import FEW, simple_like
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.setting import Setting
from backpropcli.gradcheck.slope import EPSILON
from backpropcli.gradcheck.written_numbers import written
from backpropcli.layers.base import Elementwise

TOLERANCE = 1e-6
DIGITS = 1e-12  # what is shown of a number; a layer alone must have that many right where 50 digits can tell

MOST_CELLS = 40  # with more numbers, arrays of reals would take seconds
FEW_OF_GUESSES = 40  # numbers of a guess of which each is moved by itself
MOST_DIAGNOSED = 20  # mistakes of one layer
MOST_SHOWN = 12  # numbers of an array in a note
NO_FRACTIONS = 2.0**53  # from there on every float64 is a whole number, where a power of a negative number is defined
LOST = 1e-3  # relative: with fewer digits in its value, a layer has another slope, too
STEPS_TOO_NARROW = "the steps of the function are narrower here than those that a float64 can take"
BY_UPDATE = "found is what backward subtracts from it at a learning rate of 1"
VALUE_LOST = "rounding leaves no digit of the value here, so that it has no slope to compare with"


@dataclass(frozen=True, slots=True)
class Standards:
    """What to judge by: the tolerance of float64's derivatives, and the domain of 50 digits where there is one.

    Of arrays whose numbers are our guesses, a share may be `unseen`: too small to be checked beside the others.
    In a large graph, the first few tell enough: `diagnosed` counts the mistakes that a name was sought for, by layer;
    `well_behaved` are the kinds of the catalogue's layers whose conduct was looked at.
    """

    tolerance: float = TOLERANCE
    reals: Domain | None = None
    unseen: float = 0.0
    diagnosed: Counter[str] = field(default_factory=Counter)
    well_behaved: set[tuple[object, ...]] = field(default_factory=set)


def check_node(
    isolated: IsolatedLayer, label: str, standards: Standards, dout: Value | None = None
) -> Iterator[Finding | Problem]:
    """Findings on one layer at the values of a run; for a generic dout if none is given."""
    node = isolated.node
    try:
        with isolated.domain.quiet():
            value = isolated.value()
            upstream = simple_like(value, isolated.domain) if dout is None else dout
            if is_random(isolated, value):
                message = f"{label}: forward is random: it gives another value each time, so that it cannot be checked"
                hint = "draw by the generators of random or numpy.random, which begin anew for each check"
                yield node.problem(message, place=_place(isolated, "forward"), hint=hint)
                return
            violations_found = _violations(isolated, upstream, standards)
            gradients = isolated.gradients(upstream)
            varying = isolated.varying()
    except BackpropError as error:
        yield from (node.problem(f"{label}: {p.message}", place=p.place, hint=p.hint) for p in error.problems)
        return
    local = (
        []
        if len(gradients) != len(isolated.inputs)
        else list(_local_findings(isolated, label, standards, dout, upstream, gradients, varying, violations_found))
    )
    if any(finding.verdict is Verdict.WRONG for finding in local):
        violations_found = [v for v in violations_found if v.breach is not Breach.NOT_LINEAR]  # it shows there already
    is_forgiven = {v.breach for v in violations_found} <= FORGIVEN
    verdict = Verdict.WRONG if not is_forgiven else Verdict.RIGHT
    note = "; ".join(violation.sentence for violation in violations_found) or None
    method = violations_found[0].method if violations_found else "backward"
    yield Finding(Kind.CONDUCT, verdict, label, note=note, place=_place(isolated, method))
    yield from local


def _violations(isolated: IsolatedLayer, dout: Value, standards: Standards) -> list[Violation]:
    """What a layer does that it must not; the conduct of one of the catalogue does not hang on its numbers."""
    if isolated.node.spec.origin is not None:
        return list(violations(isolated, dout))
    if isolated.kind in standards.well_behaved:
        return []
    found = list(violations(isolated, dout))
    if not found:
        standards.well_behaved.add(isolated.kind)
    return found


def _local_findings(
    isolated: IsolatedLayer,
    label: str,
    standards: Standards,
    dout: Value | None,
    upstream: Value,
    gradients: Sequence[Value | None],
    varying: Sequence[int],
    violations_found: Sequence[Violation],
) -> Iterator[Finding]:
    """The findings on the gradients of a layer, for the `dout` that was given or else for a generic one.

    Of a guess, a sample of many numbers is moved; if that is not plainly right, each number is.
    """
    few = FEW_OF_GUESSES if standards.unseen else FEW
    references = {number: _reference(isolated, number, upstream, standards, few) for number in varying}
    if not all(ref.is_whole for ref in references.values()) and not _are_plainly_right(gradients, references):
        references = {number: _reference(isolated, number, upstream, standards, FEW) for number in varying}
    for number in varying:
        found = _finding(isolated, label, number, gradients, references, upstream, standards, violations_found)
        is_shown = found.verdict in (Verdict.WRONG, Verdict.KINK) and found.found is not None
        of_update = isolated.node.spec.input_name(number) in getattr(isolated.node.spec.graded_cls, "by_update", ())
        remarks = (
            BY_UPDATE if is_shown and of_update else None,
            _tried_with(isolated, upstream) if is_shown and dout is None else None,
        )
        yield replace(found, note="; ".join(filter(None, (found.note, *remarks))) or None)


def _are_plainly_right(gradients: Sequence[Value | None], references: Mapping[int, Reference]) -> bool:
    """Whether each gradient is the derivative, and nothing is in doubt."""
    return all(
        (found := gradients[number]) is not None
        and reference.numbers.shape(found) == reference.numbers.shape(reference.x)
        and reference.is_near(found, TOLERANCE)
        and not any(slope.is_kink or slope.reason for _, slope in reference.slopes)
        for number, reference in references.items()
    )


def _finding(
    isolated: IsolatedLayer,
    label: str,
    number: int,
    gradients: Sequence[Value | None],
    references: dict[int, Reference],
    dout: Value,
    standards: Standards,
    violations_found: Sequence[Violation],
) -> Finding:
    name_of, numbers = isolated.node.spec.input_name, isolated.domain
    found, reference = gradients[number], references[number]
    x = isolated.inputs[number]
    subject = f"{label}, input {name_of(number)}"
    place = _place(isolated, "backward", number)
    if found is None:
        question = "; does it end with a return?" if len(gradients) == 1 else ""
        nothing = f"backward returns no gradient for it{question}"
        return Finding(Kind.LOCAL, Verdict.WRONG, subject, note=nothing, place=place)
    right = reference.value
    verdict, difference, uncertainty, note = Verdict.WRONG, None, None, None
    if numbers.shape(found) == numbers.shape(x):
        tolerance = DIGITS if reference.is_precise else standards.tolerance
        convention = isolated.node.spec.sections.get("Kinks")
        verdict, difference, uncertainty, note = reference.judge(found, tolerance, convention, unseen=standards.unseen)
        if verdict is Verdict.WRONG and right is not None and isolated.node.spec.origin is None:
            seen = numbers.where(numbers.is_nan(found) & (abs(x) >= NO_FRACTIONS), right, found)
            if reference.judge(seen, tolerance).verdict is not Verdict.WRONG:
                verdict, note = Verdict.UNCHECKED, STEPS_TOO_NARROW
    if verdict is Verdict.WRONG and _has_lost_its_value(isolated, standards):
        verdict, note = Verdict.UNCHECKED, VALUE_LOST
    if verdict is Verdict.WRONG and getattr(isolated.node.spec.cls, "is_flat", False) and not any(numbers.flat(found)):
        verdict, note = Verdict.UNCHECKED, STEPS_TOO_NARROW
    if verdict is Verdict.WRONG and right is not None and standards.diagnosed[isolated.node.spec.name] < MOST_DIAGNOSED:
        standards.diagnosed[isolated.node.spec.name] += 1
        answers = {i: Answer(gradients[i], r.value) for i, r in references.items()}
        said = layer_mistake(isolated, number, dout, answers, violations_found)
        note = "; ".join(part for part in (said, note) if part) or None
    if note is None and numbers.shape(found) != numbers.shape(x):
        note = f"it is {numbers.shape(found)}, but the input is {numbers.shape(x)}"
    return Finding(Kind.LOCAL, verdict, subject, found, reference.beside(found), difference, uncertainty, note, place)


def _place(isolated: IsolatedLayer, method: str, input_number: int | None = None) -> Place | None:
    """Where a layer is put right: a user's own in its method, any other where its node or its input stands."""
    spec = isolated.node.spec
    own = None if spec.file is None else definition(getattr(spec.cls, method))
    return own or isolated.node.problem("", input_number=input_number).place


def _tried_with(isolated: IsolatedLayer, dout: Value) -> str | None:
    """What a layer was tried on, so that people can redo it; None where it is more than they would."""
    names = [isolated.node.spec.input_name(number) for number in range(len(isolated.inputs))]
    values = dict(zip([*names, "dout"], [*isolated.inputs, dout], strict=True))
    if max(map(isolated.domain.size, values.values())) > MOST_SHOWN:
        return None
    return "tried with " + ", ".join(f"{name} = {written(value, isolated.domain)}" for name, value in values.items())


def _reference(isolated: IsolatedLayer, number: int, dout: Value, standards: Standards, few: int) -> Reference:
    """The numeric gradient: of 50 digits if the layer can compute with them, of more where those show too little."""
    own = setting(isolated, number, dout)
    reals = standards.reals

    def terms() -> Terms | None:
        return _cancelling(isolated, number, dout)

    if reals is None:
        return Reference(own, terms, few=few)

    def real_setting() -> Setting:
        real = _in_reals(isolated, reals)
        return setting(real, number, real.domain.convert(dout))

    if isolated.domain.is_scalar and (found := Reference(real_setting(), terms, real_setting)).has_settled:
        return found
    is_small = isolated.domain.size(isolated.inputs[number]) <= MOST_CELLS and not isolated.node.spec.needs_arrays
    return Reference(own, terms, real_setting, few) if is_small else Reference(own, terms, few=few)


def _cancelling(isolated: IsolatedLayer, number: int, dout: Value) -> Terms | None:
    """What rounding may leave of the terms of a gradient that cancel, as where a layer normalizes its input.

    They are as large as the value and its input tell. None for an elementwise layer, in which nothing is summed, and
    for a user's own.
    """
    spec, numbers = isolated.node.spec, isolated.domain
    if spec.origin is not None or issubclass(spec.cls, Elementwise):
        return None
    x = abs(isolated.inputs[number])
    with numbers.quiet():
        size = numbers.rounded(numbers.sum(abs(dout * isolated.value())))
        return Terms(noise=SEVERAL * EPSILON * size / numbers.where(numbers.equal(x, 0), inf, x))


def _in_reals(isolated: IsolatedLayer, reals: Domain) -> IsolatedLayer:
    """The same layer and inputs in the numbers of 50 digits."""
    chosen = reals if isolated.domain.is_scalar else arrays_of(reals)
    return IsolatedLayer(isolated.node, [chosen.convert(x) for x in isolated.inputs], chosen)


def _has_lost_its_value(isolated: IsolatedLayer, standards: Standards) -> bool:
    """Whether rounding alone makes another value of these inputs, as where a tie between large scores is broken."""
    numbers = isolated.domain
    sizes = sum(map(numbers.size, isolated.inputs))
    if standards.reals is None or isolated.node.spec.needs_arrays or sizes > MOST_CELLS:
        return False
    real = _in_reals(isolated, standards.reals)
    try:
        with numbers.quiet():
            value, exact = isolated.value(), real.value()
    except BackpropError:  # as of a user's layer that computes with floats inside
        return False
    return numbers.is_finite(value) and not close(real.domain.convert(value), exact, real.domain, LOST)
