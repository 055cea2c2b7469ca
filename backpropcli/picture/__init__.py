"""Pictures of computational graphs: a model, its layout, and a module for each format.

A format is imported when it is first asked for. Adding one: the module, with a function `render(picture, look)`, and a
line in `PICTURE_FORMATS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backpropcli.text.formats import Format, by_name, in_module

if TYPE_CHECKING:
    from backpropcli.picture.model import Picture

__all__ = ["PICTURE_FORMATS", "Look"]


class Look(NamedTuple):
    """How a picture is to look.

    `precision` is the number of significant digits of numbers, None for all of them, and `element_precision` that of
    the elements of arrays. `color` and `ascii` (no other characters) say what the terminal can do; `scale` is how many
    pixels of an image there are for one of the picture.
    """

    precision: int | None = 6
    element_precision: int | None = 3
    color: bool = False
    ascii: bool = False
    scale: float = 2


PICTURE_FORMATS: dict[str, Format[[Picture, Look]]] = by_name(
    Format("text", ".txt", in_module(f"{__name__}.text")),
    Format("svg", ".svg", in_module(f"{__name__}.svg")),
    Format("html", ".html", in_module(f"{__name__}.html")),
    Format("png", ".png", in_module(f"{__name__}.png"), is_binary=True),
    Format("dot", ".dot", in_module(f"{__name__}.dot")),
    Format("mermaid", ".mmd", in_module(f"{__name__}.mermaid")),
    Format("tikz", ".tex", in_module(f"{__name__}.tikz")),
)
