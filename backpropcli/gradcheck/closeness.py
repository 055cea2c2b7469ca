"""Whether two values are the same, to the last bit or nearly."""

from __future__ import annotations

from backpropcli.domains import Domain, Value

AGREEMENT = 1e-12  # what two runs on the same numbers may differ by, as sums may run in another order


def identical(x: Value, y: Value, numbers: Domain) -> bool:
    """Whether two values are the same to the last bit, nan for nan."""
    if numbers.shape(x) != numbers.shape(y):
        return False
    same = numbers.equal(x, y) | (numbers.is_nan(x) & numbers.is_nan(y))
    return _all(same, numbers)


def close(x: Value, y: Value, numbers: Domain, tolerance: float = AGREEMENT) -> bool:
    """Whether two values have one shape and differ by no more than the tolerance times the largest of their numbers."""
    if numbers.shape(x) != numbers.shape(y):
        return False
    if numbers.size(x) == 0 or identical(x, y, numbers):
        return True
    if not numbers.is_finite(x) or not numbers.is_finite(y):
        return False
    largest = max(numbers.rounded(numbers.amax(abs(x))), numbers.rounded(numbers.amax(abs(y))))
    return numbers.rounded(numbers.amax(abs(x - y))) <= tolerance * largest


def _all(condition: Value, numbers: Domain) -> bool:
    return numbers.rounded(numbers.amin(numbers.where(condition, 1.0, 0.0))) != 0
