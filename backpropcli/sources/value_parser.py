"""A value as one text, as on the command line: a number, numbers with commas, nested brackets, or @ and a file.

What other programs print is read as well: NumPy's arrays (`[1. 2.]`, `array([1., 2.])`) and JSON's `"Infinity"`.
"""

from __future__ import annotations

import re
from typing import NoReturn

from backpropcli.errors import DataError, Place, Problem
from backpropcli.sources.literals import ARRAY_SUFFIXES, MAX_DEPTH, NUMBER, ArrayFile, Literal

# A number ends where a list could go on; atomic and possessive groups, so that a million numbers keep no way back.
_ONE = rf"(?>(?:{NUMBER.pattern})(?![^\s,\[\]]))"
_TOKEN = re.compile(
    rf"\s*(?:(?P<spaced>{_ONE}(?:\s+{_ONE})++)|(?P<numbers>{_ONE}(?:\s*,\s*{_ONE})*+)"
    r"|(?P<open>\[)|(?P<close>\])|(?P<comma>,)|(?P<word>[^\s,\[\]]+))"
)
_FILE_AND_PART = re.compile(rf"(.+?(?:{'|'.join(map(re.escape, ARRAY_SUFFIXES))})):(.+)", re.IGNORECASE | re.DOTALL)
_CALL = re.compile(r"\s*(?:(?:np|numpy|jnp|torch)\.)?(?:array|asarray|Array|tensor)\(")
_END_OF_CALL = re.compile(r"\s*+(?:,\s*+(?:\w++\s*+=\s*+[\w.:'\"<>]++\s*+)?+)*+\)\s*+")
_CALLED_NUMBER = re.compile(rf"(?P<type>(?:np|numpy)\.(?:float|int|uint)[0-9]+\()(?P<number>{NUMBER.pattern})\)")
_INFINITY = re.compile(r"\bInfinity\b")
_QUOTED_NUMBER = re.compile(rf'"((?:{NUMBER.pattern}) *+)"')
_EXAMPLES = "write a number (-1e-3), a list (1,-0.5), nested lists ([[1, 2], [3, 4]]) or a file (@x.npy)"
_LONGEST_SHOWN = 40
_COMMA, _SPACE = ",", " "


def parse_value(text: str, source: str = "command line") -> Literal:
    """The literal that `text` is. Raises DataError with the place of the mistake; `source` is what it calls the text.

    >>> parse_value("1,-0.5")
    ['1', '-0.5']
    >>> parse_value("[[1. 2.] [3. 4.]]")
    [['1.', '2.'], ['3.', '4.']]
    >>> parse_value("@x.csv:price")
    ArrayFile(path='x.csv', part='price', content=None)
    """
    stripped = text.strip()
    if stripped == "@":
        _fail("a file's name is missing after '@'", text, source, text.index("@"))
    if stripped.startswith("@"):
        found = _FILE_AND_PART.fullmatch(stripped, 1)
        return ArrayFile(found[1], found[2]) if found else ArrayFile(stripped[1:])
    return _Parser(text, source).parse()


def is_in_brackets(text: str) -> bool:
    """Whether a text is a list in brackets, or an array as Python prints it.

    >>> [is_in_brackets(text) for text in ("[1. 2.]", "array([1., 2.])", "1,2")]
    [True, True, False]
    """
    return text.lstrip().startswith("[") or _CALL.match(text) is not None


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
        text = _without_dress(self.text.rstrip())
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


def _without_dress(text: str) -> str:
    """The text with spaces for what other programs print around arrays and numbers; every number keeps its place."""
    opening = _CALL.match(text)
    if opening:
        inside = max(text.rfind("]") + 1, opening.end())
        if inside == opening.end():
            inside = min((i for i in (text.find(c, inside) for c in ",)") if i >= 0), default=inside)
        if _END_OF_CALL.fullmatch(text, inside):
            text = " " * opening.end() + text[opening.end() : inside]
    if "(" in text:
        text = _CALLED_NUMBER.sub(lambda call: f"{' ' * len(call['type'])}{call['number']} ", text)
    if "Infinity" in text:
        text = _INFINITY.sub("inf     ", text)
    return _QUOTED_NUMBER.sub(r" \1 ", text) if '"' in text else text


def _fail(message: str, text: str, source: str, start: int, end: int = 0) -> NoReturn:
    line_start = text.rfind("\n", 0, start) + 1
    line = text[line_start:].partition("\n")[0]
    length = min(end, line_start + len(line)) - start
    place = Place(source, text.count("\n", 0, start) + 1, start - line_start + 1, max(length, 1), line)
    raise DataError(Problem(message, place, _EXAMPLES))
