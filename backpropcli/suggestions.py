"""Which known word a misspelt one was meant to be: the one with the fewest slips in it, if they are few.

A slip is a letter that is missing, too many, wrong, or swapped with its neighbour. Capitals, `_` and `-` do not count,
and what a word begins with may stand for it: `maxpool` is `max_pool2d`, and `taxes` is `tax`.
"""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 40  # of a word that anybody means to write
LETTERS_TO_A_SLIP = 4
LEAST_IN_COMMON = 3  # letters that two words begin with, of which one is the whole other
_WHOLE = 0.5  # what the beginning of a word counts, in slips


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is nearest, of several the one with the same first letter, or else the first."""
    written = _plain(word)
    if not 0 < len(written) <= LONGEST:
        return None
    allowed = max(1, len(written) // LETTERS_TO_A_SLIP) if len(written) > 1 else 0
    best: tuple[float, bool] | None = None
    found = None
    for candidate in known:
        other = _plain(candidate)
        slips = _slips(written, other, allowed)
        if slips is not None and other and (best is None or (slips, other[0] != written[0]) < best):
            best, found = (slips, other[0] != written[0]), candidate
    return found


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")


def _slips(word: str, other: str, allowed: int) -> float | None:
    """How many slips make one word of the other; None if they are more than is allowed."""
    if word == other:
        return 0
    if _is_beginning(word, other) or _is_beginning(other, word):
        return _WHOLE
    if abs(len(word) - len(other)) > allowed:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        two_before, before, row = before, row, [i]
        for j, another in enumerate(other, 1):
            slips = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != another))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == another:
                slips = min(slips, two_before[j - 2] + 1)
            row.append(slips)
        if min(row) > allowed:
            return None
    return row[-1] if row[-1] <= allowed else None


def _is_beginning(start: str, word: str) -> bool:
    return len(start) >= LEAST_IN_COMMON and word.startswith(start) and len(word) <= 2 * len(start)
