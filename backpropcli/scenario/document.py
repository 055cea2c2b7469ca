"""The text of a scenario file, and the places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path

from backpropcli.errors import Place, Problem, ScenarioError
from backpropcli.sources.files_read import note_read

MAX_BYTES = 256 * 2**20
_LINE_BREAKS = "\r\n\x85\u2028\u2029"  # what ends a line for libyaml


class Document:
    """A source text; offsets count its characters from 0."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self._lines: dict[int, str] = {}

    def place(self, start: int, end: int) -> Place:
        """The stretch from `start` to `end`, or to the end of its first line; at least one character."""
        start = min(start, len(self.text))
        line = bisect_right(self._line_starts, start)
        text = self._line(line)
        column = start - self._line_starts[line - 1]
        length = max(1, min(end - start, len(text) - column))
        return Place(self.source, line, column + 1, length, text)

    def _line(self, line: int) -> str:
        """The text of a line, the same object for all of its places: a line may be as long as the file."""
        if line not in self._lines:
            starts = self._line_starts
            end = starts[line] if line < len(starts) else None
            self._lines[line] = self.text[starts[line - 1] : end].rstrip(_LINE_BREAKS)
        return self._lines[line]

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer(f"\r\n|[{_LINE_BREAKS}]", self.text))]


def read_content(path: Path) -> bytes:
    """What a file holds, no more than one byte beyond the limit. Raises ScenarioError if it cannot be read."""
    note_read(path)
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ScenarioError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def read_document(content: bytes | str, source: str) -> Document:
    """The document that the content of a file is. Raises ScenarioError if it is not text, or too long."""
    if len(content) > MAX_BYTES:
        raise ScenarioError(f"{source} is larger than the limit of {MAX_BYTES // 2**20} MiB")
    if isinstance(content, str):
        return Document(content.removeprefix("\ufeff"), source)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError(Problem("the file is UTF-16", Place(source, 1, 1, 1, ""), "save it as UTF-8"))
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return Document(content.decode(), source)
    except UnicodeDecodeError as error:
        start = len(content[: error.start].decode())
        place = Document(content.decode(errors="replace"), source).place(start, start + 1)
        message = f"the byte 0x{content[error.start]:02x} is not valid UTF-8"
        raise ScenarioError(Problem(message, place, "save the file as UTF-8")) from None
