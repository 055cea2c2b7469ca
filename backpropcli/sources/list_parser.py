"""Lists of numbers as text: with commas or, in brackets, with spaces, nested as deep as arrays are."""

from __future__ import annotations

import re
from typing import NoReturn

from backpropcli.errors import DataError, Place, Problem
from backpropcli.sources.literals import MAX_DEPTH, NUMBER, Literal

# A number ends where a list could go on; atomic and possessive groups, so that a million numbers keep no way back.
_ONE = rf"(?>(?:{NUMBER.pattern})(?![^\s,\[\]]))"
_TOKEN = re.compile(
    rf"\s*(?:(?P<spaced>{_ONE}(?:\s+{_ONE})++)|(?P<numbers>{_ONE}(?:\s*,\s*{_ONE})*+)"
    r"|(?P<open>\[)|(?P<close>\])|(?P<comma>,)|(?P<word>[^\s,\[\]]+))"
)
_PRINTED = "(", "I", '"'  # what is around numbers that other programs print: a call, JSON's Infinity, quotes
_EXAMPLES = "write a number, as in -1e-3, a list, 1,-0.5 or [[1, 2], [3, 4]], or a file, @x.npy"
_LONGEST_SHOWN = 40
_COMMA, _SPACE = ",", " "


def parse_list(text: str, source: str) -> Literal:
    """The literal that a text is. Raises DataError with the place of the mistake, in what it calls `source`."""
    if text.strip() == "@":
        _fail("a file's name is missing after '@'", text, source, text.index("@"))
    return _Parser(text, source).parse()


class _Parser:
    """A list on its way from text to literal. Open lists are a stack, so no depth of brackets is a recursion."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.stack: list[list[Literal]] = [[]]
        self.opening_places: list[int] = []
        self.separators: list[str | None] = [None]
        self.item_comes = True

    def parse(self) -> Literal:
        """What the text is: an item, or the list of its items."""
        text = self.text.rstrip()
        if any(sign in text for sign in _PRINTED):
            from backpropcli.sources.printed_arrays import without_dress  # most lists are written by people

            text = without_dress(text)
        for token in _TOKEN.finditer(text):
            self._take(token)
        if self.opening_places:
            self._fail("this '[' is never closed", self.opening_places[-1])
        (items,) = self.stack
        if not items:
            self._fail("a value is missing", len(text))
        return items[0] if len(items) == 1 and not self.item_comes else items

    def _take(self, token: re.Match[str]) -> None:
        kind = token.lastgroup
        if kind == "close" and self.opening_places:
            self.stack.pop()
            self.opening_places.pop()
            self.separators.pop()
            self.item_comes = False
        elif kind == "comma" and not self.item_comes and self._separated_by(_COMMA):
            self.item_comes = True
        elif kind in {"spaced", "numbers", "open"} and self._may_begin(token):
            if kind == "open":
                self._open(token.start("open"))
            else:
                written = token[kind]
                self.stack[-1] += written.split() if kind == "spaced" else map(str.strip, written.split(","))
                self.item_comes = False
        else:
            self._refuse(token)

    def _may_begin(self, token: re.Match[str]) -> bool:
        """Whether what begins here, one item or several, may stand here with its separators."""
        inside = len(self.stack) > 1
        if not self.item_comes and not (inside and self._separated_by(_SPACE)):
            return False
        if token["spaced"]:
            return inside and self._separated_by(_SPACE)
        if token["open"]:
            return len(self.stack) <= MAX_DEPTH
        return "," not in token["numbers"] or self._separated_by(_COMMA)

    def _separated_by(self, separator: str) -> bool:
        """Whether the innermost list has this separator, which its first one decides."""
        if self.separators[-1] is None:
            self.separators[-1] = separator
        return self.separators[-1] == separator

    def _open(self, start: int) -> None:
        opened: list[Literal] = []
        self.stack[-1].append(opened)
        self.stack.append(opened)
        self.separators.append(None)
        self.opening_places.append(start)
        self.item_comes = True

    def _refuse(self, token: re.Match[str]) -> NoReturn:
        kind = token.lastgroup
        start, end = token.start(kind or 0), token.end()
        if kind == "spaced" and self.item_comes:  # the first number is fine
            second = re.compile(r"\s+(\S+)").search(self.text, start)
            start, end = second.span(1) if second else (start, end)
            self.item_comes = False
        word = self.text[start:end]
        word = word if len(word) <= _LONGEST_SHOWN else f"{word[:_LONGEST_SHOWN]}..."
        self._fail(self._complaint(word), start, end)

    def _complaint(self, word: str) -> str:
        """Why `word` cannot come here."""
        if word == "...":
            return "the array is abbreviated: '...' stands for numbers"
        if word == "]":
            return "this ']' has no matching '['"
        if not self.item_comes and self.separators[-1] == _SPACE and "," in word:
            return "commas and spaces both separate the items of this list"
        if not self.item_comes:
            return f"expected ',' before '{word}'"
        if word == "[":
            return f"lists are nested more than {MAX_DEPTH} deep"
        return f"expected a number, not '{word}'"

    def _fail(self, message: str, start: int, end: int = 0) -> NoReturn:
        _fail(message, self.text, self.source, start, end)


def _fail(message: str, text: str, source: str, start: int, end: int = 0) -> NoReturn:
    line_start = text.rfind("\n", 0, start) + 1
    line = text[line_start:].partition("\n")[0]
    length = min(end, line_start + len(line)) - start
    place = Place(source, text.count("\n", 0, start) + 1, start - line_start + 1, max(length, 1), line)
    raise DataError(Problem(message, place, _EXAMPLES))
