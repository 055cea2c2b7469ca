"""Everything that can go wrong for a user, and the exit code that the command line gives it.

BackpropError                 exit 2
├── UsageError                a word on the command line
├── ScenarioError             a scenario file
├── FormulaError              the text of a formula
├── GraphError                the wiring: an unknown name, a cycle, the wrong number of inputs
├── DataError                 a number or an array, as text or as a file
├── ShapeError                shapes that do not fit each other
├── DomainError               a function that a number system lacks
├── LayerError                a layer that failed for a reason of its own, or a user's that cannot be loaded
└── OutputError               a result that cannot be written

An error carries one or more problems, so that everything wrong with a file is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

MAX_CANDIDATES = 1_000


class Place(NamedTuple):
    """A stretch of one line of a source text; `line` and `column` count from 1."""

    source: str
    line: int
    column: int
    length: int
    text: str


def nowhere(_name: str) -> Place | None:
    """The place of a value that stands in no text."""
    return None


class Problem(NamedTuple):
    """One thing that is wrong, where it is, and what to do about it."""

    message: str
    place: Place | None = None
    hint: str | None = None


class BackpropError(Exception):
    """Base of every error that is the input's fault, not the program's."""

    exit_code = 2

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(Problem(p) if isinstance(p, str) else p for p in problems)
        super().__init__("\n".join(problem.message for problem in self.problems))


class UsageError(BackpropError):
    """A word on the command line that cannot be understood."""


class ScenarioError(BackpropError):
    """A scenario file with a mistake."""


class FormulaError(BackpropError):
    """A formula that cannot be read."""


class GraphError(BackpropError):
    """Layers that cannot be wired as described."""


class DataError(BackpropError):
    """A number or an array, as text or as a file, that cannot be read."""


class ShapeError(BackpropError):
    """Values whose shapes do not fit the layer or each other."""


class DomainError(BackpropError):
    """A function that a number system lacks, or a number that it cannot represent."""


class LayerError(BackpropError):
    """A layer that failed for a reason of its own, or a user's layer that cannot be loaded."""


class OutputError(BackpropError):
    """A result that cannot be written."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The hint for a misspelt word; None if no known word is close, or too many are known to compare them all."""
    from backpropcli.suggestions import nearest  # most words are right

    candidates = list(islice(known, MAX_CANDIDATES + 1))
    near = nearest(word, candidates) if len(candidates) <= MAX_CANDIDATES else None
    return None if near is None else f"did you mean '{near}'?"
