"""The format PNG: the SVG, painted as pictures are."""

from __future__ import annotations

from backpropcli.picture.plots import Look
from backpropcli.picture.plots.model import Plot
from backpropcli.picture.plots.svg import render as document
from backpropcli.picture.png import painted


def render(plot: Plot, look: Look) -> bytes:
    """The plot as an image, `look.scale` pixels for each of its own."""
    return painted(document(plot, look), look.scale)
