"""`--digits`: what is printed is certain, in every format, and what contradicts it is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

SMALL = ("eval", "exp(x) - 1", "x=1e-9", "--digits", "30")
VALUE, SLOPE = "1.00000000050000000016666666671e-09", "1.00000000100000000050000000017"


def test_rump(printed):
    formula = "333.75*b**6 + a**2*(11*a**2*b**2 - b**6 - 121*b**4 - 2) + 5.5*b**8 + a/(2*b)"
    found = printed("eval", formula, "a=77617", "b=33096", "--digits", "50", "--value", "out")
    assert found == "-0.82739605994682136814116509547981629199903311578438\n"


@pytest.mark.parametrize(
    ("format_", "expected"),
    [
        ("plain", f"{VALUE}\n{SLOPE}\n"),
        ("tsv", f"name\tvalue\tgradient\nout\t{VALUE}\t1\nx\t1e-09\t{SLOPE}\n"),
        ("csv", f"name,value,gradient\nout,{VALUE},1\nx,1e-09,{SLOPE}\n"),
    ],
)
def test_every_format_has_all_digits(printed, format_, expected):
    assert printed(*SMALL, "-f", format_) == expected


@pytest.mark.parametrize("format_", ["table", "markdown"])
def test_tables_for_people_have_them_too(printed, format_):
    found = printed(*SMALL, "-f", format_)
    assert VALUE in found
    assert SLOPE in found


def test_latex_has_a_power_of_ten(printed):
    assert r"1.00000000050000000016666666671 \times 10^{-9}" in printed(*SMALL, "-f", "latex")


def test_json_has_digits_as_text(printed):
    found = json.loads(printed(*SMALL, "--json"))
    assert (found["value"], found["gradients"], found["dout"]) == (VALUE, {"x": SLOPE}, "1")


def test_steps_have_certain_digits_of_local_derivatives(printed):
    found = printed(*SMALL, "--steps", "-f", "tsv").splitlines()
    assert found[3] == f"(1)\t{SLOPE}\t1\t1\texp\tx\t{SLOPE}\t{SLOPE}\t"


def test_arrays_are_certain_number_by_number(printed, tmp_path):
    np.save(tmp_path / "x.npy", np.array([0.5, 1.0]))
    found = printed("eval", "exp(x) / 3", f"x=@{tmp_path / 'x.npy'}", "--digits", "20", "-f", "plain")
    assert found.splitlines()[0] == "[0.54957375690004271562,0.90609394281968174512]"


def test_a_network_with_class_numbers(printed):
    formula = "cross_entropy(tanh(x @ w), labels)"
    words = ("x=[[1, 2], [0.1, 3]]", "w=[[1, 0.5, 2], [0.1, 0.25, 0.75]]", "labels=1,0")
    (value, gradients) = printed("eval", formula, *words, "--digits", "20", "-f", "plain").splitlines()
    assert value == "1.3160226459422790695"
    assert gradients.endswith(" -")


def test_a_scenario_is_certain_with_another_input_and_dout(printed):
    options = ("--digits", "25", "--set", "tax=1.08", "--dout", "1/3", "--gradients", "apple,tax", "-f", "plain")
    assert printed("run", "scenarios/fruits.yaml", *options) == "702\n0.72 216.6666666666666666666667\n"


def test_an_exact_scenario_can_be_asked_for_digits(printed, tmp_path):
    file = tmp_path / "third.yaml"
    file.write_text("exact: true\ninputs: {x: 1}\nlayers: [y = x / 3]\n")
    assert printed("run", file, "--digits", "5", "--value", "y") == "0.33333\n"


def test_vary_has_a_row_for_each_value(printed):
    found = printed("eval", "exp(x)", "--vary", "x=0:1:3", "--digits", "10").splitlines()
    assert found == ["x\tout\td_x", "0\t1\t1", "0.5\t1.648721271\t1.648721271", "1\t2.718281828\t2.718281828"]


def test_what_is_printed_can_be_read_back(printed):
    assert printed("eval", "x + 0", f"x={VALUE}", "--digits", "30", "--value", "out") == f"{VALUE}\n"


def test_a_zero_that_cannot_be_told_is_a_warning(backprop):
    done = backprop("eval", "sin(pi) + x", "x=0", "--digits", "20", "--value", "out")
    assert done.returncode == 0
    assert done.stdout.startswith("0e-")
    assert "fewer than 20 digits are certain of (1), out" in done.stderr


def test_a_branch_that_cannot_be_decided_names_the_layer_and_its_place(refusal):
    found = refusal("eval", "relu(sqrt(x) * sqrt(x) - 2)", "x=2", "--digits", "20")
    assert found.count("error:") == 1
    assert "relu out" in found
    assert "cannot be told apart" in found
    assert "formula:1:1" in found


OWN = """
from backpropcli.layers import Layer

class Twice(Layer):
    '''Twice its input.'''

    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        return 2 * dout
"""


def test_a_layer_without_a_textbook_line(refusal, tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    found = refusal("eval", "twice(x)", "x=2", "--digits", "20", "--layers", tmp_path / "own.py")
    assert found.count("error:") == 1
    assert "twice out: no textbook line says what it computes here" in found
    assert "write Math and Gradient into its docstring" in found


def test_a_layer_of_ones_own_with_lines(printed, tmp_path):
    lines = "Math:      out = 2 * exp(x)\n    Gradient:  dx = dout * out\n    "
    (tmp_path / "own.py").write_text(OWN.replace("Twice its input.", f"Twice.\n\n    {lines}"))
    words = ("eval", "twice(x)", "x=1", "--digits", "20", "-f", "plain", "--layers", tmp_path / "own.py")
    assert printed(*words) == "5.4365636569180904707\n5.4365636569180904707\n"


def test_shapes_are_refused_as_of_floats(refusal):
    found = refusal("eval", "affine(x, x)", "x=2", "--digits", "20")
    assert found == refusal("eval", "affine(x, x)", "x=2")
    assert "affine out" in found


def test_a_case_that_a_layer_has_in_words_only(refusal):
    found = refusal("eval", "attention(x, x, x, causal=true)", "x=[[1, 2], [3, 4]]", "--digits", "20")
    assert "attention out: no textbook line says what it computes here" in found
    assert found.count("error:") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--digits", "1000000"], "--digits must be a whole number from 1 to 10,000, not '1000000'"),
        (["--digits", "0"], "--digits must be a whole number from 1 to 10,000, not '0'"),
        (["--digits", "many"], "--digits must be a whole number from 1 to 10,000, not 'many'"),
        (["--digits", "9", "--exact"], "--exact and --digits cannot be used together"),
        (["--digits", "9", "--precision", "3"], "--precision and --digits cannot be used together"),
    ],
)
@pytest.mark.parametrize("command", [["eval", "x * 2", "x=1"], ["run", "scenarios/fruits.yaml"]], ids=["eval", "run"])
def test_what_contradicts_itself_is_one_error(refusal, command, words, message):
    assert refusal(*command, *words).splitlines()[0] == f"error: {message}"


def test_without_flint_the_extra_is_named(backprop, tmp_path):
    (tmp_path / "flint.py").write_text("raise ImportError")
    done = backprop("eval", "x * 2", "x=1", "--digits", "5", env={"PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert "digits that are certain need the package python-flint" in done.stderr
    assert "pip install 'backpropcli[certified]'" in done.stderr


def test_second_derivatives_have_no_certain_digits(refusal):
    message = "error: --hessian and --digits cannot be used together\n"
    assert refusal("eval", "x ** 2", "x=0.1", "--digits", "20", "--hessian") == message


def test_certain_digits_of_what_gradients_are_for(printed):
    """The share of an input in the variance, and its relative gradient, of exact numbers."""
    found = printed("eval", "x * y", "x=0.1", "y=0.3", "--digits", "20", "--relative", "--sigma", "x=0.01")
    assert found.splitlines()[1:3] == ["out\t0.03\t1\t-\t0.003\t-\t-", "x\t0.1\t0.3\t1\t0.01\t0.003\t1"]
