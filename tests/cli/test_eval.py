"""`backprop eval`: a formula and its inputs in, numbers out."""

from __future__ import annotations

import json
import math

import pytest


def test_a_formula_gives_its_value_and_gradients(backprop):
    done = backprop("eval", "x * y + 1", "x=2", "y=3", "-f", "plain")
    assert (done.stdout, done.stderr) == ("7\n3 2\n", "")


def test_negative_numbers_need_no_quoting(backprop):
    assert backprop("eval", "x * y", "x=-2", "y=-1e-1", "--dout", "-1", "-f", "plain").stdout == "0.2\n0.1 2\n"


def test_a_formula_may_begin_with_a_minus(backprop):
    assert backprop("eval", "-x * 2", "x=3", "-f", "plain").stdout == "-6\n-2\n"


def test_a_list_makes_arrays(backprop):
    document = json.loads(backprop("eval", "relu(x) * w", "x=1,-0.5,2", "w=3", "--json").stdout)
    assert (document["value"], document["gradients"]) == ([3.0, 0.0, 6.0], {"x": [3.0, 0.0, 3.0], "w": 3.0})


def test_an_array_may_come_from_stdin(backprop):
    assert backprop("eval", "sum(x)", "x=-", "--value", "out", stdin="[[1, 2], [3, 4]]\n").stdout == "10\n"


def test_an_array_may_come_from_a_file(backprop, tmp_path):
    (tmp_path / "x.csv").write_text("1,2\n3,4\n")
    assert backprop("eval", "sum(x)", "x=@x.csv", "--value", "out", cwd=tmp_path).stdout == "10\n"


def test_the_output_has_the_name_that_the_formula_gives_it(backprop):
    assert backprop("eval", "y = x ** 2", "x=3", "--value", "y").stdout == "9\n"


def test_a_name_is_the_same_however_its_letters_are_encoded(backprop):
    """Formulas know the ligature as f and i: so do the inputs and --gradients."""
    done = backprop("eval", "\ufb01 * 2", "\ufb01=3", "--gradients", "\ufb01", "--grad", "fi")
    assert done.stdout == "2\n"


def test_numbers_without_a_name_can_be_asked_for_by_the_number_of_their_step(backprop):
    assert backprop("eval", "(a + b) * c", "a=1", "b=2", "c=3", "--value", "(1)").stdout == "3\n"


def test_exact_fractions_stay_fractions(backprop):
    done = backprop("eval", "x / 3", "x=1", "--exact", "-f", "plain")
    assert done.stdout == "1/3\n1/3\n"


def test_exact_exp_is_refused_with_layer_function_and_domain(backprop):
    done = backprop("eval", "sigmoid(x)", "x=1", "--exact")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: sigmoid out: exact fractions have no exp: its values are irrational\n")


def test_sigmoid_and_its_slope_are_right_far_in_the_tail(backprop):
    document = json.loads(backprop("eval", "sigmoid(x)", "x=40", "--json").stdout)
    assert document["gradients"]["x"] == pytest.approx(math.exp(-40), rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x * y", "x=1"], "error: no value is given for 'y'\n"),
        (["x * y", "x=1", "y"], "error: expected NAME=VALUE, not 'y'\n"),
        (["x * y", "x=1", "y=1", "x=2"], "error: 'x' is given twice\n"),
        (["x * y", "x=1", "y=abc"], "error: "),
        (["x *", "x=1"], "error: the formula ends too soon\n"),
        (["x * 2", "x=1", "--stesp"], "error: no such option: --stesp\n"),
        (["x * 2", "x=1", "-f", "tabel"], "error: unknown format 'tabel'\n  hint: did you mean 'table'?\n"),
        (["x * 2", "x=1", "--precision", "0"], "error: --precision must be a whole number from 1 to 100"),
        (["x * 2", "x=1", "--precision", "many"], "error: --precision must be a whole number from 1 to 100"),
        (["x * 2", "x=1", "--color", "pink"], "error: "),
        (["x * 2", "x=@missing.npy"], "error: "),
        (["x * 2", "x=1", "--dout", "1,2"], "error: "),
        (["9**9**9**9", "--exact"], "error: pow (2): an exact number would have more than 4,000 digits\n"),
        ([], "error: "),
    ],
)
def test_what_is_wrong_is_told_with_exit_code_2_and_no_traceback(backprop, arguments, message):
    done = backprop("eval", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert "Traceback" not in done.stderr


def test_pi_and_e_are_constants_and_a_note_says_so(backprop):
    done = backprop("eval", "y = 2 * pi * r + e", "r=1", "-f", "markdown")
    assert "| y | 9.00146713564 | 1 |" in done.stdout
    assert done.stdout.endswith(
        "\npi is the constant 3.14159..., since no input or step has that name.\n"
        "\ne is Euler's number, 2.71828..., since no input or step has that name.\n"
    )


def test_an_input_goes_before_the_constant_of_its_name(backprop):
    done = backprop("eval", "x * e", "x=3", "e=2", "-f", "markdown")
    assert "| out | 6 | 1 |" in done.stdout
    assert "Euler" not in done.stdout


def test_the_constants_have_all_digits_of_float64(backprop):
    document = json.loads(backprop("eval", "stack = pi * x + e * y", "x=1", "y=0", "--json").stdout)
    assert document["gradients"] == {"x": math.pi, "y": math.e}


def test_exact_fractions_have_no_pi(backprop):
    done = backprop("eval", "pi * x", "x=1", "--exact")
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: pi is irrational, it has no exact value")


def test_an_index_and_a_condition_in_a_formula(backprop):
    done = backprop("eval", "where(x[0] > x[1], x[0], 2 * x[1])", "x=3,5", "-f", "plain")
    assert done.stdout == "10\n[0,2]\n"


def test_an_input_that_the_formula_does_not_use_has_gradient_zero(backprop):
    assert backprop("eval", "x * 2", "x=1", "w=5", "-f", "plain").stdout == "2\n2 0\n"


def test_an_input_that_the_formula_does_not_use_is_a_warning(backprop):
    done = backprop("eval", "x * 2", "x=1", "w=5", "-f", "plain")
    assert (done.returncode, done.stderr) == (0, "warning: the formula does not use 'w'\n")


@pytest.mark.parametrize("formula", ["-softmax(x)", "-(hardsigmoid(x))", "-f(x)", "-o(x)", "-h(x)", "-x*2", "-exp(x)"])
def test_no_option_is_looked_for_in_a_formula_that_begins_with_a_minus_sign(backprop, tmp_path, formula):
    """-softmax(x) is not -o with the file ftmax(x), nor -(hardsigmoid(x)) the option -h."""
    done = backprop("eval", formula, "x=1,2", "-f", "plain", cwd=tmp_path)
    assert "Usage" not in done.stdout
    assert "cannot write" not in done.stderr
    assert done.returncode == (2 if formula in {"-f(x)", "-o(x)", "-h(x)"} else 0)
    assert not list(tmp_path.iterdir())


def test_options_may_still_stand_together_with_their_values(backprop, tmp_path):
    backprop("eval", "-x * 2", "x=1", "-fplain", "-oout.json", cwd=tmp_path, check=True)
    assert (tmp_path / "out.json").read_text() == "-2\n-2\n"
    assert "Usage" in backprop("eval", "-h").stdout
