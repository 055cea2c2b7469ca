"""Expressions as formulas and as LaTeX: every bracket that is needed, and none that is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli import api
from backpropcli.formula import compile_assignment
from backpropcli.symbolic.algebra import simplified
from backpropcli.symbolic.expressions import Call, Expression, Name, Number, expression_of
from backpropcli.symbolic.latex import latex
from backpropcli.symbolic.text import text

OPERATORS = ("add", "sub", "mul", "div", "pow", "neg")


def read(formula: str) -> Expression:
    """A formula as an expression."""
    return expression_of(compile_assignment(f"y = {formula}", 1, lambda _start, _end: None))


@pytest.mark.parametrize(
    "formula",
    [
        "a * b + c",
        "a * (b + c)",
        "a - (b - c)",
        "a - b - c",
        "a / (b * c)",
        "a / b / c",
        "(a + b) ** 2",
        "a ** b ** c",
        "(a ** b) ** c",
        "-a ** 2",
        "(-a) ** 2",
        "2 ** (-x)",
        "a * (-b)",
        "-(a + b)",
        "-a * b",
        "a - (-2)",
        "(-2) ** 2",
        "a * (b @ c)",
        "(a * b) @ c",
        "a @ b @ c",
        "a @ (b @ c)",
        "-(a @ b)",
        "where(x > 0, x, -x)",
        "where(cond, x, 0) * less(x, y)",
        "sum(x, axis=0, keepdims=true)",
        "softmax(x, axis=0)",
        "reshape(x, shape=[2, -1])",
        "x[0] + x[1:3]",
        "x[:, 1]",
        "x[..., -1]",
        "x[..., 0, :]",
        "(a + b)[0]",
        "maximum(a, b)",
        "exp(-x) / pi",
    ],
)
def test_a_formula_is_printed_as_it_is_written(formula):
    assert text(read(formula)) == formula


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        ("a*(b*c)", "a * b * c"),
        ("a*(b/c)", "a * b / c"),
        ("a+(b-c)", "a + b - c"),
        ("(a*b)+c", "a * b + c"),
        ("softmax(x, axis=-1)", "softmax(x)"),
        ("--x", "-(-x)"),
    ],
)
def test_brackets_that_change_nothing_go(formula, printed):
    assert text(read(formula)) == printed


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        ("a * b / c", r"\frac{a \cdot b}{c}"),
        ("(a / b) ** 2", r"\left(\frac{a}{b}\right)^{2}"),
        ("a ** (b + 1)", "a^{b + 1}"),
        ("exp(-x * x / 2)", r"e^{\frac{-x \cdot x}{2}}"),
        ("exp(x) ** 2", r"\left(e^{x}\right)^{2}"),
        ("sqrt(w1 + alpha)", r"\sqrt{w_{1} + \alpha}"),
        ("transpose(x) @ dy", r"x^{\top} \, \mathrm{dy}"),
        ("abs(x) * (-1e-7)", r"\left|x\right| \cdot \left(-1 \times 10^{-7}\right)"),
        ("where(x > 0, x, 0)", r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}"),
        ("apple_num * 1", r"\mathrm{apple\_num} \cdot 1"),
        ("log(x)", r"\log\left(x\right)"),
        ("erf(x)", r"\operatorname{erf}\left(x\right)"),
        ("square(a + b)", r"\left(a + b\right)^{2}"),
    ],
)
def test_latex(formula, printed):
    assert latex(read(formula)) == printed


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        ("1 * y", "y"),
        ("-1 * out / y", "-out / y"),
        ("2 * 1 / n", "2 / n"),
        ("1 / (2 * out)", "1 / (2 * out)"),
        ("a - (-b)", "a + b"),
        ("a + (-b)", "a - b"),
        ("a + (-2)", "a - 2"),
        ("(-a) * (-b)", "a * b"),
        ("2 * x ** (2 - 1)", "2 * x"),
        ("where(2 == 0, 0, x)", "x"),
        ("0 * x + y", "y"),
        ("0 - x", "-x"),
        ("x ** 0", "x ** 0"),
        ("x / 1", "x"),
        ("-(-x)", "x"),
    ],
)
def test_what_nobody_would_write_goes(formula, printed):
    assert text(simplified(read(formula))) == printed


def test_of_arrays_no_shape_is_changed():
    """0 times an array is an array."""
    assert text(simplified(read("0 * x + 1 * y"), is_of_numbers=False)) == "0 * x + y"


def expressions() -> st.SearchStrategy[Expression]:
    """Expressions of a few names and numbers."""
    leaves = st.sampled_from([Name("x"), Name("y"), Number("2"), Number("-3"), Number("0.5"), Number("1"), Number("0")])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda layer, x, y: Call(layer, (x, y)), st.sampled_from(OPERATORS[:5]), inner, inner),
            st.builds(lambda x: Call("neg", (x,)), inner),
            st.builds(lambda x, y, z: Call("where", (Call("less", (x, y)), y, z)), inner, inner, inner),
        ),
        max_leaves=8,
    )


def value(formula: str, x: float, y: float) -> float:
    """What a formula comes to on two numbers."""
    names = {"x": x, "y": y}
    nodes = compile_assignment(f"z = {formula} + 0 * x * y", 1, lambda _start, _end: None)
    assert nodes
    return float(api.run_formula(f"z = {formula} + 0 * x * y", names).value)


@given(expressions(), st.sampled_from([(1.5, 2.0), (-0.75, 3.0), (2.0, -1.25)]))
def test_what_is_printed_and_what_is_simplified_means_the_same(expression, point):
    """Typed again, an expression and its simplified form come to the same number."""
    expected = value(text(expression), *point)
    found = value(text(simplified(expression)), *point)
    if abs(expected) < 1e12:
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(expressions())
def test_what_is_printed_is_read_back(expression):
    """Printed, read and printed again it is the same text."""
    whole = Call("maximum", (expression, Name("z")))
    assert text(read(text(whole))) == text(whole)


def test_a_deep_expression_is_printed():
    """Nothing recurses."""
    expression: Expression = Name("x")
    for _ in range(20_000):
        expression = Call("neg", (Call("add", (expression, Number("1"))),))
    assert text(simplified(expression)).startswith("-(")
