"""Comma-separated values with a header line: the rows of `tsv`."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.gradcheck.report import Report
from backpropcli.render import Options
from backpropcli.render.checks import Detail
from backpropcli.render.checks.tsv import records
from backpropcli.render.csv import comma_separated


def render(reports: Sequence[Report], options: Options, _detail: Detail) -> str:
    """One line for each row."""
    return comma_separated(records(reports, options))
