"""The format for terminals: a table of the answers and, with steps, one of every layer.

Arrays are made as narrow as the terminal needs them. Where a table is still too wide its cells go below each other as
`name: value`; nothing is ever cut, and no number is broken in two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backpropcli.render import Options
from backpropcli.render.cells import Block, block
from backpropcli.render.grids import FACTORS, Grid, heading, notes, sheets
from backpropcli.render.number_columns import Column, fit
from backpropcli.text.width import text_width, wrapped

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from backpropcli.result import Result

# A box of rich with no frame and no lines but those below the header and between groups.
_BOX = "    \n    \n────\n    \n────\n────\n    \n    \n"
_LABEL = "  gradient:"
_TOO_NARROW = (
    "The terminal is too narrow for the column upstream: it is the gradient in the row of the step's value.",
    "The terminal is too narrow for the columns upstream and local.",
)
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
    for result, found in sheets(results, options, block):
        if title := heading(result, [result] if options.varied else results):
            blocks.append(Text(wrapped(title, options.width), style="bold"))
        own_notes = list(notes(result, options))
        for grid in found:
            fitting, left_out = _fitting(grid, options)
            blocks.append(fitting)
            if left_out:
                own_notes.append(_TOO_NARROW[len(left_out) - 1])
        if below := "\n".join(wrapped(note, options.width) for note in own_notes):
            blocks.append(Text(below, style="dim"))
    for number, part in enumerate(blocks):
        if number:
            console.print()
        console.print(part, crop=False, no_wrap=True, overflow="ignore")
    return "".join(f"{line.rstrip(' ')}\n" for line in file.getvalue().removesuffix("\n").split("\n"))


def _fitting(grid: Grid[Block], options: Options) -> tuple[Table | Text, tuple[str, ...]]:
    """The grid as a table, stacked if the terminal is not wide enough for one; and the columns that are left out."""
    for left_out in ((), *(FACTORS[: k + 1] for k in range(len(FACTORS)) if FACTORS[k] in grid.numbers)):
        if (table := _as_table(grid.without(*left_out), options)) is not None:
            return table, left_out
    return _stacked(grid, options), ()


def _as_table(grid: Grid[Block], options: Options) -> Table | None:
    """The grid as a table; None if the terminal is not wide enough for it."""
    texts = _text_columns(grid)
    blocks = list(zip(*(row.numbers for row in grid.rows), strict=True))
    used = sum(max(map(text_width, column)) + _GAP for column in texts) + _GAP * (len(grid.numbers) - 1)
    numbers = fit(blocks, grid.numbers, options.width - used, options.width - len(_LABEL))
    return None if numbers is None else _table(grid, texts, numbers, options)


def _text_columns(grid: Grid[Block]) -> list[list[str]]:
    """The columns before the numbers, each with its header."""
    return [list(column) for column in zip(grid.texts, *(row.texts for row in grid.rows), strict=True)]


def _table(grid: Grid[Block], texts: Sequence[list[str]], numbers: Sequence[Column], options: Options) -> Table:
    from rich.box import Box
    from rich.table import Table
    from rich.text import Text

    columns = [*texts, *(["\n".join(cell) for cell in column] for column in numbers)]
    box = Box(_BOX.replace("─", "-"), ascii=True) if options.ascii else Box(_BOX)
    table = Table(box=box, show_edge=False, pad_edge=False, header_style="dim", border_style="dim")
    for name, (header, *_) in zip((*grid.texts, *grid.numbers), columns, strict=True):
        is_gradient = name == "gradient" or name.startswith("d_")
        table.add_column(header, no_wrap=True, overflow="ignore", style="cyan" if is_gradient else "")
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

    lines = [grid.caption] if grid.caption else []
    for group in grid.groups:
        labels = [label for row in group for label in row.texts[:-1] if label]
        if labels:
            lines.append(" ".join(labels))
        margin = "  " if labels else ""
        for row in group:
            value, *others = row.numbers
            if value is not None:
                label = row.texts[-1] if row.texts else grid.numbers[0]
                lines += _labelled(f"{margin}{label}:", value, margin, options)
            for name, number in zip(grid.numbers[1:], others, strict=True):
                if number is not None:
                    lines += _labelled(f"{margin}  {name}:", number, f"{margin}  ", options)
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
