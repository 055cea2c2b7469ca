"""Cost grows in proportion to the input, for every kind of input: counted in lines of Python, bytes, and matches.

`benchmarks/growth.py` measures the same with a clock.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import backpropcli as bp
from backpropcli.catalogue.registry import layer_spec
from backpropcli.derivation.from_result import derivation_of
from backpropcli.errors import BackpropError, DataError, ScenarioError, did_you_mean
from backpropcli.gradcheck import check_scenario
from backpropcli.scenario import parse_scenario


def parsed(text):
    """The scenario that a text is, or the error."""
    try:
        return parse_scenario(text, "k.yaml", Path())
    except ScenarioError as error:
        return error


def listed(item, number):
    return ", ".join(map(item, range(number)))


def on_one_line(number):
    """A scenario with so many answers, all on one line."""
    inputs, answers = listed(lambda i: f"x{i}: 1", number), listed(lambda i: f"x{i}: 3", number)
    return f"inputs: {{{inputs}}}\nlayers: [{{type: neg, inputs: [x0]}}]\nexpect: {{gradients: {{{answers}}}}}\n"


ON_ONE_LINE = {
    "answers": on_one_line,
    "tags": lambda number: f"inputs: {{{listed(lambda i: f'x{i}: !t 1', number)}}}\nlayers: [neg]\n",
    "duplicate keys": lambda number: f"inputs: {{{listed(lambda _: 'x: 1', number)}}}\nlayers: [neg]\n",
    "unused inputs": lambda number: f"inputs: {{{listed(lambda i: f'x{i}: 1', number)}}}\nlayers: [y = x0 * 2]\n",
    "unknown keys": lambda number: f"inputs: {{{listed(lambda i: f'x{i}: {{a: 1}}', number)}}}\nlayers: [y = x0 * 2]\n",
}


@pytest.mark.parametrize("kind", ON_ONE_LINE)
def test_places_on_one_line_share_its_text(memory, kind):
    """Each with a copy of the line would take four times four as much for four times as many."""
    small, large = (memory(lambda number=number: parsed(ON_ONE_LINE[kind](number)))[1] for number in (500, 2_000))
    assert large < 6 * small


def test_a_run_of_many_inputs(steps):
    def run(number):
        scenario = parsed(f"inputs: {{{listed(lambda i: f'x{i}: 1', number)}}}\nlayers: [y = x0 * 2]\n")
        return steps(lambda: bp.run(scenario))

    run(10)
    assert run(2_000) < 6 * run(500)


def test_many_wrong_answers(steps):
    """Each is judged; only some dozens are held against all others, to say what the mistake is."""

    def check(number):
        scenario = parsed(on_one_line(number))
        return steps(lambda: check_scenario(scenario, precise=False))

    check(10)
    assert check(800) < 6 * check(200)


def test_suggestions_for_long_names(steps):
    """Two names of 2,000 letters take difflib seconds to compare."""
    names = [f"{'a' * 2_000}{number}" for number in range(40)]
    assert steps(lambda: did_you_mean("a" * 2_000, names)) < 1_000


def test_suggestions_look_at_no_more_names_than_they_can_compare():
    """Of an endless list too."""

    def endless():
        while True:
            yield "name"

    assert did_you_mean("nane", endless()) is None


@pytest.mark.parametrize("text", ["(" + " " * 200_000 + "x", "(1" + " ," * 100_000 + "x", "1" + " " * 200_000 + "]x"])
def test_a_shape_of_blanks_is_read_in_one_go(text):
    """The expression has nothing to try again, or this would not end."""
    with pytest.raises(DataError, match="list of whole numbers") as caught:
        layer_spec("broadcast").parameters["shape"].read(text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["(2, 3)", "[2,3,]", " 2 , 3 ", "( 2 ,3 , )"])
def test_a_shape_is_read_however_it_is_spaced(text):
    try:
        assert layer_spec("broadcast").parameters["shape"].read(text.strip()) == (2, 3)
    except BackpropError as error:
        pytest.fail(str(error))


def test_places_in_a_formula_in_greek(steps):
    """Offsets in bytes are counted once, not from its beginning for each of its parts."""

    def evaluate(number):
        formula = " + ".join(["exp(λ)"] * number)
        return steps(lambda: bp.eval_formula(formula, λ=1))

    evaluate(2)
    assert evaluate(400) < 6 * evaluate(100)


def test_gradients_are_derived_in_proportion_to_the_layers(steps):
    """Values without names are written out, and looked into no more often for that."""

    def derived(number):
        text = f"inputs: {{x: 1}}\nlayers: ['y = {' + '.join(['sin(x)'] * number)}']\n"
        return steps(lambda: derivation_of(bp.run(parsed(text)), ["x"]))

    assert derived(400) < 10 * derived(100)
