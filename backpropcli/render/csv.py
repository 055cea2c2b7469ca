"""Comma-separated values (RFC 4180, with plain newlines) with a header line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backpropcli.render import Options
from backpropcli.render.records import records
from backpropcli.result import Result


def render(results: Sequence[Result], options: Options) -> str:
    """One line for each record."""
    return comma_separated(records(results, options))


def comma_separated(rows: Iterable[Sequence[str]]) -> str:
    """Rows as one text."""
    import csv
    from io import StringIO

    file = StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()
