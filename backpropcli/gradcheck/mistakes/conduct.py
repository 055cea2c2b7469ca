"""A dout that is not used, and numbers that are wrong because of what the layer does besides."""

from __future__ import annotations

from backpropcli.gradcheck.contract import Breach
from backpropcli.gradcheck.evidence import Evidence


def dout_ignored(evidence: Evidence) -> str | None:
    """The local derivative, without the upstream gradient."""
    right = evidence.for_ones()
    if right is None:
        return None
    if evidence.explained_by(right):
        return "dout is ignored: this is the gradient for a dout of ones"
    if evidence.trial is None or not evidence.has_shape:
        return None
    numbers, found = evidence.numbers, evidence.found
    is_right = abs(found - evidence.right) <= evidence.tolerance * abs(evidence.right)
    largest = numbers.amax(abs(evidence.right))
    least = numbers.amin(numbers.where(is_right, largest, abs(right)))
    is_something = bool(least > evidence.tolerance * largest)
    if is_something and evidence.explained_by(numbers.where(is_right, evidence.right, right)):
        return "dout is ignored in some elements: there, this is the gradient for a dout of ones"
    return None


def contract_violation(evidence: Evidence) -> str | None:
    """Numbers changed in place, drawn anew, or state of another node."""
    for breach in (
        Breach.CHANGES_INPUT,
        Breach.CHANGES_DOUT,
        Breach.DRAWS_ANEW,
        Breach.SHARES_STATE,
        Breach.NOT_REPEATABLE,
    ):
        for violation in evidence.violations:
            if violation.breach is breach:
                return violation.sentence
    return None
