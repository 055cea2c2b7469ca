"""Derivations as GitHub's Markdown, with the equations in a block of math."""

from __future__ import annotations

from backpropcli.derivation.latex import equations
from backpropcli.derivation.model import Derivation
from backpropcli.text.escape import escape_markdown, printable


def render(derivation: Derivation) -> str:
    """A heading and a block."""
    title = printable(derivation.title or "") or f"The gradients of {derivation.output}"
    rows = " \\\\\n".join(equations(derivation))
    return f"### {escape_markdown(title)}\n\n```math\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n```\n"
