"""Comma-separated values (RFC 4180, with plain newlines) with a header line."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.render import Options
from backpropcli.render.records import records
from backpropcli.result import Result


def render(results: Sequence[Result], options: Options) -> str:
    """One line for each record."""
    import csv
    from io import StringIO

    file = StringIO()
    csv.writer(file, lineterminator="\n").writerows(records(results, options))
    return file.getvalue()
