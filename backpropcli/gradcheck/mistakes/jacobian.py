"""A part of the Jacobian, or the Jacobian the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod

from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.trial import Trial


def diagonal_only(evidence: Evidence) -> str | None:
    """Each output's derivative with respect to its own input alone."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape:
        return None
    flat = trial.numbers.elements
    dout = flat(trial.dout)
    if not evidence.explained_by(trial.shaped([dout[j] * flat(c)[j] for j, c in enumerate(trial.columns)])):
        return None
    name = evidence.name
    return f"only the diagonal of the Jacobian is used: each output depends on the other elements of {name}, too"


def untransposed_jacobian(evidence: Evidence) -> str | None:
    """The Jacobian times dout, as if it went forward."""
    trial = evidence.small_trial
    if trial is None or not trial.keeps_shape or trial.numbers.size(trial.x) == 1:
        return None
    terms = zip(trial.numbers.elements(trial.dout), trial.columns, strict=True)
    if not evidence.explained_by(sum(number * column for number, column in terms)):
        return None
    return "it is the Jacobian times dout; the gradient is its transpose times dout"


def one_contribution_kept(evidence: Evidence) -> str | None:
    """Of what several outputs contribute to one number, only what came last, or first."""
    trial = evidence.small_trial
    if trial is None:
        return None
    terms = list(_terms(trial))
    for blocks in _blocks(trial):
        for groups in _groupings(trial):
            for order in (groups[::-1], groups):
                kept = [number for block in blocks for number in _first_of(order, [terms[i] for i in block])]
                if evidence.explained_by(trial.shaped(kept)):
                    what = f"the contributions to an element of {evidence.name}"
                    return f"only one of {what} is kept, not their sum: as if = stood for +="
    return None


def _terms(trial: Trial) -> Iterator[list[float]]:
    """For each number of the input, what every output contributes to its gradient."""
    for column in trial.columns:
        yield [float(term) for term in trial.numbers.elements(trial.dout * column)]


def _groupings(trial: Trial) -> Iterator[Sequence[list[int]]]:
    """The outputs in groups that are visited one after the other: every choice of axes to loop over."""
    shape = trial.numbers.shape(trial.value)
    size = prod(shape)
    strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    for count in range(len(shape), 0, -1):
        for axes in combinations(range(len(shape)), count):
            groups: dict[tuple[int, ...], list[int]] = {}
            for place in range(size):
                key = tuple(place // strides[axis] % shape[axis] for axis in axes)
                groups.setdefault(key, []).append(place)
            yield [groups[key] for key in sorted(groups)]


def _blocks(trial: Trial) -> Iterator[Sequence[range]]:
    """The numbers of the input in blocks that are assigned at once: each by itself, those of a row, or all."""
    shape = trial.numbers.shape(trial.x)
    size = prod(shape)
    for length in sorted({prod(shape[axis:]) for axis in range(len(shape) + 1)}):
        yield [range(start, start + length) for start in range(0, size, length)]


def _first_of(groups: Sequence[list[int]], block: Sequence[Sequence[float]]) -> list[float]:
    """For each number of a block, the sum over the first of the groups that contributes to the block at all."""
    for group in groups:
        if any(terms[place] != 0 for terms in block for place in group):
            return [sum(terms[place] for place in group) for terms in block]
    return [0.0] * len(block)
