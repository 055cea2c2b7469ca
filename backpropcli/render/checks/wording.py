"""Reports in words and counts, the same in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from backpropcli.domains import Value
from backpropcli.gradcheck.report import ANSWERS, Finding, Kind, Report, Verdict
from backpropcli.render import Options
from backpropcli.render.cells import is_large, line
from backpropcli.render.checks import Detail
from backpropcli.text.escape import printable

LARGE_NOTE = "Large arrays are summarised; -f json or tsv shows every number."

Cell = TypeVar("Cell")

_OUTCOME_WORDS = {
    "right": "right",
    "wrong": "wrong",
    "unchecked": "could not be checked completely",
    "error": "could not be checked",
}
OUTCOMES = tuple(_OUTCOME_WORDS)
_KIND_WORDS = {
    Kind.VALUE: "value ",
    Kind.ANSWER: "answer ",
    Kind.GRADIENT: "gradient ",
    Kind.SECOND: "second derivatives by ",
    Kind.LOCAL: "",
    Kind.CONDUCT: "",
    Kind.TAIL: "tail of ",
}
_EXCEPTION_WORDS = {
    Verdict.WRONG: "wrong",
    Verdict.KINK: "at a kink",
    Verdict.IMPRECISE: "imprecise",
    Verdict.UNCHECKED: "unchecked",
}


def outcome(report: Report) -> str:
    """What became of a target: `right`, `wrong`, `unchecked` if a number could not be judged, `error` if it failed."""
    if report.problems:
        return "error"
    return "right" if report.is_right else "wrong" if report.is_wrong else "unchecked"


def outcome_words(report: Report) -> str:
    """The outcome as people say it."""
    return _OUTCOME_WORDS[outcome(report)]


def tally(findings: Iterable[Finding]) -> dict[Verdict, int]:
    """How many findings there are of each verdict, zeros included."""
    found = Counter(finding.verdict for finding in findings)
    return {verdict: found[verdict] for verdict in Verdict}


def counts(report: Report) -> str:
    """`9 of 10 answers right; 14 checks, 2 wrong`; nothing where nothing was checked."""
    return "; ".join(_counts(report.findings))


def answers_in_words(report: Report) -> str:
    """`7 of 10 answers right, 1 follows from a wrong one, 1 missing`; nothing where nothing was answered."""
    return _answers(report.answers)


def checks_in_words(report: Report) -> str:
    """`14 checks, 2 wrong`: those of our own numbers; nothing where there are none."""
    return _checks(report.self_checks)


def summary(reports: Sequence[Report]) -> str:
    """`7 targets: 6 right, 1 wrong; 9 of 10 answers right; 112 checks, 1 wrong, 2 at a kink`."""
    outcomes = Counter(outcome(report) for report in reports)
    parts = [f"{outcomes[key]} {words}" for key, words in _OUTCOME_WORDS.items() if outcomes[key]]
    targets = f"{_counted(len(reports), 'target')}: {', '.join(parts)}"
    return "; ".join([targets, *_counts([finding for report in reports for finding in report.findings])])


def what(finding: Finding) -> str:
    """Which number was checked: `answer apple`, or `mul mul_tax_layer, input y`."""
    return printable(f"{_KIND_WORDS[finding.kind]}{finding.subject}")


def numbers(
    finding: Finding, options: Options, cell: Callable[[Value, Options], Cell]
) -> tuple[Cell | None, Cell | None, str]:
    """The number found, the reference and their difference, each missing where there is none.

    Arrays have more digits than elsewhere where they would look alike and are not.
    """

    def written(options: Options) -> list[Cell | None]:
        return [None if value is None else cell(value, options) for value in (finding.found, finding.reference)]

    found, reference = written(options)
    if found == reference and finding.verdict is not Verdict.RIGHT:
        found, reference = written(options._replace(element_precision=options.precision))
    return found, reference, small(finding.difference)


def small(number: float | None) -> str:
    """A difference or an uncertainty, to three digits: nobody reads more."""
    return "" if number is None else f"{number:.3g}"


def sentence(finding: Finding, options: Options) -> str:
    """The numbers and the note on one line."""
    labelled = zip(("found", "reference", "difference"), numbers(finding, options, line), strict=True)
    told = ", ".join(f"{label} {text}" for label, text in labelled if text)
    return "; ".join(part for part in (told, printable(finding.note or "")) if part)


def explanation(finding: Finding, report: Report) -> str:
    """The note, and for what can be mended the place if it is in another file than the target: a user's layer's."""
    place = finding.place if finding.verdict in {Verdict.WRONG, Verdict.IMPRECISE} else None
    where = f"({place.source}:{place.line})" if place and place.source != report.target else None
    return printable(" ".join(part for part in (finding.note, where) if part))


def shown(report: Report, detail: Detail) -> list[Finding]:
    """The findings that people are shown at this detail."""
    if detail is Detail.SUMMARY:
        return []
    return [f for f in report.findings if detail is Detail.EVERYTHING or f.verdict is not Verdict.RIGHT]


def has_large(findings: Iterable[Finding]) -> bool:
    """Whether some number is an array of which people are shown a summary."""
    values = (value for finding in findings for value in (finding.found, finding.reference))
    return any(value is not None and is_large(value) for value in values)


def _counts(findings: Sequence[Finding]) -> Iterator[str]:
    """How many answers are right, and apart from them how many checks there were."""
    answers = _answers([finding for finding in findings if finding.kind in ANSWERS])
    checks = _checks([finding for finding in findings if finding.kind not in ANSWERS])
    return (words for words in (answers, checks) if words)


def _answers(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    found = tally(findings)
    words = f"{found[Verdict.RIGHT]} of {_counted(len(findings), 'answer')} right"
    follows, missing = found[Verdict.FOLLOWS], found[Verdict.MISSING]
    follow = f"{follows} follow{'s' if follows == 1 else ''} from a wrong one" if follows else ""
    return ", ".join(part for part in (words, follow, f"{missing} missing" if missing else "") if part)


def _checks(findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    found = tally(findings)
    exceptions = (f"{found[verdict]} {words}" for verdict, words in _EXCEPTION_WORDS.items() if found[verdict])
    return ", ".join([_counted(sum(found.values()), "check"), *exceptions])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
