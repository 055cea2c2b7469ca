"""The format for terminals: a table of the answers and, with steps, one of every layer.

Where a table is wider than the terminal its cells go below each other as `name: value`; nothing is ever cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backpropcli.render import Options
from backpropcli.render.cells import block
from backpropcli.render.grids import NUMBER_COLUMNS, Grid, grids, heading, notes

if TYPE_CHECKING:
    from rich.console import Console, Group, JustifyMethod
    from rich.table import Table
    from rich.text import Text

    from backpropcli.result import Result

# A box of rich with no frame and no lines but those below the header and between groups.
_BOX = "    \n    \n────\n    \n────\n────\n    \n    \n"


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
    blocks: list[Table | Text | Group] = []
    for result in results:
        if title := heading(result, results):
            blocks.append(Text(title, style="bold"))
        blocks += [_fitting(console, grid, options) for grid in grids(result, options, block)]
        if below := "\n".join(notes(result, options)):
            blocks.append(Text(below, style="dim"))
    for number, part in enumerate(blocks):
        if number:
            console.print()
        console.print(part, crop=False)
    return "".join(f"{line.rstrip(' ')}\n" for line in file.getvalue().removesuffix("\n").split("\n"))


def _fitting(console: Console, grid: Grid, options: Options) -> Table | Group:
    """The grid as a table if the terminal is wide enough, else stacked."""
    table = _table(grid, options)
    unlimited = console.options.update(width=1_000_000)
    fits = console.measure(table, options=unlimited).maximum <= options.width
    return table if fits else _stacked(grid)


def _table(grid: Grid, options: Options) -> Table:
    from rich.align import Align
    from rich.box import Box
    from rich.table import Table
    from rich.text import Text

    box = Box(_BOX.replace("─", "-"), ascii=True) if options.ascii else Box(_BOX)
    table = Table(box=box, show_edge=False, pad_edge=False, header_style="dim", border_style="dim")
    numbers_from = len(grid.header) - NUMBER_COLUMNS
    for number, name in enumerate(grid.header):
        side: JustifyMethod = "right" if number >= numbers_from else "left"
        table.add_column(name, justify=side, overflow="fold", style="cyan" if name == "gradient" else "")
    for number, group in enumerate(grid.groups):
        if number:
            table.add_section()
        for row in group:
            # A cell of several lines moves to the right as a whole.
            table.add_row(*(Align.right(Text(cell, justify="left")) if "\n" in cell else Text(cell) for cell in row))
    return table


def _stacked(grid: Grid) -> Group:
    from rich.console import Group
    from rich.text import Text

    lines: list[str] = []
    for group in grid.groups:
        labels = [label for row in group for label in row[:-3] if label]
        if labels:
            lines.append(" ".join(labels))
        for name, value, gradient in (row[-3:] for row in group):
            margin = "  " if labels else ""
            lines.append(_labelled(f"{margin}{name}: ", value))
            if gradient:
                lines.append(_labelled(f"{margin}  gradient: ", gradient))
    return Group(Text("\n".join(lines), no_wrap=True, overflow="ignore"))


def _labelled(label: str, value: str) -> str:
    """The label and the value behind it, which may have several lines."""
    from rich.cells import cell_len

    return label + value.replace("\n", "\n" + " " * cell_len(label))
