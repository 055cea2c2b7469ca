"""A network may return its loss and a dictionary of the gradients of its weights from one method."""

from __future__ import annotations

import pytest

from backpropcli.catalogue.own_layers import load_layers
from backpropcli.errors import LayerError
from backpropcli.gradcheck import Verdict, check_layer

pytestmark = pytest.mark.usefixtures("own_catalogue")

NETWORK = """
import numpy as np

class Net:
    def __init__(self, input_dim=5, num_classes=3):
        self.params = {"W": np.random.randn(input_dim, num_classes), "b": np.zeros(num_classes)}

    def loss(self, X, y=None, reg=0.125):
        W, b = self.params["W"], self.params["b"]
        scores = X @ W + b
        if y is None:
            return scores
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(X)), y]).mean() + reg * (W * W).sum()
        p[np.arange(len(X)), y] -= 1
        grads = {"W": X.T @ p / len(X) + 2 * reg * W, "b": p.mean(axis=0)}
        return loss, grads
"""


def test_a_loss_that_returns_gradients_is_checked(write):
    spec = load_layers(write(NETWORK)).specs["net"]
    assert spec.inputs == ("X", "y")
    report = check_layer(spec)
    assert report.is_right
    assert {f.subject.split()[-1] for f in report.findings if ", input " in f.subject} == {"W", "b"}


@pytest.mark.parametrize(
    ("right", "wrong", "name"), [(" + 2 * reg * W", "", "W"), ("p.mean(axis=0)", "p.sum(axis=0)", "b")]
)
def test_a_wrong_gradient_is_told(write, right, wrong, name):
    report = check_layer(load_layers(write(NETWORK.replace(right, wrong))).specs["net"])
    found = [f.subject for f in report.findings if f.verdict is Verdict.WRONG]
    assert found == [f"net, input {name}"]


def test_a_loss_that_returns_a_number_is_no_network(write):
    with pytest.raises(LayerError, match="has no layers"):
        load_layers(write(NETWORK.replace("return loss, grads", "return loss")))
