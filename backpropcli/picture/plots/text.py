"""The format for terminals: curves in the dots of braille, told apart by their dashes, and in ASCII by their signs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from backpropcli.picture.plots import KINK, POINT, Look
from backpropcli.picture.plots.model import Panel, Plot, Point
from backpropcli.picture.plots.ticks import ticks
from backpropcli.text.escape import printable
from backpropcli.text.numbers import number_text
from backpropcli.text.width import text_width, wrapped

_WIDEST, _LEAST_WIDTH = 100, 20  # columns
_ROWS, _ROWS_OF_SEVERAL = 17, 11  # of a panel
_TICKS = 5  # along y
_ROOM_OF_TICK = 12  # columns along x
_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column of a cell
_DASHES = ((1, 0), (3, 3), (1, 2), (7, 2), (1, 5), (8, 6))  # by curve: how many dots are set, and how many are not
_TANGENT_DASH = (1, 3)
_SIGNS, _TANGENT_SIGN = "*+ox#%", "."
_COLOURS = ("36", "31", "32", "35", "34", "33")
_TANGENT = -1  # in place of a curve's number
_AXES, _ASCII_AXES = " │─┼", " |-+"
_SAMPLE = 4  # columns of a line in the legend


def render(plot: Plot, look: Look) -> str:
    """The plot as lines of text."""
    return "".join(f"{line.rstrip()}\n" for line in _lines(plot, look))


def _lines(plot: Plot, look: Look) -> Iterator[str]:
    rows = _ROWS if len(plot.panels) == 1 else _ROWS_OF_SEVERAL
    labels = [_labels(panel, rows) for panel in plot.panels]
    margin = max(text_width(text) for each in labels for text in each.values()) + 1
    width = max(min(look.width, _WIDEST) - margin, _LEAST_WIDTH)
    yield printable(plot.title)
    for panel, each in zip(plot.panels, labels, strict=True):
        yield from wrapped(_legend(panel, look), look.width, " " * margin).split("\n")
        for row, line in enumerate(_Grid(plot, panel, width, rows, look).lines()):
            yield f"{each.get(row, ''):>{margin - 1}} {line}"
    yield _axis(plot, margin, width)
    for note in plot.notes:
        yield from wrapped(printable(note), look.width).split("\n")


def _labels(panel: Panel, rows: int) -> dict[int, str]:
    """The numbers along y, by the row that they stand in."""
    height = panel.high - panel.low
    found = ticks(panel.low, panel.high, _TICKS)
    return {round((panel.high - y) / height * (rows - 0.25) - 0.375): number_text(y, 6) for y in found}


def _legend(panel: Panel, look: Look) -> str:
    """Each curve's line and name."""
    return "   ".join(f"{_sample(number, look)} {printable(curve.name)}" for number, curve in enumerate(panel.curves))


def _sample(number: int, look: Look) -> str:
    if look.ascii:
        return _coloured(_SIGNS[number] * _SAMPLE, number, look)
    is_set = [_is_set(dot, _DASHES[number]) for dot in range(2 * _SAMPLE)]
    cells = (is_set[2 * k] * _DOTS[2][0] + is_set[2 * k + 1] * _DOTS[2][1] for k in range(_SAMPLE))
    return _coloured("".join(chr(_BRAILLE + cell) for cell in cells), number, look)


def _axis(plot: Plot, margin: int, width: int) -> str:
    """The numbers along x, and its name."""
    line = [" "] * (margin + width)
    for x in ticks(plot.start, plot.stop, max(width // _ROOM_OF_TICK, 2)):
        text = number_text(x, 6)
        place = margin + round((x - plot.start) / (plot.stop - plot.start) * (width - 1)) - len(text) // 2
        place = max(min(place, len(line) - len(text)), 0)
        line[place : place + len(text)] = text
    return f"{''.join(line)}  {printable(plot.x_name)}"


class _Grid:
    """The cells of a panel."""

    def __init__(self, plot: Plot, panel: Panel, width: int, rows: int, look: Look) -> None:
        self.plot = plot
        self.panel = panel
        self.look = look
        self.columns, self.rows = width, rows
        self.wide, self.high = (1, 1) if look.ascii else (2, 4)  # dots of a cell
        self.dots = [[0] * width for _ in range(rows)]
        self.owners: dict[tuple[int, int], int] = {}

    def lines(self) -> Iterator[str]:
        """The rows of the panel."""
        for number, curve in enumerate(self.panel.curves):
            count = 0
            for stretch in curve.stretches:
                count = self._draw(stretch, number, count)
        if self.panel.tangent is not None:
            self._draw(self.panel.tangent, _TANGENT, 0)
        low, high = self.panel.low, self.panel.high
        marks = {self._cell(mark.point): mark for mark in self.panel.marks if low <= mark.point[1] <= high}
        zero_row, zero_column = self._cell((0.0, 0.0))
        for row in range(self.rows):
            line = ""
            for column in range(self.columns):
                mark = marks.get((row, column))
                if mark is not None:
                    sign = (KINK if mark.is_kink else POINT)[self.look.ascii]
                    line += _coloured(sign, mark.curve, self.look)
                elif (row, column) in self.owners:
                    line += self._dots(row, column)
                else:
                    crossing = 2 * (row == zero_row) + (column == zero_column)
                    line += (_ASCII_AXES if self.look.ascii else _AXES)[crossing]
            yield line

    def _dots(self, row: int, column: int) -> str:
        owner = self.owners[row, column]
        if self.look.ascii:
            return _coloured(_TANGENT_SIGN if owner == _TANGENT else _SIGNS[owner], owner, self.look)
        return _coloured(chr(_BRAILLE + self.dots[row][column]), owner, self.look)

    def _place(self, point: Point) -> tuple[float, float]:
        """Where a point is, in dots from the upper left."""
        x, y = point
        across = (x - self.plot.start) / (self.plot.stop - self.plot.start) * (self.columns * self.wide - 1)
        down = (self.panel.high - y) / (self.panel.high - self.panel.low) * (self.rows * self.high - 1)
        return across, down

    def _cell(self, point: Point) -> tuple[int, int]:
        across, down = self._place(point)
        return round(down) // self.high, round(across) // self.wide

    def _draw(self, points: tuple[Point, ...], owner: int, count: int) -> int:
        """Set the dots of a line, of which `count` have gone before; the dots that have gone then."""
        dash = _TANGENT_DASH if owner == _TANGENT else _DASHES[owner]
        last = None
        for (x, y), (x1, y1) in pairwise(map(self._place, points if len(points) > 1 else points * 2)):
            # A steep line has a dot in every row that can be seen, and none is followed far beyond.
            steps = min(int(max(abs(x1 - x), abs(y1 - y))) + 1, 8 * self.rows * self.high)
            for step in range(steps + 1):
                dot = round(x + (x1 - x) * step / steps), round(y + (y1 - y) * step / steps)
                if dot != last:
                    count += 1
                    last = dot
                    if self.look.ascii or _is_set(count, dash):
                        self._set(*dot, owner)
        return count

    def _set(self, across: int, down: int, owner: int) -> None:
        row, column = down // self.high, across // self.wide
        if 0 <= row < self.rows and 0 <= column < self.columns:
            self.dots[row][column] |= _DOTS[down % self.high][across % self.wide]
            self.owners[row, column] = owner


def _is_set(dot: int, dash: tuple[int, int]) -> bool:
    on, off = dash
    return dot % (on + off) < on


def _coloured(text: str, curve: int, look: Look) -> str:
    if not look.color:
        return text
    return f"\x1b[{'2' if curve == _TANGENT else _COLOURS[curve]}m{text}\x1b[0m"
