"""JUnit XML, which CI servers show: a test suite for each target, and a test case for each finding.

What is wrong or missing is a failure, what could not be judged is skipped, and a problem is an error. A kink passes, as
do lost digits, with the note as output. Control characters, which XML lacks, are shown as escapes; the text is ASCII,
whatever the stream can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backpropcli.errors import Place
from backpropcli.gradcheck.report import FAULTS, Finding, Report, Verdict
from backpropcli.render import Options
from backpropcli.render.checks import Detail
from backpropcli.render.checks.wording import answers_in_words, sentence, tally, what
from backpropcli.text.escape import visible

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CHILDREN = {**dict.fromkeys(FAULTS, "failure"), Verdict.UNCHECKED: "skipped"}


def render(reports: Sequence[Report], options: Options, _detail: Detail) -> str:
    """One document."""
    from xml.etree.ElementTree import Element, indent, tostring

    root = Element("testsuites", _counts(reports, name="backprop check"))
    root.extend([_suite(report, options) for report in reports])
    indent(root)
    document: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return document.decode("ascii") + "\n"


def _suite(report: Report, options: Options) -> Element:
    from xml.etree.ElementTree import Element

    target = visible(report.target)
    suite = Element("testsuite", _counts([report], name=target))
    if report.answers:
        _element("property", _element("properties", suite), name="answers", value=answers_in_words(report))
    suite.extend([_case(finding, target, options) for finding in report.findings])
    for problem in report.problems:
        case = _element("testcase", suite, classname=target, name="check")
        _element("error", case, message=visible(problem.message)).text = _where(problem.place)
    if report.notes:
        _element("system-out", suite).text = "\n".join(map(visible, report.notes))
    return suite


def _case(finding: Finding, target: str, options: Options) -> Element:
    from xml.etree.ElementTree import Element

    case = Element("testcase", {"classname": target, "name": what(finding)})
    message = sentence(finding, options)
    if tag := _CHILDREN.get(finding.verdict):
        _element(tag, case, message=message).text = _where(finding.place)
    elif finding.verdict in {Verdict.KINK, Verdict.IMPRECISE}:
        _element("system-out", case).text = message
    return case


def _element(tag: str, above: Element, **attributes: str) -> Element:
    from xml.etree.ElementTree import SubElement

    return SubElement(above, tag, attributes)


def _counts(reports: Sequence[Report], name: str) -> dict[str, str]:
    found = tally(finding for report in reports for finding in report.findings)
    errors = sum(len(report.problems) for report in reports)
    return {
        "name": name,
        "tests": str(sum(found.values()) + errors),
        "failures": str(sum(found[verdict] for verdict in FAULTS)),
        "errors": str(errors),
        "skipped": str(found[Verdict.UNCHECKED]),
    }


def _where(place: Place | None) -> str | None:
    return visible(f"{place.source}:{place.line}:{place.column}") if place else None
