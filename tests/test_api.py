"""The Python API: load, run, eval_formula, and results by name."""

from __future__ import annotations

import pickle
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import backpropcli as bp
from backpropcli.errors import DataError, DomainError, FormulaError, GraphError

ROOT = Path(__file__).parent.parent
FRUITS = ROOT / "scenarios" / "fruits.yaml"


def test_load_and_run_give_value_and_gradients_by_name():
    result = bp.run(bp.load(FRUITS))
    assert result.value == pytest.approx(715)
    assert list(result.gradients) == ["apple_num", "apple", "orange", "orange_num", "tax"]
    assert list(result.gradients.values()) == pytest.approx([110, 2.2, 3.3, 165, 650])


def test_a_result_tells_every_named_value_and_gradient():
    result = bp.run(bp.load(FRUITS))
    assert (result.output, result.dout, result.value_of("all_price")) == ("price", 1.0, 650.0)
    assert result.gradient_of("all_price") == 1.1
    assert list(result.values)[-1] == "price"


def test_steps_are_the_slides_numbered_layers():
    step = bp.run(bp.load(FRUITS)).steps[2]
    assert (step.number, step.name, step.layer, step.output) == (3, "add_apple_orange_layer", "add", "all_price")
    assert [(edge.name, edge.value, edge.contribution) for edge in step.inputs] == [
        ("apple_price", 200.0, 1.1),
        ("orange_price", 450.0, 1.1),
    ]
    assert (step.value, step.gradient) == (650.0, 1.1)


def test_inputs_can_be_replaced_for_one_run():
    scenario = bp.load(FRUITS)
    assert bp.run(scenario, inputs={"tax": 2, "apple": "50"}).value == 1100.0
    assert bp.run(scenario).value == pytest.approx(715)


def test_replacing_an_unknown_input_is_an_error_with_a_suggestion():
    with pytest.raises(GraphError) as caught:
        bp.run(bp.load(FRUITS), inputs={"taxes": 2})
    assert caught.value.problems[0].hint == "did you mean 'tax'?"


def test_dout_gradients_and_exact_take_the_place_of_the_scenarios():
    result = bp.run(bp.load(FRUITS), dout=2, gradients=["orange"], exact=True)
    assert result.gradients == {"orange": Fraction(33, 5)}


def test_a_formula_runs_on_numbers_lists_arrays_and_fractions():
    assert bp.eval_formula("x * y", x=2, y=3.5).gradients == {"x": 3.5, "y": 2.0}
    assert bp.eval_formula("x * y", x=[1, 2], y=3).gradients["y"] == 3.0
    assert bp.eval_formula("sum(x)", x=np.ones((2, 2), dtype=np.float32)).gradients["x"].dtype == np.float32
    assert bp.eval_formula("x / y", x=Fraction(1), y=3).value == Fraction(1, 3)


def test_exact_takes_text_by_its_digits():
    assert bp.eval_formula("x * 3", x="1.1", exact=True).value == Fraction(33, 10)


def test_a_formula_may_name_its_output():
    assert bp.eval_formula("y = x * x", x=3).output == "y"
    assert bp.eval_formula("x * x", x=3).output == "out"


def test_a_value_of_no_number_system_is_an_error():
    with pytest.raises(DomainError, match="a value of type object belongs to no number system"):
        bp.eval_formula("x * x", x=object())


def test_errors_are_of_one_tree():
    with pytest.raises(bp.BackpropError):
        bp.eval_formula("x *", x=1)
    assert issubclass(FormulaError, bp.BackpropError)


def test_a_non_finite_value_is_a_warning_of_the_result():
    (warning,) = bp.eval_formula("log(x)", x=0).warnings
    assert warning.message == "log out: the value is not finite"
    assert warning.place.column == 1


def test_results_are_frozen():
    with pytest.raises(AttributeError):
        bp.eval_formula("x * x", x=3).title = "other"


def test_importing_the_package_imports_neither_numpy_nor_rich_nor_yaml():
    code = (
        "import sys, backpropcli as bp; bp.eval_formula('x * y', x=1, y=2); "
        "print(sorted({'numpy', 'rich', 'yaml', 'typer', 'fractions'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout == "[]\n"


def test_unknown_attributes_of_the_package_are_errors():
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        bp.nope  # noqa: B018 - the access is the test


def test_text_is_read_as_on_the_command_line(tmp_path):
    np.save(tmp_path / "x.npy", [3.0, 4.0])
    assert bp.eval_formula("x * 2", x="1,2", dout="[3, 4]").gradients["x"].tolist() == [6, 8]
    assert bp.eval_formula("x * 2", x=f"@{tmp_path / 'x.npy'}").value.tolist() == [6, 8]
    assert bp.run(bp.load(FRUITS), inputs={"tax": "[1, 2]"}).value.tolist() == [650, 1300]


@pytest.mark.parametrize("wrong", ["abc", "", "[1", ["abc"], ["1", 2], [1, "2"], [["1"], 2], ["0xg"]])
def test_text_that_is_no_value_is_an_error_that_names_the_input(wrong):
    with pytest.raises(DataError) as caught:
        bp.eval_formula("x * 2", x=wrong)
    problem = caught.value.problems[0]
    assert "x" in (problem.message[:1], problem.place and problem.place.source)


@pytest.mark.parametrize("number", [np.int32(3), np.uint8(3), np.float16(3), np.array(3), np.bool(1)])
def test_every_number_of_numpy_is_an_input_also_of_exact_fractions(number):
    assert bp.eval_formula("x * x", x=number).value == int(number) ** 2
    value = bp.eval_formula("x ** 100", x=number, exact=True).value
    assert (type(value.numerator), value) == (int, int(number) ** 100)


def test_a_memory_map_is_an_array(tmp_path):
    np.save(tmp_path / "x.npy", [3.0, 4.0])
    result = bp.eval_formula("x * x", x=np.load(tmp_path / "x.npy", mmap_mode="r"))
    assert (type(result.value), result.value.tolist()) == (np.ndarray, [9, 16])


def test_an_array_with_a_mask_is_refused_because_its_mask_would_be_lost():
    with pytest.raises(DataError, match="x: an array with a mask"):
        bp.eval_formula("x * x", x=np.ma.array([1.0, 2.0], mask=[0, 1]))


@pytest.mark.parametrize("exact", [False, True])
def test_a_result_can_go_to_another_process(exact):
    for result in (bp.eval_formula("x * y", x=2, y=3, exact=exact), bp.run(bp.load(FRUITS), exact=exact)):
        there = pickle.loads(pickle.dumps(result))
        assert (there.value, there.gradients, len(there.steps)) == (result.value, result.gradients, len(result.steps))


def test_a_mistake_in_an_array_file_keeps_its_place(tmp_path):
    (tmp_path / "x.csv").write_text("1,2\n3,oops\n")
    with pytest.raises(DataError) as caught:
        bp.eval_formula("x * x", x=f"@{tmp_path / 'x.csv'}")
    place = caught.value.problems[0].place
    assert (place.line, place.column) == (2, 3)
