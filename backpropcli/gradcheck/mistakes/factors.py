"""The right gradient but for its sign or a constant."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from backpropcli.gradcheck.evidence import Evidence


def wrong_sign(evidence: Evidence) -> str | None:
    """The negative."""
    return "the sign is wrong" if evidence.fits(-evidence.found, evidence.right) else None


def wrong_factor(evidence: Evidence) -> str | None:
    """A mean's 1/N left out or applied twice, n - 1 for n, or a factor of 2.

    Of two, 2 is the length, half of it 1, and n over n - 1, too; which one it is shows at a larger point.
    """
    said = dict(_factors(evidence))
    larger = evidence.larger() if len(said) > 1 else None
    there = dict(_factors(larger)) if larger else said
    return next((sentence for kind, sentence in said.items() if kind in there), None)


def _factors(evidence: Evidence) -> Iterator[tuple[tuple[str, str], str]]:
    """The factors that fit, each with its kind."""
    found, right = evidence.found, evidence.right
    for words, length in evidence.lengths.items():
        what = f"1/{length} ({length} is {words})"
        if length > 1 and evidence.fits(found / length, right):
            yield ("missing", words), f"a factor of {what} is missing"
        if length > 1 and evidence.fits(found * length, right):
            yield ("extra", words), f"there is an extra factor of {what}"
    if evidence.fits(found / 2, right):
        yield ("missing", ""), "it is twice the correct value: a factor of 1/2 is missing"
    if evidence.fits(found * 2, right):
        yield ("extra", ""), "it is half the correct value: a factor of 2 is missing"
    for words, length in evidence.lengths.items():
        for power in (1, 1 / 2) if length > 1 else ():
            ratio = (length / (length - 1)) ** power
            if evidence.fits(found / ratio, right):
                divisors = f"it divides by {length - 1} where forward divides by {length}, {words}"
                yield (f"n - 1 to {power}", words), f"{divisors}: ddof differs"
            if evidence.fits(found * ratio, right):
                divisors = f"it divides by {length}, {words}, where forward divides by {length - 1}"
                yield (f"n to {power}", words), f"{divisors}: ddof differs"


def constant_ratio(evidence: Evidence) -> str | None:
    """Another constant, of which only the number can be told; that it is one shows at a second point."""
    numbers = evidence.numbers
    if evidence.trial is None or not evidence.has_shape:
        return None
    size = numbers.rounded(numbers.sum(evidence.right * evidence.right))
    ratio = numbers.rounded(numbers.sum(evidence.found * evidence.right)) / size if size else 0.0
    if ratio == 0 or f"{ratio:.4g}" == "1" or not evidence.fits(evidence.found / ratio, evidence.right):
        return None
    said, missing = f"it is {ratio:.4g} times the correct value", 1 / ratio
    is_whole = abs(missing) > 1 and isclose(missing, round(missing), rel_tol=1e-6)
    return f"{said}: a factor of {round(missing)} is missing, as of an inner derivative" if is_whole else said
