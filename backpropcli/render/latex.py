"""LaTeX: a tabular for each result, and a second one of its steps if asked for.

No package is needed; names in other than Latin letters need XeLaTeX or LuaLaTeX. The title stands in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.cells import is_large, line
from backpropcli.render.escape import printable
from backpropcli.render.grids import NUMBER_COLUMNS, Grid, grids, notes
from backpropcli.result import Result

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",
    **{character: f"\\{character}" for character in "{}$&#%_"},
    # Harmless but at the start of a row ([ and *) or in pairs (-, ' and `).
    **{character: f"{{{character}}}" for character in "[]*-'`"},
}
_SPECIALS = str.maketrans(_SPECIAL)


def render(results: Sequence[Result], options: Options) -> str:
    """The blocks of all results with a blank line in between."""
    return "\n\n".join(block for result in results for block in _blocks(result, options)) + "\n"


def escape(text: str) -> str:
    r"""`text` with everything that LaTeX would obey turned into what shows it.

    >>> print(escape("50% of apple_num"))
    50\% of apple\_num
    """
    return text.translate(_SPECIALS)


def cell(value: Value, precision: int | None) -> str:
    r"""A value in math mode, a summary as text.

    >>> print(cell(-1.5e-7, 12), cell(float("inf"), 12))
    $-1.5 \times 10^{-7}$ $\infty$
    """
    text = line(value, precision)
    if is_large(value):
        return escape(text)
    text = re.sub(r"e\+?(-?)0*(\d+)", r" \\times 10^{\1\2}", text)
    text = text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
    return f"${text}$"


def _blocks(result: Result, options: Options) -> Iterator[str]:
    yield f"% {printable(result.title or result.source or result.output)}, computed by backprop"
    for grid in grids(result, options, cell):
        yield "\n".join(_tabular(grid))
    yield from map(escape, notes(result, options))


def _tabular(grid: Grid) -> Iterator[str]:
    texts = len(grid.header) - NUMBER_COLUMNS
    yield rf"\begin{{tabular}}{{{'l' * texts}{'r' * NUMBER_COLUMNS}}}"
    yield r"\hline"
    yield _row(grid.header)
    yield r"\hline"
    for group in grid.groups:
        for row in group:
            yield _row([*map(escape, row[:texts]), *row[texts:]])
        yield r"\hline"
    yield r"\end{tabular}"


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"
