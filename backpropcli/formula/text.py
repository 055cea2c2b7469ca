"""The text of a formula: parsed by Python's `ast`, with the place of every part in its source."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from keyword import iskeyword

from backpropcli.errors import FormulaError, Place, Problem
from backpropcli.formula.expressions import shown

Locate = Callable[[int, int], Place | None]
"""Where a stretch of the formula's text, from one offset to another, stands in its source."""

MAX_LENGTH = 100_000

_HINTS = {
    "≤": "less than or equal to is written <=",
    "≥": "greater than or equal to is written >=",
    "≠": "inequality is written !=",
    "•": "a product is written *",
    "∏": "a product over an array is written prod(...)",
    "∑": "a sum over an array is written sum(...)",
    "∛": "a root is written x ** (1 / 3)",
    "½": "write 0.5",
}
# How messages of Python's parser begin, what stands in their place, and a hint.
_PYTHONS_WORDS = (
    ("unterminated string literal", "a quotation mark is never closed", "a formula has none: leave it out"),
    ("Exceeds", "a number of more than 4,300 digits", None),
    ("invalid syntax. Perhaps you forgot a comma", "an operator or a comma is missing", None),
    ("positional argument follows", "a value follows a parameter", "parameters come last; equality is written =="),
)
_MAY_WARN = re.compile(r"\d[^\W\d]|\\")  # `2or 3` and `'\d'`, which are refused below
_WORDS_OF_EXPRESSIONS = {"and", "or", "not", "is", "in", "if", "else", "None", "True", "False"}


def on_one_line(text: str) -> str:
    """`text` with spaces for tabs and ends of lines, so that every offset stays what it was."""
    return text.replace("\n", " ").replace("\r", " ").replace("\t", " ")


class FormulaText:
    """The formula that stands in `text` from an offset on."""

    def __init__(self, text: str, start: int, locate: Locate) -> None:
        self.text = text
        self.locate = locate
        self.body = on_one_line(text[start:]).strip(" ")
        self.start = text.find(self.body[:1], start)
        self.offsets: list[int] | None = None
        self.characters: list[int] | None = None
        if not self.body.isascii():
            from backpropcli.formula.signs import written_out  # most formulas have none

            self.body, self.offsets = written_out(self.body)
            self.characters = _characters(self.body)

    def place(self, expression: ast.expr) -> Place | None:
        """Where an expression stands."""
        return self._place(*self._span(expression))

    def _place(self, start: int, end: int) -> Place | None:
        """Where a stretch of the body stands."""
        if self.offsets is not None:
            start, end = self.offsets[start], self.offsets[max(end - 1, 0)] + 1
        return self.locate(self.start + start, self.start + end)

    def _span(self, expression: ast.expr) -> tuple[int, int]:
        start, end = expression.col_offset, expression.end_col_offset or 0
        if self.characters is not None:  # ast counts in UTF-8
            start, end = self.characters[start], self.characters[end]
        return start, end

    def text_of(self, expression: ast.expr) -> str:
        """The text that an expression was parsed from."""
        start, end = self._span(expression)
        return self.body[start:end]

    def error(self, message: str, expression: ast.expr | None = None, hint: str | None = None) -> FormulaError:
        """An error at an expression, or of the formula as a whole."""
        place = self.locate(0, len(self.text)) if expression is None else self.place(expression)
        return FormulaError(Problem(message, place, hint))

    def parse(self) -> ast.expr:
        """The formula as a tree. Raises FormulaError for what is no expression of Python."""
        if len(self.body) > MAX_LENGTH:
            message = f"a formula of {len(self.body):,} characters; at most {MAX_LENGTH:,} are read"
            raise self.error(message, hint="split it into several steps")
        if "#" in self.body:
            at = self.text.index("#", self.start)
            raise FormulaError(Problem("a formula has no comments", self.locate(at, at + 1)))
        try:
            if _MAY_WARN.search(self.body) is None:
                return ast.parse(self.body, mode="eval").body
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.body, mode="eval").body
        except SyntaxError as error:
            raise FormulaError(self._syntax_problem(error)) from None
        except (RecursionError, MemoryError):
            raise self.error("the formula nests too deeply", hint="split it into several steps") from None
        except ValueError:
            raise self.error("the formula holds a character that is not text") from None

    def _syntax_problem(self, error: SyntaxError) -> Problem:
        from backpropcli.formula.spelling import answer  # most formulas are right

        if not self.body:
            return Problem("the formula is empty", self.locate(0, len(self.text)))
        start = error.offset - 1 if error.offset else len(self.body)
        end = max((error.end_offset or 0) - 1, start + 1)
        place = self._place(start, end) if start < len(self.body) else self.locate(*self._behind())
        for word in re.finditer(r"\w+", self.body):
            if iskeyword(word[0]) and word[0] not in _WORDS_OF_EXPRESSIONS:
                return Problem(f"'{word[0]}' is a reserved word and cannot be a name", self._place(*word.span()))
        known = answer(self.body)
        for beginning, message, hint in _PYTHONS_WORDS:
            if error.msg.startswith(beginning):
                return Problem(message, place, hint or (known and known.hint))
        if known is not None:
            return Problem(known.message, self._place(known.start, known.end), known.hint)
        if not error.msg.startswith("invalid syntax"):
            return Problem(error.msg, place, _HINTS.get(self.body[start : start + 1]))
        found = self.body[start:end].strip()
        return Problem(f"unexpected '{shown(found)}'" if found else "the formula ends too soon", place)

    def _behind(self) -> tuple[int, int]:
        """The stretch behind the formula."""
        length = len(self.body) if self.offsets is None else self.offsets[-1]
        return self.start + length, self.start + length + 1


def _characters(text: str) -> list[int]:
    """For each byte of a text in UTF-8, and for its end, the number of the character that it belongs to."""
    sizes = (len(character.encode(errors="replace")) for character in text)
    return [*(number for number, size in enumerate(sizes) for _ in range(size)), len(text)]
