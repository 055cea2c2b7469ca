"""Numbers at equal distances, as exact texts."""

from __future__ import annotations

from backpropcli.sources.literals import Literal


def evenly_spaced(first: str, last: str, count: int) -> list[Literal]:
    """The texts of `count` numbers from `first` to `last`.

    >>> evenly_spaced("0", "1", 4)
    ['0', '1/3', '2/3', '1']

    Raises BackpropError for what is no finite number.
    """
    from fractions import Fraction

    from backpropcli.domains import domain

    start, end = (domain("exact").number(text) for text in (first, last))
    step = Fraction(end - start, max(count - 1, 1))
    return [str(start + number * step) for number in range(count)]
