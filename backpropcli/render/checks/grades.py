"""Grades as one rectangular table of texts, for programs: a row for each student."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.gradcheck.report import Report, Verdict
from backpropcli.render.checks.wording import outcome, tally, what
from backpropcli.text.escape import printable

_COLUMNS = ("file", "outcome", "right", "of", "wrong", "follows", "missing", "first_wrong", "note")
_COUNTED = (Verdict.WRONG, Verdict.FOLLOWS, Verdict.MISSING)


def grades(reports: Sequence[Report]) -> Iterator[tuple[str, ...]]:
    """The header, then the rows. What could not be graded has no counts, and the reason in its note."""
    yield _COLUMNS
    for report in reports:
        head = printable(report.target), outcome(report)
        told = printable("; ".join([*(problem.message for problem in report.problems), *report.notes]))
        if report.problems:
            yield (*head, *("" for _ in _COLUMNS[2:-1]), told)
            continue
        found, first = tally(report.answers), report.first_wrong
        counts = found[Verdict.RIGHT], len(report.answers), *(found[verdict] for verdict in _COUNTED)
        yield (*head, *map(str, counts), what(first) if first else "", told)
