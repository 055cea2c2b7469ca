"""How people lay out a layer: each layout is taken as it is, its right gradients are right and its wrong ones wrong."""

from __future__ import annotations

import pytest
from own_layers import squaring

from backpropcli.catalogue.own_layers import load_layers
from backpropcli.errors import LayerError
from backpropcli.gradcheck import Verdict, check_layer

pytestmark = pytest.mark.usefixtures("own_catalogue")

CONVENTIONS = {
    "forward_pass and backward_pass": squaring("forward_pass", "backward_pass"),
    "backprop": squaring("forward", "backprop"),
    "a call for forward": squaring("__call__", "backward"),
    "a learning rate": squaring(rate=", learning_rate"),
    "a mode": squaring(more=", training"),
    "a flag": squaring("forward_pass", "backward_pass", more=", train_flg", rate=", lr"),
    "results left on the object": """
class Own:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs * inputs

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs *= 2 * self.inputs
""",
    "results left in place of None": """
class Own:
    def __init__(self):
        self.out = self.dx = None

    def forward(self, x):
        self.x, self.out = x, x * x

    def backward(self, dout):
        self.dx = 2 * self.x * dout
""",
    "a pair of functions with a cache": """
def own_forward(x):
    return x * x, (x,)

def own_backward(dout, cache):
    x, = cache
    return 2 * x * dout
""",
    "the same, named the other way": """
def forward_own(x):
    return x * x, x

def backward_own(dout, x):
    return 2 * x * dout
""",
    "static methods with a context": """
class Own:
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, dout):
        x, = ctx.saved_tensors
        return 2 * x * dout
""",
    "an input that backward is given again": """
class Own:
    def forward(self, x):
        return x * x

    def backward(self, dout, x):
        return 2 * x * dout
""",
    "a list of gradients": """
class Own:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, dout):
        return [2 * self.x * dout]
""",
    "a function that returns a loss and its gradient": """
def own(x, reg):
    loss = (x * x).sum() + reg
    dx = 2 * x
    return loss, dx
""",
    "a function that returns its loss and its gradient as expressions": """
def own(x):
    grad_x = 2 * x
    loss = x * x
    return loss.sum(), grad_x * 1
""",
    "a function and its slope": """
class Own:
    def __call__(self, z):
        return self.fn(z)

    def fn(self, z):
        return z * z

    def grad(self, x):
        return 2 * x
""",
    "a call and its gradient": """
class Own:
    def __call__(self, x):
        return x * x

    def gradient(self, x):
        return 2 * x
""",
    "attributes of a context": """
class Own:
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, dout):
        return 2 * ctx.x * dout
""",
}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_layer_is_graded_as_it_is_laid_out(write, convention):
    source = CONVENTIONS[convention]
    assert check_layer(load_layers(write(source)).specs["own"], [[1.5, -2.0]]).is_right
    wrong = check_layer(load_layers(write(source.replace("2 * ", "3 * "))).specs["own"], [[1.5, -2.0]])
    assert not wrong.is_right
    assert not wrong.problems


COLUMNS = """
def linear_forward(A, W, b):
    return W @ A + b, (A, W)

def linear_backward(dZ, cache):
    A, W = cache
    return W.T @ dZ, dZ @ A.T, dZ.sum(axis=1, keepdims=True)
"""


def test_examples_may_be_columns(write):
    report = check_layer(load_layers(write(COLUMNS)).specs["linear"])
    assert report.is_right
    assert not report.notes
    averaged = COLUMNS.replace("dZ @ A.T", "dZ @ A.T / A.shape[1]")
    findings = check_layer(load_layers(write(averaged)).specs["linear"]).findings
    (wrong,) = [finding for finding in findings if finding.verdict is Verdict.WRONG]
    assert wrong.note.startswith(
        "it is 0.25 times the correct value: there is an extra factor of 1/4 (4 is the length of axis 1 of A)"
    )


def test_a_method_that_takes_a_dout_is_no_slope(write):
    source = """
class Own:
    def __call__(self, x):
        return x

    def gradient(self, dout):
        return dout
"""
    with pytest.raises(LayerError, match="has no layers"):
        load_layers(write(source))


def test_a_learning_rate_leaves_the_weights_as_they_are(write):
    source = """
class Own:
    def __init__(self):
        self.w = 3.0

    def forward(self, x):
        self.x = x
        return self.w * x

    def backward(self, dout, learning_rate):
        dx = self.w * dout
        self.w -= learning_rate * (self.x * dout).sum()
        return dx
"""
    assert check_layer(load_layers(write(source)).specs["own"], [[1.5, -2.0]]).is_right


def test_a_method_that_returns_and_leaves_nothing_is_told(write):
    source = squaring().replace("return 2 *", "dx = 2 *")
    (wrong,) = [f for f in check_layer(load_layers(write(source)).specs["own"], [[1.5]]).findings if f.note]
    assert wrong.note == "backward returns no gradient for it; does it end with a return?"


def test_arguments_that_are_modes_are_no_inputs(write):
    spec = load_layers(write(squaring(more=", is_training"))).specs["own"]
    assert spec.inputs == ("x",)


RECURRENT = """
import numpy as np

def step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)

def step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(axis=0)

def rnn_forward(x, h0, Wx, Wh, b):
    hs, caches = [h0], []
    for t in range(x.shape[1]):
        h, cache = step_forward(x[:, t], hs[-1], Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs[1:], axis=1), caches

def rnn_backward(dh, caches):
    dprev, dxs, sums = 0, [], [0, 0, 0]
    for t in reversed(range(dh.shape[1])):
        dx, dprev, *weights = step_backward(dh[:, t] + dprev, caches[t])
        dxs.insert(0, dx)
        sums = [total + part for total, part in zip(sums, weights)]
    return np.stack(dxs, axis=1), dprev, *sums
"""


@pytest.mark.parametrize("name", ["step", "rnn"])
def test_recurrent_functions_are_tried_on_batches_and_on_sequences(write, name):
    assert check_layer(load_layers(write(RECURRENT)).specs[name]).is_right
    wrong = check_layer(load_layers(write(RECURRENT.replace("prev_h.T @ dz", "next_h.T @ dz"))).specs[name])
    assert not wrong.is_right
