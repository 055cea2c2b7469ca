"""Reports of checks as text. A format is a module of this package with `render(reports, options, detail) -> str`.

Nothing here prints, and a format is imported when it is first asked for. Adding one: the module, and a line in
`CHECK_FORMATS`. The formats for people (`table`, `markdown`) heed the detail asked for; the others, read by programs,
have everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING

from backpropcli.render import Options, unknown_format

if TYPE_CHECKING:
    from backpropcli.gradcheck.report import Report

__all__ = ["CHECK_FORMATS", "FORMATS_FOR_PEOPLE", "Detail", "render_reports"]

# name -> module of this package
CHECK_FORMATS = {
    "table": "table",
    "tsv": "tsv",
    "json": "json",
    "markdown": "markdown",
    "github": "github",
    "junit": "junit",
}
FORMATS_FOR_PEOPLE = ("table", "markdown")


class Detail(Enum):
    """Which findings people are shown."""

    SUMMARY = "none, only how many there are"
    EXCEPTIONS = "those that are not right"
    EVERYTHING = "all"


def render_reports(
    reports: Sequence[Report],
    format_name: str,
    options: Options,
    detail: Detail = Detail.EXCEPTIONS,
) -> str:
    """The text of reports in a format of `CHECK_FORMATS`. Raises UsageError for an unknown format."""
    if format_name not in CHECK_FORMATS:
        raise unknown_format(format_name, CHECK_FORMATS)
    text: str = import_module(f"{__name__}.{CHECK_FORMATS[format_name]}").render(reports, options, detail)
    return text
