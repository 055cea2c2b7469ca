"""The three forms of a step."""

from __future__ import annotations

from functools import wraps

import pytest

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.layers import Layer, LeakyRelu
from backpropcli.scenario import steps
from backpropcli.sources.literals import Constant

ONE = "inputs: {x: 1}\nlayers:\n"
TWO = "inputs: {a: 1, b: 2}\nlayers:\n"


class Scaled(Layer):
    """A layer with a parameter that it is particular about."""

    def __init__(self, *, factor: float) -> None:
        if factor < 0:
            raise ValueError("factor must not be negative")
        self.factor = factor

    def forward(self, x):
        return x * self.factor


@pytest.fixture
def scaled(monkeypatch) -> None:
    """The catalogue with Scaled in it."""
    monkeypatch.setitem(LAYERS, "scaled", (__name__, "Scaled"))
    monkeypatch.setattr(steps, "layer_spec", lambda name: LayerSpec(name, Scaled))


def nodes(scenario):
    return [(node.spec.name, list(node.inputs), node.output) for node in scenario.graph.nodes]


def test_a_mapping_says_everything(parse) -> None:
    scenario = parse(TWO + "  - {name: m, type: mul, inputs: [a, 2.50], output: c}\n  - {type: add, inputs: [c, b]}\n")
    assert nodes(scenario) == [("mul", ["a", Constant("2.50")], "c"), ("add", ["c", "b"], "(2)")]
    assert scenario.graph.nodes[0].name == "m"


def test_a_chain_takes_the_previous_value(parse) -> None:
    scenario = parse(ONE + "  - relu\n  - {type: exp}\n  - y = (x + 1) * 2\n  - sum\n")
    assert nodes(scenario) == [
        ("relu", ["x"], "(1)"),
        ("exp", ["(1)"], "(2)"),
        ("add", ["x", Constant("1")], "(3)"),
        ("mul", ["(3)", Constant("2")], "y"),
        ("sum", ["y"], "(5)"),
    ]


def test_a_step_takes_the_name_of_a_constant_from_all_formulas(parse, problems) -> None:
    """Also from those before it, which use the name before it is defined."""
    assert parse(ONE + "  - y = x * e\n").graph.named_constants == ["e"]
    assert parse(ONE + "  - e = x * 2\n  - y = x * e\n").graph.named_constants == []
    assert problems(ONE + "  - y = x * e\n  - e = x + 1\n") == [("'e' is used before it is defined", 3, 13, "e")]


def test_a_constant_has_a_name_in_formulas_only(problems) -> None:
    """A mapping says everything: a name there is one that the scenario defines."""
    assert problems(ONE + "  - {type: mul, inputs: [x, pi]}\n") == [("unknown name 'pi'", 3, 29, "pi")]


def test_parameters_are_read_by_the_layer(parse) -> None:
    scenario = parse("inputs: {x: [1]}\nlayers: [{type: sum, axis: 0, keepdims: true}]")
    assert scenario.graph.nodes[0].parameters == {"axis": 0, "keepdims": True}


@pytest.mark.parametrize(
    ("step", "message", "column", "pointed_at"),
    [
        ("{type: mull, inputs: [a, b]}", "unknown layer type 'mull'", 12, "mull"),
        ("{type: [mul], inputs: [a, b]}", "unknown layer type a list", 12, "[mul]"),
        ("reluu", "unknown layer type 'reluu'", 5, "reluu"),
        ("a == b", "a comparison can only be the condition of where", 5, "a == b"),
        ("a b = 3 * a", "'a b' is not a valid name", 5, "a b = 3 * a"),
        ("= a", "unexpected '='", 5, "="),
        ("3", "expected a step, not '3'", 5, "3"),
        ("[relu]", "expected a step, not a list", 5, "[relu]"),
        ("{inputs: [a, b], output: c}", "this step has no type", 5, "{inputs: [a, b], output: c}"),
        ("{type: mul, input: [a, b], inputs: [a, b]}", "unknown key 'input' in a step of type mul", 17, "input"),
        ("{type: mul, inputs: a}", "inputs must be a list, not 'a'", 25, "a"),
        ("{type: mul, inputs: [a, '2']}", "'2' is not a valid name", 29, "'2'"),
        ("{type: mul, inputs: [a, [b]]}", "expected a name, not a list", 29, "[b]"),
        ("{type: mul, inputs: [a, bb]}", "unknown name 'bb'", 29, "bb"),
        ("{type: mul, inputs: [a]}", "mul takes 2 inputs (x, y), not 1", 12, "mul"),
        ("{type: mul, inputs: [a, b], output: b}", "the name 'b' is defined twice", 41, "b"),
        ("{type: mul, inputs: [a, b], output: 3}", "'3' is a number, not a name", 41, "3"),
        ("{type: mul, inputs: [a, b], name: x y}", "'x y' is not a valid name", 39, "x y"),
        ("{type: mul}", "the first step must name its inputs, as the scenario has 2 inputs", 5, "{type: mul}"),
        ("relu", "the first step must name its inputs, as the scenario has 2 inputs", 5, "relu"),
        (
            "{type: sum, inputs: [a], axis: one}",
            "the parameter axis must be a whole number or null, not 'one'",
            36,
            "one",
        ),
        (
            "{type: sum, inputs: [a], axis: '1'}",
            "the parameter axis must be a whole number or null, not '1'",
            36,
            "'1'",
        ),
        (
            "{type: sum, inputs: [a], axis: 1.5}",
            "the parameter axis must be a whole number or null, not '1.5'",
            36,
            "1.5",
        ),
        ("b = a * a", "the name 'b' is defined twice", 5, "b"),
        ("lambda = a * a", "'lambda' is a reserved word and cannot be a name", 5, "lambda = a * a"),
        ("c = a * bb", "unknown name 'bb'", 13, "bb"),
        ('"c = a * bb"', "unknown name 'bb'", 14, "bb"),
        ("&anchor c = a * bb", "unknown name 'bb'", 21, "bb"),
        ('"c = \\x61 * bb"', "unknown name 'bb'", 5, '"c = \\x61 * bb"'),
        ("c = a\n      * bb", "unknown name 'bb'", 5, "c = a"),
    ],
)
def test_what_is_wrong_with_a_step_is_shown_where_it_is(problems, step, message, column, pointed_at) -> None:
    assert problems(f"{TWO}  - {step}\n") == [(message, 3, column, pointed_at)]


def test_a_step_that_is_wrong_does_not_blame_those_that_use_it(problems) -> None:
    text = TWO + "  - {type: mull, inputs: [a, b], output: c}\n  - d = c +\n  - e = c * d\noutput: d\n"
    assert [(line, column) for _, line, column, _ in problems(text)] == [(3, 12), (4, 12)]


def test_a_misspelt_layer_gets_a_hint(hints) -> None:
    assert hints(ONE + " - {type: sigmiod}\n - reluu") == ["did you mean 'sigmoid'?", "did you mean 'relu'?"]


def test_a_mapping_that_is_meant_as_an_assignment_gets_a_hint(hints) -> None:
    assert hints(TWO + "  - c: a * b") == ["did you mean 'c = a * b'?"]


def test_a_name_is_used_only_after_it_is_defined(problems) -> None:
    text = ONE + "  - {type: mul, inputs: [x, z], output: y}\n  - z = x * 2\n"
    assert problems(text) == [("'z' is used before it is defined", 3, 29, "z")]


@pytest.mark.usefixtures("scaled")
def test_a_required_parameter_is_read(parse) -> None:
    assert parse(ONE + "  - {type: scaled, factor: 2}").graph.nodes[0].parameters == {"factor": Constant("2")}


@pytest.mark.usefixtures("scaled")
@pytest.mark.parametrize(
    ("step", "message", "column", "pointed_at"),
    [
        ("{type: scaled}", "scaled needs the parameter factor", 12, "scaled"),
        ("scaled", "scaled needs the parameter factor", 5, "scaled"),
        ("{type: scaled, factor: -1}", "scaled: factor must not be negative", 28, "-1"),
        ("{type: scaled, factor: 1e999}", "scaled: 1e999 is too large for a float64", 28, "1e999"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_shown(problems, step, message, column, pointed_at) -> None:
    assert problems(f"{ONE}  - {step}") == [(message, 3, column, pointed_at)]


def test_a_built_in_constructor_that_fails_is_no_problem_of_the_file(parse, monkeypatch) -> None:
    """It refuses parameters with a ValueError; anything else is a bug of ours."""

    @wraps(LeakyRelu.__init__)
    def broken(*_, **__):
        raise AttributeError("planted")

    monkeypatch.setattr(LeakyRelu, "__init__", broken)
    with pytest.raises(AttributeError, match="planted"):
        parse(ONE + "  - {type: leaky_relu, slope: 0.1}\n")
