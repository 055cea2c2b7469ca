"""The right gradient but for its sign or a constant."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose, sqrt

from backpropcli.gradcheck.evidence import Evidence


def wrong_sign(evidence: Evidence) -> str | None:
    """The negative."""
    return "the sign is wrong" if evidence.fits(-evidence.found, evidence.right) else None


def wrong_factor(evidence: Evidence) -> str | None:
    """A mean's 1/N left out or applied twice, n - 1 for n, or a factor of 2."""
    return next(_factors(evidence), None)


def _factors(evidence: Evidence) -> Iterator[str]:
    found, right = evidence.found, evidence.right
    for words, length in evidence.lengths.items():
        what = f"1/{length} ({length} is {words})"
        if length > 1 and evidence.fits(found / length, right):
            yield f"a factor of {what} is missing"
        if length > 1 and evidence.fits(found * length, right):
            yield f"there is an extra factor of {what}"
    if evidence.fits(found / 2, right):
        yield "it is twice the correct value: a factor of 1/2 is missing"
    if evidence.fits(found * 2, right):
        yield "it is half the correct value: a factor of 2 is missing"
    for words, length in evidence.lengths.items():
        for ratio in (length / (length - 1), sqrt(length / (length - 1))) if length > 1 else ():
            if evidence.fits(found / ratio, right):
                yield f"it divides by {length - 1} where forward divides by {length}, {words}: ddof differs"
            if evidence.fits(found * ratio, right):
                yield f"it divides by {length}, {words}, where forward divides by {length - 1}: ddof differs"


def constant_ratio(evidence: Evidence) -> str | None:
    """Another constant, of which only the number can be told; that it is one shows at a second point."""
    numbers = evidence.numbers
    if evidence.trial is None or not evidence.has_shape:
        return None
    size = numbers.rounded(numbers.sum(evidence.right * evidence.right))
    ratio = numbers.rounded(numbers.sum(evidence.found * evidence.right)) / size if size else 0.0
    if ratio == 0 or isclose(ratio, 1, rel_tol=1e-4) or not evidence.fits(evidence.found / ratio, evidence.right):
        return None
    return f"it is {ratio:.4g} times the correct value"
