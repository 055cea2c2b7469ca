"""A neighbour in general position of a point at which a mistake may not show: 0, 1, 2, equal inputs, a constant array.

At x = y = 2 the swapped gradients of a product are right, at x = 0 any factor of x is, at x = 2 a square passes for
twice its root.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError, Problem
from backpropcli.gradcheck.closeness import identical
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.report import Finding, Verdict
from backpropcli.gradcheck.written_numbers import written

SPECIAL = frozenset({0.0, 1.0, 2.0})
MOST_SHOWN = 12  # numbers of an array: people do not redo more
NEAREST, FARTHEST = 0.15, 0.45  # how far a number is moved, relative to the larger of its size and 1


def neighbour(isolated: IsolatedLayer) -> IsolatedLayer | None:
    """A layer near its point: above it, or below it where forward fails above; None where its point will do."""
    numbers = isolated.domain
    with numbers.quiet():
        moving = _moving(isolated)
        if not _is_degenerate([isolated.inputs[number] for number in moving], numbers):
            return None
        for side in (1, -1):
            moved = [
                _moved(x, side, number, numbers) if number in moving else x for number, x in enumerate(isolated.inputs)
            ]
            beside = IsolatedLayer(isolated.node, moved, numbers)
            if _is_fine(beside):
                return beside
    return None


def shown_beside(isolated: IsolatedLayer, found: Iterable[Finding | Problem]) -> Iterator[Finding]:
    """The mistakes that a neighbour of a layer's point shows, each with the point that hides it."""
    names = [isolated.node.spec.input_name(number) for number in range(len(isolated.inputs))]
    hidden = "it does not show at the given point"
    if max(map(isolated.domain.size, isolated.inputs)) <= MOST_SHOWN:
        point = [f"{name} = {written(x, isolated.domain)}" for name, x in zip(names, isolated.inputs, strict=True)]
        hidden = f"it does not show at {', '.join(point)}"
    for item in found:
        if isinstance(item, Finding) and item.verdict is Verdict.WRONG:
            yield replace(item, note="; ".join(filter(None, (item.note, hidden))))


def _moving(isolated: IsolatedLayer) -> list[int]:
    """The inputs that can be moved: those that have gradients, except for probabilities and one-hot labels."""
    try:
        varying = isolated.varying()
    except BackpropError:
        return []
    return [number for number in varying if not (number and _are_shares(isolated.inputs[number], isolated.domain))]


def _are_shares(x: Value, numbers: Domain) -> bool:
    """Whether each row adds up to 1 out of numbers that are not negative, which must stay so; or all are 0 or 1."""
    if not numbers.shape(x) or numbers.size(x) < 2 or numbers.rounded(numbers.amin(x)) < 0:
        return False
    if all(number in {0.0, 1.0} for number in numbers.flat(x)):
        return True
    sums = numbers.sum(x, -1)
    return numbers.rounded(numbers.amax(abs(sums - 1))) < 1e-6


def _is_degenerate(inputs: list[Value], numbers: Domain) -> bool:
    filled = [x for x in inputs if numbers.size(x)]
    if any(_is_special(x, numbers) for x in filled):
        return True
    return any(identical(x, y, numbers) for number, x in enumerate(filled) for y in filled[:number])


def _is_special(x: Value, numbers: Domain) -> bool:
    """Whether an array is constant, or each of its numbers is 0, 1 or 2 but for the sign."""
    is_constant = numbers.size(x) > 1 and numbers.rounded(numbers.amax(x)) == numbers.rounded(numbers.amin(x))
    return is_constant or all(abs(number) in SPECIAL for number in numbers.flat(x))


def _moved(x: Value, side: int, number: int, numbers: Domain) -> Value:
    """Every number moved by another distance; to two decimals where people might redo the sums."""
    distances = NEAREST + (FARTHEST - NEAREST) * numbers.random_like(x, 10 + number)
    sizes = numbers.maximum(abs(x), numbers.ones_like(x))
    moved = x + side * distances * sizes
    if numbers.size(x) > MOST_SHOWN or not numbers.is_finite(moved):
        return moved
    decimals = [round(float(each), 2) for each in numbers.flat(moved)]
    return decimals[0] if numbers.is_scalar else numbers.reshape(numbers.convert(decimals), numbers.shape(x))


def _is_fine(isolated: IsolatedLayer) -> bool:
    try:
        return isolated.domain.is_finite(isolated.value())
    except BackpropError:
        return False
