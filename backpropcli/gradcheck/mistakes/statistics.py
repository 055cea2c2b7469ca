"""Normalisations: a statistic that is treated as a constant, or divides by another count in backward.

Glossary: the *deviations* c are x - mean(x) along some axes; the *direct path* d is what the gradient would be if mean
and variance were constants. The right gradient is d - mean(d) - w * c * mean(d * c), where w is one over the variance
and its epsilon. A gradient that lacks a term of it is one projection short of the right one, which shows in the numbers
of the two alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product
from math import prod, sqrt
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.trial import Trial

MOST_EPSILON = 0.05  # that a normalisation adds to its variance, in parts of it
ENOUGH_BUT_FOR_EPSILON = 1e-4  # where the epsilon of backward may count for more or less than that of forward


class Groups(NamedTuple):
    """The numbers of an array in groups along some axes, of which each has its own statistics."""

    numbers: Domain
    axes: tuple[int, ...]
    size: int

    def sum(self, x: Value) -> Value:
        """The sum of each group."""
        return self.numbers.sum(x, self.axes, True)

    def centred(self, x: Value) -> Value:
        """The deviations from each group's mean."""
        return x - self.sum(x) / self.size

    def along(self, x: Value, direction: Value) -> Value:
        """The part of x in a direction, group by group."""
        return self.sum(x * direction) / self.sum(direction * direction) * direction


def constant_statistics(evidence: Evidence) -> str | None:
    """The path through a mean, a variance, a norm or a sum that is left out."""
    trial = evidence.small_trial
    if trial is None or not _is_odd(evidence, trial):
        return None
    for groups in _groups(trial):
        if lacking := _lacking(evidence, trial, groups):
            return lacking
    return None


def _lacking(evidence: Evidence, trial: Trial, groups: Groups) -> str | None:
    """What one choice of groups shows."""
    return _lacking_of_deviations(evidence, trial, groups) or _lacking_of_size(evidence, trial, groups)


def _lacking_of_deviations(evidence: Evidence, trial: Trial, groups: Groups) -> str | None:
    """The paths through the mean and the variance, of which neither, one or both are counted."""
    found, right, name = evidence.found, evidence.right, evidence.name
    deviations, centred = groups.centred(trial.x), groups.centred(found)
    direct = _direct_path(trial, deviations)
    if direct is not None and evidence.fits(centred, right):
        if evidence.fits(groups.sum(found), groups.sum(direct)):
            return f"the path through the mean of {name} is missing: the mean is treated as a constant"
        if evidence.fits(groups.sum(found), (1 - groups.size) * groups.sum(direct)):
            factor = f"a factor of 1/{groups.size} is missing in it"
            return f"the path through the mean of {name} is {groups.size} times too large: {factor}"
    if groups.size < 3:
        return None
    if _lacks_path(evidence, found, deviations, groups):
        return f"the path through the variance of {name} is missing: the variance is treated as a constant"
    is_orthogonal = _path(evidence, centred, deviations, groups) is not None
    if is_orthogonal and direct is not None and evidence.explained_by(direct):
        paths = f"the paths through the mean and the variance of {name} are missing"
        return f"{paths}: both are treated as constants"
    return None


def _lacking_of_size(evidence: Evidence, trial: Trial, groups: Groups) -> str | None:
    """The path through a norm or a sum."""
    found, x, name, numbers = evidence.found, trial.x, evidence.name, trial.numbers
    if _lacks_path(evidence, found, x, groups):
        return f"the path through the norm of {name} is missing: the norm is treated as a constant"
    is_of_sum = evidence.fits(found - groups.sum(found * x) / groups.sum(x), evidence.right)
    if is_of_sum and close(numbers.sum(trial.dout * trial.value), numbers.sum(found * x), numbers, evidence.tolerance):
        return f"the path through the sum of {name} is missing: the sum is treated as a constant"
    if trial.keeps_shape and evidence.explained_by(_scaled_softmax(evidence, trial, groups, 0.0)):
        return "the path through the sum that it is divided by is missing: the sum is treated as a constant"
    return None


def different_ddof(evidence: Evidence) -> str | None:
    """A normalisation whose backward divides by n - 1 where its forward divides by n, or the reverse."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape:
        return None
    for groups in _groups(trial):
        deviations = groups.centred(trial.x)
        direct = _direct_path(trial, deviations)
        if groups.size < 3 or direct is None:
            continue
        path = _path(evidence, groups.centred(direct), deviations, groups)
        if path is None:
            continue
        mean = direct - groups.centred(direct)
        for scale, of_mean, of_variance in _miscounts(groups.size):
            candidate = scale * (direct - of_mean * mean - of_variance * path)
            if evidence._replace(tolerance=ENOUGH_BUT_FOR_EPSILON).explained_by(candidate):
                divisors = f"one divides by n, the other by n - 1, where n is {groups.size}"
                return f"the variance or a mean of backward is not that of forward (ddof): {divisors}"
    return None


def unsubtracted_mean(evidence: Evidence) -> str | None:
    """The numbers themselves, where their deviations from a mean are needed."""
    trial = evidence.small_trial
    if trial is None:
        return None
    for groups in _groups(trial):
        deviations = groups.centred(trial.x)
        size = groups.sum(evidence.right * deviations) / groups.sum(deviations * deviations)
        if evidence.fits(evidence.right, size * deviations) and evidence.explained_by(size * trial.x):
            name = evidence.name
            return f"the mean of {name} is not subtracted: it is {name} where {name} minus its mean is needed"
    return None


def wrong_sum_of_dout(evidence: Evidence) -> str | None:
    """A softmax that takes the sum of dout for that of out * dout."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape:
        return None
    for groups in _groups(trial):
        if evidence.explained_by(_scaled_softmax(evidence, trial, groups, groups.sum(trial.dout))):
            return "the sum that is subtracted is that of dout, where that of out * dout is needed"
    return None


def _is_odd(evidence: Evidence, trial: Trial) -> bool:
    """Whether the gradient for the negative of dout is the negative, so that no constant was added to it."""
    gradient = trial.isolated.gradients(-trial.dout)[trial.number]
    return gradient is not None and evidence.fits(-gradient, evidence.found)


def _direct_path(trial: Trial, deviations: Value) -> Value | None:
    """What the gradient of a normalisation would be if mean and variance were constants; None of another shape.

    To turn the deviations round leaves the mean and the variance as they are.
    """
    if not trial.keeps_shape:
        return None
    mirrored = trial.isolated.value_moved(trial.number, trial.x - 2 * deviations)
    return trial.dout * (trial.value - mirrored) / (2 * deviations)


def _scaled_softmax(evidence: Evidence, trial: Trial, groups: Groups, total: Value | float) -> Value:
    """A softmax's gradient with another sum in it, as large as the right one; 0 where that is none of a softmax."""
    numbers, out, dout = trial.numbers, trial.value, trial.dout
    softmax = out * (dout - groups.sum(out * dout))
    scale = numbers.sum(evidence.right * softmax) / numbers.sum(softmax * softmax)
    return scale * out * (dout - total) * (1.0 if evidence.fits(evidence.right, scale * softmax) else 0.0)


def _lacks_path(evidence: Evidence, gradient: Value, direction: Value, groups: Groups) -> bool:
    """Whether a gradient lacks the path through the length of a direction, and nothing else.

    To turn the direction round leaves its length as it is, so that the output changes by the direct path alone.
    """
    trial = evidence.small_trial
    if trial is None or _path(evidence, gradient, direction, groups) is None:
        return False
    numbers = trial.numbers
    change = trial.value - trial.isolated.value_moved(trial.number, trial.x - 2 * direction)
    return close(numbers.sum(trial.dout * change) / 2, numbers.sum(gradient * direction), numbers, evidence.tolerance)


def _path(evidence: Evidence, gradient: Value, direction: Value, groups: Groups) -> Value | None:
    """What a gradient has too much, if that is the path through the length of a direction; else None.

    The right gradient is nearly at right angles to the direction: along it, the output does not change but for the
    epsilon.
    """
    path = groups.along(gradient - evidence.right, direction)
    if not evidence.fits(gradient - path, evidence.right):
        return None
    rest = abs(groups.sum(evidence.right * direction)) - MOST_EPSILON * abs(groups.sum(gradient * direction))
    return path if groups.numbers.rounded(groups.numbers.amax(rest)) <= 0 else None


def _miscounts(count: int) -> Iterator[tuple[float, float, float]]:
    """By what the gradient, the mean's path and the variance's path are off when n and n - 1 are mixed up."""
    ratio = count / (count - 1)
    scales = (1.0, sqrt(1 / ratio), sqrt(ratio))
    wrong = product(scales, (1.0, ratio), (1.0, ratio, 1 / ratio, ratio**2, 1 / ratio**2))
    return (factors for factors in wrong if factors[1:] != (1.0, 1.0))


def _groups(trial: Trial) -> Iterator[Groups]:
    """Every choice of axes that have more than one number."""
    shape = trial.numbers.shape(trial.x)
    axes = [axis for axis, length in enumerate(shape) if length > 1]
    for chosen in chain.from_iterable(combinations(axes, count) for count in range(1, len(axes) + 1)):
        yield Groups(trial.numbers, chosen, prod(shape[axis] for axis in chosen))
