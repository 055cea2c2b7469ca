"""Rows of cells in columns, each with a note on lines of its own; where they do not fit, numbers below their subjects.

Nothing is ever cut: a note is broken at spaces only, and a cell never.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backpropcli.render import Options
from backpropcli.text.width import text_width

_GAP = "   "
_LEAST_NOTE = 24
_DIM = "2"


class Row(NamedTuple):
    """Cells, the ANSI code for the colour of the first, and a note."""

    cells: tuple[str, ...]
    color: str
    note: str


def paint(text: str, code: str, options: Options) -> str:
    """The text in a colour, if the terminal has any."""
    return f"\x1b[{code}m{text}\x1b[m" if options.color else text


def lay_out(header: Sequence[str], groups: Sequence[Sequence[Row]], options: Options, *, texts: int) -> Iterator[str]:
    """The lines of a table whose first columns are `texts` on the left, the others numbers on the right.

    A column without any content is left out.
    """
    rows = [row for group in groups for row in group]
    used = [number for number in range(len(header)) if any(row.cells[number] for row in rows)]
    widths = {i: max(_width(header[i]), *(_width(row.cells[i]) for row in rows)) for i in used}
    total = sum(widths.values()) + len(_GAP) * (len(used) - 1)
    if total > options.width:
        yield from _stacked(header, rows, options)
        return
    rule = ("-" if options.ascii else "─") * total
    margin = " " * (widths[0] + len(_GAP))
    aligned = [(number, widths[number], number < texts) for number in used]
    yield from (paint(line, _DIM, options) for line in _lines(header, aligned))
    for group in groups:
        yield paint(rule, _DIM, options)
        for row in group:
            first, *others = _lines(row.cells, aligned)
            yield paint(row.cells[0], row.color, options) + first.removeprefix(row.cells[0])
            yield from others
            yield from _note(row.note, margin, options)


def _lines(cells: Sequence[str], aligned: Sequence[tuple[int, int, bool]]) -> Iterator[str]:
    """The lines of a row; a cell of several lines moves to the right as a whole."""
    blocks = [_block(cells[number], width, is_text=is_text) for number, width, is_text in aligned]
    for line in range(max(len(block) for block in blocks)):
        parts = [block[line] if line < len(block) else " " * text_width(block[0]) for block in blocks]
        yield _GAP.join(parts).rstrip()


def _block(cell: str, width: int, *, is_text: bool) -> list[str]:
    own = _width(cell)
    left, right = (0, width - own) if is_text else (width - own, 0)
    return [" " * left + line + " " * (own - text_width(line) + right) for line in cell.split("\n")]


def _stacked(header: Sequence[str], rows: Sequence[Row], options: Options) -> Iterator[str]:
    for row in rows:
        head, subject, *others = row.cells
        yield f"{paint(head, row.color, options)} {subject}"
        labelled = [(f"{name} ", cell) for name, cell in zip(header[2:], others, strict=True) if cell]
        line = "  " + ", ".join(label + cell for label, cell in labelled)
        if labelled and text_width(line) <= options.width and "\n" not in line:
            yield line
        else:
            for label, cell in labelled:
                yield from (f"  {label}" + cell.replace("\n", "\n  " + " " * len(label))).split("\n")
        yield from _note(row.note, "  ", options)


def _note(note: str, margin: str, options: Options) -> list[str]:
    from textwrap import wrap

    return wrap(
        note,
        max(options.width, len(margin) + _LEAST_NOTE),
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width(cell: str) -> int:
    return max(text_width(line) for line in cell.split("\n"))
