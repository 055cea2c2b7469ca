"""Reports of checks as text: a module of this package for each format, and the table of them.

Nothing here prints, and a format is imported when it is first asked for. Adding one: the module, with a function
`render(reports, options, detail)`, and here the function that imports it and a line in `CHECK_FORMATS`. The formats for
people (`table`, `markdown`) heed the detail asked for; the others, read by programs, have everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from backpropcli.render import Options
from backpropcli.text.formats import Format, by_name

if TYPE_CHECKING:
    from backpropcli.gradcheck.report import Report

__all__ = ["CHECK_FORMATS", "FORMATS_FOR_PEOPLE", "Detail"]


class Detail(Enum):
    """Which findings people are shown."""

    SUMMARY = "none, only how many there are"
    EXCEPTIONS = "those that are not right"
    EVERYTHING = "all"


def _table(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    from backpropcli.render.checks.table import render

    return render(reports, options, detail)


def _tsv(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    from backpropcli.render.checks.tsv import render

    return render(reports, options, detail)


def _json(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    from backpropcli.render.checks.json import render

    return render(reports, options, detail)


def _markdown(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    from backpropcli.render.checks.markdown import render

    return render(reports, options, detail)


def _github(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    from backpropcli.render.checks.github import render

    return render(reports, options, detail)


def _junit(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    from backpropcli.render.checks.junit import render

    return render(reports, options, detail)


CHECK_FORMATS: dict[str, Format[[Sequence[Report], Options, Detail]]] = by_name(
    Format("table", None, _table),
    Format("tsv", ".tsv", _tsv),
    Format("json", ".json", _json),
    Format("markdown", ".md", _markdown),
    Format("github", None, _github),
    Format("junit", ".xml", _junit),
)
FORMATS_FOR_PEOPLE = ("table", "markdown")
