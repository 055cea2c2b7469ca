"""Tab-separated values with a header line: a row for each finding, and one for each problem.

A problem has the kind `problem` and the verdict `error`. Arrays are whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.domains import Value
from backpropcli.errors import Place
from backpropcli.gradcheck.report import Report
from backpropcli.render import Options
from backpropcli.render.checks import Detail
from backpropcli.render.checks.wording import numbers, small
from backpropcli.render.values import value_text
from backpropcli.text.escape import printable

_COLUMNS = (
    *("target", "kind", "subject", "verdict"),
    *("found", "reference", "difference", "uncertainty"),
    *("note", "file", "line", "column"),
)


def render(reports: Sequence[Report], options: Options, _detail: Detail) -> str:
    """One line for each row, all of the same length."""
    return "".join("\t".join(row) + "\n" for row in records(reports, options))


def records(reports: Sequence[Report], options: Options) -> Iterator[tuple[str, ...]]:
    """The header, then the rows, all of the same length."""
    yield _COLUMNS
    for report in reports:
        yield from _rows(report, options)


def _rows(report: Report, options: Options) -> Iterator[tuple[str, ...]]:
    def cell(value: Value, options: Options) -> str:
        return value_text(value, options.precision, ",")

    target = printable(report.target)
    for finding in report.findings:
        head = (target, finding.kind.value, printable(finding.subject), finding.verdict.value)
        told = (number or "" for number in numbers(finding, options, cell))
        yield (*head, *told, small(finding.uncertainty), printable(finding.note or ""), *_place(finding.place))
    for problem in report.problems:
        yield (target, "problem", "", "error", "", "", "", "", printable(problem.message), *_place(problem.place))


def _place(place: Place | None) -> tuple[str, str, str]:
    return (printable(place.source), str(place.line), str(place.column)) if place else ("", "", "")
