"""Tab-separated values with a header line: a row for each student."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.gradcheck.report import Report
from backpropcli.render import Options
from backpropcli.render.checks import Detail
from backpropcli.render.checks.grades import grades


def render(reports: Sequence[Report], _options: Options, _detail: Detail) -> str:
    """One line for each student."""
    return "".join("\t".join(row) + "\n" for row in grades(reports))
