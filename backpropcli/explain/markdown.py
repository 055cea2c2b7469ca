"""Explanations as GitHub's Markdown, with equations in blocks of math."""

from __future__ import annotations

from collections.abc import Iterator

from backpropcli.explain import Options
from backpropcli.explain.equations import blocks
from backpropcli.explain.model import Explanation, Paths
from backpropcli.text.escape import escape_markdown, printable


def render(explanation: Explanation, options: Options) -> str:
    """A heading, and a block of math for each block of equations."""
    return "\n\n".join(_parts(explanation, options)) + "\n"


def _parts(explanation: Explanation, options: Options) -> Iterator[str]:
    title = printable(explanation.title or "")
    if not title:
        of = [explanation.name] if isinstance(explanation, Paths) else [total.name for total in explanation.totals]
        title = f"How {explanation.output} changes with {', '.join(of)}"
    yield f"### {escape_markdown(title)}"
    for block in blocks(explanation, options):
        if block.heading:
            yield f"**{block.heading}**"
        if block.rows:
            rows = " \\\\\n".join(block.rows)
            yield f"```math\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}}\n```"
    yield from map(escape_markdown, explanation.zeros)
