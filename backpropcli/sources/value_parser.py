"""A value as one text, as on the command line: a number, numbers with commas, nested brackets, or @ and a file."""

from __future__ import annotations

import re
from typing import NoReturn

from backpropcli.errors import DataError, Place, Problem
from backpropcli.sources.literals import MAX_DEPTH, NUMBER, ArrayFile, Literal

# A number ends where a list could go on; atomic and possessive groups, so that a million numbers keep no way back.
_ONE = rf"(?>(?:{NUMBER.pattern})(?![^\s,\[\]]))"
_TOKEN = re.compile(
    rf"\s*(?:(?P<numbers>{_ONE}(?:\s*,\s*{_ONE})*+)|(?P<open>\[)|(?P<close>\])|(?P<comma>,)|(?P<word>[^\s,\[\]]+))"
)
_EXAMPLES = "write a number (-1e-3), a list (1,-0.5), nested lists ([[1, 2], [3, 4]]) or a file (@x.npy)"
_LONGEST_SHOWN = 40


def parse_value(text: str, source: str = "command line") -> Literal:
    """The literal that `text` is. Raises DataError with the place of the mistake; `source` is what it calls the text.

    >>> parse_value("1,-0.5")
    ['1', '-0.5']
    >>> parse_value("[[1.0, -0.5], [-2.0, 3.0]]")
    [['1.0', '-0.5'], ['-2.0', '3.0']]
    >>> parse_value("@x.npy")
    ArrayFile(path='x.npy')
    """
    stripped = text.strip()
    if stripped == "@":
        _fail("a file's name is missing after '@'", text, source, text.index("@"))
    if stripped.startswith("@"):
        return ArrayFile(stripped[1:])
    items = _parse_items(text.rstrip(), source)
    return items[0] if len(items) == 1 else items


def _parse_items(text: str, source: str) -> list[Literal]:
    """The items of a list without its own brackets. Open lists are a stack, so no depth of brackets is a recursion."""
    stack: list[list[Literal]] = [[]]
    opening_places: list[int] = []
    item_comes = True
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if item_comes and kind == "numbers":
            stack[-1] += map(str.strip, token["numbers"].split(","))
            item_comes = False
        elif item_comes and kind == "open" and len(stack) <= MAX_DEPTH:
            opened: list[Literal] = []
            stack[-1].append(opened)
            stack.append(opened)
            opening_places.append(token.start("open"))
        elif kind == "close" and opening_places and not (item_comes and stack[-1]):
            stack.pop()
            opening_places.pop()
            item_comes = False
        elif kind == "comma" and not item_comes:
            item_comes = True
        else:
            start = token.start(kind or 0)
            _fail(_complaint(text[start : token.end()], item_comes, len(stack)), text, source, start, token.end())
    if opening_places:
        _fail("this '[' is never closed", text, source, opening_places[-1])
    if item_comes:
        _fail("a value is missing", text, source, len(text))
    return stack[0]


def _complaint(word: str, item_comes: bool, depth: int) -> str:
    """Why `word` cannot come here."""
    word = word if len(word) <= _LONGEST_SHOWN else f"{word[:_LONGEST_SHOWN]}..."
    if word == "]" and depth == 1:
        return "this ']' has no matching '['"
    if not item_comes:
        return f"expected ',' before '{word}'"
    return f"lists are nested more than {MAX_DEPTH} deep" if word == "[" else f"expected a number, not '{word}'"


def _fail(message: str, text: str, source: str, start: int, end: int = 0) -> NoReturn:
    line_start = text.rfind("\n", 0, start) + 1
    line = text[line_start:].partition("\n")[0]
    length = min(end, line_start + len(line)) - start
    place = Place(source, text.count("\n", 0, start) + 1, start - line_start + 1, max(length, 1), line)
    raise DataError(Problem(message, place, _EXAMPLES))
