"""Plots: a number and its slope as curves, in a terminal and as an image.

A format is imported when it is first asked for. Adding one: the module, with a function `render(plot, look)`, and a
line in `PLOT_FORMATS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backpropcli.text.formats import Format, by_name, in_module

if TYPE_CHECKING:
    from backpropcli.picture.plots.model import Plot

__all__ = ["KINK", "PLOT_FORMATS", "POINT", "Look"]

KINK, POINT = ("○", "o"), ("●", "@")
"""The signs of marks, and those in ASCII."""


class Look(NamedTuple):
    """How a plot is to look.

    `precision` is the number of significant digits of numbers, None for all of them. `width` (in columns), `color` and
    `ascii` (no other characters) say what the terminal can do; `scale` is how many pixels of an image there are for one
    of the plot.
    """

    precision: int | None = 6
    width: int = 80
    color: bool = False
    ascii: bool = False
    scale: float = 2


PLOT_FORMATS: dict[str, Format[[Plot, Look]]] = by_name(
    Format("text", ".txt", in_module(f"{__name__}.text")),
    Format("svg", ".svg", in_module(f"{__name__}.svg")),
    Format("png", ".png", in_module(f"{__name__}.png"), is_binary=True),
)
