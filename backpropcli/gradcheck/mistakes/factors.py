"""The right gradient but for its sign or a constant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from math import isclose, log, pi, sqrt
from typing import NamedTuple

from backpropcli.gradcheck.evidence import Evidence

CONSTANTS = {"ln(2)": log(2), "ln(10)": log(10), "pi": pi, "sqrt(pi)": sqrt(pi), "sqrt(2)": sqrt(2)}


class Factor(NamedTuple):
    """What a gradient may be off by: a kind of mistake, the lengths that it hangs on, how much it is, and the words."""

    kind: str
    lengths: tuple[str, ...]
    size: float
    sentence: str


def wrong_sign(evidence: Evidence) -> str | None:
    """The negative."""
    return "the sign is wrong" if evidence.fits(-evidence.found, evidence.right) else None


def wrong_factor(evidence: Evidence) -> str | None:
    """A mean's 1/N left out or applied twice, another N, n - 1 for n, or a factor of 2.

    Many a number happens to be a length: of a layer that can be tried at another length, it must be that one as well.
    """
    factors = list(_factors(evidence))
    if evidence.trial is None:
        return factors[0].sentence if factors else None
    shown = (factor for factor in factors if factor.lengths and _shows_elsewhere(factor, evidence))
    bare = (factor for factor in factors if not factor.lengths and _holds_far(factor.size, evidence))
    found = next(shown, None) or next(bare, None)
    return found.sentence if found else None


def _shows_elsewhere(factor: Factor, evidence: Evidence) -> bool:
    """Whether a factor changes with each length that it hangs on, and with no other.

    Where the gradient is no multiple of the right one at another length, the layer does not take it so.
    """
    for words in (*factor.lengths, *(words for words in evidence.lengths if words not in factor.lengths)):
        hangs_on_it, longer = words in factor.lengths, evidence.longer(words)
        sizes = [] if longer is None else [there.size for there in _factors(longer) if there[:2] == factor[:2]]
        if hangs_on_it and (not sizes or factor.size in sizes):
            return False
        if longer is not None and not sizes and _ratio(longer):
            return False
    return True


def _holds_far(ratio: float, evidence: Evidence) -> bool:
    """Whether a gradient is so many times the right one at numbers of other sizes and signs as well."""
    return evidence.holds_far(lambda there: _is_times(ratio, there))


def _factors(evidence: Evidence) -> Iterator[Factor]:
    """The factors that fit."""
    found, right = evidence.found, evidence.right
    lengths = {words: length for words, length in evidence.lengths.items() if length > 1}
    for words, length in lengths.items():
        yield from _factor_of_a_length(evidence, words, length, f"1/{length}")
    if evidence.fits(found / 2, right):
        yield Factor("missing", (), 2, f"{_times(2)}: a factor of 1/2 is missing")
    if evidence.fits(found * 2, right):
        yield Factor("extra", (), 1 / 2, f"{_times(1 / 2)}: a factor of 2 is missing")
    for words, length in lengths.items():
        yield from _miscounts(evidence, words, length)
    if evidence.trial is not None:
        for words, length in lengths.items():
            yield from _factor_of_a_length(evidence, words, sqrt(length), f"1/sqrt({length})")
        yield from _other_lengths(evidence, lengths)


def _factor_of_a_length(evidence: Evidence, words: str, factor: float, written: str) -> Iterator[Factor]:
    """A division by a length, or its root, that is missing or done twice."""
    what = f"{written} ({evidence.lengths[words]} is {words})"
    root = "root" if "sqrt" in written else "length"
    if evidence.fits(evidence.found / factor, evidence.right):
        yield Factor(f"missing {root}", (words,), factor, f"{_times(factor)}: a factor of {what} is missing")
    if evidence.fits(evidence.found * factor, evidence.right):
        yield Factor(f"extra {root}", (words,), 1 / factor, f"{_times(1 / factor)}: there is an extra factor of {what}")


def _miscounts(evidence: Evidence, words: str, length: int) -> Iterator[Factor]:
    """The n of a variance for its n - 1, or the reverse, and the same of a standard deviation."""
    for power in (1, 1 / 2):
        ratio = (length / (length - 1)) ** power
        if evidence.fits(evidence.found / ratio, evidence.right):
            divisors = f"it divides by {length - 1} where forward divides by {length}, {words}"
            yield Factor(f"n - 1 to {power}", (words,), ratio, f"{divisors}: ddof differs")
        if evidence.fits(evidence.found * ratio, evidence.right):
            divisors = f"it divides by {length}, {words}, where forward divides by {length - 1}"
            yield Factor(f"n to {power}", (words,), 1 / ratio, f"{divisors}: ddof differs")


def _other_lengths(evidence: Evidence, lengths: dict[str, int]) -> Iterator[Factor]:
    """A length that is divided by, where it must be another."""
    for (words, length), (right_words, right_length) in permutations(lengths.items(), 2):
        ratio = length / right_length
        if ratio != 1 and evidence.fits(evidence.found * ratio, evidence.right):
            said = f"it divides by {length}, {words}, where forward divides by {right_length}, {right_words}"
            yield Factor("another length", (words, right_words), 1 / ratio, said)


def constant_ratio(evidence: Evidence) -> str | None:
    """Another constant, of which only the number can be told; that it is one shows at a second point."""
    ratio = None if evidence.trial is None else _ratio(evidence)
    if ratio is None or f"{ratio:.4g}" == "1" or not _holds_far(ratio, evidence):
        return None
    said, missing = _times(ratio), _written(1 / ratio)
    return f"{said}: a factor of {missing} is missing" if missing else said


def _ratio(evidence: Evidence) -> float | None:
    """How many times the right gradient it is; None if it is no multiple of it."""
    numbers, found, right = evidence.numbers, evidence.found, evidence.right
    size = numbers.rounded(numbers.sum(right * right)) if evidence.has_shape else 0.0
    ratio = numbers.rounded(numbers.sum(found * right)) / size if size else 0.0
    return ratio if ratio and evidence.fits(found / ratio, right) else None


def _times(ratio: float) -> str:
    """How a gradient compares with the right one, in words."""
    times = {2: "twice", 1 / 2: "half"}.get(ratio, f"{ratio:.4g} times")
    return f"it is {times} the correct value"


def _is_times(ratio: float, evidence: Evidence) -> bool:
    """Whether a gradient is so many times the right one, wherever that is not 0.

    Where it is 0, as where a function is cut off outside of its domain, another mistake may be seen.
    """
    numbers, right = evidence.numbers, evidence.right
    if not evidence.has_shape:
        return False
    found = numbers.where(numbers.equal(right, 0.0), right, evidence.found)
    return evidence.fits(found / ratio, right) or not any(numbers.flat(right))


def _written(number: float) -> str | None:
    """A whole number, a constant with a name, or one over them; None for any other number."""
    known = {name: value for name, value in CONSTANTS.items() if isclose(abs(number), value, rel_tol=1e-6)}
    inverse = {name: value for name, value in CONSTANTS.items() if isclose(abs(1 / number), value, rel_tol=1e-6)}
    sign = "-" if number < 0 else ""
    if known or inverse:
        return sign + next(iter(known), "") if known else f"{sign}1 / {next(iter(inverse))}"
    if abs(number) > 1 and isclose(number, round(number), rel_tol=1e-6):
        return f"{round(number)}"
    if abs(number) < 1 and isclose(1 / number, round(1 / number), rel_tol=1e-6):
        return f"{sign}1/{abs(round(1 / number))}"
    return None
