"""The format for terminals: a table of the answers and, with steps, one of every layer.

Arrays are made as narrow as the terminal needs them. Where a table is still too wide its cells go below each other as
`name: value`; nothing is ever cut, and no number is broken in two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backpropcli.render import Options
from backpropcli.render.cells import Block, block
from backpropcli.render.grids import NUMBER_COLUMNS, Grid, grids, heading, notes
from backpropcli.render.number_columns import Column, fit
from backpropcli.text.width import text_width, wrapped

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from backpropcli.result import Result

# A box of rich with no frame and no lines but those below the header and between groups.
_BOX = "    \n    \n────\n    \n────\n────\n    \n    \n"
_LABEL = "  gradient:"
_GAP = 3  # columns between two cells
_LEAST_ROOM = 20  # behind a label, or the value goes below it


def render(results: Sequence[Result], options: Options) -> str:
    """A titled table for each result, with a blank line in between."""
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    file = StringIO()
    console = Console(
        file=file,
        width=options.width,
        force_terminal=options.color,
        color_system="standard" if options.color else None,
        force_jupyter=False,
        legacy_windows=False,
        _environ={},
    )
    blocks: list[Table | Text] = []
    for result in results:
        if title := heading(result, results):
            blocks.append(Text(wrapped(title, options.width), style="bold"))
        blocks += [_fitting(grid, options) for grid in grids(result, options, block)]
        if below := "\n".join(wrapped(note, options.width) for note in notes(result, options)):
            blocks.append(Text(below, style="dim"))
    for number, part in enumerate(blocks):
        if number:
            console.print()
        console.print(part, crop=False, no_wrap=True, overflow="ignore")
    return "".join(f"{line.rstrip(' ')}\n" for line in file.getvalue().removesuffix("\n").split("\n"))


def _fitting(grid: Grid[Block], options: Options) -> Table | Text:
    """The grid as a table if the terminal is wide enough, else stacked."""
    texts, headers = _text_columns(grid), grid.header[-NUMBER_COLUMNS:]
    blocks = [[row.numbers[number] for group in grid.groups for row in group] for number in range(NUMBER_COLUMNS)]
    used = sum(max(map(text_width, column)) + _GAP for column in texts) + _GAP * (NUMBER_COLUMNS - 1)
    numbers = fit(blocks, headers, options.width - used, options.width - len(_LABEL))
    return _stacked(grid, options) if numbers is None else _table(grid, texts, numbers, options)


def _text_columns(grid: Grid[Block]) -> list[list[str]]:
    """The columns before the numbers, each with its header."""
    rows = [row.texts for group in grid.groups for row in group]
    return [list(column) for column in zip(grid.header[:-NUMBER_COLUMNS], *rows, strict=True)]


def _table(grid: Grid[Block], texts: Sequence[list[str]], numbers: Sequence[Column], options: Options) -> Table:
    from rich.box import Box
    from rich.table import Table
    from rich.text import Text

    columns = [*texts, *(["\n".join(cell) for cell in column] for column in numbers)]
    box = Box(_BOX.replace("─", "-"), ascii=True) if options.ascii else Box(_BOX)
    table = Table(box=box, show_edge=False, pad_edge=False, header_style="dim", border_style="dim")
    for name, (header, *_) in zip(grid.header, columns, strict=True):
        table.add_column(header, no_wrap=True, overflow="ignore", style="cyan" if name == "gradient" else "")
    rows = zip(*columns, strict=True)
    next(rows)  # the headers
    for number, group in enumerate(grid.groups):
        if number:
            table.add_section()
        for _ in group:
            table.add_row(*map(Text, next(rows)))
    return table


def _stacked(grid: Grid[Block], options: Options) -> Text:
    from rich.text import Text

    lines: list[str] = []
    for group in grid.groups:
        labels = [label for row in group for label in row.texts[:-1] if label]
        if labels:
            lines.append(" ".join(labels))
        margin = "  " if labels else ""
        for row in group:
            value, gradient = row.numbers
            if value is not None:
                lines += _labelled(f"{margin}{row.texts[-1]}:", value, margin, options)
            if gradient is not None:
                lines += _labelled(f"{margin}{_LABEL}", gradient, f"{margin}  ", options)
    return Text("\n".join(lines))


def _labelled(label: str, value: Block, margin: str, options: Options) -> list[str]:
    """The label and the value behind it, or below it where that leaves too little room."""
    indent = text_width(label) + 1
    first, *others = value.lines(options.width - indent)
    is_narrow = options.width - indent < _LEAST_ROOM
    if is_narrow and max(map(len, (first, *others))) > options.width - indent:
        below = f"{margin}  "
        return [label, *(f"{below}{line}" for line in value.lines(options.width - len(below)))]
    return [f"{label} {first}", *(f"{' ' * indent}{line}" for line in others)]
