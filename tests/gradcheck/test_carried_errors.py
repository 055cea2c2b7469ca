"""A mistake is one mistake: the check names the first wrong number and says what follows from it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

import backpropcli as bp
from backpropcli.gradcheck import Kind, Report, Verdict, check_scenario
from backpropcli.gradcheck.answers import check_answers, closeness_of, questions
from backpropcli.scenario import parse_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
R, W, F = Verdict.RIGHT, Verdict.WRONG, Verdict.FOLLOWS


def check(text: str) -> Report:
    report = check_scenario(parse_scenario(text, "s.yaml", Path()), precise=False)
    assert report.problems == ()
    return report


def verdicts(report: Report) -> dict[str, Verdict]:
    """By the name of the answer, with a d before that of a gradient."""
    return {f"{'' if f.kind.value == 'value' else 'd'}{f.subject}": f.verdict for f in report.answers}


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# One neuron after another, worked by hand: a = w x + b, h = sigmoid(a), o = v h, L = (o - t)^2.
NETWORK = """
inputs: {x: 2, w: 0.5, b: -0.2, v: 3, t: 1}
layers: [a = w * x + b, h = sigmoid(a), o = v * h, L = (o - t) ** 2]
"""


def by_hand(
    *, a: float | None = None, h: float | None = None, do: float | None = None, dh: float | None = None
) -> dict[str, float]:
    """Everything that a student writes down who errs at a number, and goes on with it."""
    a = 0.5 * 2 - 0.2 if a is None else a
    h = sigmoid(a) if h is None else h
    o = 3 * h
    do = 2 * (o - 1) if do is None else do
    dh = do * 3 if dh is None else dh
    da = dh * h * (1 - h)
    return {
        "a": a,
        "h": h,
        "o": o,
        "L": (o - 1) ** 2,
        "do": do,
        "dh": dh,
        "dv": do * h,
        "da": da,
        "dw": da * 2,
        "db": da,
        "dx": da * 0.5,
    }


def sheet(answers: dict[str, float], digits: int = 6) -> str:
    values = {name: f"{number:.{digits}f}" for name, number in answers.items() if name[0] != "d"}
    gradients = {name[1:]: f"{number:.{digits}f}" for name, number in answers.items() if name[0] == "d"}
    return f"{NETWORK}expect: {{values: {values}, gradients: {gradients}}}".replace("'", "")


@pytest.mark.parametrize("digits", [2, 4, 8])
def test_who_errs_nowhere_is_right_everywhere(digits: int) -> None:
    assert set(verdicts(check(sheet(by_hand(), digits))).values()) == {R}


@pytest.mark.parametrize(
    ("mistake", "right"),
    [
        ({"a": 1.2}, []),
        ({"h": 0.5}, ["a"]),
        ({"do": 1.5}, ["a", "h", "o", "L"]),
        ({"do": -2.0}, ["a", "h", "o", "L"]),
        ({"dh": 4.0}, ["a", "h", "o", "L", "do", "dv"]),
    ],
)
@pytest.mark.parametrize("digits", [3, 6])
def test_one_mistake_is_named_and_the_rest_follows(mistake: dict[str, float], right: list[str], digits: int) -> None:
    (wrong,) = mistake
    found = verdicts(check(sheet(by_hand(**mistake), digits)))
    assert found == {name: W if name == wrong else R if name in right else F for name in found}


def test_what_follows_says_from_what() -> None:
    report = check(sheet(by_hand(h=0.5)))
    notes = {finding.note for finding in report.answers if finding.verdict is F}
    assert notes == {"follows from the value of h, which is wrong"}
    assert report.first_wrong is next(finding for finding in report.answers if finding.subject == "h")


def test_a_second_mistake_is_a_mistake_of_its_own() -> None:
    answers = by_hand(h=0.5)
    answers["dv"] += 0.1
    found = verdicts(check(sheet(answers)))
    assert [name for name, verdict in found.items() if verdict is W] == ["h", "dv"]


def test_a_right_number_after_a_wrong_one_mends_what_is_carried() -> None:
    """The first was a slip of the pen: what is right after it is not said to be wrong, nor what is wrong to follow."""
    answers = by_hand()
    answers["a"] = 1.2
    found = verdicts(check(sheet(answers)))
    assert [name for name, verdict in found.items() if verdict is not R] == ["a"]


def test_what_does_not_follow_is_wrong() -> None:
    found = verdicts(check("inputs: {x: 3}\nlayers: [y = x * 2, z = y * 5]\nexpect: {values: {y: 7, z: 30}}"))
    assert found == {"y": W, "z": R}
    found = verdicts(check("inputs: {x: 3}\nlayers: [y = x * 2, z = y * 5]\nexpect: {values: {y: 7, z: 36}}"))
    assert found == {"y": W, "z": W}
    found = verdicts(check("inputs: {x: 3}\nlayers: [y = x * 2, z = y * 5]\nexpect: {values: {y: 7, z: 35}}"))
    assert found == {"y": W, "z": F}


@pytest.mark.parametrize(("x", "y", "z"), [(0.534, R, R), (0.42, W, F), (0.538, W, W)])
def test_what_is_computed_with_more_digits_than_are_written_follows(x: float, y: Verdict, z: Verdict) -> None:
    """From 0.0534, written as 0.053, comes 0.00285; where 0.00289 is right, that might as well be a slip of its own."""
    text = f"inputs: {{x: {x}}}\nlayers: [y = x / 10, z = y * y]\nexpect: {{values: {{y: 0.053, z: 0.00285}}}}"
    assert verdicts(check(text)) == {"y": y, "z": z}


def test_arrays_are_carried_too() -> None:
    """X w with one wrong element; the loss is half the sum of the squares, whose gradient is what is squared."""
    text = (
        "inputs: {x: [[1, 2], [3, 4]], w: [[1], [1]]}\nlayers: [y = x @ w, L = sum(y * y) / 2]\n"
        "expect: {values: {y: [[3], [8]], L: 36.5}, gradients: {y: [[3], [8]], w: [[27], [38]]}}"
    )
    report = check(text)
    assert verdicts(report) == {"y": W, "L": F, "dy": F, "dw": F}
    assert report.answers[0].note == "wrong at [1, 0]: 8 instead of 7; the first wrong number"


def test_exact_fractions_are_carried_exactly() -> None:
    text = "exact: true\ninputs: {x: 3}\nlayers: [y = x / 7, z = y * y]\nexpect: {values: {y: 4/7, z: 16/49}}"
    assert verdicts(check(text)) == {"y": W, "z": F}


def test_a_number_that_a_layer_cannot_go_on_with_stops_what_is_carried() -> None:
    text = "exact: true\ninputs: {x: 4}\nlayers: [y = x + 0, z = sqrt(y)]\nexpect: {values: {y: 2, z: 1.414}}"
    assert verdicts(check(text)) == {"y": W, "z": W}


def test_early_rounding_is_named() -> None:
    """0.84 for 0.8415 is right as it is written; what comes of going on with it is not."""
    text = "inputs: {x: 1}\nlayers: [y = sin(x), z = y * 1000]\nexpect: {values: {y: 0.84, z: 840.0}}"
    report = check(text)
    assert verdicts(report) == {"y": R, "z": W}
    assert report.answers[1].note == "this is what the value of y gives as it is rounded; keep more digits"


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_one_answer_changed_in_a_shipped_scenario_is_the_one_that_is_wrong(path: Path) -> None:
    scenario = bp.load(path)
    result = bp.run(scenario)
    asked = questions(scenario.expect)
    for question in asked:
        key = "values" if question.kind is Kind.VALUE else "gradients"
        answers = getattr(scenario.expect, key)
        changed = scenario.expect._replace(**{key: {**answers, question.name: moved(answers[question.name])}})
        found = check_answers(asked, changed, result, result, closeness_of(changed, scenario.dtype))
        not_right = [(f.kind, f.subject, f.verdict) for f in found if f.verdict is not Verdict.RIGHT]
        assert not_right == [(*question, Verdict.WRONG)]


def moved(answer: Any) -> Any:
    return [moved(item) for item in answer] if isinstance(answer, list) else repr(float(answer) * 1.1 + 0.123)
