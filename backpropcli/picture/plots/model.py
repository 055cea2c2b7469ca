"""What is plotted: panels one below the other, over one range of x, each with curves and marks on them."""

from __future__ import annotations

from typing import NamedTuple

Point = tuple[float, float]


class Curve(NamedTuple):
    """A curve in stretches, between which it jumps or is not there."""

    name: str
    stretches: tuple[tuple[Point, ...], ...]


class Mark(NamedTuple):
    """A point of the curve of that number: a kink, or the point that was asked for."""

    point: Point
    curve: int
    is_kink: bool


class Panel(NamedTuple):
    """Curves over a range of y; a tangent is a line and no curve of the legend."""

    curves: tuple[Curve, ...]
    low: float
    high: float
    marks: tuple[Mark, ...] = ()
    tangent: tuple[Point, Point] | None = None


class Plot(NamedTuple):
    """Panels over a range of x; `notes` say what the marks are."""

    title: str
    x_name: str
    start: float
    stop: float
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()
