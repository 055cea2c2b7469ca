"""The format SVG: one file that needs nothing else, light or dark as its reader's screen is.

Curves are told apart by how they are dashed, and by their colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

from backpropcli.picture.font import text_width
from backpropcli.picture.plots import Look
from backpropcli.picture.plots.model import Panel, Plot, Point
from backpropcli.picture.plots.ticks import ticks
from backpropcli.picture.svg import FONTS, escaped
from backpropcli.text.numbers import number_text

WIDTH = 640
_LEFT, _RIGHT, _TOP = 64, 24, 34
_HEIGHT, _HEIGHT_OF_SEVERAL = 340, 220  # of a panel
_LEGEND, _BETWEEN = 24, 18
_LINE, _FONT_SIZE = 18, 13
_TICKS, _TICKS_ACROSS = 6, 9
_LEGEND_LINE = 28
_DASHES = ("", "7 4", "2 3", "12 4 2 4", "2 7", "12 6")
_LIGHT = ("#0b63b0", "#b3261e", "#1a7f37", "#8250df", "#9a6700", "#57606a")
_DARK = ("#79b8ff", "#ff8a80", "#7ee787", "#d2a8ff", "#e3b341", "#b1bac4")
# Class by class what it paints: an attribute, and its colour on a light and on a dark ground.
_COLOURS = {
    "ground": ("fill", "#ffffff", "#0d1117"),
    "ink": ("fill", "#1f2328", "#e6edf3"),
    "grid": ("stroke", "#e1e4e8", "#21262d"),
    "axis": ("stroke", "#8c959f", "#6e7681"),
    **{f"curve{k}": ("stroke", light, dark) for k, (light, dark) in enumerate(zip(_LIGHT, _DARK, strict=True))},
    **{f"mark{k}": ("fill", light, dark) for k, (light, dark) in enumerate(zip(_LIGHT, _DARK, strict=True))},
}


def render(plot: Plot, _look: Look) -> str:
    """The plot as a document."""
    return "".join(f"{line}\n" for line in _Document(plot).lines())


def size(plot: Plot) -> tuple[int, int]:
    """The width and the height of a plot in pixels."""
    height = _HEIGHT if len(plot.panels) == 1 else _HEIGHT_OF_SEVERAL
    panels = len(plot.panels) * (_LEGEND + height + _BETWEEN)
    return WIDTH, _TOP + panels + 2 * _LINE + _LINE * len(_note_lines(plot))


class _Document:
    """A plot on its way to SVG; its classes begin with a mark of its own, as a page may have several."""

    def __init__(self, plot: Plot) -> None:
        self.plot = plot
        self.height = _HEIGHT if len(plot.panels) == 1 else _HEIGHT_OF_SEVERAL
        self.mark = f"p{crc32(repr(plot).encode(errors='surrogatepass')):08x}"

    def lines(self) -> Iterator[str]:
        """The document."""
        width, height = size(self.plot)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' role="img" font-family="{FONTS}" font-size="{_FONT_SIZE}">'
        )
        yield f"<title>{escaped(self.plot.title)}</title>"
        yield f"<desc>{escaped('; '.join(self.plot.notes))}</desc>"
        yield f"<style>{self._style()}</style>"
        yield f'<rect{self._painted("ground")} width="{width}" height="{height}"/>'
        yield self._text(self.plot.title, _LEFT, 22, weight="bold")
        y = _TOP
        for panel in self.plot.panels:
            yield from self._legend(panel, y)
            yield from self._panel(panel, y + _LEGEND)
            y += _LEGEND + self.height + _BETWEEN
        for x in ticks(self.plot.start, self.plot.stop, _TICKS_ACROSS):
            yield self._text(number_text(x, 6), self._across(x), y, anchor="middle")
        yield self._text(self.plot.x_name, WIDTH - _RIGHT, y + _LINE, anchor="end", style="italic")
        for number, line in enumerate(_note_lines(self.plot), 2):
            yield self._text(line, _LEFT, y + number * _LINE)
        yield "</svg>"

    def _style(self) -> str:
        """The colours as a style sheet."""
        light = "".join(f".{self.mark}-{name}{{{what}:{colour}}}" for name, (what, colour, _) in _COLOURS.items())
        dark = "".join(f".{self.mark}-{name}{{{what}:{colour}}}" for name, (what, _, colour) in _COLOURS.items())
        return f"{light}@media(prefers-color-scheme:dark){{{dark}}}"

    def _painted(self, name: str) -> str:
        what, colour, _ = _COLOURS[name]
        return f' class="{self.mark}-{name}" {what}="{colour}"'

    def _legend(self, panel: Panel, y: float) -> Iterator[str]:
        x: float = _LEFT
        for number, curve in enumerate(panel.curves):
            yield self._line([(x, y + 12), (x + _LEGEND_LINE, y + 12)], number)
            yield self._text(curve.name, x + _LEGEND_LINE + 6, y + 16)
            x += _LEGEND_LINE + text_width(curve.name, _FONT_SIZE) + 24

    def _panel(self, panel: Panel, top: float) -> Iterator[str]:
        def down(y: float) -> float:
            return top + (panel.high - y) / (panel.high - panel.low) * self.height

        left, right = _LEFT, WIDTH - _RIGHT
        for y in ticks(panel.low, panel.high, _TICKS):
            name = "axis" if y == 0 else "grid"
            yield f'<path{self._painted(name)} d="M{left} {_number(down(y))}H{right}"/>'
            yield self._text(number_text(y, 6), left - 8, down(y) + 4.5, anchor="end")
        for x in ticks(self.plot.start, self.plot.stop, _TICKS_ACROSS):
            name = "axis" if x == 0 else "grid"
            yield f'<path{self._painted(name)} d="M{_number(self._across(x))} {_number(top)}v{self.height}"/>'
        if panel.tangent is not None:
            ends = _clipped([(self._across(x), down(y)) for x, y in panel.tangent], top, top + self.height)
            yield f'<path{self._painted("axis")} d="{_path(ends)}" stroke-width="1.2"/>'
        for number, curve in enumerate(panel.curves):
            for stretch in curve.stretches:
                points = [(self._across(x), down(y)) for x, y in stretch]
                for visible in _visible(points, top, top + self.height):
                    yield self._line(visible, number)
        for mark in panel.marks:
            x, y = self._across(mark.point[0]), down(mark.point[1])
            if top <= y <= top + self.height:
                yield self._mark(x, y, mark.curve, is_kink=mark.is_kink)

    def _across(self, x: float) -> float:
        return _LEFT + (x - self.plot.start) / (self.plot.stop - self.plot.start) * (WIDTH - _RIGHT - _LEFT)

    def _line(self, points: Sequence[Point], number: int) -> str:
        dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
        drawn = _path(points if len(points) > 1 else [*points, *points])
        return f'<path{self._painted(f"curve{number}")} d="{drawn}" fill="none" stroke-width="2"{dash}/>'

    def _mark(self, x: float, y: float, number: int, *, is_kink: bool) -> str:
        """A ring for a kink, a dot for the point that was asked for."""
        where = f'cx="{_number(x)}" cy="{_number(y)}" r="4.5"'
        if is_kink:
            return f'<circle{self._painted(f"curve{number}")} fill="none" stroke-width="1.6" {where}/>'
        return f"<circle{self._painted(f'mark{number}')} {where}/>"

    def _text(
        self, text: str, x: float, y: float, *, anchor: str = "start", weight: str = "normal", style: str = "normal"
    ) -> str:
        attributes = "".join(
            f' {name}="{value}"'
            for name, value, default in (
                ("text-anchor", anchor, "start"),
                ("font-weight", weight, "normal"),
                ("font-style", style, "normal"),
            )
            if value != default
        )
        shown = escaped(text.replace("-", "−") if _is_number(text) else text)
        return f'<text{self._painted("ink")} x="{_number(x)}" y="{_number(y)}"{attributes}>{shown}</text>'


def _note_lines(plot: Plot) -> list[str]:
    """The notes in lines that fit."""
    lines: list[str] = []
    for note in plot.notes:
        line = ""
        for word in note.split():
            longer = f"{line} {word}".lstrip()
            if line and text_width(longer, _FONT_SIZE) > WIDTH - _LEFT - _RIGHT:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def _visible(points: Sequence[Point], top: float, bottom: float) -> Iterator[list[Point]]:
    """The parts of a line between two heights, cut where it crosses them."""
    part: list[Point] = []
    for k, point in enumerate(points):
        if k:
            part += _crossings(points[k - 1], point, top, bottom)
        if top <= point[1] <= bottom:
            part.append(point)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _crossings(a: Point, b: Point, top: float, bottom: float) -> list[Point]:
    """Where the line from a to b crosses these heights, one after the other."""
    heights = (top, bottom) if a[1] < b[1] else (bottom, top)
    return [(a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]), y) for y in heights if (a[1] < y) != (b[1] < y)]


def _clipped(ends: Sequence[Point], top: float, bottom: float) -> Sequence[Point]:
    """The visible part of a straight line through a visible point."""
    (x0, y0), (x1, y1) = ends
    found = []
    for x, y in ends:
        height = min(max(y, top), bottom)
        found.append((x if height == y else x0 + (x1 - x0) * (height - y0) / (y1 - y0), height))
    return found


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _number(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _is_number(text: str) -> bool:
    return text.startswith("-") and text[1:2].isdecimal()
