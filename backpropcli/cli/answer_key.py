"""`backprop check --key`: answers of many files, graded by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from backpropcli.cli.scenarios import read_scenario
from backpropcli.cli.targets import Target
from backpropcli.cli.values import read_stdin
from backpropcli.errors import Problem, UsageError
from backpropcli.gradcheck import Key, Report, Verdict, check_scenario
from backpropcli.render.checks.wording import what
from backpropcli.scenario.answer_sheet import AnswerSheet, load_answer_sheet, parse_answer_sheet


def read_key(word: str, *, exact: bool | None, tolerance: float | None, precise: bool | None) -> Key:
    """The key in a file. Raises UsageError if its own answers or gradients are not right, and what a run raises."""
    scenario = read_scenario(word)
    report = check_scenario(scenario, exact=exact, tolerance=tolerance, precise=precise)
    wrong = [finding for finding in report.findings if finding.verdict is Verdict.WRONG]
    problems = [
        *report.problems,
        *(Problem(f"the key's own {what(f)} is wrong", f.place, f"see backprop check {word}") for f in wrong),
    ]
    if problems:
        raise UsageError(*problems)
    return Key(scenario, exact=exact, tolerance=tolerance)


def sheets_beside(key: str, targets: Sequence[Target]) -> list[Target]:
    """The targets that are answers: not the key, which may stand in the same folder. Raises UsageError for layers."""
    for target in targets:
        if target.layer:
            raise UsageError(f"--key applies to files of answers; {target.word} is a layer")
    found = [
        target for target in targets if key == "-" or not Path(target.word).exists() or not _same(target.word, key)
    ]
    if not found:
        raise UsageError(f"there are no answers beside the key {key}")
    return found


def grade(target: Target, key: Key) -> Report:
    """The report on a file of answers. Raises ScenarioError if it cannot be read."""
    return key.grade(_read(target.word, key))


def _read(word: str, key: Key) -> AnswerSheet:
    if word == "-":
        return parse_answer_sheet(read_stdin(), "<stdin>", Path(), key.names)
    return load_answer_sheet(Path(word), key.names)


def _same(word: str, other: str) -> bool:
    return Path(word).resolve() == Path(other).resolve()
