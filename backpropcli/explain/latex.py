"""Explanations as LaTeX: aligned equations, for which the document must load the package amsmath.

Names in non-Latin letters need XeLaTeX or LuaLaTeX. The title is in a comment.
"""

from __future__ import annotations

from collections.abc import Iterator

from backpropcli.explain import Options
from backpropcli.explain.equations import blocks
from backpropcli.explain.model import Explanation
from backpropcli.text.escape import escape_latex, printable


def render(explanation: Explanation, options: Options) -> str:
    """The blocks of equations, with headings as paragraphs."""
    return "\n".join(_lines(explanation, options)) + "\n"


def _lines(explanation: Explanation, options: Options) -> Iterator[str]:
    yield f"% {printable(explanation.title or explanation.output)}, explained by backprop; needs the package amsmath"
    for block in blocks(explanation, options):
        if block.heading:
            yield rf"\paragraph{{{escape_latex(block.heading)}}}"
        if block.rows:
            yield r"\begin{align*}"
            yield " \\\\\n".join(block.rows)
            yield r"\end{align*}"
    yield from map(escape_latex, explanation.zeros)
