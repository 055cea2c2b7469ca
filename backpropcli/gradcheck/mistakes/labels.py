"""A loss whose gradient forgets its labels."""

from __future__ import annotations

from backpropcli.domains import Value
from backpropcli.domains.generic import generic_like
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.evidence import ENOUGH, Evidence
from backpropcli.gradcheck.trial import Trial


def unsubtracted_labels(evidence: Evidence) -> str | None:
    """The probabilities, where the gradient of a loss is what they are over the labels."""
    trial = evidence.small_trial
    if trial is None or trial.numbers.size(trial.value) != 1:
        return None
    numbers = trial.numbers
    if numbers.rounded(numbers.amax(abs(evidence.found))) == 0:
        return None
    for name, given in trial.others.items():
        labels = _shares(given, trial)
        if labels is None:
            continue
        for count in {1, *evidence.lengths.values()} - {0}:
            if not evidence.fits(evidence.found - trial.dout * labels / count, evidence.right):
                continue
            if labels is given:
                return f"{name} is not subtracted: it is p where p - {name} is needed"
            if _are_probabilities(evidence.found * count / trial.dout, trial) and _stay_probabilities(trial, count):
                return f"1 is not subtracted at the classes of {name}: it is p where p - 1 is needed there"
    return None


def _stay_probabilities(trial: Trial, count: int) -> bool:
    """Whether the gradient at other scores is one of probabilities as well: not of counts that are shares by chance."""
    numbers = trial.numbers
    there = trial.with_input(trial.number, trial.x + 2 * generic_like(trial.x, numbers, seed=8))
    found, before = (each.isolated.gradients(trial.dout)[trial.number] for each in (there, trial))
    if found is None or before is None or close(found, before, numbers, ENOUGH):
        return False
    return _are_probabilities(found * count / trial.dout, trial)


def _are_probabilities(p: Value, trial: Trial) -> bool:
    """Whether the numbers of each row are positive and sum to 1."""
    numbers = trial.numbers
    sums = numbers.sum(p, -1)
    return numbers.rounded(numbers.amin(p)) > 0 and close(sums, numbers.ones_like(sums), numbers, ENOUGH)


def _shares(labels: Value, trial: Trial) -> Value | None:
    """Labels as numbers beside those of the input: classes as a 1 in their place; None of another shape."""
    numbers, shape = trial.numbers, trial.numbers.shape(trial.x)
    if numbers.shape(labels) == shape:
        return labels
    if not shape or numbers.shape(labels) != shape[:-1]:
        return None
    classes = [float(label) for label in numbers.elements(labels)]
    if not all(label in range(shape[-1]) for label in classes):
        return None
    rows = [float(label == place) for label in classes for place in range(shape[-1])]
    return trial.shaped(rows)
