"""What people write into a scenario is read as they mean it, or answered with its spelling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from backpropcli import api
from backpropcli.errors import BackpropError
from backpropcli.scenario import parse_scenario

TWO = "inputs: {a: 3, b: 2}\n"


def values(scenario) -> dict[str, object]:
    return {value.name: value.value for value in api.run(scenario).values}


def test_a_step_may_be_a_formula_without_a_name(parse) -> None:
    """The next step goes on with its value."""
    nodes = parse(TWO + "layers:\n  - a * b + 1\n  - relu\n  - leaky_relu(a, slope=0.5)\n").graph.nodes
    assert [(node.spec.name, node.output) for node in nodes] == [
        ("mul", "(1)"),
        ("add", "(2)"),
        ("relu", "(3)"),
        ("leaky_relu", "(4)"),
    ]
    assert list(nodes[2].inputs) == ["(2)"]


def test_constants_have_values_and_no_gradients(parse) -> None:
    scenario = parse("inputs: {x: 2}\nconstants: {gamma: 0.9}\nlayers:\n  - square\n  - y = gamma * square(x)\n")
    result = api.run(scenario)
    assert (result.value, list(result.gradients)) == (3.6, ["x"])
    assert api.run(scenario, inputs={"gamma": 1}).value == 4
    assert api.run(scenario, gradients=["gamma"]).gradients == {"gamma": 4}


def test_a_constant_is_not_what_the_first_step_is_applied_to(parse) -> None:
    """As there is one input, a bare name begins with it."""
    (node,) = parse("inputs: {x: 2}\nconstants: {c: 1}\nlayers: [exp]\ngradients: [c]\n").graph.nodes
    assert list(node.inputs) == ["x"]


def test_a_name_is_that_of_an_input_or_of_a_constant(problems) -> None:
    text = "inputs: {x: 2}\nconstants: {x: 1}\nlayers: [exp]\n"
    assert problems(text) == [("the name 'x' is defined twice", 2, 13, "x")]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("{linspace: [0, 1, 5]}", [0, 0.25, 0.5, 0.75, 1]),
        ("{linspace: [0.1, 1/3, 2]}", [0.1, 1 / 3]),
        ("{linspace: [1, -1, 1]}", [1]),
        ("{zeros: 3}", [0, 0, 0]),
        ("{ones: [2, 1]}", [[1], [1]]),
    ],
)
def test_values_that_are_described(parse, value: str, wanted: object) -> None:
    result = api.run(parse(f"inputs: {{x: {value}}}\nlayers: [y = x * 1]\n"))
    assert_array_equal(result.value, np.array(wanted, float))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{linspace: [0, 1]}", "linspace must be [first, last, count]"),
        ("{linspace: [0, a, 3]}", "linspace must be [first, last, count]"),
        ("{linspace: [0, inf, 3]}", "linspace needs finite numbers"),
        ("{linspace: [0, 1, 1000001]}", "1,000,001 numbers; at most 1,000,000 are made"),
        ("{zeros: [2, 0]}", "expected a length or a shape of whole numbers from 1"),
        ("{ones: [10000, 10000]}", "100,000,000 numbers; at most 1,000,000 are made"),
        ("{ones: 2, zeros: 3}", "the input x is made in two ways: ones and zeros"),
    ],
)
def test_values_that_cannot_be_made(problems, value: str, message: str) -> None:
    assert [found[0] for found in problems(f"inputs: {{x: {value}}}\nlayers: [y = x * 1]\n")] == [message]


def test_a_formula_that_is_not_used_is_told_once(parse) -> None:
    """Not once for each of its layers."""
    scenario = parse(TWO + "layers:\n  - u = (a * b) + b * b\n  - y = a * b\n")
    assert [warning.message for warning in scenario.warnings] == ["the output does not depend on add u"]


def test_unused_constants_are_told(parse) -> None:
    scenario = parse("inputs: {x: 2}\nconstants: {c: 1}\nlayers: [exp]\n")
    assert [warning.message for warning in scenario.warnings] == ["the output does not depend on the constant 'c'"]


def test_every_formula_that_a_comma_cuts_is_told_once(problems) -> None:
    """Wherever in its brackets the commas are."""
    found = problems(TWO + "layers: [u = mul(mul(a, b), a), v = exp(u), y = add(v, mul(b, a))]")
    assert [message for message, *_ in found] == ["this formula ends at a comma"] * 2


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            TWO + "layers: [y = dot(a, b)]",
            "this formula ends at a comma",
            "a comma ends an entry of [...]: put the formula into quotes",
        ),
        ("inputs:\n  x = 3\nlayers: [exp(2)]", "inputs must be a mapping, not 'x = 3'", "write x: 3"),
        (
            "inputs:\n  - x = 3\nlayers: [exp(2)]",
            "inputs must be a mapping, not a list",
            "write x: 3, without a dash",
        ),
        ("inputs:\n  x = 3\nlayers: [relu, y = x * 2]", "inputs must be a mapping, not 'x = 3'", "write x: 3"),
        ("inputs:\n  - x: 3\nlayers: [relu]", "inputs must be a mapping, not a list", "leave out the dashes"),
        (TWO + "layers:\n  - c = c + 1", "a cycle: c -> c", "give this value another name, such as c2"),
        ("inputs: {x: {zeross: 3}}\nlayers: [relu]", "unknown key 'zeross' in the input x", "did you mean 'zeros'?"),
        (
            "inputs: {x: '1,5'}\nlayers: [relu]",
            "the input x must be a number, a list of numbers or {file: ...}, not '1,5'",
            "write 1.5, or [1, 5] for two numbers",
        ),
        ("inputs: {x: 1,5}\nlayers: [relu]", "a comma ends an entry of {...}", "write 1.5"),
        (
            "inputs: {x: 1}\nlayers: [y = relu(x)]\nexpect: {values: {y: 2,5}}",
            "a comma ends an entry of {...}",
            "write 2.5",
        ),
        (TWO + "layers:\n  - a = a + 1", "the name 'a' is defined twice", "give this value another name, such as a2"),
        (TWO + "layers:\n  - c += 1", "a value gets its name once", "write c2 = c + 1"),
        (TWO + "layers:\n  - 2a + b", "a product needs its sign", "write 2 * a + b"),
    ],
)
def test_the_answer_to(problems, hints, text: str, message: str, hint: str) -> None:
    assert (problems(text)[0][0], hints(text)[0]) == (message, hint)
    assert len(problems(text)) == 1


@pytest.mark.parametrize("text", ["1/3", "1 / 3", "1/ 3"])
def test_a_fraction_may_have_blanks_around_its_stroke(parse, text: str) -> None:
    """It is the same number, exactly."""
    result = api.run(parse(f"exact: true\ninputs: {{x: {text}}}\nlayers: [y = 3 * x]\n"))
    assert result.value == 1
    assert_array_equal(api.run(parse(f"inputs: {{x: [{text}, 2]}}\nlayers: [y = x * 1]\n")).value, [1 / 3, 2])


@pytest.mark.parametrize(
    ("text", "message", "marked", "hint"),
    [
        (
            "inputs: {x: 1}\nlayers: y = 2 * x\n",
            "layers must be a list, not 'y = 2 * x'",
            "y = 2 * x",
            "write [y = 2 * x]",
        ),
        (
            "inputs: {x: 1}\nlayers:\n  y: 2 * x\n",
            "layers must be a list, not a mapping",
            "y: 2 * x",
            "write - y = 2 * x",
        ),
        ("inputs: {x: 1}\nlayers: [{relu: x}]\n", "this step has no type", "{relu: x}", "did you mean 'relu(x)'?"),
        ("x: 1\ny = 2\n", "expected key: value", "y = 2", "write y: 2"),
        (
            "inputs: {x: 1}\nlayers:\n  - |x|\n",
            "a '|' or a '>' at the beginning of a text has a meaning of its own",
            "x",
            "put the text into quotes",
        ),
        ("inputs: {x: 1}\nlayers: [y = exp -x]\n", "unknown name 'exp'", "exp", "exp is a layer: write exp(...)"),
    ],
)
def test_what_is_written_otherwise_is_answered_with_its_spelling(
    text: str, message: str, marked: str, hint: str
) -> None:
    with pytest.raises(BackpropError) as caught:
        parse_scenario(text, "s.yaml", Path())
    found = caught.value.problems[0]
    place = found.place
    assert place is not None
    assert (found.message, place.text[place.column - 1 :][: place.length], found.hint) == (message, marked, hint)


@pytest.mark.parametrize("step", ["y = 1e400 * x", "{type: mul, inputs: [x, 1e400]}"])
def test_a_constant_that_is_too_large_has_a_place(parse, step: str) -> None:
    with pytest.raises(BackpropError) as caught:
        api.run(parse(f"inputs: {{x: 1}}\nlayers: [z = 2 * x, {step}]\n"))
    (found,) = caught.value.problems
    assert found.message == "1e400 is too large for a float64"
    assert found.place is not None
    assert found.place.text[found.place.column - 1 :].startswith("1e400")
