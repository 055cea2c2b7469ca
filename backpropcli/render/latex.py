"""LaTeX: a tabular for each result, and a second one of its steps if asked for.

No package is needed; names in non-Latin letters need XeLaTeX or LuaLaTeX. The title is in a comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.domains import Value
from backpropcli.render import Options
from backpropcli.render.cells import is_large, line
from backpropcli.render.grids import Grid, notes, sheets
from backpropcli.result import Result
from backpropcli.text.escape import escape_latex, printable
from backpropcli.text.numbers import latex_numbers


def render(results: Sequence[Result], options: Options) -> str:
    """The blocks of all results with a blank line in between."""
    return "\n\n".join(block for block in _blocks(results, options)) + "\n"


def cell(value: Value, options: Options) -> str:
    r"""A value in math mode, a summary as text.

    >>> print(cell(-1.5e-7, Options()), cell(float("inf"), Options()))
    $-1.5 \times 10^{-7}$ $\infty$
    """
    text = line(value, options)
    return escape_latex(text) if is_large(value) else f"${latex_numbers(text)}$"


def _blocks(results: Sequence[Result], options: Options) -> Iterator[str]:
    for result, found in sheets(results, options, cell):
        yield f"% {printable(result.title or result.source or result.output)}, computed by backprop"
        for grid in found:
            yield "\n".join(_tabular(grid))
        yield from map(escape_latex, notes(result, options))


def _tabular(grid: Grid[str]) -> Iterator[str]:
    yield rf"\begin{{tabular}}{{{'l' * len(grid.texts)}{'r' * len(grid.numbers)}}}"
    yield r"\hline"
    yield _row([*grid.texts, *map(escape_latex, grid.numbers)])
    yield r"\hline"
    for group in grid.groups:
        for row in group:
            yield _row([*map(escape_latex, row.texts), *(number or "" for number in row.numbers)])
        yield r"\hline"
    yield r"\end{tabular}"


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"
