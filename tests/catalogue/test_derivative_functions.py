"""A function beside another that is its derivative, as `sigmoid` and `sigmoid_prime`, is a layer."""

from __future__ import annotations

import numpy as np
import pytest

import backpropcli as bp
from backpropcli.catalogue.own_layers import load_layers
from backpropcli.gradcheck import check_layer

pytestmark = pytest.mark.usefixtures("own_catalogue")

FUNCTIONS = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))

def logistic(x):
    return 1 / (1 + np.exp(-x))

def logistic_derivative(x):
    return x * (1 - x)

def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()

def softmax_grad(s):
    return np.diag(s) - np.outer(s, s)

def elu(x, alpha):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))

def d_elu(x, alpha):
    return np.where(x > 0, 1, alpha * np.exp(x))

def square(x):
    return x * x

def dsquare(dout, x):
    return 2 * x * dout

def reluLeaky(x, slope=0.1):
    return np.where(x > 0, x, slope * x)

def reluLeakyDerivative(x, slope=0.1):
    return np.where(x > 0, 1, slope)

def mse(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)

def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size

def cost(a, y):
    return 0.5 * np.sum((a - y) ** 2)

def cost_derivative(a, y):
    return a - y
"""


def checked(write, name, source=FUNCTIONS, inputs=None):
    return check_layer(load_layers(write(source)).specs[name], inputs)


@pytest.mark.parametrize("name", ["sigmoid", "elu", "square", "relu_leaky", "mse", "cost"])
def test_a_function_and_its_derivative_are_a_layer(write, name):
    report = checked(write, name)
    assert report.is_right, report
    assert not report.notes


@pytest.mark.parametrize(("name", "derivative"), [("logistic", "logistic_derivative"), ("softmax", "softmax_grad")])
def test_a_derivative_may_take_the_output(write, name, derivative):
    report = checked(write, name)
    assert report.is_right, report
    assert report.notes == (f"right where {derivative} is given the output of {name}",)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("sigmoid", "(1 - sigmoid(z))", "(1 + sigmoid(z))"),
        ("logistic", "x * (1 - x)", "x * (1 + x)"),
        ("softmax", "np.diag(s) - np.outer(s, s)", "np.diag(s) + np.outer(s, s)"),
        ("elu", "alpha * np.exp(x))\n\ndef square", "np.exp(x))\n\ndef square"),
        ("square", "2 * x * dout", "x * dout"),
        ("mse", "2 * (y_pred - y_true)", "2 * (y_true - y_pred)"),
        ("cost", "return a - y", "return y - a"),
    ],
)
def test_a_wrong_derivative_is_told(write, name, right, wrong):
    assert right in FUNCTIONS
    assert not checked(write, name, FUNCTIONS.replace(right, wrong)).is_right


def test_a_derivative_of_the_output_runs_in_a_graph(write):
    bp.add_layers(write(FUNCTIONS))
    x = np.array([0.5, -1.25])
    s = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(bp.eval_formula("logistic(x)", x=x).gradients["x"], s * (1 - s), rtol=1e-14)


def test_a_class_of_the_same_name_goes_before_its_helpers(write):
    source = f"{FUNCTIONS}\nclass Sigmoid:\n    def forward(self, x):\n        self.x = x\n        return sigmoid(x)\n"
    source += "\n    def backward(self, dout):\n        return dout * sigmoid_prime(self.x)\n"
    found = load_layers(write(source))
    assert found.specs["sigmoid"].cls.__name__ == "Sigmoid"
    assert "sigmoid" not in found.unusable
