"""Tab-separated values with a header line: the format for pipes. A tab or a newline in a name is shown as an escape."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.render import Options
from backpropcli.render.records import records
from backpropcli.result import Result


def render(results: Sequence[Result], options: Options) -> str:
    """One line for each record."""
    return "".join("\t".join(record) + "\n" for record in records(results, options))
