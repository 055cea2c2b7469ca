"""One answer of `expect:`, as it was written, beside numbers."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from backpropcli.binding import read_literal
from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError, Place
from backpropcli.gradcheck.report import Kind
from backpropcli.gradcheck.written_numbers import (
    Closeness,
    agrees,
    half_of_last_place,
    nearest_float,
    relative_rounding,
)
from backpropcli.scenario.model import NOT_ANSWERED
from backpropcli.sources.literals import ArrayFile, Literal, to_float


class GivenAnswer:
    """What stands in a file for a value or a gradient.

    `found` is the answer as a value of the run's domain; None if it cannot be one, or where numbers are left out.
    """

    def __init__(
        self, kind: Kind, name: str, literal: Literal, place: Place | None, numbers: Domain, closeness: Closeness
    ) -> None:
        self.kind = kind
        self.name = name
        self.place = place
        self.numbers = numbers
        self.closeness = closeness
        self.texts = list(_texts(literal))
        self.shape = _shape(literal)
        self.found = None if NOT_ANSWERED in self.texts else _read(literal, numbers)

    @property
    def is_answered(self) -> bool:
        """Whether any number is given."""
        return any(text != NOT_ANSWERED for text in self.texts) or not self.texts

    @property
    def rounding(self) -> float:
        """How far the numbers may be from the way they are written, in parts of them."""
        return max((relative_rounding(text) for text in self.texts if text != NOT_ANSWERED), default=0.0)

    @property
    def coarseness(self) -> float:
        """How far the numbers may be from the way they are written, in parts of the largest."""
        texts = [text for text in self.texts if text != NOT_ANSWERED]
        largest = max((abs(to_float(text)) for text in texts), default=0.0)
        half = max((float(half_of_last_place(text)) for text in texts), default=0.0)
        return half / largest if largest else 0.0

    def has_shape_of(self, value: Value) -> bool:
        """Whether there is a number for each of the value's."""
        return self.shape == tuple(self.numbers.shape(value))

    def wrong_at(self, value: Value) -> list[int]:
        """The numbers, counted row by row, that are given and are not those of a value of the same shape."""
        computed = self.numbers.flat(value)
        size = nearest_float(max((abs(number) for number in computed), default=0.0))
        return [
            number
            for number, (text, right) in enumerate(zip(self.texts, computed, strict=True))
            if text != NOT_ANSWERED and not agrees(text, right, size, self.closeness)
        ]

    def fits(self, value: Value) -> bool:
        """Whether the answer is this value."""
        return self.has_shape_of(value) and not self.wrong_at(value)

    def left_out_at(self) -> list[int]:
        """The numbers, counted row by row, that are not given."""
        return [number for number, text in enumerate(self.texts) if text == NOT_ANSWERED]

    def index(self, number: int) -> str:
        """Where an element stands that is counted row by row: `[0, 2]`."""
        indices = []
        for axis, length in enumerate(self.shape):
            indices.append(str(number // prod(self.shape[axis + 1 :]) % length))
        return f"[{', '.join(indices)}]"

    @property
    def words(self) -> str:
        """`the value of x`, or `the gradient of x`."""
        return f"the {'value' if self.kind is Kind.VALUE else 'gradient'} of {self.name}"


def shape_in_words(shape: tuple[int, ...]) -> str:
    """A shape as people say it."""
    return f"an array of shape {shape}" if shape else "a number"


def _read(literal: Literal, numbers: Domain) -> Value | None:
    try:
        return read_literal(literal, numbers)
    except BackpropError:
        return None


def _texts(literal: Literal) -> Iterator[str]:
    """The numbers of an answer as they are written, row by row."""
    if isinstance(literal, str):
        yield literal
    elif not isinstance(literal, ArrayFile):
        for item in literal:
            yield from _texts(item)


def _shape(literal: Literal) -> tuple[int, ...]:
    lengths = []
    while isinstance(literal, list):
        lengths.append(len(literal))
        literal = literal[0] if literal else ""
    return tuple(lengths)
