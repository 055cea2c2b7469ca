"""The format for terminals: a line for each target, and below it a row for each finding that is not right.

The summary ends it where there are several targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from backpropcli.gradcheck.report import Finding, Report
from backpropcli.render import Options
from backpropcli.render.cells import Block, block
from backpropcli.render.checks import Detail
from backpropcli.render.checks.columns import Row, lay_out, paint
from backpropcli.render.checks.wording import (
    LARGE_NOTE,
    counts,
    explanation,
    has_large,
    numbers,
    outcome,
    outcome_words,
    shown,
    summary,
    what,
)
from backpropcli.text.escape import printable
from backpropcli.text.width import text_width, wrapped

_HEADER = ("verdict", "what", "found", "reference", "difference")
_BOLD = "1"
_COLORS = {
    "right": "32",
    "wrong": "1;31",
    "error": "1;31",
    "kink": "33",
    "imprecise": "33",
    "unchecked": "33",
    "follows": "33",
    "missing": "1;31",
}


def render(reports: Sequence[Report], options: Options, detail: Detail) -> str:
    """Targets with rows are set off by blank lines; the others are one list."""
    if detail is Detail.SUMMARY:
        return f"{summary(reports)}\n"
    paragraphs: list[str] = []
    for has_rows, group in groupby(reports, lambda report: bool(shown(report, detail) or report.notes)):
        if has_rows:
            paragraphs += [part for report in group for part in _with_rows(report, options, detail)]
        else:
            paragraphs.append("\n".join(_heading(report, options) for report in group))
    if len(reports) != 1:
        paragraphs.append(paint(wrapped(summary(reports), options.width), _BOLD, options))
    return "\n\n".join(paragraphs) + "\n"


def _with_rows(report: Report, options: Options, detail: Detail) -> Iterator[str]:
    findings = shown(report, detail)
    notes = (wrapped(printable(note), options.width) for note in report.notes)
    yield "\n".join([_heading(report, options), *notes])
    if not findings:
        return
    kinds = groupby(findings, lambda finding: finding.kind if detail is Detail.EVERYTHING else None)
    groups = [[_row(finding, report, options) for finding in group] for _, group in kinds]
    yield "\n".join(lay_out(_HEADER, groups, options))
    if has_large(findings):
        yield wrapped(LARGE_NOTE, options.width)


def _heading(report: Report, options: Options) -> str:
    target, words = printable(report.target), outcome_words(report)
    told = f"({counts(report)})" if report.findings else ""
    is_long = bool(told) and text_width(f"{target}: {words} {told}") > options.width
    told = f"\n{wrapped(told, options.width, '  ')}" if is_long else f" {told}" if told else ""
    return f"{paint(target, _BOLD, options)}: {paint(words, _COLORS[outcome(report)], options)}{told}"


def _row(finding: Finding, report: Report, options: Options) -> Row:
    verdict = finding.verdict.value
    found, reference, difference = numbers(finding, options, block)
    blocks = (found, reference, Block(difference) if difference else None)
    return Row((verdict, what(finding)), blocks, _COLORS[verdict], explanation(finding, report))
