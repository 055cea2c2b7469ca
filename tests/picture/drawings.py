"""Results to draw, and what stands where in their pictures, read back from the SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations, pairwise
from math import hypot
from pathlib import Path
from random import Random
from typing import NamedTuple

from backpropcli import api
from backpropcli.graph import Graph, Node
from backpropcli.picture import PICTURE_FORMATS, Look
from backpropcli.picture.from_result import picture_of
from backpropcli.result import Result

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"
ASCENT, DESCENT = 0.76, 0.24  # of DejaVu Sans, in parts of the size: the tallest of digits, letters and brackets
UNARY, BINARY = ("neg", "sigmoid", "tanh", "square", "leaky_relu"), ("add", "sub", "mul", "maximum")


def random_result(seed: int) -> Result:
    """A graph of up to forty layers, some of whose values are used several times and some not at all.

    It is on numbers, or on arrays of three.
    """
    draw = Random(seed)
    inputs = [f"x{i}" for i in range(draw.randint(1, 5))]
    names, nodes = list(inputs), []
    for number in range(draw.randint(1, 40)):
        layer = draw.choice((*UNARY, *BINARY))
        sources = [draw.choice(names[-8:] if draw.random() < 0.7 else names) for _ in range(1 + (layer in BINARY))]
        nodes.append(Node(layer, sources, f"v{number}"))
        names.append(f"v{number}")
    numbers = iter(lambda: draw.uniform(-2, 2), None)
    values = {name: next(numbers) if seed % 2 else [next(numbers) for _ in range(3)] for name in inputs}
    return api.run_graph(Graph(inputs, nodes), values)


def drawn(result: Result, name: str = "svg", look: Look | None = None, *, by_step: bool = False) -> str:
    """A result in a format that is text."""
    look = look or Look()
    rendered = PICTURE_FORMATS[name].render(picture_of(result, look, by_step=by_step), look)
    assert isinstance(rendered, str)
    return rendered


class Box(NamedTuple):
    """A rectangle, and what is in it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether two of them have a common point inside."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0 and down > 0


class Drawing:
    """An SVG, taken apart."""

    def __init__(self, svg: str) -> None:
        self.root = ET.fromstring(svg)
        self.size = float(self.root.get("font-size", "0"))
        self.labels = [box for box in self._texts() if box[0] != "ink"]
        self.texts = [box for _, box in self._texts()]

    def _texts(self) -> Iterator[tuple[str, Box]]:
        for text in self.root.iter(f"{SVG}text"):
            size = float(text.get("font-size", self.size))
            x, y, width = (float(text.get(name, "")) for name in ("x", "y", "textLength"))
            kind = text.get("class", "").rpartition("-")[2]
            yield kind, Box(text.text or "", x - width / 2, y - ASCENT * size, x + width / 2, y + DESCENT * size)

    def paths(self) -> Iterator[list[tuple[float, float]]]:
        """The wires and the arrows beside them, each as many points."""
        for path in self.root.iter(f"{SVG}path"):
            if path.get("stroke-width"):
                yield list(_points(path.get("d", "")))

    def circles(self) -> Iterator[tuple[float, float, float]]:
        """The middle and the radius of each round box."""
        for circle in self.root.iter(f"{SVG}circle"):
            x, y, radius = (float(circle.get(name, "")) for name in ("cx", "cy", "r"))
            yield x, y, radius

    def overlaps(self) -> Iterator[str]:
        """What stands on top of something else."""
        for one, other in combinations(self.texts, 2):
            if one.overlaps(other):
                yield f"{one.text} and {other.text}"
        for path in self.paths():
            for box in self.texts:
                if any(box.left < x < box.right and box.top < y < box.bottom for x, y in path):
                    yield f"a wire and {box.text}"
        for x, y, radius in self.circles():
            for _, box in self.labels:
                if hypot(max(box.left - x, 0, x - box.right), max(box.top - y, 0, y - box.bottom)) < radius:
                    yield f"a circle and {box.text}"

    def is_inside(self) -> bool:
        """Whether all texts and wires are within the picture."""
        width, height = float(self.root.get("width", "")), float(self.root.get("height", ""))
        corners = [(x, y) for box in self.texts for x, y in ((box.left, box.top), (box.right, box.bottom))]
        return all(
            0 <= x <= width and 0 <= y <= height for x, y in (*corners, *(p for path in self.paths() for p in path))
        )


def _points(path: str) -> Iterator[tuple[float, float]]:
    """Points along a path of level lines and curves, close to each other."""
    x = y = 0.0
    for command, arguments in re.findall(r"([MHC])([^MHC]*)", path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", arguments)]
        if command == "M":
            x, y = numbers
            yield x, y
        elif command == "H":
            yield from ((x + (numbers[0] - x) * i / 20, y) for i in range(21))
            x = numbers[0]
        else:
            ends = [(x, y), *zip(numbers[::2], numbers[1::2], strict=True)]
            yield from (_on_curve(ends, i / 20) for i in range(21))
            x, y = ends[-1]


def _on_curve(ends: list[tuple[float, float]], t: float) -> tuple[float, float]:
    """A point of a Bézier curve, by de Casteljau's construction."""
    while len(ends) > 1:
        ends = [((1 - t) * x1 + t * x2, (1 - t) * y1 + t * y2) for (x1, y1), (x2, y2) in pairwise(ends)]
    return ends[0]
