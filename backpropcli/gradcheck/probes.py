"""Where a value is moved to see what it changes: each of its numbers, or of a large array a sample and directions."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.domains.generic import generic_like

FEW = 200  # so many numbers are moved one by one
DIRECTIONS = 2
MOST_SAMPLES = 20
SAMPLED_WORK = 1_000_000  # a larger array costs more to move, so fewer of its numbers are


class Probe(NamedTuple):
    """A move by t times a direction; `position` scales the steps; `place` is that of the one number that moves."""

    direction: Value
    position: float
    place: tuple[int, ...] | None = None


def probes(x: Value, domain: Domain, few: int = FEW) -> Iterator[Probe]:
    """All numbers of a value that has so few; random directions and a spread of numbers of a larger one."""
    shape, size = domain.shape(x), domain.size(x)
    if not shape:
        yield Probe(domain.ones_like(x), domain.rounded(x), ())
        return
    count = size
    if is_large(x, domain, few):
        largest = float(domain.amax(abs(x)))
        for seed in range(DIRECTIONS):
            # Each number moves in proportion to its size, so that none crosses 0 before the others have moved.
            yield Probe(generic_like(x, domain, seed) * (abs(x) if largest else 1), 1.0)
        count = max(2, min(MOST_SAMPLES, SAMPLED_WORK // size))
    zeros = domain.zeros_like(x)
    for number in range(count):
        place = _place(number * size // count, shape)
        yield Probe(domain.add_at(zeros, place, 1.0), domain.rounded(x[place]), place)


def is_large(x: Value, domain: Domain, few: int = FEW) -> bool:
    """Whether a value has too many numbers to move them one by one."""
    return domain.size(x) > few


def simple_like(x: Value, domain: Domain) -> Value:
    """Generic numbers in the shape of x, of two decimals where they are few, so that people can redo the sums."""
    numbers = generic_like(x, domain)
    if is_large(x, domain):
        return numbers
    decimals = [round(float(number), 2) for number in domain.flat(numbers)]
    return decimals[0] if domain.is_scalar else domain.reshape(domain.convert(decimals), domain.shape(x))


def _place(number: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index of a number counted row by row."""
    return tuple(number // prod(shape[axis + 1 :]) % length for axis, length in enumerate(shape))
