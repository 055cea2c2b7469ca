"""The sections of a layer's docstring, and the formulas in them as text.

Math, Gradient and the Reduction of a loss are made of clauses, each on a line of its own: a guard, if it has one, and
statements, or words. What they mean is told in `backpropcli.textbook`.
"""

from __future__ import annotations

import inspect
import re

from backpropcli.layers.base import Layer

FORMULAS = ("Math", "Reduction", "Gradient")
"""The sections that are made of formulas."""

SECTIONS = (*FORMULAS, "State", "Shapes", "Units", "Kinks", "Numerics", "Errors", "Source")
"""All sections, in their order."""

_ORDER = {title: number for number, title in enumerate(SECTIONS)}
_GUARDS = ("when ", "otherwise:", "then:")
_CLAUSE = re.compile(r"((?:(?:when [^:]+|otherwise|then):)?) *(.*)")
_IN_WORDS = "(in words)"
_INDENT = "  "


def docstring_sections(cls: type) -> dict[str, str]:
    """The sections by their titles, in the order of `SECTIONS`: each on one line, or on one for each clause.

    What is true of every layer of a kind stands in the docstring of the kind: a base class that has no Math.
    """
    found = _own_sections(cls)
    for base in cls.__mro__[1:]:
        if issubclass(base, Layer) and "Math" not in (of_kind := _own_sections(base)):
            found = {**of_kind, **found}
    return dict(sorted(found.items(), key=lambda section: _ORDER.get(section[0], len(_ORDER))))


def split_clause(line: str) -> tuple[str, list[str]]:
    """The guard of a clause, with its colon, and its statements; none if it is in words.

    >>> split_clause("when b is absent: y = x @ w; out = y")
    ('when b is absent:', ['y = x @ w', 'out = y'])
    """
    guard, body = _CLAUSE.findall(line)[0]
    return guard, [] if body.startswith(_IN_WORDS) else body.split("; ")


def clause_lines(line: str, width: int) -> list[str]:
    """A clause on one line, or if it is longer than `width`, with a line for each statement.

    >>> clause_lines("otherwise: m = mean(x); out = x - m", 20)
    ['otherwise:', '  m = mean(x)', '  out = x - m']
    """
    guard, statements = split_clause(line)
    if len(line) <= width or not statements:
        return [line]
    return [guard, *(_INDENT + statement for statement in statements)] if guard else statements


def _own_sections(cls: type) -> dict[str, str]:
    """The sections of a class's own docstring."""
    found: dict[str, str] = {}
    title = ""
    for line in inspect.cleandoc(cls.__doc__ or "").splitlines()[1:]:
        if line.startswith(">>>"):
            break
        head, colon, rest = line.partition(":")
        if colon and head.isalpha() and head[0].isupper():
            title = head
            found[title] = rest.strip()
        elif title and line.strip():
            begins_clause = title in FORMULAS and line.strip().startswith(_GUARDS)
            found[title] += ("\n" if begins_clause else " ") + line.strip()
    return found
