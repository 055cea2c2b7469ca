"""What kind of mistake a wrong gradient is: common ones, each tested against the numbers; the first that fits wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.contract import Breach, Violation

ENOUGH = 1e-6
MOST_PATHS = 6  # with more, the sums over some of them are not tried


class Answer(NamedTuple):
    """A gradient under test and the right one; None where it is not known."""

    found: Value | None
    right: Value | None


class Evidence(NamedTuple):
    """What is known of a wrong gradient.

    `others` are the gradients of the values that it might be confused with; `paths` what each path contributes to the
    right one; `lengths` the lengths that a mean divides by, in words; `for_ones` computes the right gradient for a dout
    of ones.
    """

    name: str
    found: Value
    right: Value
    numbers: Domain
    others: Mapping[str, Answer] = {}
    paths: Mapping[str, Value] = {}
    lengths: Mapping[str, int] = {}
    for_ones: Callable[[], Value | None] = lambda: None
    violations: Sequence[Violation] = ()
    tolerance: float = ENOUGH

    def fits(self, found: Value, right: Value) -> bool:
        """Whether two gradients are the same, and not merely both nothing."""
        is_zero = self.numbers.size(right) == 0 or self.numbers.rounded(self.numbers.amax(abs(right))) == 0
        return not is_zero and close(found, right, self.numbers, self.tolerance)


def diagnose(evidence: Evidence) -> str | None:
    """The mistake in a sentence; None if it is not a common one."""
    with evidence.numbers.quiet():
        return next((sentence for test in MISTAKES if (sentence := test(evidence))), None)


def swapped(evidence: Evidence) -> str | None:
    """The gradients of two values, each given to the other."""
    for name, other in evidence.others.items():
        if other.found is None or other.right is None:
            continue
        if evidence.fits(evidence.found, other.right) and evidence.fits(other.found, evidence.right):
            return f"the gradients of {evidence.name} and {name} are swapped"
    return None


def missing_path(evidence: Evidence) -> str | None:
    """A value that takes several paths, of which only some were counted."""
    paths = evidence.paths
    if not 1 < len(paths) <= MOST_PATHS:
        return None
    for count in range(1, len(paths)):
        for chosen in combinations(paths, count):
            total = sum((paths[name] for name in chosen[1:]), paths[chosen[0]])
            if evidence.fits(evidence.found, total):
                said = "path through " + chosen[0] if count == 1 else "paths through " + " and ".join(chosen)
                return (
                    f"a path is missing: this is only the {said}; the gradient is the sum over all {len(paths)} paths"
                )
    return None


def missing_broadcast_sum(evidence: Evidence) -> str | None:
    """The shape of the output instead of that of an input that was broadcast."""
    numbers, shape = evidence.numbers, evidence.numbers.shape(evidence.right)
    found_shape = numbers.shape(evidence.found)
    if found_shape == shape:
        return None
    try:
        numbers.broadcast_to(evidence.right, found_shape)
        total = numbers.unbroadcast(evidence.found, evidence.right)
    except ValueError:
        return None
    if not evidence.fits(total, evidence.right):
        return None
    shapes = f"{found_shape} instead of {shape}"
    return f"it is not summed over the axes along which {evidence.name} was broadcast: {shapes}"


def wrong_sign(evidence: Evidence) -> str | None:
    """The negative."""
    return "the sign is wrong" if evidence.fits(-evidence.found, evidence.right) else None


def wrong_factor(evidence: Evidence) -> str | None:
    """A mean's 1/N left out or applied twice, or a factor of 2."""
    for words, length in {**evidence.lengths, "": 2}.items():
        what = f"1/{length}" + (f" ({length} is {words})" if words else "")
        if length > 1 and evidence.fits(evidence.found / length, evidence.right):
            return (
                f"a factor of {what} is missing"
                if words
                else "it is twice the correct value: a factor of 1/2 is missing"
            )
        if length > 1 and evidence.fits(evidence.found * length, evidence.right):
            return (
                f"there is an extra factor of {what}"
                if words
                else "it is half the correct value: a factor of 2 is missing"
            )
    return None


def transposed(evidence: Evidence) -> str | None:
    """Rows for columns."""
    numbers = evidence.numbers
    if len(numbers.shape(evidence.found)) < 2:
        return None
    return "it is transposed" if evidence.fits(numbers.transpose(evidence.found), evidence.right) else None


def dout_ignored(evidence: Evidence) -> str | None:
    """The local derivative, without the upstream gradient."""
    right = evidence.for_ones()
    if right is None or not evidence.fits(evidence.found, right):
        return None
    return "dout is ignored: this is the gradient for a dout of ones"


def contract_violation(evidence: Evidence) -> str | None:
    """Numbers changed in place, or state of another node."""
    for breach in (Breach.CHANGES_INPUT, Breach.CHANGES_DOUT, Breach.SHARES_STATE, Breach.NOT_REPEATABLE):
        for violation in evidence.violations:
            if violation.breach is breach:
                return violation.sentence
    return None


MISTAKES: tuple[Callable[[Evidence], str | None], ...] = (
    swapped,
    missing_path,
    missing_broadcast_sum,
    wrong_sign,
    wrong_factor,
    transposed,
    dout_ignored,
    contract_violation,
)
