"""Formulas become nodes; what is no formula is an error that says where."""

from __future__ import annotations

import pytest
from formulas import compiled, marked, problem, wiring
from hypothesis import given
from hypothesis import strategies as st

import backpropcli as bp
from backpropcli.errors import BackpropError, FormulaError
from backpropcli.formula import compile_assignment, compile_unnamed, is_assignment
from backpropcli.sources.literals import Constant


def test_fruits_formula_is_the_four_layers_of_the_slides():
    assert wiring("price = (apple * apple_num + orange * orange_num) * tax") == [
        ("mul", ("apple", "apple_num"), "(1)"),
        ("mul", ("orange", "orange_num"), "(2)"),
        ("add", ("(1)", "(2)"), "(3)"),
        ("mul", ("(3)", "tax"), "price"),
    ]


@pytest.mark.parametrize(
    ("text", "layer"),
    [("a + b", "add"), ("a - b", "sub"), ("a * b", "mul"), ("a / b", "div"), ("a ** b", "pow"), ("a @ b", "matmul")],
)
def test_each_operator_is_one_layer(text, layer):
    assert wiring(text) == [(layer, ("a", "b"), "out")]


def test_power_binds_tighter_than_minus_and_to_the_right():
    assert wiring("-x ** 2 ** y") == [
        ("pow", (Constant("2"), "y"), "(1)"),
        ("pow", ("x", "(1)"), "(2)"),
        ("neg", ("(2)",), "out"),
    ]


def test_a_signed_number_is_a_constant():
    assert wiring("x * -2 + +3") == [
        ("mul", ("x", Constant("-2")), "(1)"),
        ("add", ("(1)", Constant("3")), "out"),
    ]


def test_a_constant_keeps_its_text():
    assert wiring("x * 0.10")[0][1] == ("x", Constant("0.10"))


def test_a_call_is_the_layer_of_that_name_with_its_parameters():
    (node,) = compiled("sum(x, axis=0, keepdims=true)")
    assert (node.spec.name, tuple(node.inputs), node.parameters) == ("sum", ("x",), {"axis": 0, "keepdims": True})


def test_too_few_inputs_are_for_the_graph_to_tell():
    assert [wiring(f"{layer}()")[0][1] for layer in ("where", "relu")] == [(), ()]


def test_numbers_of_nodes_go_on_from_the_first_number():
    nodes = compile_assignment("y = a * b + c", 7, lambda _start, _end: None)
    assert [node.output for node in nodes] == ["(7)", "y"]
    nodes = compile_unnamed("a * b + c", 7, lambda _start, _end: None)
    assert [(node.inputs, node.output) for node in nodes] == [(("a", "b"), "(7)"), (("(7)", "c"), "(8)")]


def test_a_formula_may_go_over_several_lines():
    assert wiring("x\n  * y") == [("mul", ("x", "y"), "out")]


def test_names_may_be_of_any_script_and_are_normalised_as_python_does():
    assert wiring("\ufb01 = größe * \ufb01x") == [("mul", ("größe", "fix"), "fi")]


@pytest.mark.parametrize(
    ("text", "mark", "message"),
    [
        ("a * rleu(b)", "rleu", "unknown layer 'rleu'"),
        ("a ^ b", "^", "a formula has no operator ^"),
        ("a * lambda", "lambda", "'lambda' is a reserved word and cannot be a name"),
        ("lambda = a * b", "lambda", "'lambda' is a reserved word and cannot be a name"),
        ("2x = a * b", "2x", "'2x' is not a name"),
        ("(a + b", "(", "'(' was never closed"),
        ("a + b)", ")", "unmatched ')'"),
        ("a $ b", "$", "unexpected '$'"),
        ("a * # b", "#", "a formula has no comments"),
        ("a * 1_000", "1_000", "1_000 is not a number"),
        ("a * 'x'", "'x'", "'x' is not a number"),
        ("größe * b.real", "b.real", "a formula has no attributes such as .real"),
        ("__import__('os').system('true')", "__import__('os').system", "unknown layer '__import__('os').system'"),
        ("relu(x, slop=1)", "slop", "relu has no parameter 'slop'"),
        ("sum(x, axis=a)", "a", "the parameter axis must be a whole number or null, not 'a'"),
        ("2 or 3", "2 or 3", "a formula has no 'or'"),
        ("[a] * 2", "[a]", "a formula cannot contain a list of values"),
        ("a * (lambda: b)", "lambda: b", "this syntax is not supported in a formula"),
        ("a // b", "//", "a formula has no operator //"),
        ("a() ()", "a()", "unknown layer 'a()'"),
        ("a * '\\d'", "'\\d'", "'\\d' is not a number"),
        ("a ** * b", "*", "unexpected '*'"),
        ("  a + ) ", ")", "unmatched ')'"),
        ("abs(x > 1)", "x > 1", "a comparison can only be the condition of where"),
        ("y = x", "y = x", "nothing to compute: a formula needs an operator or a layer"),
    ],
)
def test_what_is_no_formula_is_marked(text, mark, message):
    assert (problem(text).message, marked(text)) == (message, mark)


def test_a_formula_that_ends_too_soon_is_marked_behind_its_end():
    found = problem("a * ")
    assert (found.message, found.place.column, found.place.length) == ("the formula ends too soon", 4, 1)


def test_the_caret_operator_gets_the_hint_to_use_two_stars():
    assert problem("a ^ b").hint == "write a ** b"


def test_a_misspelt_layer_gets_a_suggestion():
    assert problem("rleu(b)").hint == "did you mean 'relu'?"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "y =",
        "a *",
        "a[0]" + "[0]" * 50_000,
        "a" + "()" * 5_000,
        "-" * 10_000 + "a",
        "(" * 1_000,
        "a+" * 20_000 + "a",
        "9" * 5_000,
    ],
)
def test_what_cannot_be_parsed_is_a_formula_error(text):
    with pytest.raises(FormulaError):
        compiled(text)


def test_a_sum_of_a_thousand_terms_is_read():
    assert len(compiled("+".join(["a"] * 1_000))) == 999


@given(st.text(max_size=60))
def test_any_text_is_nodes_or_a_clear_error(text):
    try:
        assert compiled(text)
    except BackpropError as error:
        assert all(problem.message for problem in error.problems)


@given(st.text(alphabet="ab12.+-*/@^()[]:=<>!,e_ '#\\\n\0é×", max_size=40))
def test_any_near_formula_is_nodes_or_an_error_inside_its_text(text):
    try:
        assert compiled(text)
    except BackpropError as error:
        for found in error.problems:
            assert found.place is None or 1 <= found.place.column <= len(text) + 1


ATOMS = st.sampled_from(["x", "y", "2", "-0.5", "pi", "e", "(1)", "x[0]", "nothing"])
GROWN = st.recursive(
    ATOMS,
    lambda parts: st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from([*"+-*/@<%", "**", "==", "and"]), parts),
        st.builds("{}[{}]".format, parts, st.sampled_from(["0", "-1", "1:", "::2", ":, 0", "..., 1", "y", "1.5", ""])),
        st.builds(
            "where({} {} {}, {}, {})".format, parts, st.sampled_from(["<", ">=", "!=", "or", "is"]), *[parts] * 3
        ),
        st.builds("{}({})".format, st.sampled_from(["relu", "sum", "softmax", "clip", "nosuch"]), parts),
        st.builds("sum({}, axis={})".format, parts, st.sampled_from(["0", "1", "null", "x", "[0]"])),
    ),
    max_leaves=8,
)


@given(GROWN)
def test_any_formula_gives_numbers_or_a_clear_error(text):
    """Built from what formulas have, with a few pieces among it that they lack, and run."""
    try:
        result = bp.eval_formula(text, x=[[1.5, -2.0], [0.5, 3.0]], y=2)
    except BackpropError as error:
        assert all(problem.message for problem in error.problems)
    else:
        assert result.gradients.keys() == {"x", "y"}


def test_an_assignment_is_told_from_a_comparison_and_from_a_parameter():
    assert [is_assignment(text) for text in ("y = a", "y == a", "sum(a, axis=0)", "relu")] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize("text", ["\ta * b", "a\r\n* b", "a *\tb\r\n", "y =\ta\n*\rb"])
def test_tabs_and_ends_of_lines_are_spaces(text):
    (node,) = compiled(text)
    assert (node.spec.name, node.inputs) == ("mul", ("a", "b"))


@pytest.mark.parametrize("word", ["tanh", "'tanh'", '"tanh"'])
def test_a_parameter_that_is_a_word_may_stand_in_quotes(word):
    (node,) = compiled(f"gelu(a, approximate={word})")
    assert node.parameters == {"approximate": "tanh"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("leaky_relu(a, slope=1, slope=2)", "the parameter slope is given twice"),
        ("add(a, **b)", "a parameter is given by its name: axis=0"),
        ("sum(axis=0, a)", "a value follows a parameter"),
    ],
)
def test_parameters_are_given_once_and_by_name(text, message):
    assert problem(text).message == message
