"""The format DOT, for Graphviz."""

from __future__ import annotations

from backpropcli.picture import Look
from backpropcli.picture.model import Box, Kind, Picture, Wire
from backpropcli.text.escape import visible

_SHAPES = {
    Kind.OPERATION: "shape=box, style=rounded",
    Kind.FORK: "shape=point, width=0.08",
    Kind.INPUT: "shape=plaintext",
    Kind.CONSTANT: "shape=plaintext",
    Kind.OUTPUT: "shape=plaintext",
}
_GRADIENT = "#b3261e"
_DIM = ', color="#8c959f", fontcolor="#8c959f"'


def render(picture: Picture, _look: Look) -> str:
    """The picture as a directed graph; on each edge the value, and below it the gradient with an arrow back."""
    lines = [
        f"digraph {_quoted(picture.title)} {{",
        "  rankdir=LR",
        "  node [fontname=Helvetica]",
        "  edge [fontname=Helvetica, fontsize=11]",
        *(_node(box, picture.told(box.described)) for box in picture.boxes),
        *(_edge(wire, picture.told(wire.described)) for wire in picture.wires),
        "}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _node(box: Box, told: str) -> str:
    dim = "" if box.is_used else _DIM
    return f"  {box.id} [{_SHAPES[box.kind]}, label={_quoted(box.text)}, tooltip={_quoted(told)}{dim}]"


def _edge(wire: Wire, told: str) -> str:
    back = (f'<FONT COLOR="{_GRADIENT}">{_html(f"← {row}")}</FONT>' for row in wire.below)
    rows = [*map(_html, wire.above), *back]
    label = f"<{'<BR/>'.join(rows)}>" if rows else '""'
    dim = "" if wire.is_used else _DIM
    return f"  {wire.tail} -> {wire.head} [label={label}, edgetooltip={_quoted(told)}{dim}]"


def _quoted(text: str) -> str:
    """A text in quotes; a backslash begins an escape in labels, also where it is the text's own."""
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _html(text: str) -> str:
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
