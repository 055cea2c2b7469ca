"""Layers with a mistake in windows, rows or axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from faulty_rules import sigmoid


class Conv1d:
    """What a kernel sees as it slides along."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w = x, w
        count = len(x) - len(w) + 1
        return np.array([x[i : i + len(w)] @ w for i in range(count)])

    def dw(self, dout: Any) -> Any:
        return np.array([self.x[i : i + len(dout)] @ dout for i in range(len(self.w))])


class UnflippedConv1d(Conv1d):
    """NumPy's convolve turns the kernel round itself; here it is turned round twice."""

    def backward(self, dout: Any) -> Any:
        return np.convolve(dout, self.w[::-1], "full"), self.dw(dout)


class OverwritingConv1d(Conv1d):
    """Assigns what overlaps."""

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.x)
        for i, number in enumerate(dout):
            dx[i : i + len(self.w)] = number * self.w
        return dx, self.dw(dout)


class ReversedWeights(Conv1d):
    """The kernel's gradient from last to first."""

    def backward(self, dout: Any) -> Any:
        return np.convolve(dout, self.w, "full"), self.dw(dout)[::-1]


class Conv2d:
    """In two dimensions, the same way round in backward."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w = x, w
        self.shape = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
        out = np.zeros(self.shape)
        for i, j in np.ndindex(self.shape):
            out[i, j] = (x[i : i + w.shape[0], j : j + w.shape[1]] * w).sum()
        return out

    def backward(self, dout: Any) -> Any:
        height, width = self.w.shape
        dw = np.zeros_like(self.w)
        for i, j in np.ndindex(self.shape):
            dw += dout[i, j] * self.x[i : i + height, j : j + width]
        padded = np.pad(dout, ((height - 1, height - 1), (width - 1, width - 1)))
        dx = np.zeros_like(self.x)
        for i, j in np.ndindex(self.x.shape):
            dx[i, j] = (padded[i : i + height, j : j + width] * self.w).sum()
        return dx, dw


class FixedBlur:
    """A kernel of its own, the same way round in backward."""

    kernel = np.array([0.5, 0.3, 0.2])

    def forward(self, x: Any) -> Any:
        return np.convolve(x, self.kernel, "same")

    def backward(self, dout: Any) -> Any:
        return np.convolve(dout, self.kernel, "same")


class FixedMatrix:
    """Forgets to transpose."""

    matrix = np.array([[1.0, 2.0, 0.5, 0.0], [-1.0, 0.25, 3.0, 1.0], [0.0, 1.5, 1.0, -2.0], [2.0, 0.0, -0.5, 1.0]])

    def forward(self, x: Any) -> Any:
        return self.matrix @ x

    def backward(self, dout: Any) -> Any:
        return self.matrix @ dout


class Embedding:
    """Rows 0, 2, 0, 1, of which one comes twice."""

    rows = np.array([0, 2, 0, 1])

    def forward(self, w: Any) -> Any:
        self.w = w
        return w[self.rows]

    def backward(self, dout: Any) -> Any:
        dw = np.zeros_like(self.w)
        dw[self.rows] = dout
        return dw


class LostIncrement(Embedding):
    """With NumPy, += on repeated rows keeps the last."""

    def backward(self, dout: Any) -> Any:
        dw = np.zeros_like(self.w)
        dw[self.rows] += dout
        return dw


class LastSample:
    """Weights whose gradient is assigned for each sample, not added up."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w = x, w
        return x @ w

    def backward(self, dout: Any) -> Any:
        for x, d in zip(self.x, dout, strict=True):
            dw = np.outer(x, d)
        return dout @ self.w.T, dw


class OverlappingWindows:
    """Sums of three, whose gradients are assigned."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.array([x[i : i + 3].sum() for i in range(len(x) - 2)])

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.x)
        for i, d in enumerate(dout):
            dx[i : i + 3] = d
        return dx


class KeptAxis:
    """A sum with an axis too many."""

    def forward(self, x: Any, b: Any) -> Any:
        return x + b

    def backward(self, dout: Any) -> Any:
        return dout, dout.sum(axis=0, keepdims=True)


class LostAxis(KeptAxis):
    """A sum with an axis too few."""

    def backward(self, dout: Any) -> Any:
        return dout, dout.sum(axis=0)


class Unsummed(KeptAxis):
    """No sum."""

    def backward(self, dout: Any) -> Any:
        return dout, dout


class Neuron:
    """tanh(x @ w + b); what is wrong is the slope of tanh."""

    def forward(self, x: Any, w: Any, b: Any) -> Any:
        self.x, self.w = x, w
        self.raw = x @ w + b
        self.out = self.activation(self.raw)
        return self.out

    def backward(self, dout: Any) -> Any:
        d = dout * self.slope()
        return d @ self.w.T, self.x.T @ d, d.sum(axis=0)

    def activation(self, raw: Any) -> Any:
        return np.tanh(raw)

    def slope(self) -> Any:
        return 1 - self.raw**2


class NeuronWithoutSlope(Neuron):
    """The slope of tanh left out."""

    def slope(self) -> Any:
        return 1.0


class SigmoidNeuron(Neuron):
    """The slope of sigmoid, of what goes into it."""

    def activation(self, raw: Any) -> Any:
        return sigmoid(raw)

    def slope(self) -> Any:
        return self.raw * (1 - self.raw)


class SineOfProduct:
    """The gradient of x lacks w."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w = x, w
        return np.sin(x * w)

    def backward(self, dout: Any) -> Any:
        d = dout * np.cos(self.x * self.w)
        return d, d * self.x


class MulPassesOn:
    """The gradient of x lacks y."""

    def forward(self, x: Any, y: Any) -> Any:
        self.x = x
        return x * y

    def backward(self, dout: Any) -> Any:
        return dout, dout * self.x


class Pool:
    """The means of two by two, whose gradient is not divided."""

    def forward(self, x: Any) -> Any:
        rows, columns = x.shape
        return x.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))

    def backward(self, dout: Any) -> Any:
        return dout.repeat(2, axis=0).repeat(2, axis=1)


class PaddedConv1d:
    """Zeros at both ends; the gradient of the kernel is assigned for each place."""

    def forward(self, x: Any, w: Any) -> Any:
        self.padded, self.w = np.pad(x, 1), w
        return np.array([self.padded[i : i + len(w)] @ w for i in range(len(x))])

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.padded)
        dw = np.zeros_like(self.w)
        for i, d in enumerate(dout):
            dx[i : i + len(self.w)] += d * self.w
            dw[:] = d * self.padded[i : i + len(self.w)]
        return dx[1:-1], dw


class ProductTheWrongWayRound:
    """The gradients of a product of matrices, the second one first."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x, self.w = x, w
        return x @ w

    def backward(self, dout: Any) -> Any:
        return self.x.T @ dout, dout @ self.w.T


class SummedAlongRows(KeptAxis):
    """A bias summed over the wrong axis."""

    def backward(self, dout: Any) -> Any:
        return dout, dout.sum(axis=1)
