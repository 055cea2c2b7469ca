"""The format TikZ: an article of one page, which any LaTeX with TikZ compiles; the picture is to be taken from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from backpropcli.picture import Look
from backpropcli.picture.model import Box, Kind, Picture, Wire
from backpropcli.picture.pixels import ABOVE, BELOW, LINE, Rectangle, Route, layout, shown
from backpropcli.text.escape import escape_latex, visible

_SCALE = 0.028  # centimetres for a pixel
_MARGIN = 0.6  # centimetres
_APART = 5  # pixels from a wire to the arrow of its gradient
_DIM = "opacity=0.45, "
_ALPHA = 0x3B1
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon"
_SIGNS = {
    "−": "$-$",
    "×": r"$\times$",
    "÷": r"$\div$",
    "·": r"$\cdot$",
    "√": r"$\sqrt{\cdot}$",
    "Σ": r"$\Sigma$",
    "²": "$^2$",
    "…": r"\dots",
    "|": "$|$",
    **{chr(_ALPHA + number): f"$\\{name}$" for number, name in enumerate(f"{_GREEK} phi chi psi omega".split())},
}
_LATIN = 0x17F  # the last letter that LaTeX knows
_LETTERS = "ßæøœåÆØŒÅłŁı"  # beyond ASCII, that LaTeX's first fonts have
_ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327"  # and those they can set
_HEAD = r"""\documentclass{article}
\usepackage{tikz}
\usetikzlibrary{arrows.meta}
\usepackage[paperwidth=%.1fcm, paperheight=%.1fcm, margin=2mm]{geometry}
\pagestyle{empty}
\setlength{\parindent}{0pt}
\begin{document}
\begin{tikzpicture}[
  font=\sffamily\small,
  forward/.style={draw=black!60, -{Latex[length=1.6mm]}},
  backward/.style={draw=red!75!black, line width=1.1pt, {Latex[length=2mm]}-},
  gradient/.style={text=red!75!black},
  operation/.style={draw, fill=black!4, inner sep=0},
]
"""
_FOOT = r"""\end{tikzpicture}
\end{document}
"""


def render(picture: Picture, _look: Look) -> str:
    """The picture as a document."""
    places = layout(picture)
    kinds = {box.id: box.kind for box in picture.boxes}
    lines = [f"% {visible(picture.title)}"]
    for wire in picture.wires:
        lines += _wire(wire, places.routes[wire.id], is_tip=kinds[wire.head] is not Kind.FORK)
    lines += [_box(box, places.boxes[box.id]) for box in picture.boxes]
    head = _HEAD % (places.width * _SCALE + _MARGIN, places.height * _SCALE + _MARGIN)
    return "".join([head, *(f"{line}\n" for line in lines), _FOOT])


def _wire(wire: Wire, route: Route, *, is_tip: bool) -> Iterator[str]:
    points, (x, y) = route
    dim = "" if wire.is_used else _DIM
    yield rf"\draw[{dim}forward{'' if is_tip else ', -'}] {_path(points)};"
    if wire.below:
        (start_x, start_y), (end_x, end_y) = points[0], points[-1]
        back = [(start_x + _APART, start_y), *points[1:-1], (end_x - 2, end_y)]
        yield rf"\draw[{dim}backward] {_path(back, _APART)};"
    for number, row in enumerate(reversed(wire.above)):
        yield rf"\node[{dim}anchor=base] at {_point(x, y - ABOVE - LINE * number)} {{{_text(row)}}};"
    for number, row in enumerate(wire.below):
        yield rf"\node[{dim}gradient, anchor=base] at {_point(x, y + BELOW + LINE * number)} {{{_text(row)}}};"


def _box(box: Box, place: Rectangle) -> str:
    dim = "" if box.is_used else _DIM
    at = _point(place.x, place.y)
    if box.kind is Kind.FORK:
        return rf"\fill[{dim}black] {at} circle (1.6pt);"
    if box.kind is Kind.OPERATION:
        shape = "circle" if place.is_round else "rounded corners=2mm"
        size = f"minimum width={place.width * _SCALE:.3f}cm, minimum height={place.height * _SCALE:.3f}cm"
        return rf"\node[{dim}operation, {shape}, {size}] at {at} {{{_text(box.text)}}};"
    text = _text(box.text) if box.kind is Kind.CONSTANT else rf"\textit{{{_text(box.text)}}}"
    return rf"\node[{dim}anchor=base] at {_point(place.x, place.y + 4.5)} {{{text}}};"


def _path(points: Sequence[tuple[float, float]], down: float = 0) -> str:
    """A line through points, so far below them: level, or in a curve that is level at both ends."""
    x, y = points[0]
    drawn = _point(x, y + down)
    for (x1, y1), (x2, y2) in pairwise(points):
        end, middle = _point(x2, y2 + down), (x1 + x2) / 2
        is_level = _point(0, y1) == _point(0, y2)
        curve = f".. controls {_point(middle, y1 + down)} and {_point(middle, y2 + down)} .."
        drawn += f" -- {end}" if is_level else f" {curve} {end}"
    return drawn


def _point(x: float, y: float) -> str:
    return f"({x * _SCALE:.3f},{-y * _SCALE:.3f})"


def _text(text: str) -> str:
    """A text in which LaTeX obeys nothing, and with a code for each character that its fonts lack."""
    return "".join(_SIGNS.get(c) or (escape_latex(c) if _is_in_fonts(c) else f"U+{ord(c):04X}") for c in shown(text))


def _is_in_fonts(character: str) -> bool:
    if character.isascii() or character in _LETTERS:
        return True
    if ord(character) > _LATIN:
        return False
    from unicodedata import normalize

    letter = normalize("NFD", character)
    return len(letter) > 1 and letter[0].isascii() and letter[1:] in _ACCENTS
