"""Comparisons are the conditions of `where`; anything else like them is answered with its spelling."""

from __future__ import annotations

import numpy as np
import pytest
from formulas import marked, problem, wiring

import backpropcli as bp
from backpropcli.sources.literals import Constant


@pytest.mark.parametrize(
    ("operator", "layer"),
    [
        ("<", "less"),
        ("<=", "less_equal"),
        (">", "greater"),
        (">=", "greater_equal"),
        ("==", "equal"),
        ("!=", "not_equal"),
    ],
)
def test_each_comparison_is_one_layer(operator, layer):
    assert wiring(f"y = where(a {operator} 0, a, b * 2)") == [
        (layer, ("a", Constant("0")), "(1)"),
        ("mul", ("b", Constant("2")), "(2)"),
        ("where", ("(1)", "a", "(2)"), "y"),
    ]


def test_a_condition_may_be_a_value_too():
    assert wiring("where(a * b, a, b)")[0] == ("mul", ("a", "b"), "(1)")


def test_relu_written_with_where_has_the_values_and_gradients_of_relu():
    x = np.array([-1.0, 0.0, 2.0])
    ours, wanted = bp.eval_formula("where(x > 0, x, 0)", x=x), bp.eval_formula("relu(x)", x=x)
    assert (ours.value.tolist(), ours.gradients["x"].tolist()) == (
        wanted.value.tolist(),
        wanted.gradients["x"].tolist(),
    )


def test_conditions_nest():
    """The spelling that is offered for a chain does what the chain means."""
    result = bp.eval_formula("where(0 < x, where(x < 1, 2, 3), 3) * x", x=[-1, 0, 0.5, 1])
    assert result.gradients["x"].tolist() == [3, 3, 2, 3]


@pytest.mark.parametrize(
    ("text", "mark", "message", "hint"),
    [
        ("x > 0", "x > 0", "a comparison can only be the condition of where", "write where(x > 0, 1, 0)"),
        ("2 * (x == y)", "x == y", "a comparison can only be the condition of where", "write where(x == y, 1, 0)"),
        ("where(x, y > 0, 1)", "y > 0", "a comparison can only be the condition of where", "write where(y > 0, 1, 0)"),
        (
            "where(0 < x < 1, a, b)",
            "0 < x < 1",
            "a comparison has only two sides",
            "write where(0 < x, where(x < 1, a, b), b)",
        ),
        ("where(x and y > 0, a, b)", "x and y > 0", "a formula has no 'and'", "write where(x, where(y > 0, a, b), b)"),
        (
            "where(x or y or z, a, b)",
            "x or y or z",
            "a formula has no 'or'",
            "write where(x, a, where(y, a, where(z, a, b)))",
        ),
        ("where(not x, a, b)", "not x", "a formula has no 'not'", "write where(x, b, a)"),
        ("x and y", "x and y", "a formula has no 'and'", "write where(x, where(y, 1, 0), 0)"),
        ("a if x > 0 else b", "a if x > 0 else b", "a formula has no 'if'", "write where(x > 0, a, b)"),
        ("where(x is 0, a, b)", "x is 0", "a formula has no operator 'is'", "equality is written =="),
        ("where(0 < x in y, a, b)", "0 < x in y", "a formula has no operator 'in'", None),
        ("where(x = 0, a, b)", ")", "a value follows a parameter", "parameters come last; equality is written =="),
        ("where(x ≤ 0, a, b)", "≤", "invalid character '≤' (U+2264)", "less than or equal to is written <="),
        ("x & y", "&", "a formula has no operator &", "nest where: where(a, where(b, x, y), y)"),
    ],
)
def test_what_is_no_condition_is_answered_with_its_spelling(text, mark, message, hint):
    assert (problem(text).message, problem(text).hint, marked(text)) == (message, hint, mark)


def test_a_long_spelling_is_left_out():
    long = " + ".join(["value"] * 50)
    assert problem(f"where(not x, {long}, {long})").hint is None
