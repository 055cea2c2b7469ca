"""`backprop plot`: a layer and its slope, and an input of a scenario against output and gradient."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET

import pytest
from terminal import shown_by

FRUITS = "scenarios/fruits.yaml"


def test_a_layer_in_a_pipe(backprop):
    done = backprop("plot", "relu", "--at", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("relu\n  ⠤⠤⠤⠤ relu   ⠤⠄⠀⠤ relu'\n")
    assert done.stdout.endswith(
        "○ kinks of relu: the slope is 0 at x = 0\n"
        "  relu: at x = 0 the slope is 0 (x <= 0 is off), as in the book\n"
        "● at x = 1: relu = 1, relu' = 1\n"
    )


def test_a_narrow_terminal():
    shown = shown_by([sys.executable, "-m", "backpropcli", "plot", "gelu"], columns=50, env={"NO_COLOR": "1"})
    assert max(map(len, shown.splitlines())) <= 53
    assert "gelu'" in shown


def test_colours_are_asked_for(backprop):
    assert "\x1b[36m" in backprop("plot", "relu", "--color", "always").stdout
    assert "\x1b" not in backprop("plot", "relu").stdout


def test_ascii_where_needed(backprop):
    shown = backprop("plot", "relu", env={"PYTHONIOENCODING": "ascii"}).stdout
    assert shown.isascii()
    assert "**** relu   ++++ relu'" in shown


def test_files(backprop, tmp_path):
    assert backprop("plot", "relu", "gelu", "silu", "-o", tmp_path / "plot.svg").returncode == 0
    root = ET.parse(tmp_path / "plot.svg").getroot()
    assert root.tag.endswith("svg")
    assert backprop("plot", "tanh", "-o", tmp_path / "plot.png", "--scale", "1").returncode == 0
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_an_input_of_a_scenario(backprop):
    shown = backprop("plot", FRUITS, "--vary", "tax=1:1.5", "--at", "1.1").stdout
    assert "⠤⠤⠤⠤ dprice/dtax" in shown
    assert shown.endswith("● at tax = 1.1: price = 715, dprice/dtax = 650\n")


def test_a_formula_needs_no_value_for_what_varies(backprop):
    done = backprop("plot", "-e", "x * exp(-k * x)", "k=2", "--vary", "x=0:5", "--at", "0.5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("● at x = 0.5: out = 0.18394, dout/dx = 0\n")


def test_a_layer_of_ones_own(backprop, tmp_path):
    cube = "class Cube:\n    def forward(self, x):\n        self.x = x\n        return x**3\n"
    (tmp_path / "cube.py").write_text(f"{cube}    def backward(self, dout):\n        return dout * 3 * self.x**2\n")
    shown = backprop("plot", "cube", "--layers", tmp_path / "cube.py", "--at", "2").stdout
    assert shown.endswith("● at x = 2: cube = 8, cube' = 12\n")


@pytest.mark.parametrize("layers", [("atanh", "min"), ("exp", "square"), ("pow_of_ten",), ("reciprocal",)])
@pytest.mark.parametrize("name", ["text", "svg"])
def test_what_is_huge_is_plotted_too(backprop, tmp_path, layers, name):
    (tmp_path / "f.yaml").write_text("inputs: {x: 1}\nlayers: [y = 10 ** x]\n")
    words = (tmp_path / "f.yaml", "--vary", "x=-300:308") if layers == ("pow_of_ten",) else (*layers, "--to", "1e-3")
    done = backprop("plot", *words, "-f", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert not re.search(r'd="[^"]*(?:inf|nan)', done.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "missing argument 'LAYER...'"),
        (("mul",), "mul takes 2 inputs (x, y); plot draws layers of one"),
        (("mul",), "backprop plot -e 'mul(x, y)' y=1 --vary x=-1:1"),
        (("sigmod",), "did you mean 'sigmoid'?"),
        (("relu", "--at", "x"), "--at must be a number of at most 1e+300, not 'x'"),
        (("relu", "--to", "1.7e308"), "--to must be a number of at most 1e+300, not '1.7e308'"),
        (("relu", "--from", "2", "--to", "1"), "x must grow"),
        (("relu", "--from", "0", "--to", "5e-324"), "from 0 to 4.94066e-324 there is too little to plot"),
        (("relu", "--from", "2", "--at", "1"), "--at 1 is not in the plot"),
        ((FRUITS,), "add --vary NAME=FROM:TO"),
        ((FRUITS, "--vary", "tax"), "--vary must be NAME=FROM:TO:COUNT, not 'tax'"),
        ((FRUITS, "--vary", "tac=1:2"), "did you mean 'tax'?"),
        (("-e", "softmax(x * t)", "x=1,2", "--vary", "t=1:2"), "a plot shows numbers, and out is an array"),
        (("relu", "-o", "x.html"), "no format has the extension '.html'"),
        (("relu", "--scale", "2"), "--scale is for PNG files"),
        (("relu",) * 7, "at most 6 can be told apart"),
        (("stack",), "a plot shows numbers, and stack is an array of shape (1,)"),
    ],
)
def test_what_is_wrong_is_said(backprop, arguments, message):
    done = backprop("plot", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not done.stdout


def test_a_curve_has_no_number_of_values(backprop):
    done = backprop("plot", "-e", "x * 2", "--vary", "x=0:1:5")
    assert done.returncode == 2
    assert done.stderr == "error: --vary NAME=FROM:TO draws a curve, of as many values as it takes\n"
