"""How a class of a user fares in `check`, by itself, and classes with weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.conventions import layer_class_of
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.gradcheck import Report, Verdict, check_layer
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.trials import isolated_layer
from backpropcli.gradcheck.user_layer import made_ready


def graded(cls: Any, *inputs: Any, **parameters: Any) -> Report:
    return check_layer(_spec(cls), list(inputs) or None, parameters)


def ready(cls: Any, *inputs: Any, **parameters: Any) -> IsolatedLayer:
    """The layer as it is checked on these inputs."""
    return made_ready(isolated_layer(_spec(cls), inputs, parameters))


def _spec(cls: Any) -> LayerSpec:
    return foreign_spec(cls.__name__.lower(), layer_class_of(cls), "mine.py", "mine.py")


def wrong(report: Report) -> list[str]:
    """The names of the inputs whose gradients are wrong."""
    subjects = [finding.subject for finding in report.findings if finding.verdict is Verdict.WRONG]
    return [subject.rpartition("input ")[2] for subject in subjects]


class Affine:
    """Attributes W and b, with dW and db."""

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class SevenTimes(Affine):
    """Its dW is too large."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.dW = 7 * self.dW
        return found


class Product:
    """Lists params and grads of one weight; the gradient is `factor` times what it should be."""

    def __init__(self, W: Any, factor: float = 1) -> None:
        self.params, self.grads, self.factor = [W], [np.zeros_like(W)], factor

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.params[0]

    def backward(self, dout: Any) -> Any:
        self.grads[0][...] = self.factor * (self.x.T @ dout)
        return dout @ self.params[0].T


class Lazy:
    """Dictionaries that the first forward fills, in float32, with random weights."""

    def __init__(self, n_out: int) -> None:
        self.n_out, self.params, self.grads = n_out, {}, {}

    def forward(self, inputs: Any) -> Any:
        if not self.params:
            self.params["w"] = np.random.randn(inputs.shape[1], self.n_out).astype("float32")
        self.inputs = inputs
        return inputs @ self.params["w"]

    def backward(self, grad: Any) -> Any:
        self.grads["w"] = self.inputs.T @ grad
        return grad @ self.params["w"].T
