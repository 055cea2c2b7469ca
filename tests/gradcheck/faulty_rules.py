"""Layers with a wrong rule: elementwise, softmax, masks, and sums."""

from __future__ import annotations

from typing import Any

import numpy as np

ROW = [0.75, -1.375, 0.5, 1.625]
LONG = [0.75, -1.375, 0.5, 1.625, -0.25, 2.125]
POSITIVE = [0.75, 1.375, 0.5, 1.625]
GRID = [[0.75, -0.5, 1.25, 0.3], [-1.75, 2.25, 0.375, -0.8], [0.4, -1.1, -0.6, 1.9]]
SQUARE = [[0.75, -0.5, 1.25, 0.3], [-1.75, 2.25, 0.375, -0.8], [0.4, -1.1, -0.6, 1.9], [1.1, 0.2, -0.3, 0.6]]
HEADS = [[[0.75, -0.5], [1.25, 0.3], [-0.2, 1.1]], [[-1.75, 2.25], [0.375, -0.8], [0.9, -0.4]]]
WEIGHTS = [[0.4, -0.2], [0.7, 0.5], [-0.3, 0.6], [0.1, -0.9]]
BIAS = [0.3, -0.7]
SCALE = [1.2, -0.4, 0.8, 0.5]
SHIFT = [0.1, 0.2, -0.3, 0.4]


class Elementwise:
    """An elementwise layer of two functions: its own and the factor of dout."""

    def forward(self, x: Any) -> Any:
        self.x = x
        self.out = self.function(x)
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout * self.slope()

    def function(self, x: Any) -> Any:
        raise NotImplementedError

    def slope(self) -> Any:
        raise NotImplementedError


def elementwise(function: Any, slope: Any) -> Any:
    """A class whose forward is `function(x)`, and whose backward multiplies dout by `slope(x, out)`."""
    methods = {"function": lambda _, x: function(x), "slope": lambda self: slope(self.x, self.out)}
    return type("Wrong", (Elementwise,), methods)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class Softmax:
    """The shares of each row's exponentials."""

    def forward(self, x: Any) -> Any:
        self.y = softmax(x)
        return self.y


class DiagonalSoftmax(Softmax):
    """As if each share depended on its own logit alone."""

    def backward(self, dout: Any) -> Any:
        return dout * self.y * (1 - self.y)


class SoftmaxWithoutSum(Softmax):
    """As if the sum of the exponentials were a constant."""

    def backward(self, dout: Any) -> Any:
        return dout * self.y


class SoftmaxPassedOn(Softmax):
    """As if nothing had been done to the logits."""

    def backward(self, dout: Any) -> Any:
        return dout


class DiagonalLogSoftmax:
    """As if each logarithm depended on its own logit alone."""

    def forward(self, x: Any) -> Any:
        self.y = softmax(x)
        return np.log(self.y)

    def backward(self, dout: Any) -> Any:
        return dout * (1 - self.y)


class DiagonalCumulativeSum:
    """As if each running sum depended on its last term alone."""

    def forward(self, x: Any) -> Any:
        return np.cumsum(x)

    def backward(self, dout: Any) -> Any:
        return dout


class SameWayCumulativeSum(DiagonalCumulativeSum):
    """Sums dout from the first on, not from the last."""

    def backward(self, dout: Any) -> Any:
        return np.cumsum(dout)


class SoftmaxWithSumOfDout(Softmax):
    """Subtracts the sum of dout alone."""

    def backward(self, dout: Any) -> Any:
        return self.y * (dout - dout.sum(axis=-1, keepdims=True))


class QuotientWithoutSquare:
    """Divides by y once."""

    def forward(self, x: Any, y: Any) -> Any:
        self.x, self.y = x, y
        return x / y

    def backward(self, dout: Any) -> Any:
        return dout / self.y, -dout * self.x / self.y


class UnscaledScores:
    """Forgets to divide by the root of the length of a row."""

    def forward(self, q: Any, k: Any) -> Any:
        self.q, self.k = q, k
        return q @ k.T / np.sqrt(q.shape[1])

    def backward(self, dout: Any) -> Any:
        return dout @ self.k, dout.T @ self.q


class LargerOf:
    """The larger of two, which gets dout where it is the smaller."""

    def forward(self, x: Any, y: Any) -> Any:
        self.is_x = x > y
        return np.where(self.is_x, x, y)

    def backward(self, dout: Any) -> Any:
        return np.where(self.is_x, 0, dout), np.where(self.is_x, dout, 0)


class BothLarger(LargerOf):
    """Both get dout where x is the larger."""

    def backward(self, dout: Any) -> Any:
        return dout * self.is_x, dout * self.is_x


class LeakyByDout:
    """Leaks where dout is negative, not where x is."""

    def forward(self, x: Any) -> Any:
        return np.where(x > 0, x, 0.1 * x)

    def backward(self, dout: Any) -> Any:
        return np.where(dout > 0, dout, 0.1 * dout)


class HalfClipped:
    """Passes dout on below the lower bound."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.clip(x, -1, 1)

    def backward(self, dout: Any) -> Any:
        return dout * (self.x < 1)


class ClassLoss:
    """The cross-entropy of classes, whose gradient forgets them."""

    constant_inputs = ("t",)

    def forward(self, x: Any, t: Any) -> Any:
        self.t = t.astype(int)
        self.p = softmax(x)
        return -np.log(self.p[np.arange(len(x)), self.t]).mean()

    def backward(self, dout: Any) -> Any:
        return dout * self.p / len(self.p), None


class HalfClassLoss(ClassLoss):
    """Subtracts a half of what it should."""

    def forward(self, x: Any, t: Any) -> Any:
        return 2 * super().forward(x, t)

    def backward(self, dout: Any) -> Any:
        dx = 2 * self.p
        dx[np.arange(len(dx)), self.t] -= 1
        return dout * dx / len(dx), None


class ReluBelow:
    """Passes dout on where it should not."""

    def forward(self, inputs: Any) -> Any:
        self.inputs = inputs
        return np.maximum(inputs, 0)

    def backward(self, dout: Any) -> Any:
        return dout * (self.inputs < 0)


class AveragedProduct:
    """Divides dx by the length over which a product of matrices sums."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w = x, w
        return x @ w

    def backward(self, dout: Any) -> Any:
        return dout @ self.w.T / self.x.shape[1], self.x.T @ dout
