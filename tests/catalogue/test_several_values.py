"""Recurrent cells that give two states: checked for an upstream gradient of each."""

from __future__ import annotations

import numpy as np
import pytest

from backpropcli.catalogue.own_layers import load_layers
from backpropcli.errors import LayerError
from backpropcli.gradcheck import check_layer

pytestmark = pytest.mark.usefixtures("own_catalogue")

CELLS = """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a, i, f, o = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    a, i, f, o = np.tanh(a), sigmoid(i), sigmoid(f), sigmoid(o)
    next_c = f * prev_c + i * a
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, a, i, f, o, next_c)

def step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, a, i, f, o, next_c = cache
    dc = dnext_c + dnext_h * o * (1 - np.tanh(next_c) ** 2)
    do = dnext_h * np.tanh(next_c) * o * (1 - o)
    dz = np.hstack((dc * i * (1 - a**2), dc * a * i * (1 - i), dc * prev_c * f * (1 - f), do))
    return dz @ Wx.T, dz @ Wh.T, dc * f, x.T @ dz, prev_h.T @ dz, dz.sum(axis=0)

class Cell:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]

    def forward(self, x, h_prev, c_prev):
        h_next, c_next, self.cache = step_forward(x, h_prev, c_prev, *self.params)
        return h_next, c_next

    def backward(self, dh_next, dc_next):
        dx, dh_prev, dc_prev, *grads = step_backward(dh_next, dc_next, self.cache)
        for kept, found in zip(self.grads, grads):
            kept[...] = found
        return dx, dh_prev, dc_prev
"""


@pytest.mark.parametrize(("name", "subject"), [("step", "input Wh"), ("cell", "input params_1")])
def test_both_upstream_gradients_count(write, name, subject):
    """A pair of functions and a class; wrong where one path is left out."""
    report = check_layer(load_layers(write(CELLS)).specs[name])
    assert report.is_right
    assert any(finding.subject.endswith(subject) for finding in report.findings)
    for fault in (("dc = dnext_c + ", "dc = "), ("do = dnext_h", "do = dnext_c"), ("dc * f,", "dnext_c * f,")):
        assert check_layer(load_layers(write(CELLS.replace(*fault))).specs[name]).is_wrong, fault


def test_a_layer_of_several_values_has_no_place_in_a_graph(write):
    step = load_layers(write(CELLS)).specs["step"].cls()
    with pytest.raises(LayerError, match="step gives 2 values, but a layer of a graph gives one"):
        step.forward(*(np.ones((1, 1)) for _ in range(6)))


def test_a_forward_of_fewer_values_is_told(write):
    source = "def twin_forward(x):\n    return x\n\ndef twin_backward(dh, dc):\n    return dh + dc\n"
    (problem,) = check_layer(load_layers(write(source)).specs["twin"], [[1.0]]).problems
    assert "backward takes dh and dc, but twin_forward returns no 2 values" in problem.message
