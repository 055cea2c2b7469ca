"""A kernel, or a running sum, that goes the same way in backward as in forward."""

from __future__ import annotations

from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.mistakes.shapes import flipped, last_axes
from backpropcli.gradcheck.trial import Trial


def unflipped_kernel(evidence: Evidence) -> str | None:
    """The gradient that another input's numbers would give from last to first."""
    trial = evidence.small_trial
    if trial is None:
        return None
    spec, shape_of = trial.isolated.node.spec, trial.numbers.shape
    for number, kernel in enumerate(trial.isolated.inputs):
        if number == trial.number:
            continue
        for count in range(1, min(len(shape_of(kernel)), 3) + 1):
            with_flipped = trial.with_input(number, flipped(kernel, count))
            if not with_flipped.may_have_gradient(evidence.found):
                continue
            if evidence.explained_by(with_flipped.gradient(trial.dout)):
                name = spec.input_name(number)
                return f"the kernel {name} is not flipped back: this is the gradient for {name} in reverse order"
    return None


def backward_order(evidence: Evidence) -> str | None:
    """What a layer that slides or accumulates gives when it runs forwards instead of backwards."""
    trial = evidence.small_trial
    if trial is None:
        return None
    axes = min(len(trial.numbers.shape(trial.x)), len(trial.numbers.shape(trial.value)))
    for count in range(1, axes + 1):
        if evidence.explained_by(flipped(trial.gradient(flipped(trial.dout, count)), count)) and _is_mixing(trial):
            same = f"it runs the same way as forward along {last_axes(count)}"
            return f"{same}; it must run the other way, as a sum from the end or a kernel that is flipped back"
    return None


def _is_mixing(trial: Trial) -> bool:
    """Whether an output depends on several numbers of the input."""
    zero = [[term == 0 for term in trial.numbers.elements(column)] for column in trial.columns]
    return any(column.count(False) > 1 for column in zero)
