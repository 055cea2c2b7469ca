"""`derive --simplify`: shorter formulas, and never another value."""

from __future__ import annotations

import random
from functools import partial
from math import isfinite
from pathlib import Path

import pytest

import backpropcli as bp
from backpropcli import api
from backpropcli.derivation.from_result import derivation_of
from backpropcli.derivation.simplification import Simplification
from backpropcli.symbolic import computer_algebra
from backpropcli.symbolic.expressions import Name, Number, operations
from backpropcli.symbolic.text import text

FORMS = [
    *("({} + {})", "({} - {})", "({} * {})", "({} / {})", "(-{})", "{} ** 2", "{} ** 3", "2 * {}", "{} / 3"),
    *("exp({})", "exp(-{})", "log({})", "sqrt({})", "sin({})", "cos({})", "tan({})", "tanh({})", "abs({})"),
    *(
        "sigmoid({})",
        "relu({})",
        "where({} > {}, {}, {})",
        "0.3 * {}",
        "cosh({})",
        "atan({})",
        "square({})",
        "{} ** {}",
    ),
]


@pytest.fixture
def derive(printed):
    return partial(printed, "derive", "--simplify")


def random_formula(draw, depth):
    """A formula in x and y."""
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(["x", "y", "x", "y", "1", "pi"])
    return f"({draw.choice(FORMS)})".format(*(random_formula(draw, depth - 1) for _ in range(4)))


def evaluated(expression, point):
    if isinstance(expression, Number):
        return api.run_formula(f"one * {expression.text}", {"one": 1}).value
    if isinstance(expression, Name):
        return point[expression.text]
    return api.run_formula(text(expression), point).value


@pytest.mark.parametrize("seed", range(200))
def test_a_simplified_formula_is_the_numeric_gradient(seed):
    """Typed as it is printed, at its own point and at others, wherever both are finite; and it is no longer."""
    draw = random.Random(seed)
    one, other = (random_formula(draw, draw.choice([1, 2, 2, 3])) for _ in range(2))
    formula = f"{one} * x + {other} * y"
    points = [{name: draw.uniform(low, 2) for name in "xy"} for low in (0.1, 0.1, -2, -2)]
    result = bp.eval_formula(formula, **points[0])
    before = derivation_of(result, expand=True)
    after = derivation_of(result, expand=True, rewritten=Simplification(result))
    for old, new in zip(before.gradients, after.gradients, strict=True):
        assert operations(new.expression) <= operations(old.expression)
        for point in points:
            found, ours = evaluated(new.expression, point), bp.eval_formula(formula, **point).gradients[new.name]
            if isfinite(found) and isfinite(ours):
                assert found == pytest.approx(ours, rel=1e-8, abs=1e-9)
                wanted = numeric(formula, point, new.name)
                assert wanted is None or found == pytest.approx(wanted, rel=1e-3, abs=1e-3)


def numeric(formula, point, name):
    """The slope by differences; None where the value is too large, or bends too much, for them to tell."""
    slopes = []
    for step in (1e-5, 1e-6):
        more, less = (bp.eval_formula(formula, **{**point, name: point[name] + h}).value for h in (step, -step))
        slopes.append((more - less) / (2 * step))
    one, other = slopes
    is_telling = abs(one - other) <= 1e-4 * max(1, abs(one)) and abs(more) * 2.0**-52 / step < 1e-4
    return one if is_telling else None


@pytest.mark.parametrize(
    ("formula", "values", "found"),
    [
        ("x * x", ["x=2"], "dout/dx = 2 * x\n"),
        ("x ** 2 / (1 + x ** 2)", ["x=2"], "dout/dx = 2 * x / (x ** 2 + 1) ** 2\n"),
        ("sin(x) ** 2 + cos(x) ** 2", ["x=2"], "dout/dx = 0\n"),
        ("log(exp(x))", ["x=2"], "dout/dx = 1\n"),
        ("sqrt(x ** 4)", ["x=-2"], "dout/dx = 2 * x\n"),
        ("log(x * x)", ["x=-2"], "dout/dx = 2 / x\n"),
        ("pi * x * x", ["x=2"], "dout/dx = 2 * pi * x\n"),
        ("relu(x) * relu(x)", ["x=2"], "dout/dx = 2 * where(x > 0, relu(x), 0)\n"),
        ("0.1 * x * x", ["x=2"], "dout/dx = x / 5\n"),
        ("exp(1) * x * x", ["x=2"], "dout/dx = 2 * exp(1) * x\n"),
        ("e * x * x", ["x=2", "e=3"], "dout/dx = 2 * e * x\ndout/de = x ** 2\n"),
    ],
)
def test_small_formulas(derive, formula, values, found):
    """By hand. What sympy does not know is one name to it; a value that is called e is no constant."""
    assert derive("-e", formula, *values, "--expand") == found


def test_names_are_kept(derive):
    """Values that a shorter formula needs no more are not told."""
    assert derive("-e", "x / (x + y)", "x=1", "y=2") == (
        "out = x / (x + y)\n\ndout/dx = (1 - out) / (x + y)\ndout/dy = -out / (x + y)\n"
    )
    scenario = "inputs: {x: 2}\nlayers: [y = x ** 2, z = y / x + 0 * y]\n"
    assert derive("-", stdin=scenario).startswith("y = x ** 2\n\ndz/dx = ")


def test_every_format_has_the_shorter_formula(derive):
    words = ("-e", "x * x", "x=2")
    assert '"x": "2 * x"' in derive(*words, "--json")
    assert r"2 \cdot x" in derive(*words, "-f", "latex")
    assert r"2 \cdot x" in derive(*words, "-f", "markdown")


def test_what_is_left_as_it_is_is_told(backprop):
    done = backprop("derive", "-e", "sum(x * x)", "x=1,2", "--simplify")
    assert (done.stdout, done.stderr) == ("dout/dx = x + x\n", "note: formulas of arrays are not simplified\n")
    long = " + ".join(f"sin({k} * x) * x" for k in range(40))
    done = backprop("derive", "-e", long, "x=1", "--simplify")
    assert done.stderr == "note: a formula of more than 100 operations could not be simplified\n"
    assert done.stdout == backprop("derive", "-e", long, "x=1").stdout


def test_a_search_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(computer_algebra, "MOST_CALLS", 10)
    result = bp.eval_formula("sin(x) ** 2 + cos(x) ** 2 + x * x", x=2)
    found = derivation_of(result, rewritten=Simplification(result)).gradients
    assert found == derivation_of(result).gradients


def test_a_form_that_is_not_the_same_is_not_taken(monkeypatch):
    """Nor one that is nan far out where the formula is not."""
    result = bp.eval_formula("x * x * x", x=2)
    for wrong in (Name("x"), Number("12"), Number("0")):
        monkeypatch.setattr("backpropcli.symbolic.simplification.forms", lambda _, wrong=wrong: [wrong])
        found = derivation_of(result, rewritten=Simplification(result)).gradients
        assert found == derivation_of(result).gradients


def test_without_sympy_it_is_told_what_to_install(backprop, tmp_path):
    (tmp_path / "sympy.py").write_text("raise ImportError\n")
    root = str(Path(__file__).parents[2])
    done = backprop("derive", "-e", "x * x", "x=2", "--simplify", env={"PYTHONPATH": f"{tmp_path}:{root}"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: simplifying formulas needs the package sympy\n  hint: pip install 'backpropcli[symbolic]'\n"
    )
    assert backprop("derive", "-e", "x * x", "x=2", env={"PYTHONPATH": f"{tmp_path}:{root}"}).returncode == 0
