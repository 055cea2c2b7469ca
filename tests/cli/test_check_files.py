"""`backprop check FILE.py`: all the layers of a file, and `--init`, what a layer is constructed with."""

from __future__ import annotations

import json

import pytest

HOMEWORK = """import numpy as np


class Square:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, dout):
        return 2 * self.x * dout


class Cube:
    def forward(self, x):
        self.x = x
        return x ** 3

    def backward(self, dout):
        return self.x ** 2 * dout


class Empty:
    def forward(self):
        return 1

    def backward(self, dout):
        return dout


class Affine:
    def __init__(self, W, b=None, gain=1.0):
        self.W = gain * W
        self.b = np.zeros(2) if b is None else b

    def forward(self, x):
        return x @ self.W + self.b

    def backward(self, dout):
        return dout @ self.W.T


class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.ones((n_in, n_out)) / 4

    def forward(self, x):
        return x @ self.W

    def backward(self, dout):
        return 3 * dout @ self.W.T
"""
WEIGHTS = ("--init", "W=[[1,2],[3,4]]")
X = ("--x", "[[1,-2]]")


@pytest.fixture
def run(backprop, tmp_path):
    """The command in a folder with homework.py."""
    (tmp_path / "homework.py").write_text(HOMEWORK)
    return lambda *arguments: backprop(*arguments, cwd=tmp_path)


def outcomes(done):
    return {report["target"]: report["outcome"] for report in json.loads(done.stdout)["reports"]}


@pytest.mark.parametrize("arguments", [["homework.py"], ["--layers", "homework.py"]])
def test_a_python_file_stands_for_all_of_its_layers(run, arguments):
    found = outcomes(run("check", *arguments, "--json"))
    assert found["homework.py square"] == "right"
    assert found["homework.py cube"] == "wrong"
    assert {name.partition(" ")[2] for name in found} == {"square", "cube", "empty", "affine", "dense"}


def test_a_class_that_cannot_be_used_does_not_block_the_others(run):
    done = run("check", "--layers", "homework.py", "square")
    assert (done.returncode, done.stderr) == (0, "")
    done = run("check", "--layers", "homework.py", "square", "empty")
    assert done.returncode == 2
    assert done.stdout.startswith("square: right")
    assert "error: Empty: forward takes no inputs" in done.stderr


def test_a_class_that_cannot_be_used_is_complained_of_when_a_command_asks_for_it(run):
    assert run("eval", "square(x)", "x=3", "--layers", "homework.py", "--grad", "x").stdout == "6\n"
    for command in (["eval", "empty(x)", "x=3"], ["layers", "empty"]):
        done = run(*command, "--layers", "homework.py")
        assert done.returncode == 2
        assert "error: Empty: forward takes no inputs" in done.stderr


def test_layers_of_the_same_name_in_two_files_are_told_apart(run, tmp_path):
    (tmp_path / "other.py").write_text("class Cube:\n    forward = backward = lambda self, x: 2 * x\n")
    found = outcomes(run("check", "homework.py", "other.py", "--json"))
    assert (found["homework.py cube"], found["other.py cube"]) == ("wrong", "right")


def test_a_file_without_layers_is_an_error(run, tmp_path):
    (tmp_path / "plain.py").write_text("x = 1\n")
    done = run("check", "plain.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "error: plain.py has no layers" in done.stderr


def test_weights_are_given_to_the_constructor(run):
    done = run("check", "--layers", "homework.py", "affine", *WEIGHTS, "--init", "b=0,1", *X)
    assert (done.returncode, done.stderr) == (0, "")


def test_sizes_are_given_to_the_constructor_as_whole_numbers(run):
    done = run("check", "--layers", "homework.py", "dense", "--init", "n_in=2", "--init", "n_out=3", *X)
    assert done.returncode == 1
    assert "wrong" in done.stdout


def test_parameters_may_be_given_either_way(run):
    for gain in (["--gain", "0.5"], ["--init", "gain=0.5"]):
        done = run("check", "--layers", "homework.py", "affine", *WEIGHTS, *gain, *X)
        assert (done.returncode, done.stderr) == (0, "")


SETTINGS = """
class Pooled:
    def __init__(self, window, mode):
        self.window, self.mode = window, mode

    def forward(self, x):
        (height, width), self.shape = self.window, x.shape
        factor = {"sum": 1, "mean": height * width}[self.mode]
        return x * factor

    def backward(self, dout):
        (height, width) = self.window
        return dout * {"sum": 1, "mean": height + width}[self.mode]


def strided_forward(x, own_param):
    return own_param["factor"] * x, own_param


def strided_backward(dout, cache):
    return cache["factor"] * dout
"""


@pytest.mark.parametrize("window", ["(2, 2)", "[2,2]", "2,2"])
@pytest.mark.parametrize("mode", ["sum", "'mean'"])
def test_tuples_and_words_are_given_to_the_constructor(run, tmp_path, window, mode):
    (tmp_path / "settings.py").write_text(SETTINGS)
    words = ("--init", f"window={window}", "--init", f"mode={mode}")
    assert run("check", "--layers", "settings.py", "pooled", *words, *X).returncode == 0
    done = run("check", "--layers", "settings.py", "pooled", "--init", "window=(3, 2)", *words[2:], *X)
    assert done.returncode == (0 if mode == "sum" else 1)


def test_a_dictionary_is_given_where_no_guess_fits(run, tmp_path):
    (tmp_path / "settings.py").write_text(SETTINGS)
    assert run("check", "--layers", "settings.py", "strided", *X).returncode == 2
    done = run("check", "--layers", "settings.py", "strided", "--init", "own_param={'factor': 3}", *X)
    assert (done.returncode, done.stderr) == (0, "")


SIZED = """
import numpy as np

class Deep:
    def __init__(self, n_in, hidden_sizes):
        sizes = [n_in] + hidden_sizes
        self.weights = [np.ones(shape) for shape in zip(sizes, sizes[1:])]

    def forward(self, x):
        for W in self.weights:
            x = x @ W
        return x

    def backward(self, dout):
        for W in reversed(self.weights):
            dout = dout @ W.T
        return dout
"""


def test_an_argument_that_is_called_a_list_is_given_one(run, tmp_path):
    (tmp_path / "sized.py").write_text(SIZED)
    words = ("--init", "n_in=2", "--init", "hidden_sizes=[3,4]", "--x", "[[1,2],[3,4]]")
    done = run("check", "--layers", "sized.py", "deep", *words)
    assert (done.returncode, done.stderr) == (0, "")


ACTIVATED = """
import numpy as np

def activated_forward(x, kind):
    return {"relu": np.maximum(x, 0), "cube": x**3}[kind], (x, kind)

def activated_backward(dout, cache):
    x, kind = cache
    return dout * {"relu": x > 0, "cube": x**2}[kind]
"""


def test_any_argument_of_a_function_can_be_a_setting(run, tmp_path):
    (tmp_path / "activated.py").write_text(ACTIVATED)
    assert run("check", "--layers", "activated.py", "activated").returncode == 2
    for inputs in (X, []):
        done = run("check", "--layers", "activated.py", "activated", "--init", "kind=relu", *inputs)
        assert (done.returncode, done.stderr) == (0, "")
        done = run("check", "--layers", "activated.py", "activated", "--init", "kind=cube", *inputs)
        assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["affine", "--init", "W=(1, 2", *X], "error: cannot read --init W: '(1, 2'\n  hint: write it as in Python"),
        (
            ["affine", "--init", "V=1", *X],
            "error: the constructor of affine has no argument V\n  hint: it takes W, b, gain",
        ),
        (["affine", "--init", "gian=1", *X], "has no argument gian\n  hint: did you mean 'gain'?"),
        (["square", "--init", "W=1"], "error: the constructor of square has no argument W\n  hint: it takes nothing"),
        (["affine", "--init", "W=1,,2", *X], "error: expected a number, not ','\n --> W:1:3\n"),
        (["affine", "--init", "W", *X], "error: expected NAME=VALUE, not 'W'"),
        (["affine", *WEIGHTS, "--gain", "2", "--init", "gain=2", *X], "error: gain is given twice"),
        (["affine", "square", *WEIGHTS], "error: --init applies to a single layer"),
        (["affine", *X], "error: the constructor of affine needs W\n  hint: backprop check takes it as --init W=VALUE"),
    ],
)
def test_what_cannot_be_given_is_told(run, arguments, message):
    done = run("check", "--layers", "homework.py", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_script_below_the_definitions_is_not_run_and_that_is_told(run, tmp_path):
    (tmp_path / "homework.py").write_text(HOMEWORK + "\nprint('training')\nfor epoch in range(9):\n    print(epoch)\n")
    done = run("check", "--layers", "homework.py", "square")
    assert done.returncode == 0
    assert "training" not in done.stdout + done.stderr
    assert done.stderr.startswith("warning: homework.py: a script of 2 statements, from line 52 on, is not run\n")
