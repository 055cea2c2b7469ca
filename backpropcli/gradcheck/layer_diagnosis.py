"""What a layer's wrong gradient shows, here and at a second point, and the mistake that it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backpropcli.domains import Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.contract import Violation
from backpropcli.gradcheck.diagnose import diagnose
from backpropcli.gradcheck.evidence import Answer, Evidence
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.reference import Reference, Setting
from backpropcli.gradcheck.trial import Trial, another_point


def layer_mistake(
    isolated: IsolatedLayer,
    number: int,
    dout: Value,
    answers: Mapping[int, Answer],
    violations: Sequence[Violation],
) -> str | None:
    """The mistake in the gradient of one input, of which `answers` has those of all; None if it has no name."""
    evidence = _evidence(isolated, number, dout, answers, violations)
    return None if evidence is None else diagnose(evidence, _elsewhere(isolated, number, dout, answers, violations))


def _evidence(
    isolated: IsolatedLayer,
    number: int,
    dout: Value,
    answers: Mapping[int, Answer],
    violations: Sequence[Violation],
) -> Evidence | None:
    found, right = answers[number]
    if found is None or right is None:
        return None
    numbers, name_of = isolated.domain, isolated.node.spec.input_name
    return Evidence(
        name_of(number),
        found,
        right,
        numbers,
        others={name_of(i): answer for i, answer in answers.items() if i != number},
        lengths=_lengths(isolated),
        for_ones=lambda: numeric_gradient(isolated, number, numbers.ones_like(dout)).value,
        violations=violations,
        trial=Trial(isolated, number, dout),
    )


def _elsewhere(
    isolated: IsolatedLayer,
    number: int,
    dout: Value,
    answers: Mapping[int, Answer],
    violations: Sequence[Violation],
) -> Evidence | None:
    """The same gradient at another point; None where the layer cannot be tried there, or is right there."""
    moved = another_point(isolated, dout, list(answers))
    if moved is None:
        return None
    there, dout_there = moved
    try:
        gradients = there.gradients(dout_there)
        references = {i: numeric_gradient(there, i, dout_there).value for i in answers}
    except BackpropError:
        return None
    answers_there = {i: Answer(gradients[i], references[i]) for i in answers}
    evidence = _evidence(there, number, dout_there, answers_there, violations)
    return None if evidence is None or evidence.fits(evidence.found, evidence.right) else evidence


def numeric_gradient(isolated: IsolatedLayer, number: int, dout: Value) -> Reference:
    """The gradient of an input by differences, in the layer's own numbers."""
    return Reference(setting(isolated, number, dout))


def setting(isolated: IsolatedLayer, number: int, dout: Value) -> Setting:
    """The layer's value as a function of one of its inputs."""
    return Setting(lambda moved: isolated.value_moved(number, moved), isolated.inputs[number], dout, isolated.domain)


def _lengths(isolated: IsolatedLayer) -> dict[str, int]:
    """What a mean may divide by: the number of elements of each input, and the lengths of its axes."""
    shape_of, name_of = isolated.domain.shape, isolated.node.spec.input_name
    lengths: dict[str, int] = {}
    for number, x in enumerate(isolated.inputs):
        lengths[f"the number of elements of {name_of(number)}"] = isolated.domain.size(x)
        for axis, length in enumerate(shape_of(x)):
            lengths.setdefault(f"the length of axis {axis} of {name_of(number)}", length)
    return lengths
