"""A derivative that is taken wrongly: of another place, without the inner one, or without a term.

Glossary: `out` is the layer's value; `raw` what an activation at the end of the layer was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.mistakes.expressions import EXPRESSIONS, INNER, places


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
    Activation("log", lambda v, xp: xp.divide(1.0, v), lambda y, xp: xp.exp(y), "1 / exp(out)", "", ""),
)


def other_local_derivative(evidence: Evidence) -> str | None:
    """Elementwise: one expression times dout, where the numbers are those of another."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape:
        return None
    known = [
        (expression.written(name), trial.dout * expression.value(place, trial.numbers))
        for name, place in places(trial)
        for expression in EXPRESSIONS
        if expression.takes_a_place or name == "out"
    ]
    said = [words for words, candidate in known if evidence.explained_by(candidate)]
    needed = [words for words, candidate in known if evidence.fits(evidence.right, candidate)]
    if not said or not needed:
        return None
    found, right = min(said, key=len), min(needed, key=len)  # of several ways to write the same
    if found == "1":
        return f"dout is passed on as it is; it must be multiplied by {right}"
    return f"dout is multiplied by {found}, where {right} is the derivative"


def passed_on(evidence: Evidence) -> str | None:
    """The upstream gradient itself, whatever the derivative may be."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape or not evidence.explained_by(trial.dout):
        return None
    return f"dout is passed on as it is, as if out were {evidence.name}"


def missing_activation(evidence: Evidence) -> str | None:
    """The slope of an activation at the end of the layer, left out."""
    trial = evidence.small_trial
    if trial is None:
        return None
    for activation in ACTIVATIONS:
        if evidence.explained_by(
            trial.gradient(trial.numbers.divide(trial.dout, activation.slope(trial.value, trial.numbers)))
        ):
            return f"the derivative of {activation.name} is missing: a factor of {activation.of_out}"
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
    """An inner derivative left out, or counted twice."""
    trial = evidence.small_trial
    if trial is None:
        return None
    for words, inner in _inner_derivatives(evidence):
        if evidence.fits(evidence.found * inner, evidence.right):
            return f"a factor of {words} is missing, as of an inner derivative that was left out"
        if evidence.fits(evidence.found, evidence.right * inner):
            return f"there is an extra factor of {words}, as of an inner derivative that was counted twice"
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


def unsubtracted_labels(evidence: Evidence) -> str | None:
    """The probabilities, where the gradient of a loss is what they are over the labels."""
    trial = evidence.small_trial
    if trial is None or trial.numbers.size(trial.value) != 1:
        return None
    numbers = trial.numbers
    if numbers.rounded(numbers.amax(abs(evidence.found))) == 0:
        return None
    for name, labels in trial.others.items():
        if numbers.shape(labels) != numbers.shape(trial.x):
            continue
        for count in {1, *evidence.lengths.values()}:
            if count and evidence.fits(evidence.found - trial.dout * labels / count, evidence.right):
                return f"{name} is not subtracted: it is p where p - {name} is needed"
    return None


def _inner_derivatives(evidence: Evidence) -> Iterator[tuple[str, Value]]:
    """What the derivative of an inner function may be, in the shape of the input."""
    trial = evidence.small_trial
    if trial is None:
        return
    numbers = trial.numbers
    for inner in INNER:
        yield inner.written(evidence.name), inner.value(trial.x, numbers)
    for name, other in trial.others.items():
        if numbers.shape(other) in {(), numbers.shape(trial.x)}:
            yield name, other
