"""Numbers in text files: tables with commas, semicolons or tabs, and columns as NumPy's savetxt writes them.

Cells may be in quotes. A first line of names is a header, and so is the last line before the numbers that begins with
`#`; from a table with a header one column may be asked for by name. Between semicolons `0,5` is one half.

No message quotes more of a file than one cell: it may be a link to what its reader must not see.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from backpropcli.errors import BackpropError, DataError, Place, Problem, did_you_mean
from backpropcli.sources.literals import Literal, is_number, nested_numbers
from backpropcli.sources.printed_arrays import is_in_brackets
from backpropcli.sources.value_parser import parse_value

Number = Callable[[str], Any]

_COMMENT = "#"
_SPACES = " "
_SEPARATORS = (";", ",", "\t")
_QUOTED = re.compile('"[^"]*"')
_LONGEST_SHOWN = 20


def decoded(content: bytes, source: str) -> str:
    """The text of a file, with plain newlines. Raises DataError if it is not UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(Problem(f"{source}: not UTF-8 text", hint="save the file as UTF-8")) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_numbers(text: str, source: str, number: Number, column: str | None = None) -> Any:
    """What a text holds, with the axes that NumPy's loadtxt gives it: those of length 1 are left out.

    `number` makes a number of its text. A text in brackets is read like a value on the command line.
    """
    if column is None and is_in_brackets(text):
        return nested_numbers(_read_brackets(text, source), number)
    rows = read_table(text, source, number, column)
    if column is not None:
        return rows
    if len(rows) == 1:
        return rows[0] if len(rows[0]) > 1 else rows[0][0]
    return [row[0] for row in rows] if len(rows[0]) == 1 else rows


def _read_brackets(text: str, source: str) -> Literal:
    try:
        return parse_value(text, source)
    except DataError as error:
        raise DataError(*(p._replace(place=p.place and _alone(p.place)) for p in error.problems)) from None


def _alone(place: Place) -> Place:
    """A place without what stands around it."""
    start = place.column - 1
    shown = place.text[start : start + place.length][:_LONGEST_SHOWN]
    return place._replace(length=max(len(shown), 1), text=" " * start + shown)


def read_table(text: str, source: str, number: Number, column: str | None = None) -> list[Any]:
    """The rows of a table, or the numbers of one column.

    Raises DataError, with its place, for what is no number, for rows that differ in length, and for a column that is
    not there, or not the only one of its name.
    """
    lines = text.split("\n")
    separator = _separator([line.text for line in islice((x for x in _filled(lines) if not x.is_comment), 2)])
    table = _Table(source, separator, number, column)
    for line in _filled(lines):
        table.read(line)
    if not table.rows:
        raise DataError(f"{source}: contains no numbers")
    return table.rows


class _Line(NamedTuple):
    number: int
    text: str

    @property
    def is_comment(self) -> bool:
        return self.text.lstrip().startswith(_COMMENT)


def _filled(lines: Sequence[str]) -> Iterator[_Line]:
    """The lines that are not blank."""
    return (_Line(number, line) for number, line in enumerate(lines, 1) if line and not line.isspace())


def _separator(lines: Sequence[str]) -> str:
    """What separates the cells of the first lines: what is as often in both; a comma, too, if each is one cell."""
    bare = [_QUOTED.sub("", line) for line in lines]
    present = [separator for separator in _SEPARATORS if any(separator in line for line in bare[:1])]
    for separator in present:
        if len({line.count(separator) for line in bare}) == 1:
            return separator
    has_spaces = any(len(line.split()) > 1 for line in bare[-1:])
    return present[0] if present else _SPACES if has_spaces else ","


class _Table:
    """A table that is read line by line; `rows` are what has been read, of one column only if it was asked for."""

    def __init__(self, source: str, separator: str, number: Number, column: str | None) -> None:
        self.source = source
        self.separator = separator
        self.number = number
        self.column = column
        self.rows: list[Any] = []
        self._names: tuple[_Line, list[str]] | None = None
        self._has_header = False
        self._width = 0
        self._wanted = 0
        self._decimal_mark: str | None = None

    def read(self, line: _Line) -> None:
        """Read a comment, the header or a row."""
        if line.is_comment:
            if not self.rows and not self._has_header:
                self._names = line, self._cells(line._replace(text=line.text.lstrip(f"{_COMMENT} \t")))
            return
        cells = self._cells(line)
        if not self.rows and not self._has_header and self._is_header(cells):
            self._has_header, self._names = True, (line, cells)
            return
        if not self.rows:
            self._width = len(cells)
            self._wanted = 0 if self.column is None else self._index_of(self.column)
        if len(cells) != self._width:
            message = f"{self.source}: a row of {len(cells)} numbers after rows of {self._width}"
            raise DataError(Problem(message, self._start_of(line), "every row needs as many numbers as the first"))
        if self.column is None:
            self.rows.append([self._number_in(line, cells, column) for column in range(len(cells))])
        else:
            self.rows.append(self._number_in(line, cells, self._wanted))

    def _number_in(self, line: _Line, cells: Sequence[str], column: int) -> Any:
        """The number in a cell. Raises DataError, with the place of the cell."""
        try:
            return self._read_cell(cells[column])
        except BackpropError as error:  # also of the domain whose number it is to be
            place = self._place(line, column, cells[column].strip())
            raise DataError(Problem(f"{self.source}: {error}", place)) from None

    def _cells(self, line: _Line) -> list[str]:
        if self.separator == _SPACES:
            return line.text.split()
        if '"' not in line.text:
            return line.text.split(self.separator)
        try:
            return next(csv.reader([line.text], delimiter=self.separator, skipinitialspace=True, strict=True))
        except csv.Error:
            message = f"{self.source}: a quotation mark is not closed, or has something beside it"
            raise DataError(Problem(message, self._start_of(line))) from None

    def _is_header(self, cells: Sequence[str]) -> bool:
        """Whether a first line holds names, rather than numbers with a mistake; one may be empty, as pandas has it."""
        texts = [cell.strip() for cell in cells]
        has_names = any(map(_is_name, texts))
        return has_names and (self.column in texts or all(not text or _is_name(text) for text in texts))

    def _index_of(self, column: str) -> int:
        """Where a column stands among the names, of which there must be one for each cell of a row."""
        if self._names is None or len(self._names[1]) != self._width:
            message = f"{self.source}: there is no column '{column}', since no line names the columns"
            raise DataError(Problem(message, hint="write their names into the first line"))
        line, cells = self._names
        names = [cell.strip() for cell in cells]
        if column not in names:
            hint = did_you_mean(column, names) or "the names of the columns stand in this line"
            raise DataError(Problem(f"{self.source}: no column is named '{column}'", self._start_of(line), hint))
        if names.count(column) > 1:
            message = f"{self.source}: {names.count(column)} columns are named '{column}'"
            raise DataError(Problem(message, self._start_of(line), "rename all but one of them"))
        return names.index(column)

    def _read_cell(self, cell: str) -> Any:
        text = cell.strip()
        written = self._with_a_point(text) if self.separator == ";" and ("," in text or "." in text) else text
        if is_number(written):
            return self.number(written)
        raise DataError(f"{_shown(text)} is not a number" if text else "a number is missing")

    def _with_a_point(self, text: str) -> str:
        """A number between semicolons as it is written elsewhere; one kind of decimal mark leaves no room for another.

        Beside 0,5 a number like 1.234 would be a thousand for some.
        """
        mark = "," if "," in text else "."
        if self._decimal_mark not in {None, mark}:
            words = {",": "comma", ".": "point"}
            before = words["," if mark == "." else "."]
            raise DataError(f"{_shown(text)} has a {words[mark]}, but numbers before it have a {before}")
        self._decimal_mark = mark
        return text.replace(",", ".")

    def _start_of(self, line: _Line) -> Place:
        return Place(self.source, line.number, 1, 1, "")

    def _place(self, line: _Line, column: int, text: str) -> Place:
        """The place of a cell, with nothing of what stands around it."""
        if self.separator == _SPACES:
            starts = [word.start() for word in re.finditer(r"\S+", line.text)]
        else:
            cell = rf'(?:"[^"]*"|[^{self.separator}])*+(?:{self.separator}|$)'
            starts = [found.end() - len(found[0].lstrip(" ")) for found in re.finditer(cell, line.text)]
        start = starts[column]
        return _alone(Place(self.source, line.number, start + 1, len(text), " " * start + text))


def _is_name(text: str) -> bool:
    return (text[:1].isalpha() or text[:1] == "_") and not is_number(text)


def _shown(text: str) -> str:
    return f"'{text}'" if len(text) <= _LONGEST_SHOWN else f"'{text[:_LONGEST_SHOWN]}...'"
