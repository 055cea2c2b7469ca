"""`backprop derive`: what it prints, in every format, and what it refuses."""

from __future__ import annotations

import json
from functools import partial

import pytest

FRUITS, NEURON, XOR = "scenarios/fruits.yaml", "scenarios/neuron.yaml", "scenarios/xor.yaml"


@pytest.fixture
def derive(printed):
    return partial(printed, "derive")


@pytest.fixture
def refused(refusal):
    return partial(refusal, "derive")


def test_the_gradients_of_the_fruits(derive):
    assert derive(FRUITS, "apple", "tax").split("\n\n")[-1] == (
        "dprice/dapple = tax * apple_num\ndprice/dtax = all_price\n"
    )


def test_named_values_are_kept_or_written_out(derive):
    """Of those that are kept the meaning stands above."""
    assert derive(NEURON, "w1") == "y = sigmoid(w1 * x1 + w2 * x2 + b)\n\ndy/dw1 = y * (1 - y) * x1\n"
    y = "sigmoid(w1 * x1 + w2 * x2 + b)"
    assert derive(NEURON, "w1", "--expand") == f"dy/dw1 = {y} * (1 - {y}) * x1\n"


@pytest.mark.parametrize(
    ("formula", "values", "found"),
    [
        ("x * y", ["x=2", "y=3"], "dout/dx = y\ndout/dy = x\n"),
        ("x - y", ["x=2", "y=3"], "dout/dx = 1\ndout/dy = -1\n"),
        ("x / y", ["x=2", "y=3"], "out = x / y\n\ndout/dx = 1 / y\ndout/dy = -out / y\n"),
        ("x * x", ["x=2"], "dout/dx = x + x\n"),
        ("-(-x)", ["x=2"], "dout/dx = 1\n"),
        ("x * sigmoid(x)", ["x=2"], "dout/dx = sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))\n"),
        ("relu(x)", ["x=2"], "dout/dx = where(x > 0, 1, 0)\n"),
        ("sum(x * w)", ["x=[1,2]", "w=3"], "dout/dx = broadcast(w, shape=[2])\ndout/dw = sum(x)\n"),
        ("mean((x - t) ** 2)", ["x=[1,2]", "t=3"], "dout/dx = x - t\ndout/dt = sum("),
        ("mse(x, t)", ["x=[1,2]", "t=[1,3]"], "dout/dx = x - t\ndout/dt = -(x - t)\n"),
        ("sum(x @ w)", ["x=[[1,2]]", "w=[[1],[2]]"], "dout/dx = broadcast(1, shape=[1, 1]) @ transpose(w)"),
    ],
)
def test_small_formulas(derive, formula, values, found):
    """By hand, but for the order of factors."""
    shown = derive("-e", formula, *values)
    assert shown.startswith(found) if not found.endswith("\n") else shown == found


def test_an_upstream_gradient_is_told(derive):
    """A number stands in the formulas; an array is called dout."""
    assert derive("-e", "x * y", "x=2", "y=3", "--dout", "5") == (
        "dout = 5\n\ngradient of x = 5 * y\ngradient of y = 5 * x\n"
    )
    assert derive("-e", "x * y", "x=[1,2]", "y=3") == (
        "dout = an array of shape (2,)\n\ngradient of x = dout * y\ngradient of y = sum(dout * x)\n"
    )


def test_a_gradient_that_is_shared_has_a_line_of_its_own(derive):
    """Twenty sums of two paths each would be a million paths."""
    layers = "".join(f"  - h{k + 1} = h{k} * sigmoid(h{k}) + tanh(h{k})\n" for k in range(20))
    shown = derive("-", stdin=f"inputs: {{h0: 0.5}}\nlayers:\n{layers}")
    assert "dh20/dh19 = " in shown
    assert len(shown) < 10_000


def test_a_long_chain_is_derived(derive):
    layers = "".join(f"  - h{k + 1} = h{k} * c\n" for k in range(2_000))
    shown = derive("-", "h0", stdin=f"inputs: {{h0: 0.5, c: 1.1}}\nlayers:\n{layers}")
    assert shown.splitlines()[-1].startswith("dh2000/dh0 = ")


def test_formats(derive):
    found = json.loads(derive(NEURON, "w1", "-f", "json"))
    assert found == {
        "title": "A neuron",
        "output": "y",
        "dout": None,
        "values": {"y": "sigmoid(w1 * x1 + w2 * x2 + b)"},
        "shared": {},
        "gradients": {"w1": "y * (1 - y) * x1"},
    }
    row = r"\frac{d y}{d w_{1}} &= y \cdot \left(1 - y\right) \cdot x_{1}"
    assert row in derive(NEURON, "w1", "-f", "latex")
    assert derive(NEURON, "w1", "-f", "markdown").startswith("### A neuron\n\n```math\n\\begin{aligned}\n")


def test_a_file_chooses_its_format(derive, tmp_path):
    assert derive(NEURON, "-o", tmp_path / "neuron.tex") == ""
    assert (tmp_path / "neuron.tex").read_text().startswith("% A neuron, derived by backprop")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "missing argument 'SCENARIO'"),
        ([FRUITS, "aple"], "unknown name 'aple'"),
        (["scenarios/softmax_with_loss.yaml"], "softmax_with_loss loss: its gradient is no formula"),
        (["-e", "where(c, x, 2)", "c=1", "x=2", "c"], "the output has no gradient with respect to 'c'"),
        ([FRUITS, "-f", "svg"], "unknown format 'svg'"),
    ],
)
def test_what_is_refused(refused, words, message):
    assert message in refused(*words)


def test_what_would_be_too_long_is_refused(refused):
    """With the step, and the way out."""
    layers = "".join(f"  - h{k + 1} = h{k} * h{k}\n" for k in range(40))
    stderr = refused("-", "--expand", stdin=f"inputs: {{h0: 0.5}}\nlayers:\n{layers}")
    assert "written out, a formula takes more than 2,000 operations" in stderr
    assert "leave out --expand" in stderr
