"""A part of the Jacobian, or the Jacobian the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod
from typing import NamedTuple

from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.trial import Trial


class Overwriting(NamedTuple):
    """What is kept of contributions that overwrite each other.

    It is another than their sum if to some number there are several, and tells of an overwriting if what is kept in one
    place is lost in another, or if some place has but one.
    """

    kept: list[float]
    is_several: bool
    must_overwrite: bool


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
    """Of what several outputs contribute to one number, only what came last, or first.

    Where that is always the same output, or of each number the one of two that comes from the same part of the output,
    it may be that the others were never counted: only else they must have been overwritten.
    """
    trial = evidence.small_trial
    if trial is None:
        return None
    terms = list(_terms(trial))
    ways = (
        way for blocks in _blocks(trial) for groups in _groupings(trial) for way in _overwritings(blocks, groups, terms)
    )
    fitting = [way for way in ways if way.is_several and evidence.explained_by(trial.shaped(way.kept))]
    if not fitting:
        return None
    said = f"only one of the contributions to an element of {evidence.name} is kept, not their sum"
    return f"{said}: as if = stood for +=" if all(way.must_overwrite for way in fitting) else said


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


def _overwritings(
    blocks: Sequence[range], groups: Sequence[list[int]], terms: Sequence[Sequence[float]]
) -> Iterator[Overwriting]:
    """What is kept where each group overwrites a block that it contributes to, from the first on or from the last."""
    parts = [[[sum(terms[i][place] for place in group) for group in groups] for i in block] for block in blocks]
    contribute = [
        [number for number, group in enumerate(groups) if any(terms[i][place] for i in block for place in group)]
        for block in blocks
    ]
    is_several = any(sum(map(bool, part)) > 1 for block in parts for part in block)
    for end in (-1, 0):
        kept = {found[end] for found in contribute if found}
        lost = {number for found in contribute for number in found if number != found[end]}
        yield Overwriting(
            [
                part[found[end]] if found else 0.0
                for found, block in zip(contribute, parts, strict=True)
                for part in block
            ],
            is_several,
            not kept.isdisjoint(lost) or any(len(found) == 1 for found in contribute),
        )
