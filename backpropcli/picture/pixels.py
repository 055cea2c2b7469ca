"""A picture laid out in pixels: where its boxes stand, how its wires run, and where their labels are."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from backpropcli.picture.arrangement import arranged
from backpropcli.picture.font import text_width
from backpropcli.picture.model import Box, Kind, Picture, Wire
from backpropcli.picture.vertices import Layering, Metric, Room, Vertex
from backpropcli.text.escape import visible

FONT_SIZE = 13
LINE = 15  # from row to row of a label
ABOVE = 6  # from a wire to the last row above it
BELOW = 19  # from a wire to the first row below it, and past the gradient's arrow
RADIUS = 20
FORK_RADIUS = 4

_MARGIN = 16
_NAME_HEIGHT = 22
_BESIDE, _UNDER = 8, 9  # what a label is apart from others, to its sides and below its rows
_STUB = 14  # of a wire, level beside an operation
_GAP = 22
_MOST_GAP, _STEEPNESS = 60, 0.12  # gaps are wider where wires climb
_PORTS, _LEAST_PORT = 16, 10  # the distance of two wires that reach an operation, and the height that each needs
_NEAR = 1  # what need not be joined


class Rectangle(NamedTuple):
    """A box: its middle and its sizes."""

    x: float
    y: float
    width: float
    height: float

    @property
    def is_round(self) -> bool:
        """Whether an operation is drawn as a circle."""
        return self.width == self.height


class Route(NamedTuple):
    """A wire: the points that it runs through, level or in a curve between two of them, and its label's place on it."""

    points: tuple[tuple[float, float], ...]
    label: tuple[float, float]


class Layout(NamedTuple):
    """A picture's size, and the places of its boxes and wires by their ids."""

    width: float
    height: float
    boxes: dict[str, Rectangle]
    routes: dict[str, Route]


class Pixels:
    """The metric of a picture whose numbers stay as they are."""

    gap: float = 10
    joint = Room(0, 4, 8)
    slight: float = 6

    def box(self, box: Box, ports: int) -> Room:
        """The room of a box with so many inputs."""
        width, height = size_of(box, ports)
        return Room(width + 2 * _STUB * (box.kind is Kind.OPERATION), height / 2, height / 2)

    def label(self, wire: Wire) -> Room:
        """The room of a wire's label."""
        width = max(map(self.row_width, (*wire.above, *wire.below)), default=0)
        return Room(width + _BESIDE, LINE * len(wire.above) + ABOVE, LINE * len(wire.below) + _UNDER)

    def row_width(self, row: str) -> float:
        """The width of a row of a label."""
        return text_width(shown(row), FONT_SIZE)

    def port(self, number: int, count: int, half_height: float) -> float:
        """Where a wire reaches a box, from the box's middle."""
        if count == 1:
            return 0
        return (number - (count - 1) / 2) * min(_PORTS, 2 * (half_height - 6) / (count - 1))

    def snapped(self, y: float) -> float:
        """Any height will do."""
        return y


PIXELS: Metric = Pixels()


def shown(text: str) -> str:
    """The text of a box or of a label as it is drawn: with a minus as wide as a plus."""
    return visible(text).replace("-", "−")


def size_of(box: Box, ports: int) -> tuple[float, float]:
    """The width and the height of a box with so many inputs."""
    if box.kind is Kind.FORK:
        return 2 * FORK_RADIUS, 2 * FORK_RADIUS
    width = text_width(shown(box.text), FONT_SIZE)
    if box.kind is not Kind.OPERATION:
        return width + 6, _NAME_HEIGHT
    height = _LEAST_PORT * ports + 8
    is_round = width <= 2 * RADIUS - 8 and height <= 2 * RADIUS
    return (2 * RADIUS, 2 * RADIUS) if is_round else (width + 20, max(2 * RADIUS - 6, height))


def layout(picture: Picture, metric: Metric = PIXELS) -> Layout:
    """The picture in pixels, its pieces one below the other."""
    first, *others = (_layout(piece, metric) for piece in picture.stacked)
    width, height, boxes, routes = first
    for piece in others:
        boxes |= {name: place._replace(y=place.y + height) for name, place in piece.boxes.items()}
        routes |= {name: _lowered(route, height) for name, route in piece.routes.items()}
        width, height = max(width, piece.width), height + piece.height
    return Layout(width, height, boxes, routes)


def _lowered(route: Route, down: float) -> Route:
    x, y = route.label
    return Route(tuple((x, y + down) for x, y in route.points), (x, y + down))


def _layout(picture: Picture, metric: Metric) -> Layout:
    layering = arranged(picture, metric)
    top = min(vertex.y - vertex.room.above for layer in layering.layers for vertex in layer) - _MARGIN
    bottom = max(vertex.y + vertex.room.below for layer in layering.layers for vertex in layer) + _MARGIN
    columns, width = _columns(layering)
    ports = {box.id: 0 for box in picture.boxes}
    for wire in picture.wires:
        ports[wire.head] += 1
    boxes = {}
    for vertex in (vertex for layer in layering.layers for vertex in layer):
        if vertex.box is not None:
            size = size_of(vertex.box, ports[vertex.box.id])
            boxes[vertex.box.id] = _placed(vertex.box, size, columns[vertex.layer], vertex.y - top)
    routes = {wire.id: _route(wire, layering, columns, boxes, top) for wire in picture.wires}
    return Layout(width, bottom - top, boxes, routes)


def _columns(layering: Layering) -> tuple[list[tuple[float, float]], float]:
    """The left and the right end of each layer, and the width of all."""
    columns = []
    x: float = _MARGIN
    for layer in layering.layers:
        width = max(vertex.room.width for vertex in layer)
        columns.append((x, x + width))
        climbs = (abs(link.other.y + link.other_port - vertex.y) for vertex in layer for link in vertex.outs)
        x += width + min(_MOST_GAP, _GAP + _STEEPNESS * max(climbs, default=0))
    return columns, columns[-1][1] + _MARGIN


def _placed(box: Box, size: tuple[float, float], column: tuple[float, float], y: float) -> Rectangle:
    left, right = column
    width, height = size
    if box.kind is Kind.OUTPUT:
        x = left + width / 2
    elif box.kind in {Kind.INPUT, Kind.CONSTANT}:
        x = right - width / 2
    else:
        x = (left + right) / 2
    return Rectangle(x, y, width, height)


def _route(
    wire: Wire, layering: Layering, columns: list[tuple[float, float]], boxes: dict[str, Rectangle], top: float
) -> Route:
    tail, *joints, head = layering.chains[wire.id]
    start, end = boxes[wire.tail], boxes[wire.head]
    port = next(link.own_port for link in head.ins if link.other is joints[-1])
    points = [(start.x + start.width / 2, start.y)]
    if columns[tail.layer][1] > points[0][0] + _NEAR:
        points.append((columns[tail.layer][1], start.y))
    for joint in joints:
        left, right = columns[joint.layer]
        points += [(left, joint.y - top), (right, joint.y - top)]
    reached = end.x - (sqrt(RADIUS**2 - port**2) if _is_circle(head, end) else end.width / 2)
    if columns[head.layer][0] < reached - _NEAR:
        points.append((columns[head.layer][0], end.y + port))
    points.append((reached, end.y + port))
    label = layering.labels[wire.id]
    return Route(tuple(points), (sum(columns[label.layer]) / 2, label.y - top))


def _is_circle(vertex: Vertex, rectangle: Rectangle) -> bool:
    return vertex.box is not None and vertex.box.kind is Kind.OPERATION and rectangle.is_round
