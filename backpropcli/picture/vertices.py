"""A picture in layers: its boxes, and joints where wires pass the layers in between.

A box stands in every second layer at most, so that each wire has at least one joint, which holds its label. Operations
stand as early as they can, so that like stands above like; leaves and forks as late, right before their use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from backpropcli.errors import DataError, Problem
from backpropcli.picture.model import Box, Kind, Picture, Wire

MOST_JOINTS = 20_000
_STRAIGHT = 4  # from joint to joint
_LATE = frozenset((Kind.INPUT, Kind.CONSTANT, Kind.FORK))


class Room(NamedTuple):
    """What a vertex takes: its width, and its height above and below its wire."""

    width: float
    above: float
    below: float


class Metric(Protocol):
    """The sizes of what is drawn, in one unit, such as pixels or a terminal's cells."""

    gap: float
    """Between two vertices of a layer."""
    joint: Room
    """A wire without a label."""
    slight: float
    """What a wire climbs by chance: more is drawn, less is taken out where there is room."""

    def box(self, box: Box, ports: int, /) -> Room:
        """The room of a box with so many inputs."""

    def label(self, wire: Wire, /) -> Room:
        """The room of a wire's label."""

    def port(self, number: int, count: int, half_height: float, /) -> float:
        """Where a wire reaches a box, from the box's middle."""

    def snapped(self, y: float, /) -> float:
        """The nearest height at which something can stand."""


class Link(NamedTuple):
    """A stretch of a wire as one of its ends sees it: the other end, and at what distance from their middles it ends.

    A heavier link is drawn straighter.
    """

    other: Vertex
    own_port: float
    other_port: float
    weight: int


class Vertex:
    """A box or a joint, at the height `y` in a layer, the `order`-th from above."""

    __slots__ = ("box", "ins", "layer", "order", "outs", "room", "wire", "y")

    def __init__(self, layer: int, room: Room, box: Box | None = None, wire: Wire | None = None) -> None:
        self.layer = layer
        self.room = room
        self.box = box
        self.wire = wire
        self.order = 0
        self.y = 0.0
        self.ins: list[Link] = []
        self.outs: list[Link] = []


class Layering(NamedTuple):
    """The layers from left to right, and the vertices along each wire, from its tail to its head."""

    layers: list[list[Vertex]]
    chains: dict[str, list[Vertex]]
    labels: dict[str, Vertex]


def layered(picture: Picture, metric: Metric) -> Layering:
    """The picture in layers, each in the order of a walk from the outputs along the inputs: a tree has no crossing.

    Raises DataError for wires that are too long, each of which passes many layers.
    """
    ins, outs = _by_end(picture)
    rank = _ranks(picture, ins, outs)
    joints = sum(2 * (rank[wire.head] - rank[wire.tail]) - 1 for wire in picture.wires)
    if joints > MOST_JOINTS:
        message = f"wires through {joints:,} columns are too many to be followed; at most {MOST_JOINTS:,} are drawn"
        raise DataError(Problem(message, hint="--around NAME --depth 3 draws a part of it, and -f dot has no limit"))
    vertices = {box.id: Vertex(2 * rank[box.id], metric.box(box, len(ins[box.id])), box) for box in picture.boxes}
    chains: dict[str, list[Vertex]] = {}
    labels: dict[str, Vertex] = {}
    for wire in sorted(picture.wires, key=lambda wire: wire.port):
        tail, head = vertices[wire.tail], vertices[wire.head]
        label_at = head.layer - 1 if len(outs[wire.tail]) > 1 else tail.layer + 1
        chain = [tail]
        for layer in range(tail.layer + 1, head.layer):
            is_label = layer == label_at
            joint = Vertex(layer, metric.label(wire) if is_label else metric.joint, wire=wire)
            if is_label:
                labels[wire.id] = joint
            _link(chain[-1], joint)
            chain.append(joint)
        _link(chain[-1], head, metric.port(wire.port, len(ins[wire.head]), head.room.above))
        chains[wire.id] = [*chain, head]
    return Layering(_walked([vertices[box.id] for box in picture.boxes]), chains, labels)


def _by_end(picture: Picture) -> tuple[Mapping[str, list[Wire]], Mapping[str, list[Wire]]]:
    """The wires into each box, and those out of it."""
    ins: dict[str, list[Wire]] = defaultdict(list)
    outs: dict[str, list[Wire]] = defaultdict(list)
    for wire in picture.wires:
        ins[wire.head].append(wire)
        outs[wire.tail].append(wire)
    return ins, outs


def _ranks(picture: Picture, ins: Mapping[str, list[Wire]], outs: Mapping[str, list[Wire]]) -> dict[str, int]:
    """The column of each box, from 0."""
    order = _topological(picture, ins, outs)
    rank: dict[str, int] = {}
    for box in order:
        rank[box.id] = max((rank[wire.tail] + 1 for wire in ins[box.id]), default=0)
    for box in reversed(order):
        if box.kind in _LATE and outs[box.id]:
            rank[box.id] = min(rank[wire.head] for wire in outs[box.id]) - 1
    first = min(rank.values())
    return {name: number - first for name, number in rank.items()}


def _topological(picture: Picture, ins: Mapping[str, list[Wire]], outs: Mapping[str, list[Wire]]) -> list[Box]:
    boxes = {box.id: box for box in picture.boxes}
    missing = {box.id: len(ins[box.id]) for box in picture.boxes}
    order = [box for box in picture.boxes if not missing[box.id]]
    for box in order:  # which grows
        for wire in outs[box.id]:
            missing[wire.head] -= 1
            if not missing[wire.head]:
                order.append(boxes[wire.head])
    return order


def _link(tail: Vertex, head: Vertex, port: float = 0) -> None:
    weight = _STRAIGHT if tail.box is None and head.box is None else 1
    tail.outs.append(Link(head, 0, port, weight))
    head.ins.append(Link(tail, port, 0, weight))


def _walked(vertices: Sequence[Vertex]) -> list[list[Vertex]]:
    """The layers of all vertices that lead to these, by a walk in depth from the last ones, inputs in their order."""
    layers: list[list[Vertex]] = [[] for _ in range(max(vertex.layer for vertex in vertices) + 1)]
    seen: set[int] = set()
    for end in (vertex for vertex in vertices if not vertex.outs):
        stack = [end]
        while stack:
            vertex = stack.pop()
            if id(vertex) not in seen:
                seen.add(id(vertex))
                layers[vertex.layer].append(vertex)
                stack += [link.other for link in reversed(vertex.ins)]
    return layers
