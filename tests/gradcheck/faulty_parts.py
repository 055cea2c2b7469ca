"""Layers with a mistake that shows in some numbers only, or looks like another in them."""

from __future__ import annotations

from typing import Any

import numpy as np
from faulty_rules import GRID, Softmax, sigmoid, softmax

SHARES = [[0.5, 0.125, 0.375], [0.25, 0.625, 0.125]]
IMAGES = [[[row[:2] for row in GRID[:2]] for _ in range(3)]]
LABELS = [[1, 0, 0], [0, 1, 0]]


class TimesOut:
    """An affine layer that multiplies by its value."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w, self.out = x, w, x @ w
        return self.out

    def backward(self, dout: Any) -> Any:
        dout = dout * self.out
        return dout @ self.w.T, self.x.T @ dout


class LogOfProduct(TimesOut):
    """A logarithm whose own derivative is left out."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w = x, w
        return np.log(x @ w)

    def backward(self, dout: Any) -> Any:
        return dout @ self.w.T, self.x.T @ dout


class Hinge:
    """The hinge loss of several classes, which adds the counts that it must subtract."""

    constant_inputs = ("y",)

    def forward(self, x: Any, y: Any) -> Any:
        rows, y = np.arange(len(x)), y.astype(int)
        margins = np.maximum(0, x - x[rows, y][:, None] + 1)
        margins[rows, y] = 0
        self.dx = (margins > 0) * 1.0
        self.dx[rows, y] += self.dx.sum(axis=1)
        return margins.sum() / len(x)

    def backward(self, dout: Any) -> Any:
        return dout * self.dx / len(self.dx), None


class UnscaledDropout:
    """Inverted dropout that is not scaled in backward."""

    def forward(self, x: Any) -> Any:
        self.mask = np.random.RandomState(0).rand(*x.shape) > 0.4
        return x * self.mask / 0.6

    def backward(self, dout: Any) -> Any:
        return dout * self.mask


class HalfHuber:
    """Twice too much near the target, and right far from it."""

    constant_inputs = ("t",)

    def forward(self, x: Any, t: Any) -> Any:
        self.r = x - t
        near = abs(self.r) <= 1
        return np.where(near, self.r**2 / 2, abs(self.r) - 1 / 2).sum()

    def backward(self, dout: Any) -> Any:
        return dout * np.where(abs(self.r) <= 1, 2 * self.r, np.sign(self.r)), None


class HalfCrossEntropy:
    """Without the term for a label of 0."""

    constant_inputs = ("t",)

    def forward(self, p: Any, t: Any) -> Any:
        self.p, self.t = p, t
        return -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum()

    def backward(self, dout: Any) -> Any:
        return -dout * self.t / self.p, None


class UnlabelledHinge:
    """A hinge loss whose gradient has no labels."""

    constant_inputs = ("t",)

    def forward(self, x: Any, t: Any) -> Any:
        self.is_near = t * x < 1
        return np.maximum(0, 1 - t * x).sum()

    def backward(self, dout: Any) -> Any:
        return -dout * self.is_near, None


class FirstColumn:
    """A softmax over columns that returns within the loop."""

    def forward(self, x: Any) -> Any:
        self.y = softmax(x.T).T
        return self.y

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(dout)
        dx[:, 0] = self.y[:, 0] * (dout[:, 0] - (self.y[:, 0] * dout[:, 0]).sum())
        return dx


class OnePathOfTwo:
    """Of two values beside each other only the first is counted."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.concatenate([np.sin(x), x**2])

    def backward(self, dout: Any) -> Any:
        return dout[: len(self.x)] * np.cos(self.x)


class LastOfRunningMean:
    """A running mean of which only the last value is counted."""

    def forward(self, x: Any) -> Any:
        self.weights = np.tril(0.3 * 0.7 ** np.abs(np.subtract.outer(np.arange(x.size), np.arange(x.size))))
        return self.weights @ x

    def backward(self, dout: Any) -> Any:
        return self.weights[-1] * dout[-1]


class Reordered:
    """Columns one after the other, of which backward makes rows."""

    def forward(self, x: Any) -> Any:
        self.shape = x.shape
        return x.T.ravel()

    def backward(self, dout: Any) -> Any:
        return dout.reshape(self.shape)


class SquareProduct:
    """Fixed weights on the left; the mean over the columns instead of their sum."""

    def forward(self, x: Any, b: Any) -> Any:
        self.out = np.tanh(np.array(GRID)[:3, :3] @ x + b)
        return self.out

    def backward(self, dout: Any) -> Any:
        d = dout * (1 - self.out**2)
        return np.array(GRID)[:3, :3].T @ d, d.mean(axis=1, keepdims=True)


class MeanOfEverything:
    """Averages over the last axes, and divides by the number of all elements."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return x.mean(axis=(2, 3))

    def backward(self, dout: Any) -> Any:
        return np.ones_like(self.x) * dout[:, :, None, None] / self.x.size


class LowThreshold:
    """Shrinks towards 0, with a mask of the wrong threshold."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.sign(x) * np.maximum(abs(x) - 0.5, 0)

    def backward(self, dout: Any) -> Any:
        return dout * (abs(self.x) > 0.125)


class LogSigmoid:
    """The sigmoid of x, where that of -x is needed."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return -np.log1p(np.exp(-x))

    def backward(self, dout: Any) -> Any:
        return dout * sigmoid(self.x)


class SquaredShares(Softmax):
    """A softmax behind fixed weights, times its value."""

    def forward(self, x: Any) -> Any:
        return super().forward(x @ np.array(GRID).T)

    def backward(self, dout: Any) -> Any:
        dout = dout * self.y
        return (self.y * (dout - (dout * self.y).sum(axis=-1, keepdims=True))) @ np.array(GRID)


class SkippedSoftmax(Softmax):
    """A softmax behind fixed weights, without its derivative."""

    def forward(self, x: Any) -> Any:
        return super().forward(x @ np.array(GRID).T)

    def backward(self, dout: Any) -> Any:
        return dout @ np.array(GRID)


class HalfSkippedSoftmax(SkippedSoftmax):
    """Nearly so."""

    def backward(self, dout: Any) -> Any:
        return (dout * self.y) @ np.array(GRID)


class ForgottenResidual:
    """A residual connection whose own path is left out."""

    def forward(self, x: Any) -> Any:
        self.slope = 1 - np.tanh(x @ np.array(GRID)[:, :3]) ** 2
        return x + np.tanh(x @ np.array(GRID)[:, :3])

    def backward(self, dout: Any) -> Any:
        return (dout * self.slope) @ np.array(GRID)[:, :3].T


class LargestOfRows:
    """The largest of each row, whose dout goes to the smallest."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return x.max(axis=-1)

    def backward(self, dout: Any) -> Any:
        return dout[..., None] * (self.x == self.x.min(axis=-1, keepdims=True))


class FirstOfRows(LargestOfRows):
    """Whose dout goes to the first number."""

    def backward(self, dout: Any) -> Any:
        return dout[..., None] * (np.arange(self.x.shape[-1]) == 0)


class CrossEntropyOfShares:
    """The cross-entropy of shares that are given, not divided by the number of rows."""

    constant_inputs = ("t",)

    def forward(self, p: Any, t: Any) -> Any:
        self.p, self.t = p, t
        return np.mean(-np.log((p * t).sum(axis=1)))

    def backward(self, dout: Any) -> Any:
        return -dout * self.t / self.p, None
