"""Comma-separated values (RFC 4180, with plain newlines) with a header line.

A spreadsheet would compute a text that begins like a formula: such a cell begins with an apostrophe instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backpropcli.render import Options
from backpropcli.render.records import records
from backpropcli.result import Result
from backpropcli.sources.literals import is_number

_FORMULA = ("=", "+", "-", "@")


def render(results: Sequence[Result], options: Options) -> str:
    """One line for each record."""
    return comma_separated(records(results, options))


def comma_separated(rows: Iterable[Sequence[str]]) -> str:
    """Rows as one text."""
    import csv
    from io import StringIO

    file = StringIO()
    csv.writer(file, lineterminator="\n").writerows(map(_cell, row) for row in rows)
    return file.getvalue()


def _cell(text: str) -> str:
    """A cell of numbers, of `-` for nothing, or of text as it is, but for an apostrophe before a formula."""
    is_formula = text.startswith(_FORMULA) and not all(is_number(part) or part == "-" for part in text.split())
    return f"'{text}" if is_formula else text
