"""The format PNG: the SVG on a light ground, painted by resvg with the fonts beside this module.

The fonts are DejaVu Sans and its oblique; behind them stand those of the system, for other scripts.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from backpropcli.errors import DataError, OutputError, Problem
from backpropcli.picture import Look
from backpropcli.picture.model import Picture
from backpropcli.picture.pixels import FONT_SIZE, layout, shown
from backpropcli.picture.svg import document

MOST_PIXELS = 100_000_000
_FAMILY = "DejaVu Sans"
_FONTS = [str(path) for path in sorted((Path(__file__).parent / "fonts").glob("*.ttf"))]
_NO_SIGN = "\ue000"  # which no font should have
_SIGN = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" font-family="{_FAMILY}" font-size="{FONT_SIZE}">'
    '<text x="10" y="20">%s</text></svg>'
)


def render(picture: Picture, look: Look) -> bytes:
    """The picture as an image, `look.scale` pixels for each of its own. Raises DataError for more than fit into one."""
    places = layout(picture)
    width, height = (round(length * look.scale) for length in (places.width, places.height))
    if width * height > MOST_PIXELS:
        message = f"a PNG of {width:,} × {height:,} pixels is too large; at most {MOST_PIXELS:,} are painted"
        raise DataError(Problem(message, hint="give a smaller --scale, or draw an SVG"))
    return painted(document(picture, places), look.scale)


def missing_signs(picture: Picture) -> str:
    """The characters of a picture for which there is no glyph in any font here: a box stands in their place."""
    texts = [box.text for box in picture.boxes] + [row for wire in picture.wires for row in (*wire.above, *wire.below)]
    signs = sorted({sign for text in texts for sign in shown(text) if not sign.isascii()})
    nothing = painted(_SIGN % _NO_SIGN, 1) if signs else b""
    return "".join(sign for sign in signs if painted(_SIGN % sign, 1) == nothing)


def painted(svg: str, scale: float) -> bytes:
    """An SVG as an image. Raises OutputError where the package that paints it is missing."""
    return bytes(_resvg().svg_to_bytes(svg_string=svg, zoom=scale, font_files=_FONTS, sans_serif_family=_FAMILY))


@cache
def _resvg() -> Any:
    try:
        import resvg_py  # optional
    except ImportError:
        message = "a PNG needs the package resvg-py"
        raise OutputError(Problem(message, hint="pip install 'backpropcli[png]', or draw an SVG")) from None
    return resvg_py
