"""GitHub's Markdown, for a comment on a change: the summary, the targets, and a table for each one with exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.gradcheck.report import Finding, Report
from backpropcli.render import Options
from backpropcli.render.cells import line
from backpropcli.render.checks import Detail
from backpropcli.render.checks.wording import (
    LARGE_NOTE,
    answers_in_words,
    checks_in_words,
    explanation,
    has_large,
    numbers,
    outcome_words,
    shown,
    summary,
    what,
)
from backpropcli.text.escape import escape_markdown, printable

_TARGETS = "| target | outcome | answers | checks |\n| :--- | :--- | :--- | :--- |"
_HEADER = "| verdict | what | found | reference | difference | note |\n| :--- | :--- | ---: | ---: | ---: | :--- |"


def render(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    """The blocks with a blank line in between."""
    return "\n\n".join(_blocks(reports, options, detail)) + "\n"


def _blocks(reports: Sequence[Report], options: Options, detail: Detail) -> Iterator[str]:
    yield f"**{summary(reports)}**"
    if detail is Detail.SUMMARY:
        return
    yield "\n".join([_TARGETS, *map(_target, reports)])
    for report in reports:
        findings = shown(report, detail)
        if findings or report.problems or report.notes:
            yield f"### {_safe(report.target)}"
        if report.notes:
            yield "\n\n".join(map(_safe, report.notes))
        if report.problems:
            yield "\n".join(f"- {_safe(problem.message)}" for problem in report.problems)
        if findings:
            yield "\n".join([_HEADER, *(_finding(finding, report, options) for finding in findings)])
        if has_large(findings):
            yield LARGE_NOTE


def _target(report: Report) -> str:
    cells = _safe(report.target), outcome_words(report), answers_in_words(report), checks_in_words(report)
    return f"| {' | '.join(cells)} |"


def _finding(finding: Finding, report: Report, options: Options) -> str:
    found = numbers(finding, options, line)
    cells = (
        finding.verdict.value,
        escape_markdown(what(finding)),
        *(number or "" for number in found),
        escape_markdown(explanation(finding, report)),
    )
    return f"| {' | '.join(cells)} |"


def _safe(text: str) -> str:
    return escape_markdown(printable(text))
