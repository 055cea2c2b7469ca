"""The format SVG: one file that needs nothing else, light or dark as its reader's screen is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

from backpropcli.picture import Look
from backpropcli.picture.font import text_width
from backpropcli.picture.model import Box, Kind, Picture, Wire
from backpropcli.picture.pixels import ABOVE, BELOW, FONT_SIZE, FORK_RADIUS, LINE, Layout, Rectangle, layout, shown
from backpropcli.text.escape import visible

# Class by class what it paints: an attribute, and its colour on a light and on a dark ground. The attributes stand in
# the elements too, for programs that know no style sheets.
_COLOURS = {
    "ground": ("fill", "#ffffff", "#0d1117"),
    "ink": ("fill", "#1f2328", "#e6edf3"),
    "value": ("fill", "#1f2328", "#e6edf3"),
    "gradient": ("fill", "#b3261e", "#ff8a80"),
    "inside": ("fill", "#f2f4f8", "#1c2330"),
    "edge": ("stroke", "#1f2328", "#e6edf3"),
    "forward": ("stroke", "#57606a", "#9da7b3"),
    "forward-tip": ("fill", "#57606a", "#9da7b3"),
    "backward": ("stroke", "#b3261e", "#ff8a80"),
    "backward-tip": ("fill", "#b3261e", "#ff8a80"),
}
FONTS = "DejaVu Sans,Verdana,Helvetica,Arial,sans-serif"
_SIGN_SIZE = 18  # of one sign in an operation
_CAP_HEIGHT = 0.36  # of the middle of a letter above its base line, in parts of the size
_APART = 5  # from a wire to the arrow of its gradient
_CORNER = 16
_DIM = ' opacity="0.45"'


def render(picture: Picture, _look: Look) -> str:
    """The picture as a document; the numbers in full are the tooltips."""
    return document(picture, layout(picture))


def document(picture: Picture, places: Layout, *, is_live: bool = False) -> str:
    """The picture that is laid out like this as a document.

    In a live one the rows of labels, of the class `live`, may become others, so that what would have to change along
    with them is left out: their widths, and the tooltips, which the page has to add.
    """
    return "".join(f"{line}\n" for line in _Document(picture, places, is_live=is_live).lines())


class _Document:
    """A picture on its way to SVG.

    Its classes begin with a mark of its own, as a page may have several and has one space of names; it needs no ids.
    """

    def __init__(self, picture: Picture, places: Layout, *, is_live: bool) -> None:
        self.picture = picture
        self.is_live = is_live
        self.layout = places
        self.kinds = {box.id: box.kind for box in picture.boxes}
        told = [(drawn.id, picture.told(drawn.described)) for drawn in picture.drawn]
        self.mark = f"p{crc32(repr((picture.title, told)).encode(errors='surrogatepass')):08x}"

    def lines(self) -> Iterator[str]:
        """The document."""
        width, height = _number(self.layout.width), _number(self.layout.height)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' role="img" font-family="{FONTS}" font-size="{FONT_SIZE}" text-anchor="middle">'
        )
        yield f"<title>{escaped(self.picture.title)}</title>"
        if not self.is_live:
            steps = "; ".join(
                self.picture.told(box.described) for box in self.picture.boxes if box.kind is Kind.OPERATION
            )
            yield f"<desc>{escaped(steps)}</desc>"
        yield f"<style>{self._style()}</style>"
        yield f'<rect{self._painted("ground")} width="{width}" height="{height}"/>'
        for drawn in self.picture.drawn:
            yield from self._group(drawn)
        yield "</svg>"

    def _style(self) -> str:
        """The colours as a style sheet."""
        light = "".join(f".{self.mark}-{name}{{{what}:{colour}}}" for name, (what, colour, _) in _COLOURS.items())
        dark = "".join(f".{self.mark}-{name}{{{what}:{colour}}}" for name, (what, _, colour) in _COLOURS.items())
        return f"{light}@media(prefers-color-scheme:dark){{{dark}}}"

    def _painted(self, *names: str) -> str:
        """The attributes of an element of these classes."""
        classes = " ".join(f"{self.mark}-{name}" for name in names)
        return f' class="{classes}"' + "".join(f' {_COLOURS[name][0]}="{_COLOURS[name][1]}"' for name in names)

    def _group(self, drawn: Wire | Box) -> Iterator[str]:
        told = "" if self.is_live else f"<title>{escaped(self.picture.told(drawn.described))}</title>"
        yield f"<g{_DIM * (not drawn.is_used)}>{told}"
        yield from self._wire(drawn) if isinstance(drawn, Wire) else self._box(drawn)
        yield "</g>"

    def _wire(self, wire: Wire) -> Iterator[str]:
        points, (x, y) = self.layout.routes[wire.id]
        end_x, end_y = points[-1]
        yield f'<path{self._painted("forward")} d="{_path(points)}" fill="none" stroke-width="1.2"/>'
        if self.kinds[wire.head] is not Kind.FORK:
            tip = f"M{_number(end_x)} {_number(end_y)}l-7-3.2v6.4z"
            yield f'<path{self._painted("forward-tip")} d="{tip}"/>'
        if wire.below:
            yield from self._back(wire, points)
        for number, row in enumerate(wire.above, 1 - len(wire.above)):
            yield self._row("value", row, x, y - ABOVE + LINE * number)
        for number, row in enumerate(wire.below):
            yield self._row("gradient", row, x, y + BELOW + LINE * number)

    def _back(self, wire: Wire, points: Sequence[tuple[float, float]]) -> Iterator[str]:
        """The arrow of the gradient, below the wire."""
        (start_x, start_y), (end_x, end_y) = points[0], points[-1]
        is_leaf = self.kinds[wire.tail] in {Kind.INPUT, Kind.CONSTANT}
        tip_x, tip_y = start_x + (4 if is_leaf else 6), start_y + _APART
        path = [(tip_x + _APART, start_y), *points[1:-1], (end_x - 2, end_y)]
        yield f'<path{self._painted("backward")} d="{_path(path, _APART)}" fill="none" stroke-width="2.4"/>'
        yield f'<path{self._painted("backward-tip")} d="M{_number(tip_x)} {_number(tip_y)}l8-4.2v8.4z"/>'

    def _box(self, box: Box) -> Iterator[str]:
        place = self.layout.boxes[box.id]
        if box.kind is Kind.FORK:
            yield f'<circle{self._painted("ink")} cx="{_number(place.x)}" cy="{_number(place.y)}" r="{FORK_RADIUS}"/>'
        elif box.kind is Kind.OPERATION:
            yield self._operation(place)
            size = _SIGN_SIZE if len(box.text) == 1 else FONT_SIZE
            yield self._text("ink", box.text, place.x, place.y + size * _CAP_HEIGHT, size)
        else:
            is_name = box.kind is not Kind.CONSTANT
            y = place.y + FONT_SIZE * _CAP_HEIGHT
            yield self._text("ink", box.text, place.x, y, attributes=' font-style="italic"' * is_name)

    def _operation(self, place: Rectangle) -> str:
        painted = f'{self._painted("inside", "edge")} stroke-width="1.2"'
        if place.is_round:
            return f'<circle{painted} cx="{_number(place.x)}" cy="{_number(place.y)}" r="{_number(place.width / 2)}"/>'
        left, top = place.x - place.width / 2, place.y - place.height / 2
        return (
            f'<rect{painted} x="{_number(left)}" y="{_number(top)}" width="{_number(place.width)}"'
            f' height="{_number(place.height)}" rx="{_number(min(place.height / 2, _CORNER))}"/>'
        )

    def _row(self, name: str, text: str, x: float, y: float) -> str:
        """A row of a label."""
        if not self.is_live:
            return self._text(name, text, x, y)
        painted = self._painted(name).replace('class="', 'class="live ', 1)
        return f'<text{painted} x="{_number(x)}" y="{_number(y)}">{escaped(shown(text))}</text>'

    def _text(self, name: str, text: str, x: float, y: float, size: int = FONT_SIZE, *, attributes: str = "") -> str:
        """A line of text, of the width that the layout knows, whatever the font."""
        drawn = shown(text)
        sized = "" if size == FONT_SIZE else f' font-size="{size}"'
        width = f'textLength="{_number(text_width(drawn, size))}" lengthAdjust="spacingAndGlyphs"'
        return (
            f'<text{self._painted(name)} x="{_number(x)}" y="{_number(y)}" {width}{sized}{attributes}>'
            f"{escaped(drawn)}</text>"
        )


def _path(points: Sequence[tuple[float, float]], down: float = 0) -> str:
    """A line through points, so far below them: level, or in a curve that is level at both ends."""
    x, y = points[0]
    drawn = f"M{_number(x)} {_number(y + down)}"
    for (x1, y1), (x2, y2) in pairwise(points):
        if _number(y1) == _number(y2):
            drawn += f"H{_number(x2)}"
        else:
            middle = _number((x1 + x2) / 2)
            drawn += f"C{middle} {_number(y1 + down)} {middle} {_number(y2 + down)} {_number(x2)} {_number(y2 + down)}"
    return drawn


def _number(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def escaped(text: str) -> str:
    """`text` between the tags of XML."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
