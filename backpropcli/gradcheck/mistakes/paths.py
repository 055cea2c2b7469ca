"""A part of the layer that backward leaves out, or a number that it takes for another."""

from __future__ import annotations

from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.evidence import ENOUGH, Evidence
from backpropcli.gradcheck.trial import Trial


def missing_softmax(evidence: Evidence) -> str | None:
    """The derivative of a softmax at the end of the layer, left out.

    Of the scores that went in nothing is known but their gradient for a dout that sums to 0, which is that of the
    logarithms of the shares.
    """
    trial = evidence.small_trial
    if trial is None or evidence.explained_by(trial.dout):
        return None
    numbers, out = trial.numbers, trial.value
    for axis in range(len(numbers.shape(out))):
        sums = numbers.sum(out, axis, True)
        if numbers.rounded(numbers.amin(out)) <= 0 or not close(sums, numbers.ones_like(sums), numbers):
            continue
        balanced = trial.dout - numbers.sum(trial.dout, axis, True) / numbers.shape(out)[axis]
        found = trial.isolated.gradients(balanced)[trial.number]
        skipped = trial.gradient(numbers.divide(balanced, out))
        if found is not None and evidence.fits(found, skipped):
            return "the derivative of softmax is missing"
    return None


def missing_dout(evidence: Evidence) -> str | None:
    """All but the path by which the input is added to the output, as in a residual connection."""
    trial = evidence.small_trial
    if trial is None or not _lacks_dout(evidence) or not evidence.holds_far(_lacks_dout):
        return None
    if trial.is_elementwise:
        return "dout itself is missing from the sum: a term of 1 in the derivative"
    return f"dout itself is missing from the sum: the path by which {evidence.name} is added to out as it is"


def _lacks_dout(evidence: Evidence) -> bool:
    """Whether a gradient is the right one but for dout, of which it is not the whole."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape or not any(trial.numbers.flat(evidence.found)):
        return False
    return evidence.fits(evidence.found + trial.dout, evidence.right)


def smallest_for_largest(evidence: Evidence) -> str | None:
    """The dout of a maximum, at the place of the minimum; or the reverse."""
    trial = evidence.small_trial
    if trial is None or not _is_selection(trial):
        return None
    mirrored = trial.with_input(trial.number, -trial.x)  # of which the largest is the smallest
    if not evidence.explained_by(mirrored.gradient(trial.dout)):
        return None
    beyond = [float(number) for number in trial.numbers.elements(trial.value + mirrored.value)]
    if all(number >= 0 for number in beyond):
        return "dout goes to the smallest number, where forward takes the largest: as if argmin stood for argmax"
    if all(number <= 0 for number in beyond):
        return "dout goes to the largest number, where forward takes the smallest: as if argmax stood for argmin"
    return None


def _is_selection(trial: Trial) -> bool:
    """Whether each output is one of several numbers of the input."""
    rows = zip(*([float(slope) for slope in trial.numbers.elements(column)] for column in trial.columns), strict=True)
    is_chosen = all(sum(row) - max(row) < ENOUGH and abs(max(row) - 1) < ENOUGH and min(row) > -ENOUGH for row in rows)
    return is_chosen and trial.numbers.size(trial.value) < trial.numbers.size(trial.x)
