"""A derivative that is taken wrongly: of another place, without the inner one, or without a term.

Glossary: `out` is the layer's value; `raw` what an activation at the end of the layer was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.domains.generic import generic_like
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.mistakes.expressions import EXPRESSIONS, INNER, Expression, places
from backpropcli.gradcheck.trial import Trial


class Activation(NamedTuple):
    """A function by its slope, as it is written of the value and as it is wrongly written of what went in."""

    name: str
    slope: Callable[[Value, Domain], Value]
    inverse: Callable[[Value, Domain], Value]
    of_out: str
    of_raw: str
    right: str


ACTIVATIONS = (
    Activation(
        "tanh",
        lambda v, _: 1 - v * v,
        lambda y, xp: xp.log(xp.divide(1 + y, 1 - y)) / 2,
        "1 - out ** 2",
        "1 - raw ** 2",
        "1 - tanh(raw) ** 2",
    ),
    Activation(
        "sigmoid",
        lambda v, _: v * (1 - v),
        lambda y, xp: xp.log(xp.divide(y, 1 - y)),
        "out * (1 - out)",
        "raw * (1 - raw)",
        "sigmoid(raw) * (1 - sigmoid(raw))",
    ),
    Activation("exp", lambda v, _: v, lambda y, xp: xp.log(y), "out", "raw", "exp(raw)"),
    Activation(
        "sqrt",
        lambda v, xp: xp.divide(0.5, v),
        lambda y, _: y * y,
        "1 / (2 * out)",
        "1 / (2 * raw)",
        "1 / (2 * sqrt(raw))",
    ),
    Activation("log", lambda v, xp: xp.exp(-v), lambda y, xp: xp.exp(y), "1 / exp(out)", "", ""),
)


def other_local_derivative(evidence: Evidence) -> str | None:
    """Elementwise: one expression times dout, where the numbers are those of another."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape:
        return None
    known = _written_slopes(trial)
    said = [(expression, name) for expression, name, candidate in known if evidence.explained_by(candidate)]
    needed = [(expression, name) for expression, name, candidate in known if evidence.fits(evidence.right, candidate)]
    if not said or not needed:
        return None
    found, place = min(said, key=_farfetched)  # of several ways to write the same
    right = min(needed, key=lambda way: (*_farfetched(way), way[1] != place))
    if not found.takes_a_place:
        return f"dout is passed on as it is; it must be multiplied by {right[0].written(right[1])}"
    return f"dout is multiplied by {found.written(place)}, where {right[0].written(right[1])} is the derivative"


def _farfetched(way: tuple[Expression, str]) -> tuple[bool, int]:
    """How unlikely it is that a derivative is written so: the longer the less, and hardly as a sine of the value."""
    pattern, place = way[0].pattern, way[1]
    return place == "out" and ("sin(" in pattern or "cos(" in pattern), len(pattern)


def passed_on(evidence: Evidence) -> str | None:
    """The upstream gradient itself, whatever the derivative may be; summed up, where the input was broadcast."""
    trial = evidence.small_trial
    if trial is None:
        return None
    if not _is_passed_on(evidence) or not evidence.holds_far(_is_passed_on):
        return None
    if trial.keeps_shape:
        return f"dout is passed on as it is, as if out were {evidence.name}"
    if trial.numbers.size(trial.x) == trial.numbers.size(trial.dout):
        return f"dout is only reshaped, as if out had the numbers of {evidence.name} in their order"
    return f"dout is summed up as it is, as if {evidence.name} were only added"


def _is_passed_on(evidence: Evidence) -> bool:
    """Whether the gradient is dout itself, summed up to the shape of the input."""
    trial = evidence.small_trial
    if trial is None:
        return False
    try:
        return evidence.explained_by(trial.numbers.unbroadcast(trial.dout, trial.x))
    except ValueError:
        return False


def missing_activation(evidence: Evidence) -> str | None:
    """The slope of an activation at the end of the layer, left out."""
    trial = evidence.small_trial
    if trial is None:
        return None
    for activation in ACTIVATIONS:
        is_itself = activation.of_out == "out"  # a factor that tells of no function
        if evidence.explained_by(
            trial.gradient(trial.numbers.divide(trial.dout, activation.slope(trial.value, trial.numbers)))
        ):
            said = f"a factor of {activation.of_out}"
            return f"{said} is missing" if is_itself else f"the derivative of {activation.name} is missing: {said}"
    return None


def extra_factor_of_out(evidence: Evidence) -> str | None:
    """The layer's value, or a slope that is written of it, once too often."""
    trial = evidence.small_trial
    if trial is None:
        return None
    for activation in ACTIVATIONS:
        if not activation.of_raw:  # as nobody writes 1 / exp(out)
            continue
        extra = activation.slope(trial.value, trial.numbers)
        if evidence.explained_by(trial.gradient(trial.dout * extra)):
            return f"there is an extra factor of {activation.of_out}"
    return None


def misplaced_activation(evidence: Evidence) -> str | None:
    """The slope of an activation, written of its value, but computed of what went in."""
    trial = evidence.small_trial
    if trial is None:
        return None
    for activation in ACTIVATIONS:
        if not activation.of_raw:
            continue
        numbers, value = trial.numbers, trial.value
        of_raw = activation.slope(activation.inverse(value, numbers), numbers)
        ratio = numbers.divide(of_raw, activation.slope(value, numbers))
        if evidence.explained_by(trial.gradient(trial.dout * ratio)):
            return (
                f"the derivative of {activation.name} is taken of what goes into it: "
                f"{activation.of_raw} where {activation.right} is needed"
            )
    return None


def missing_factor(evidence: Evidence) -> str | None:
    """A factor left out, or one too many; what may be an inner derivative is called so where a function has one."""
    trial = evidence.small_trial
    if trial is None:
        return None
    for words, inner, is_inner in _inner_derivatives(evidence):
        if evidence.fits(evidence.found * inner, evidence.right):
            said = f"a factor of {words} is missing"
            return f"{said}, as of an inner derivative that was left out" if is_inner else said
        if evidence.fits(evidence.found, evidence.right * inner):
            return f"there is an extra factor of {words}"
    for name, other, there in _other_inputs(evidence, trial):
        if there.fits(there.found * other, there.right):
            return f"a factor of {name} is missing"
        if there.fits(there.found, there.right * other):
            return f"there is an extra factor of {name}"
    return None


def one_term_of_a_product(evidence: Evidence) -> str | None:
    """Of (u * v)' only u' * v, where u is the input itself; or only the other term."""
    trial = evidence.small_trial
    if trial is None or not trial.is_elementwise:
        return None
    of_input = trial.numbers.divide(trial.dout * trial.value, trial.x)
    if evidence.explained_by(of_input) or evidence.explained_by(evidence.right - of_input):
        return (
            f"a term of the product rule is missing: {evidence.name} is a factor, and what it multiplies depends on it"
        )
    return None


def _inner_derivatives(evidence: Evidence) -> Iterator[tuple[str, Value, bool]]:
    """What may be a factor, of the input itself, and whether of an inner function.

    A derivative that is known by itself has no inner function.
    """
    trial = evidence.small_trial
    if trial is None:
        return
    numbers = trial.numbers
    is_known = trial.keeps_shape and any(evidence.fits(evidence.right, value) for *_, value in _written_slopes(trial))
    for inner in INNER:
        yield inner.written(evidence.name), inner.value(trial.x, numbers), inner.is_inner and not is_known


def _other_inputs(evidence: Evidence, trial: Trial) -> Iterator[tuple[str, Value, Evidence]]:
    """The other inputs that can be a factor, in the shape of this one, and what is known where they are one.

    A factor of labels of 0 and 1 tells nothing of them, as whatever is added for a 0 would not be seen: they are made
    other numbers.
    """
    numbers = trial.numbers
    for number, other in enumerate(trial.isolated.inputs):
        if number == trial.number:
            continue
        is_of_labels = {*numbers.flat(other)} <= {-1.0, 0.0, 1.0}
        values = abs(generic_like(other, numbers, seed=2)) if is_of_labels else other
        try:
            factor = numbers.broadcast_to(values, numbers.shape(trial.x))
        except ValueError:  # an input of another shape is no factor
            continue
        there = evidence
        if is_of_labels:
            moved = trial.with_input(number, values)
            found = moved.isolated.gradients(moved.dout)[trial.number]
            if found is None:
                continue
            there = evidence._replace(found=found, right=moved.gradient(moved.dout), trial=moved)
        yield trial.isolated.node.spec.input_name(number), factor, there


def _written_slopes(trial: Trial) -> list[tuple[Expression, str, Value]]:
    """Derivatives as they are written, of which value, and each times dout."""
    return [
        (expression, name, trial.dout * expression.value(place, trial.numbers))
        for name, place in places(trial)
        for expression in EXPRESSIONS
        if expression.takes_a_place or name == "out"
    ]
