"""How a class of a user fares in `check`, by itself, and classes with weights."""

from __future__ import annotations

from typing import Any

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.conventions import layer_class_of
from backpropcli.gradcheck import Report, Verdict, check_layer


def graded(cls: Any, *inputs: Any, **parameters: Any) -> Report:
    spec = foreign_spec(cls.__name__.lower(), layer_class_of(cls), "mine.py", "mine.py")
    return check_layer(spec, list(inputs) or None, parameters)


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
