"""GitHub's Markdown: a heading and a table for each result, and a second table of its steps if asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.render import Options
from backpropcli.render.cells import line
from backpropcli.render.grids import Grid, heading, notes, sheets
from backpropcli.result import Result
from backpropcli.text.escape import escape_markdown


def render(results: Sequence[Result], options: Options) -> str:
    """The blocks of all results with a blank line in between."""
    return "\n\n".join(block for block in _blocks(results, options)) + "\n"


def _blocks(results: Sequence[Result], options: Options) -> Iterator[str]:
    for result, found in sheets(results, options, line):
        if title := heading(result, [result] if options.varied else results):
            yield f"### {escape_markdown(title)}"
        for grid in found:
            yield "\n".join(_table(grid))
        yield from map(escape_markdown, notes(result, options))


def _table(grid: Grid[str]) -> Iterator[str]:
    yield _row([*grid.texts, *map(escape_markdown, grid.numbers)])
    yield _row([":---"] * len(grid.texts) + ["---:"] * len(grid.numbers))
    for group in grid.groups:
        for row in group:
            yield _row([*map(escape_markdown, row.texts), *(number or "" for number in row.numbers)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
