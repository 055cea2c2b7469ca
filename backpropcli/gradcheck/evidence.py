"""What is known of a wrong gradient, from which its mistake is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.contract import Violation
from backpropcli.gradcheck.trial import Trial

ENOUGH = 1e-6


class Answer(NamedTuple):
    """A gradient under test and the right one; None where it is not known."""

    found: Value | None
    right: Value | None


class Evidence(NamedTuple):
    """What is known of a wrong gradient.

    `others` are the gradients of the values that it might be confused with; `paths` what each path contributes to the
    right one; `lengths` the lengths that a mean divides by, in words; `for_ones` computes the right gradient for a dout
    of ones; `trial` is the layer, where the gradient is that of one layer by itself,
    `longer` the evidence where one of the lengths is another, and `far` that at numbers of other sizes and signs.
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
    trial: Trial | None = None
    longer: Callable[[str], Evidence | None] = lambda _: None
    far: Callable[[], Sequence[Evidence]] = tuple

    def fits(self, found: Value, right: Value) -> bool:
        """Whether two gradients are the same, and not merely both nothing."""
        numbers = self.numbers
        if numbers.shape(found) != numbers.shape(right) or numbers.size(right) == 0:
            return False
        largest = numbers.rounded(numbers.amax(abs(right)))
        is_something = 0 < largest < inf
        return is_something and numbers.rounded(numbers.amax(abs(found - right))) <= self.tolerance * largest

    def are_nothing(self, found: Value, right: Value) -> bool:
        """Whether two gradients of one shape are zero."""
        numbers = self.numbers
        return numbers.shape(found) == numbers.shape(right) and not any(numbers.flat(found) + numbers.flat(right))

    def explained_by(self, candidate: Value) -> bool:
        """Whether the gradient is what a mistake would give."""
        return self.fits(self.found, candidate)

    def holds_far(self, test: Callable[[Evidence], bool]) -> bool:
        """Whether something is so at numbers of other sizes and signs as well, as far as the layer takes any."""
        return all(test(there) for there in self.far())

    @property
    def has_shape(self) -> bool:
        """Whether the gradient has the shape that it must have."""
        return self.numbers.shape(self.found) == self.numbers.shape(self.right)

    @property
    def small_trial(self) -> Trial | None:
        """The layer, if its Jacobian can be had and the gradient has the shape of the input."""
        return self.trial if self.trial is not None and self.has_shape and self.trial.is_small else None
