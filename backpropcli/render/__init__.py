"""Results as text: a module of this package for each format, and the table of them.

Nothing here prints, and a format is imported when it is first asked for. Adding one: the module, with a function
`render(results, options)`, and here the function that imports it and a line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from backpropcli.text.formats import Format, by_name
from backpropcli.text.numbers import DEFAULT_PRECISION

if TYPE_CHECKING:
    from backpropcli.result import Result

__all__ = ["FORMATS", "Options"]


class Options(NamedTuple):
    """How text is to look.

    `precision` is the number of significant digits, None for all of them; at the default, exact fractions are shown
    exactly. `steps` adds every layer. `color`, `width` (in columns) and `ascii` (no other characters in lines and
    marks) say what the terminal can do.
    """

    precision: int | None = DEFAULT_PRECISION
    steps: bool = False
    color: bool = False
    width: int = 80
    ascii: bool = False


def _table(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.table import render

    return render(results, options)


def _tsv(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.tsv import render

    return render(results, options)


def _plain(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.plain import render

    return render(results, options)


def _json(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.json import render

    return render(results, options)


def _jsonl(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.jsonl import render

    return render(results, options)


def _csv(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.csv import render

    return render(results, options)


def _markdown(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.markdown import render

    return render(results, options)


def _latex(results: Sequence[Result], options: Options) -> str:
    from backpropcli.render.latex import render

    return render(results, options)


FORMATS: dict[str, Format[[Sequence[Result], Options]]] = by_name(
    Format("table", None, _table),
    Format("tsv", ".tsv", _tsv),
    Format("plain", None, _plain),
    Format("json", ".json", _json),
    Format("jsonl", ".jsonl", _jsonl),
    Format("csv", ".csv", _csv),
    Format("markdown", ".md", _markdown),
    Format("latex", ".tex", _latex),
)
