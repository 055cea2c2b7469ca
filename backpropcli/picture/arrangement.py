"""A picture arranged: its vertices in layers, in order, and at their heights."""

from __future__ import annotations

from backpropcli.picture.crossings import order
from backpropcli.picture.heights import set_heights
from backpropcli.picture.model import Picture
from backpropcli.picture.vertices import Layering, Metric, layered


def arranged(picture: Picture, metric: Metric) -> Layering:
    """The layers of a picture, with as few crossings and bends as are found, and nothing on top of anything."""
    layering = layered(picture, metric)
    order(layering.layers)
    set_heights(layering, metric)
    return layering
