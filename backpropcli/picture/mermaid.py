"""The format Mermaid, which GitHub and many editors draw."""

from __future__ import annotations

from backpropcli.picture import Look
from backpropcli.picture.model import Box, Kind, Picture, Wire
from backpropcli.text.escape import visible

_ENDS = {
    Kind.OPERATION: ("(", ")"),
    Kind.FORK: ("((", "))"),
    Kind.INPUT: ("[", "]"),
    Kind.CONSTANT: ("[", "]"),
    Kind.OUTPUT: ("[", "]"),
}
_LEAF, _DIM = ":::leaf", ":::dim"


def render(picture: Picture, _look: Look) -> str:
    """The picture as a flowchart; on each edge the value, and below it the gradient with an arrow back."""
    lines = [
        "flowchart LR",
        f"  accTitle: {_plain(picture.title)}",
        *map(_node, picture.boxes),
        *map(_edge, picture.wires),
        "  classDef leaf fill:none,stroke:none",
        "  classDef dim opacity:0.45",
    ]
    return "".join(f"{line}\n" for line in lines)


def _node(box: Box) -> str:
    before, after = _ENDS[box.kind]
    style = _DIM if not box.is_used else "" if box.kind in {Kind.OPERATION, Kind.FORK} else _LEAF
    return f"  {box.id}{before}{_quoted(box.text or ' ')}{after}{style}"


def _edge(wire: Wire) -> str:
    rows = [*map(_escaped, wire.above), *(_escaped(f"↩ {row}") for row in wire.below)]
    arrow = f'-->|"{"<br>".join(rows)}"|' if rows else "-->"
    return f"  {wire.tail} {arrow} {wire.head}"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """A text in which nothing is markup: of Mermaid, of Markdown, or of HTML."""
    return "".join(c if c.isalnum() or c in " .,+-_×÷√Σ²·−↩…()@^/" else f"#{ord(c)};" for c in visible(text))


def _plain(text: str) -> str:
    """The title of the drawing, which takes no escapes: its markup is left out."""
    return "".join(c for c in visible(text) if c.isalnum() or c in " .,+-_=*/()")
