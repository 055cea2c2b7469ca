"""A dout that is not used, and numbers that are wrong because of what the layer does besides."""

from __future__ import annotations

from backpropcli.gradcheck.contract import Breach
from backpropcli.gradcheck.evidence import Evidence


def dout_ignored(evidence: Evidence) -> str | None:
    """The local derivative, without the upstream gradient."""
    right = evidence.for_ones()
    if right is None or not evidence.explained_by(right):
        return None
    return "dout is ignored: this is the gradient for a dout of ones"


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
