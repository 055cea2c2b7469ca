"""The check of exact scenarios, whose gradients are fractions beside the same in floats."""

from __future__ import annotations

from pathlib import Path

from backpropcli.gradcheck import Finding, Kind, Verdict, check_scenario
from backpropcli.scenario import parse_scenario


def exact(text: str, kind: Kind = Kind.GRADIENT) -> list[Finding]:
    """The findings of a kind."""
    report = check_scenario(parse_scenario(f"exact: true\n{text}", "s.yaml", Path()))
    assert report.problems == ()
    return [finding for finding in report.findings if finding.kind is kind]


def test_exact_scenarios_are_checked_too() -> None:
    """Their numbers stay fractions."""
    apples = "inputs: {apple: 100, num: 2, tax: 1.1}\nlayers: [price = apple * num * tax]\n"
    (finding,) = exact(f"{apples}gradients: [apple]\nexpect: {{values: {{price: 220}}, gradients: {{apple: 2.2}}}}")
    assert (finding.verdict, finding.found * 5) == (Verdict.RIGHT, 11)


def test_a_gradient_that_floats_lose_digits_of_is_told() -> None:
    """From 3 + 1e16 on only every second whole number is a float."""
    found = exact("inputs: {x: 1, y: 3}\nlayers: ['z = x * ((y + 1e16) - 1e16)']\ngradients: [x]")
    assert [(f.verdict, f.found, f.reference) for f in found] == [(Verdict.RIGHT, 3, 3.0), (Verdict.WRONG, 3, 4.0)]
    assert found[1].note == "the exact gradient and the float gradient differ"


def test_gradients_that_floats_have_few_digits_for_are_right() -> None:
    (finding,) = exact("inputs: {x: 0.5}\nlayers: ['y = 5e-324 * (x * x)']")
    assert finding.verdict is Verdict.RIGHT


def test_gradients_past_all_floats_are_beside_infinite_ones() -> None:
    found = exact("inputs: {x: 1e308}\nlayers: ['y = 1e10 * x * x']")
    assert Verdict.WRONG not in {finding.verdict for finding in found}


def test_a_wrong_answer_past_all_floats_is_wrong() -> None:
    """What is tried to explain it overflows, without a warning."""
    text = "inputs: {x: [-7.3, 1e308]}\nlayers: [y = round(x)]\nexpect: {gradients: {x: [1e-3, -1.7e308]}}"
    (finding,) = exact(text, Kind.ANSWER)
    assert finding.verdict is Verdict.WRONG
