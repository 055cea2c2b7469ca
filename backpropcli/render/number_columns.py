"""Columns of numbers in a table: aligned at the decimal point, and arrays made as narrow as the terminal needs them."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.render.cells import Block, at_the_point

_TOO_LONG = 1.5  # times the lines that the same cells have below each other

Column = list[list[str]]
"""The lines of the header and of each cell, all of one width."""


def fit(
    columns: Sequence[Sequence[Block | None]], headers: Sequence[str], room: int, room_stacked: int
) -> list[Column] | None:
    """The columns, which have `room` together; None where cells below each other, each in `room_stacked`, are better.

    A column that fits into an equal share is left as it is; the others share the rest by their widths, so that their
    arrays have about as many lines, or, where one needs more than that, equally.
    """
    whole = [_column(cells, header, None) for cells, header in zip(columns, headers, strict=True)]
    for equally in (False, True):
        found = _shared(columns, whole, headers, room, equally=equally)
        if sum(map(width_of, found)) <= room:
            lines = sum(max(map(len, row)) for row in zip(*found, strict=True))
            stacked = sum(len(cell.lines(room_stacked)) for column in columns for cell in column if cell)
            return found if lines <= _TOO_LONG * stacked else None
    return None


def _shared(
    columns: Sequence[Sequence[Block | None]],
    whole: Sequence[Column],
    headers: Sequence[str],
    room: int,
    *,
    equally: bool,
) -> list[Column]:
    """The columns, from the narrowest to the widest each made as narrow as its share, if it can be."""
    found = list(whole)
    widths = list(map(width_of, whole))
    rest = sum(widths)
    for place, number in enumerate(sorted(range(len(whole)), key=widths.__getitem__)):
        share = room // (len(whole) - place)
        if widths[number] > share:
            share = share if equally else room * widths[number] // rest
            found[number] = _column(columns[number], headers[number], share)
        room -= width_of(found[number])
        rest -= widths[number]
    return found


def width_of(column: Column) -> int:
    """How wide a column is."""
    return max((len(line) for cell in column for line in cell), default=0)


def _column(cells: Sequence[Block | None], header: str, width: int | None) -> Column:
    """The header and the cells on the right; a cell of several lines moves there as a whole."""
    aligned = iter(at_the_point([cell.texts for cell in cells if cell and cell.is_number]))

    def lines_of(cell: Block | None) -> list[str]:
        if cell is None:
            return [""]
        return [next(aligned)] if cell.is_number else cell.lines(width)

    parts = [[header], *map(lines_of, cells)]
    total = width_of(parts)
    return [[(" " * (total - width_of([part])) + line).ljust(total) for line in part] for part in parts]
