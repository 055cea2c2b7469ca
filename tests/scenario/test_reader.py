"""The keys of a scenario file."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from backpropcli.errors import ScenarioError
from backpropcli.scenario import load_scenario
from backpropcli.sources.literals import ArrayFile

INPUTS = "inputs: {a: 1, b: 2}\n"
LAYERS = "layers: [c = a * b]\n"


def test_a_scenario_says_everything(parse) -> None:
    scenario = parse(
        "title: T\ninputs: {a: 1, b: 2}\nlayers: [c = a * b]\noutput: c\ndout: [1, 2]\ngradients: [b, c]\n"
        "expect: {values: {c: 2}, gradients: {a: [2], c: 1e0}}\nexact: true\ndtype: float32\n"
    )
    assert (scenario.title, scenario.dout, scenario.gradients) == ("T", ["1", "2"], ("b", "c"))
    assert (scenario.expect.values, scenario.expect.gradients) == ({"c": "2"}, {"a": ["2"], "c": "1e0"})
    assert (scenario.exact, scenario.dtype, scenario.graph.output) == (True, "float32", "c")


def test_what_a_scenario_leaves_out_has_a_default(parse) -> None:
    scenario = parse(INPUTS + LAYERS)
    assert (scenario.title, scenario.dout, scenario.gradients) == (None, None, ("a", "b"))
    assert (scenario.exact, scenario.dtype, scenario.graph.output, scenario.warnings) == (False, "float64", "c", ())


@pytest.mark.parametrize(
    "text", ["1", "010", "1e-3", "-.5", "+1.", "0x1F", "0o17", ".inf", "-.INF", ".nan", "1" * 5000]
)
def test_numbers_are_those_of_yaml_1_2_and_keep_their_text(parse, text) -> None:
    assert parse(f"inputs: {{x: {text}}}\nlayers: [y = x + 1]").inputs == {"x": text}


@pytest.mark.parametrize("word", ["no", "on", "off", "yes", "y"])
def test_the_words_that_yaml_1_1_takes_for_truth_are_names(parse, word) -> None:
    assert parse(f"inputs: {{{word}: 1}}\nlayers: [z = {word} + 1]\ngradients: [{word}]").gradients == (word,)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("[]", []),
        ("[1, -.5]", ["1", "-.5"]),
        ("[[1, 2], [3, 4], [5, 6]]", [["1", "2"], ["3", "4"], ["5", "6"]]),
        ("{file: x.npy}", ArrayFile("x.npy")),
        ("{file: x.csv, column: unit price}", ArrayFile("x.csv", "unit price")),
        ("{file: x.tsv, column: 2024}", ArrayFile("x.tsv", "2024")),
        ("{file: x.npz, array: w}", ArrayFile("x.npz", "w")),
    ],
)
def test_an_input_is_a_number_an_array_or_a_file(parse, value, read) -> None:
    assert parse(f"inputs: {{x: {value}}}\nlayers: [y = x + 1]").inputs == {"x": read}


@pytest.mark.parametrize(
    ("value", "message", "column", "pointed_at"),
    [
        ("no", "the input x must be a number, a list of numbers or {file: ...}, not 'no'", 13, "no"),
        ("1_000", "the input x must be a number, a list of numbers or {file: ...}, not '1_000'", 13, "1_000"),
        ("'1'", "the input x must be a number, a list of numbers or {file: ...}, not '1'", 13, "'1'"),
        ("true", "the input x must be a number, a list of numbers or {file: ...}, not true", 13, "true"),
        ("~", "the input x must be a number, a list of numbers or {file: ...}, not nothing", 13, "~"),
        ("[1, a]", "the input x must contain numbers, not 'a'", 17, "a"),
        ("[[1, 2], [3]]", "this row has length 1, the first has length 2", 22, "[3]"),
        ("[[1, 2], 3]", "a number among lists", 22, "3"),
        ("[1, [2]]", "a list among numbers", 17, "[2]"),
        ("[[[1]], [[1, 2]]]", "this part of the array is (1, 2), the first is (1, 1)", 21, "[[1, 2]]"),
        ("[[[1], [1, 2]]]", "this row has length 2, the first has length 1", 20, "[1, 2]"),
        ("{file: 3}", "file must be the name of a file, not '3'", 20, "3"),
        ("{file: [x]}", "file must be the name of a file, not a list", 20, "[x]"),
        ('{file: "a\\0b"}', "file must be the name of a file, not 'a\0b'", 20, '"a\\0b"'),
        ("{}", "the input x is a mapping without 'file'", 13, "{}"),
        ("{file: x.csv, colum: a}", "unknown key 'colum' in the input x", 27, "colum"),
        ("{file: x.csv, column: [a]}", "column must be a name, not a list", 35, "[a]"),
        ("{file: x.npz, column: a}", "column names a column of a table, which x.npz is not", 27, "column"),
        ("{file: x.csv, array: a}", "array names an array of a .npz file, which x.csv is not", 27, "array"),
    ],
)
def test_what_is_no_value_is_shown(problems, value, message, column, pointed_at) -> None:
    assert problems(f"inputs: {{x: {value}}}\nlayers: [y = x + 1]") == [(message, 1, column, pointed_at)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (INPUTS, [("a scenario needs layers:", 1, 1, "inputs: {a: 1, b: 2}")]),
        (INPUTS + "layers: []", [("layers needs at least one step", 2, 9, "[]")]),
        (INPUTS + "layers: c = a * b", [("layers must be a list, not 'c = a * b'", 2, 9, "c = a * b")]),
        ("inputs: [1]\nlayers: [y = 2 * 3]", [("inputs must be a mapping, not a list", 1, 9, "[1]")]),
        (INPUTS + LAYERS + "ouput: c", [("unknown key 'ouput' in a scenario", 3, 1, "ouput")]),
        (INPUTS + LAYERS + "output: d", [("unknown name 'd'", 3, 9, "d")]),
        (INPUTS + LAYERS + "output: [c]", [("expected a name, not a list", 3, 9, "[c]")]),
        (INPUTS + LAYERS + "output: a", [("the output 'a' is an input; it must be the value of a layer", 3, 9, "a")]),
        (INPUTS + LAYERS + "gradients: a", [("gradients must be a list, not 'a'", 3, 12, "a")]),
        (INPUTS + LAYERS + "gradients: [a, z]", [("unknown name 'z'", 3, 16, "z")]),
        (INPUTS + LAYERS + "gradients: [a, b, a]", [("the gradient of 'a' is listed twice", 3, 19, "a")]),
        (
            INPUTS + LAYERS + "dout: x",
            [("dout must be a number, a list of numbers or {file: ...}, not 'x'", 3, 7, "x")],
        ),
        (INPUTS + LAYERS + "exact: yes", [("exact must be true or false, not 'yes'", 3, 8, "yes")]),
        (INPUTS + LAYERS + "dtype: float16", [("dtype must be float64 or float32, not 'float16'", 3, 8, "float16")]),
        (INPUTS + LAYERS + "title: 3", [("the title must be text, not '3'", 3, 8, "3")]),
        (INPUTS + LAYERS + "expect: 3", [("expect must be a mapping, not '3'", 3, 9, "3")]),
        (INPUTS + LAYERS + "expect: {value: {}}", [("unknown key 'value' in expect", 3, 10, "value")]),
        (INPUTS + LAYERS + "expect: {values: {q: 3}}", [("unknown name 'q'", 3, 19, "q")]),
        (
            INPUTS + LAYERS + "expect: {values: {c: {file: x.npy}}}",
            [("the answer for c must be a number or a list of numbers, not a mapping", 3, 22, "{file: x.npy}")],
        ),
    ],
)
def test_what_is_wrong_with_a_key_is_shown(problems, text, expected) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lambda", "'lambda' is a reserved word and cannot be a name"),
        ("2a", "'2a' is not a valid name"),
        ("a-b", "'a-b' is not a valid name"),
        ("3", "'3' is a number, not a name"),
        ("inf", "'inf' is a number, not a name"),
        ("~", "expected a name, not nothing"),
    ],
)
def test_an_input_that_no_formula_could_name_is_refused(problems, name, message) -> None:
    assert problems(f"inputs: {{{name}: 1}}\nlayers: [y = 2 * 3]") == [(message, 1, 10, name)]


def test_names_are_normalised_as_in_formulas(parse) -> None:
    """U+210C, a black-letter H, is the name H for Python."""
    scenario = parse("inputs: {\u210c: 1}\nlayers: [y = \u210c + H]\ngradients: [\u210c]")
    assert (list(scenario.inputs), scenario.gradients) == (["H"], ("H",))


def test_two_spellings_of_one_name_are_one_too_many(problems) -> None:
    assert problems("inputs: {H: 1, \u210c: 1}\nlayers: [y = H + 1]") == [
        ("the input 'H' is defined twice", 1, 16, "\u210c")
    ]


def test_hints_name_what_was_meant(hints) -> None:
    text = "input: {a: 1}\ninputs: {apple: 1}\nlayers: [y = apple * 2]\ngradients: [appel]"
    assert hints(text) == ["did you mean 'inputs'?", "did you mean 'apple'?"]


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_text(problems) -> None:
    text = "title: 3\ninputs: {x: no}\nlayers: [y = x +, {type: mull}, z = x * q]\noutput: w\nexact: 1\nfoo: 1\nfoo: 2"
    assert [line for _, line, _, _ in problems(text)] == [1, 2, 3, 3, 3, 4, 5, 6, 7, 7]


def test_the_list_of_problems_has_an_end(parse) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(f"inputs: {{x: 1}}\nlayers: [{'mull, ' * 10_000}]")
    assert len(caught.value.problems) == 51
    assert caught.value.problems[-1].message == "stopped after 50 problems"


def test_what_the_output_does_not_need_is_a_warning_with_its_place(parse) -> None:
    text = "inputs: {x: 1, y: 2}\nlayers:\n  - {type: relu, inputs: [x], output: z}\n  - u = x * 3\n  - v = x + 2\n"
    warnings = [(w.message, *w.place[1:4]) for w in parse(text).warnings]
    assert warnings == [
        ("the output does not depend on the input 'y'", 1, 16, 1),
        ("the output does not depend on relu z", 3, 12, 4),
        ("the output does not depend on mul u", 4, 9, 5),
    ]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"cannot read .*none\.yaml: No such file or directory"):
        load_scenario(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", ["a\0b", "."])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match="cannot read"):
        load_scenario(tmp_path / name)


def test_arrays_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("inputs: {x: {file: x.npy}}\nlayers: [y = x + 1]")
    assert load_scenario(file).inputs == {"x": ArrayFile(str(tmp_path / "x.npy"))}


def test_the_garbage_collector_is_as_before(problems) -> None:
    problems("a: [")
    assert gc.isenabled()
