"""The format for terminals: operations from left to right, values above the wires, gradients below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from backpropcli.picture import Look
from backpropcli.picture.arrangement import arranged
from backpropcli.picture.model import Box, Kind, Picture, Wire
from backpropcli.picture.vertices import Layering, Metric, Room, Vertex
from backpropcli.text.escape import printable
from backpropcli.text.width import text_width

_NORTH, _EAST, _SOUTH, _WEST = 1, 2, 4, 8
_LINES = " │─╰││╭├─╯─┴╮┤┬┼"  # by the sides from which a line comes, added up
_ASCII_LINES = " |-+||++-+-+++++"
_ASCII_SIGNS = {"×": "*", "÷": "/", "√": "sqrt", "Σ": "sum", "x²": "x^2", "·": "dot"}
_FORK, _ASCII_FORK = "●", "o"
_LANE = 2  # columns
_STYLES = {"value": "32", "gradient": "31", "operation": "1", "name": "3", "unused": "2"}


class _Cells:
    gap: float = 0
    joint = Room(0, 0, 1)
    slight: float = 0

    def box(self, box: Box, _ports: int) -> Room:
        return Room(text_width(_inside(box)) + (box.kind in {Kind.INPUT, Kind.CONSTANT, Kind.OUTPUT}), 0, 1)

    def label(self, wire: Wire) -> Room:
        width = max(map(text_width, (*wire.above, *wire.below)), default=0)
        return Room(width + 2, len(wire.above), len(wire.below) + 1)

    def port(self, _number: int, _count: int, _half_height: float) -> float:
        return 0

    def snapped(self, y: float) -> float:
        return float(round(y))


CELLS: Metric = _Cells()


def render(picture: Picture, look: Look) -> str:
    """The picture as lines of text, its pieces one below the other."""
    drawings = (_Drawing(piece if not look.ascii else _in_ascii(piece), look) for piece in picture.stacked)
    return "\n".join("".join(f"{line}\n" for line in drawing.lines()) for drawing in drawings)


def width_of(drawn: str) -> int:
    """How many columns a drawing without colours takes."""
    return max(map(text_width, drawn.splitlines()), default=0)


class _Lanes(NamedTuple):
    """Between two layers: the lane in which each bundle of wires climbs, and how many lanes there are."""

    of: dict[tuple[str, int], int]
    number: int


class _Drawing:
    """A picture on its way to text: lines in cells, and texts over them."""

    def __init__(self, picture: Picture, look: Look) -> None:
        self.look = look
        self.picture = picture
        self.layering: Layering = arranged(picture, CELLS)
        layers = self.layering.layers
        top = min(vertex.y - vertex.room.above for layer in layers for vertex in layer)
        self.row = {id(vertex): round(vertex.y - top) for layer in layers for vertex in layer}
        bottom = max(vertex.y + vertex.room.below for layer in layers for vertex in layer)
        self.lanes = [self._lanes(layer) for layer in layers]
        self.columns: list[tuple[int, int]] = []
        x = 0
        for layer, lanes in zip(layers, self.lanes, strict=True):
            width = round(max(vertex.room.width for vertex in layer))
            self.columns.append((x, x + width))
            x += width + _LANE * lanes.number + 1
        self.cells = [[0] * (x + 1) for _ in range(round(bottom - top))]
        self.texts: dict[tuple[int, int], tuple[str, str]] = {}

    def lines(self) -> list[str]:
        """The rows of the drawing."""
        for layer in self.layering.layers:
            for vertex in layer:
                self._vertex(vertex)
        for wire in self.picture.wires:
            self._label(wire)
        return [self._line(number, row).rstrip() for number, row in enumerate(self.cells)]

    def _lanes(self, layer: Sequence[Vertex]) -> _Lanes:
        """A lane for each bundle that climbs; bundles that pass different rows may share one."""
        spans: dict[tuple[str, int], tuple[int, int]] = {}
        for vertex in layer:
            for link in vertex.outs:
                rows = self.row[id(vertex)], self.row[id(link.other)]
                bundle = _bundle(vertex, link.other)
                low, high = spans.get(bundle, (min(rows), max(rows)))
                spans[bundle] = min(low, *rows), max(high, *rows)
        lanes: list[list[tuple[int, int]]] = []
        found: dict[tuple[str, int], int] = {}
        for bundle, (low, high) in sorted(spans.items(), key=lambda item: item[1]):
            if low == high:
                continue
            free = (n for n, taken in enumerate(lanes) if all(high < first or last < low for first, last in taken))
            lane = next(free, len(lanes))
            lanes[lane : lane + 1] = [[*(lanes[lane] if lane < len(lanes) else []), (low, high)]]
            found[bundle] = lane
        return _Lanes(found, len(lanes))

    def _vertex(self, vertex: Vertex) -> None:
        """A box, or a stretch of a wire, and what leads on from it."""
        row, (left, right) = self.row[id(vertex)], self.columns[vertex.layer]
        if vertex.box is None:
            self._level(row, left, right)
        else:
            style = "operation" if vertex.box.kind in {Kind.OPERATION, Kind.FORK} else "name"
            style = style if vertex.box.is_used else "unused"
            self._put(row, self._start(vertex), printable(_inside(vertex.box, ascii_=self.look.ascii)), style)
        for link in vertex.outs:
            lane = self.lanes[vertex.layer].of.get(_bundle(vertex, link.other))
            end_row, end = self.row[id(link.other)], self._left_end(link.other)
            turn = end if lane is None else right + 1 + _LANE * lane
            self._level(row, self._right_end(vertex), turn)
            self._climb(turn, row, end_row)
            self._level(end_row, turn, end)

    def _start(self, vertex: Vertex) -> int:
        """The first column of what stands in a box."""
        left, right = self.columns[vertex.layer]
        if vertex.box is None or vertex.box.kind is Kind.OUTPUT:
            return left + 1
        width = text_width(_inside(vertex.box))
        return right - width - 1 if vertex.box.kind in {Kind.INPUT, Kind.CONSTANT} else (left + right - width) // 2

    def _right_end(self, vertex: Vertex) -> int:
        """Where a wire leaves a vertex."""
        is_inside = vertex.box is not None and vertex.box.kind in {Kind.OPERATION, Kind.FORK}
        if is_inside and vertex.box is not None:
            return self._start(vertex) + text_width(_inside(vertex.box))
        return self.columns[vertex.layer][1]

    def _left_end(self, vertex: Vertex) -> int:
        """Where a wire reaches a vertex."""
        is_inside = vertex.box is not None and vertex.box.kind in {Kind.OPERATION, Kind.FORK}
        return self._start(vertex) - 1 if is_inside else self.columns[vertex.layer][0]

    def _label(self, wire: Wire) -> None:
        vertex = self.layering.labels[wire.id]
        row, (left, right) = self.row[id(vertex)], self.columns[vertex.layer]
        for rows, first, style in ((wire.above, row - len(wire.above), "value"), (wire.below, row + 1, "gradient")):
            for number, text in enumerate(rows):
                start = (left + right + 1 - text_width(text)) // 2
                self._put(first + number, start, text, style if wire.is_used else "unused")

    def _level(self, row: int, start: int, end: int) -> None:
        for column in range(start, end + 1):
            self.cells[row][column] |= _EAST * (column < end) | _WEST * (column > start)

    def _climb(self, column: int, start: int, end: int) -> None:
        first, last = sorted((start, end))
        for row in range(first, last + 1):
            self.cells[row][column] |= _SOUTH * (row < last) | _NORTH * (row > first)

    def _put(self, row: int, column: int, text: str, style: str) -> None:
        for character in text:
            width = text_width(character)
            self.texts[row, column] = (character, style)
            for covered in range(1, width):
                self.texts[row, column + covered] = ("", style)
            column += width

    def _line(self, number: int, row: Sequence[int]) -> str:
        lines = _ASCII_LINES if self.look.ascii else _LINES
        cells = [self.texts.get((number, column), (lines[sides], "")) for column, sides in enumerate(row)]
        shown = ""
        for style, stretch in groupby(cells, key=itemgetter(1)):
            text = "".join(character for character, _ in stretch)
            shown += f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if style and self.look.color else text
        return shown


def _bundle(tail: Vertex, head: Vertex) -> tuple[str, int]:
    """What wires that may run together have in common: the box that they lead to, or else the vertex they come from."""
    return ("to", id(head)) if head.box is not None else ("from", id(tail))


def _inside(box: Box, *, ascii_: bool = False) -> str:
    if box.kind is Kind.FORK:
        return _ASCII_FORK if ascii_ else _FORK
    return f"({box.text})" if box.kind is Kind.OPERATION else box.text


def _in_ascii(picture: Picture) -> Picture:
    """The picture with signs of ASCII in its boxes."""
    boxes = (box._replace(text=_ASCII_SIGNS.get(box.text, box.text)) for box in picture.boxes)
    wires = (
        wire._replace(above=_shapes_in_ascii(wire.above), below=_shapes_in_ascii(wire.below)) for wire in picture.wires
    )
    return picture._replace(boxes=tuple(boxes), wires=tuple(wires))


def _shapes_in_ascii(rows: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.replace("×", "x") for row in rows)
