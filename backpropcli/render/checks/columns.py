"""Rows of texts and numbers in columns, each with a note on lines of its own; where they do not fit, stacked.

Nothing is ever cut: a note is broken at spaces only, and a number never.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backpropcli.render import Options
from backpropcli.render.cells import Block
from backpropcli.render.number_columns import Column, fit, width_of
from backpropcli.text.width import text_width

_TEXTS = 2  # columns on the left; the others are numbers
_GAP = "   "
_LEAST_NOTE = 24
_DIM = "2"


class Row(NamedTuple):
    """A verdict and its subject, numbers, the ANSI code for the verdict's colour, and a note."""

    texts: tuple[str, str]
    numbers: tuple[Block | None, ...]
    color: str
    note: str


def paint(text: str, code: str, options: Options) -> str:
    """The text in a colour, if the terminal has any."""
    return f"\x1b[{code}m{text}\x1b[m" if options.color else text


def lay_out(header: Sequence[str], groups: Sequence[Sequence[Row]], options: Options) -> Iterator[str]:
    """The lines of a table. A column without any numbers is left out."""
    rows = [row for group in groups for row in group]
    labels, names = header[:_TEXTS], header[_TEXTS:]
    used = [number for number in range(len(names)) if any(row.numbers[number] for row in rows)]
    texts = [_text_column([label, *(row.texts[number] for row in rows)]) for number, label in enumerate(labels)]
    taken = sum(text_width(column[0][0]) for column in texts) + len(_GAP) * (len(texts) + len(used) - 1)
    blocks = [[row.numbers[number] for row in rows] for number in used]
    room_stacked = options.width - max(map(len, names), default=0)
    numbers = fit(blocks, [names[number] for number in used], options.width - taken, room_stacked)
    if numbers is None:
        yield from _stacked(names, rows, options)
        return
    rule = ("-" if options.ascii else "─") * (taken + sum(map(width_of, numbers)))
    margin = " " * (text_width(texts[0][0][0]) + len(_GAP))
    lines = map(_lines, zip(*texts, *numbers, strict=True))
    yield from (paint(line, _DIM, options) for line in next(lines))
    for group in groups:
        yield paint(rule, _DIM, options)
        for row in group:
            first, *others = next(lines)
            yield paint(row.texts[0], row.color, options) + first.removeprefix(row.texts[0])
            yield from others
            yield from _note(row.note, margin, options)


def _text_column(texts: Sequence[str]) -> Column:
    width = max(map(text_width, texts))
    return [[text + " " * (width - text_width(text))] for text in texts]


def _lines(cells: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a row."""
    return [
        _GAP.join(cell[line] if line < len(cell) else " " * text_width(cell[0]) for cell in cells).rstrip()
        for line in range(max(map(len, cells)))
    ]


def _stacked(names: Sequence[str], rows: Sequence[Row], options: Options) -> Iterator[str]:
    for row in rows:
        verdict, subject = row.texts
        yield f"{paint(verdict, row.color, options)} {subject}"
        labels = [(f"{name} ", block) for name, block in zip(names, row.numbers, strict=True) if block]
        parts = [_labelled(label, block, options) for label, block in labels]
        line = "  " + ", ".join(part[0] for part in parts)
        if parts and text_width(line) <= options.width and all(len(part) == 1 for part in parts):
            yield line
        else:
            yield from (f"  {line}" for part in parts for line in part)
        yield from _note(row.note, "  ", options)


def _labelled(label: str, block: Block, options: Options) -> list[str]:
    first, *others = block.lines(options.width - len(label) - len("  "))
    return [label + first, *(" " * len(label) + line for line in others)]


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
