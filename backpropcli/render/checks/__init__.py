"""Reports of checks as text: a module of this package for each format, and the table of them.

Nothing here prints, and a format is imported when it is first asked for. Adding one: the module, with a function
`render(reports, options, detail)`, and a line in `CHECK_FORMATS`. The formats for people (`table`, `markdown`) heed the
detail asked for; the others, read by programs, have everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from backpropcli.render import Options
from backpropcli.text.formats import Format, by_name, in_module

if TYPE_CHECKING:
    from backpropcli.gradcheck.report import Report

__all__ = ["CHECK_FORMATS", "FORMATS_FOR_PEOPLE", "GRADE_FORMATS", "Detail"]


class Detail(Enum):
    """Which findings people are shown."""

    SUMMARY = "none, only how many there are"
    EXCEPTIONS = "those that are not right"
    EVERYTHING = "all"


CHECK_FORMATS: dict[str, Format[[Sequence[Report], Options, Detail]]] = by_name(
    Format("table", None, in_module(f"{__name__}.table")),
    Format("tsv", ".tsv", in_module(f"{__name__}.tsv")),
    Format("csv", ".csv", in_module(f"{__name__}.csv")),
    Format("json", ".json", in_module(f"{__name__}.json")),
    Format("markdown", ".md", in_module(f"{__name__}.markdown")),
    Format("github", None, in_module(f"{__name__}.github")),
    Format("junit", ".xml", in_module(f"{__name__}.junit")),
)
GRADE_FORMATS: dict[str, Format[[Sequence[Report], Options, Detail]]] = {
    **CHECK_FORMATS,
    **by_name(
        Format("tsv", ".tsv", in_module(f"{__name__}.grades_tsv")),
        Format("csv", ".csv", in_module(f"{__name__}.grades_csv")),
    ),
}
"""Those of answers graded by a key: in tables for programs a row is a student."""
FORMATS_FOR_PEOPLE = ("table", "markdown")
