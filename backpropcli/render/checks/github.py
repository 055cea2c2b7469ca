"""Workflow commands of GitHub Actions, which show findings beside the lines of a change.

What is wrong or missing, and every problem, is an error; what could not be judged, or follows from a wrong answer, is a
warning; a kink, lost digits, notes, and how many answers are right are notices. What is right is not mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backpropcli.errors import Place
from backpropcli.gradcheck.report import Report, Verdict
from backpropcli.render import Options
from backpropcli.render.checks import Detail
from backpropcli.render.checks.wording import answers_in_words, sentence, what
from backpropcli.text.escape import escape_workflow_data, escape_workflow_property

_COMMANDS = {
    Verdict.WRONG: ("error", "is wrong"),
    Verdict.MISSING: ("error", "is missing"),
    Verdict.FOLLOWS: ("warning", "follows from a wrong answer"),
    Verdict.UNCHECKED: ("warning", "is unchecked"),
    Verdict.IMPRECISE: ("notice", "is imprecise"),
    Verdict.KINK: ("notice", "is at a kink"),
}


def render(reports: Sequence[Report], options: Options, _detail: Detail) -> str:
    """One line for each finding that is not right."""
    return "".join(f"{command}\n" for report in reports for command in _commands(report, options))


def _commands(report: Report, options: Options) -> Iterator[str]:
    for finding in report.findings:
        if finding.verdict in _COMMANDS:
            name, words = _COMMANDS[finding.verdict]
            message = f"{report.target}: {sentence(finding, options)}"
            yield _command(name, f"{what(finding)} {words}", message, finding.place)
    if any(finding.verdict is not Verdict.RIGHT for finding in report.answers):
        yield _command("notice", "answers", f"{report.target}: {answers_in_words(report)}", None)
    for note in report.notes:
        yield _command("notice", "note", f"{report.target}: {note}", None)
    for problem in report.problems:
        message = f"{report.target}: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
        yield _command("error", "could not be checked", message, problem.place)


def _command(name: str, title: str, message: str, place: Place | None) -> str:
    properties = {"file": place.source, "line": place.line, "col": place.column} if place else {}
    told = ",".join(
        f"{key}={escape_workflow_property(str(value))}" for key, value in {**properties, "title": title}.items()
    )
    return f"::{name} {told}::{escape_workflow_data(message)}"
