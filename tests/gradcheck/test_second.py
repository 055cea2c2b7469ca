"""`check` with second derivatives: right ones are right, planted faults are found, and kinks are no mistakes."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import pytest

from backpropcli import api
from backpropcli.domains.derivatives import RULES, SLOPES
from backpropcli.gradcheck import Finding, Kind, Verdict, check_scenario


def second(formula: str, inputs: Mapping[str, Any]) -> dict[str, Finding]:
    """The findings on second derivatives, by input."""
    report = check_scenario(api.formula_scenario(formula, inputs), second=True)
    return {finding.subject: finding for finding in report.findings if finding.kind is Kind.SECOND}


@pytest.mark.parametrize(
    ("formula", "inputs"),
    [
        ("x ** 2 * y", {"x": 3, "y": 5}),
        ("mean((tanh(x @ w) - t) ** 2)", {"x": [[1, -2], [0.5, 3]], "w": [[0.1], [0.2]], "t": [[1], [2]]}),
        ("softmax(x)", {"x": [0, 1, 2]}),
        ("log(x) * gelu(y)", {"x": 1e-3, "y": -3}),
    ],
)
def test_right_second_derivatives_are_right(formula: str, inputs: dict[str, Any]) -> None:
    """One finding for each input; of an array as output with a dout of ones."""
    found = second(formula, inputs)
    assert found.keys() == inputs.keys()
    assert {finding.verdict for finding in found.values()} == {Verdict.RIGHT}


def test_a_rule_that_forgets_a_factor_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, operator.mul, lambda _xp, _x, dx, y, _dy, _out: (None if dx is None else dx * y, None))
    found = second("x ** 2 * y", {"x": 3, "y": 5})
    assert Verdict.WRONG in {finding.verdict for finding in found.values()}


def test_a_wrong_slope_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a function in a layer's backward, where the gradient itself is right."""
    monkeypatch.setitem(SLOPES, "cos", lambda xp, x, _out: xp.sin(x))
    found = second("sin(x) * y", {"x": [0.5, 1], "y": 2})
    assert (found["x"].verdict, found["y"].verdict) == (Verdict.WRONG, Verdict.RIGHT)


def test_a_kink_of_the_slope_is_a_kink() -> None:
    """What elu gives at 0 is the second derivative of one side."""
    assert second("elu(x)", {"x": 0})["x"].verdict is Verdict.KINK


def test_a_large_graph_is_checked_as_far_as_there_is_time() -> None:
    """A note tells for which inputs it is not."""
    formula = "sum(x * " + " * ".join(["y"] * 110) + ")"
    report = check_scenario(api.formula_scenario(formula, {"x": [1.0] * 201, "y": 1}), second=True)
    assert "second derivatives by x and 1 more: skipped because the graph is large" in report.notes
