"""JSON: one object with a summary and the reports, each with its findings and problems.

Numbers keep every bit, in the forms of the results' JSON: exact fractions and what is not finite are strings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from backpropcli.errors import Place, Problem
from backpropcli.gradcheck.report import Finding, Report, Verdict
from backpropcli.render import Options
from backpropcli.render.checks import Detail
from backpropcli.render.checks.wording import OUTCOMES, outcome, tally, what
from backpropcli.render.json import json_tree

_OF_ANSWERS = (Verdict.RIGHT, Verdict.WRONG, Verdict.FOLLOWS, Verdict.MISSING)
_ONLY_OF_ANSWERS = frozenset({Verdict.FOLLOWS, Verdict.MISSING})


def render(reports: Sequence[Report], _options: Options, _detail: Detail) -> str:
    """One line for the summary, and one for each finding and each problem."""
    return (
        "{\n"
        f'  "summary": {_text(_summary(reports))},\n'
        f'  "reports": {_list((_report(report) for report in reports), "  ")}\n'
        "}\n"
    )


def _summary(reports: Sequence[Report]) -> dict[str, Any]:
    outcomes = Counter(outcome(report) for report in reports)
    return {
        "targets": len(reports),
        **{word: outcomes[word] for word in OUTCOMES},
        "answers": _answers([finding for report in reports for finding in report.answers]),
        "checks": _checks(finding for report in reports for finding in report.self_checks),
    }


def _answers(findings: Sequence[Finding]) -> dict[str, int]:
    found = tally(findings)
    return {"of": len(findings), **{verdict.value: found[verdict] for verdict in _OF_ANSWERS}}


def _checks(findings: Iterable[Finding]) -> dict[str, int]:
    found = tally(findings)
    return {verdict.value: found[verdict] for verdict in Verdict if verdict not in _ONLY_OF_ANSWERS}


def _report(report: Report) -> str:
    first = report.first_wrong
    findings = (_text(_finding(finding)) for finding in report.findings)
    problems = (_text(_problem(problem)) for problem in report.problems)
    return (
        "{\n"
        f'      "target": {_text(report.target)},\n'
        f'      "outcome": {_text(outcome(report))},\n'
        f'      "answers": {_text(_answers(report.answers))},\n'
        f'      "first_wrong": {_text(first and what(first))},\n'
        f'      "checks": {_text(_checks(report.self_checks))},\n'
        f'      "notes": {_text(report.notes)},\n'
        f'      "findings": {_list(findings, "      ")},\n'
        f'      "problems": {_list(problems, "      ")}\n'
        "    }"
    )


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "subject": finding.subject,
        "verdict": finding.verdict.value,
        "found": json_tree(finding.found),
        "reference": json_tree(finding.reference),
        "difference": json_tree(finding.difference),
        "uncertainty": json_tree(finding.uncertainty),
        "note": finding.note,
        "place": _place(finding.place),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"message": problem.message, "hint": problem.hint, "place": _place(problem.place)}


def _place(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.source, "line": place.line, "column": place.column} if place else None


def _list(items: Iterable[str], margin: str) -> str:
    lines = ",\n".join(f"{margin}  {item}" for item in items)
    return f"[\n{lines}\n{margin}]" if lines else "[]"


def _text(value: Any) -> str:
    import json

    return json.dumps(value, allow_nan=False)
