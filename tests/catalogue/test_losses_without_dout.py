"""A loss may have no upstream gradient: its backward takes the prediction and the labels again, or nothing."""

from __future__ import annotations

import numpy as np
import pytest

from backpropcli.catalogue.own_layers import load_layers
from backpropcli.errors import LayerError
from backpropcli.gradcheck import Verdict, check_layer
from backpropcli.gradcheck.report import Kind

pytestmark = pytest.mark.usefixtures("own_catalogue")

LOSSES = """
import numpy as np

class Loss:
    def calculate(self, output, y):
        return np.mean(self.forward(output, y))

class SquaredError(Loss):
    def forward(self, y_pred, y_true):
        return np.mean((y_true - y_pred) ** 2, axis=-1)

    def backward(self, dvalues, y_true):
        self.dinputs = -2 * (y_true - dvalues) / dvalues.shape[1]
        self.dinputs = self.dinputs / len(dvalues)

class SummedSquaredError(SquaredError):
    def backward(self, dvalues, y_true):
        self.dinputs = -2 * (y_true - dvalues) / dvalues.shape[1]

class SoftmaxCrossEntropy(Loss):
    def forward(self, inputs, y_true):
        exps = np.exp(inputs - inputs.max(axis=1, keepdims=True))
        self.output = exps / exps.sum(axis=1, keepdims=True)
        return -np.log(self.output[np.arange(len(inputs)), y_true]).mean()

    def backward(self, dvalues, y_true):
        self.dinputs = dvalues.copy()
        self.dinputs[np.arange(len(dvalues)), y_true] -= 1
        self.dinputs = self.dinputs / len(dvalues)

class Remembered(SoftmaxCrossEntropy):
    def forward(self, inputs, y_true):
        self.y_true = y_true
        return super().forward(inputs, y_true)

    def backward(self):
        super().backward(self.output, self.y_true)
        return self.dinputs

class Halved:
    def loss(self, y_pred, y_true):
        return np.sum((y_pred - y_true) ** 2) / 2

    def grad(self, y_pred, y_true):
        self.dinputs = y_pred - y_true
        return self.dinputs / len([0])

def softmax_loss(W, X, y, reg):
    scores = X @ W
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = exps / exps.sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(len(X)), y]).mean() + reg * (W * W).sum()
    probs[np.arange(len(X)), y] -= 1
    dW = X.T @ probs / len(X) + 2 * reg * W
    return loss, dW
"""


FOR_ONE = "right only for an upstream gradient of 1: backward does not use dout, as is usual for the final loss"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("squared_error", "right as the gradient of the mean of what forward returns: backward takes no dout"),
        ("summed_squared_error", FOR_ONE),
        ("softmax_cross_entropy", FOR_ONE),
        ("remembered", FOR_ONE),
        ("halved", FOR_ONE),
        ("softmax_loss", None),
    ],
)
def test_a_loss_may_take_no_dout(write, name, note):
    report = check_layer(load_layers(write(LOSSES)).specs[name])
    assert report.is_right
    assert report.notes == (() if note is None else (note,))
    flipped = LOSSES.replace("self.dinputs / len", "-self.dinputs / len").replace("-2 * (y", "3 * (y")
    wrong = check_layer(load_layers(write(flipped.replace("+ 2 * reg", "+ 4 * reg"))).specs[name])
    assert [finding.verdict for finding in wrong.findings if finding.kind is Kind.LOCAL][-1] is Verdict.WRONG


def test_a_loss_without_a_dout_must_be_a_number_to_run_in_a_graph(write):
    source = """
class Distance:
    def forward(self, y_pred, y_true):
        return (y_pred - y_true) ** 2

    def backward(self, y_pred, y_true):
        return 2 * (y_pred - y_true), 2 * (y_true - y_pred)
"""
    ones, zeros = np.ones(2), np.zeros(2)
    loss = load_layers(write(source)).specs["distance"].cls()
    loss.forward(ones, zeros)
    with pytest.raises(LayerError, match="distance has no dout, so that its forward must return one number"):
        loss.backward(ones)
    summed = load_layers(write(source.replace("** 2\n", "** 2 @ [1, 1]\n"))).specs["distance"].cls()
    summed.forward(ones, zeros)
    np.testing.assert_array_equal(summed.backward(np.array(5.0)), [[10, 10], [-10, -10]])
