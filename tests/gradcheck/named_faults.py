"""Layers in NumPy with one mistake each, as people write them; the tables say what may be said of each."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import numpy as np

ROW = [0.75, -1.375, 0.5, 1.625]
LONG = [0.75, -1.375, 0.5, 1.625, -0.25, 2.125]
POSITIVE = [0.75, 1.375, 0.5, 1.625]
GRID = [[0.75, -0.5, 1.25, 0.3], [-1.75, 2.25, 0.375, -0.8], [0.4, -1.1, -0.6, 1.9]]
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


class Normalised:
    """(x - mean) / std along an axis, and what backward needs."""

    axis = 0
    ddof = 0

    def forward(self, x: Any) -> Any:
        self.c = x - x.mean(axis=self.axis, keepdims=True)
        self.std = np.sqrt(x.var(axis=self.axis, keepdims=True, ddof=self.ddof) + 1e-5)
        self.n = self.c / self.std
        return self.n

    def mean(self, v: Any) -> Any:
        return v.mean(axis=self.axis, keepdims=True)


class WithoutMean(Normalised):
    """The mean is a constant in backward."""

    def backward(self, dout: Any) -> Any:
        return (dout - self.n * self.mean(dout * self.n)) / self.std


class WithoutVariance(Normalised):
    """The variance is a constant in backward."""

    def backward(self, dout: Any) -> Any:
        return (dout - self.mean(dout)) / self.std


class WithoutBoth(Normalised):
    """Mean and variance are constants in backward."""

    def backward(self, dout: Any) -> Any:
        return dout / self.std


class RowsWithoutVariance(WithoutVariance):
    """The same along rows."""

    axis = -1


class RowsWithoutMean(WithoutMean):
    """The same along rows."""

    axis = -1


class UnbiasedForward(Normalised):
    """Forward divides by n - 1, backward by n."""

    ddof = 1

    def backward(self, dout: Any) -> Any:
        return (dout - self.mean(dout) - self.n * self.mean(dout * self.n)) / self.std


class UnbiasedBackward(Normalised):
    """Forward divides by n, backward by n - 1."""

    def backward(self, dout: Any) -> Any:
        rows = dout.shape[0]
        std = np.sqrt((self.c**2).sum(axis=0) / (rows - 1) + 1e-5)
        n = self.c / std
        return (dout - self.mean(dout) - n * self.mean(dout * n)) / std


class ScaledWithoutVariance(WithoutVariance):
    """Batch normalisation with its scale and shift."""

    def forward(self, x: Any, gamma: Any, beta: Any) -> Any:
        self.gamma = gamma
        return super().forward(x) * gamma + beta

    def backward(self, dout: Any) -> Any:
        return super().backward(dout * self.gamma), (dout * self.n).sum(axis=0), dout.sum(axis=0)


class ScaledWithoutStatistics(WithoutBoth):
    """The same with mean and variance as constants."""

    def forward(self, x: Any, gamma: Any, beta: Any) -> Any:
        self.gamma = gamma
        return super().forward(x) * gamma + beta

    def backward(self, dout: Any) -> Any:
        return super().backward(dout * self.gamma), (dout * self.n).sum(axis=0), dout.sum(axis=0)


class Variance:
    """Backward divides by n - 1."""

    def forward(self, x: Any) -> Any:
        self.c = x - x.mean()
        return (self.c**2).mean()

    def backward(self, dout: Any) -> Any:
        return dout * 2 * self.c / (self.c.size - 1)


class UnbiasedStd:
    """Backward divides by n."""

    def forward(self, x: Any) -> Any:
        self.c = x - x.mean()
        self.out = x.std(ddof=1)
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout * self.c / (self.out * self.c.size)


class Centre:
    """The mean is a constant in backward."""

    def forward(self, x: Any) -> Any:
        return x - x.mean()

    def backward(self, dout: Any) -> Any:
        return dout


class UnitLength:
    """The length is a constant in backward."""

    def forward(self, x: Any) -> Any:
        self.length = np.sqrt((x**2).sum())
        return x / self.length

    def backward(self, dout: Any) -> Any:
        return dout / self.length


class Share:
    """The total is a constant in backward."""

    def forward(self, x: Any) -> Any:
        self.total = x.sum()
        return x / self.total

    def backward(self, dout: Any) -> Any:
        return dout / self.total


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


class HalfPrecision:
    """All of it in float16."""

    def forward(self, x: Any) -> Any:
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout: Any) -> Any:
        return (dout * (1 - self.out**2)).astype(np.float16)


class HalfPrecisionSlope(HalfPrecision):
    """The slope in float16, the product in float64."""

    def backward(self, dout: Any) -> Any:
        return dout * (1 - self.out**2).astype(np.float16)


class Dropout:
    """One mask in forward, another in backward."""

    def forward(self, x: Any) -> Any:
        np.random.seed(3)  # noqa: NPY002 - as people write it
        return x * (np.random.rand(*x.shape) > 0.5)  # noqa: NPY002

    def backward(self, dout: Any) -> Any:
        return dout * (np.random.rand(*dout.shape) > 0.5)  # noqa: NPY002


class DropoutOfOwnGenerator:
    """The same with a generator of its own."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng(5)

    def forward(self, x: Any) -> Any:
        return x * (self.generator.random(x.shape) > 0.5)

    def backward(self, dout: Any) -> Any:
        return dout * (self.generator.random(dout.shape) > 0.5)


class DropoutOfPython:
    """The same with Python's generator."""

    def forward(self, x: Any) -> Any:
        random.seed(4)
        return x * np.array([random.random() > 0.4 for _ in x])

    def backward(self, dout: Any) -> Any:
        return dout * np.array([random.random() > 0.4 for _ in dout])


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


class Named(NamedTuple):
    """A class, the inputs that show its mistake, and a part of what is said of it."""

    cls: Any
    inputs: list[Any]
    says: str


DIAGONAL = "only the diagonal of the Jacobian"
OVERWRITES = "only one of the contributions"
DRAWS = "backward draws new random numbers"

NAMED: dict[str, Named] = {
    "softmax: diagonal": Named(DiagonalSoftmax, [ROW], DIAGONAL),
    "softmax: diagonal of a batch": Named(DiagonalSoftmax, [GRID], DIAGONAL),
    "log-softmax: diagonal": Named(DiagonalLogSoftmax, [GRID], DIAGONAL),
    "cumsum: diagonal": Named(DiagonalCumulativeSum, [ROW], DIAGONAL),
    "cumsum: same way": Named(SameWayCumulativeSum, [ROW], "it runs the same way as forward"),
    "softmax: sum": Named(SoftmaxWithoutSum, [GRID], "the path through the sum that it is divided by is missing"),
    "batch norm: mean": Named(WithoutMean, [GRID], "the path through the mean of x is missing"),
    "batch norm: variance": Named(WithoutVariance, [GRID], "the path through the variance of x is missing"),
    "batch norm: both": Named(WithoutBoth, [GRID], "the paths through the mean and the variance of x are missing"),
    "layer norm: mean": Named(RowsWithoutMean, [GRID], "the path through the mean of x is missing"),
    "layer norm: variance": Named(RowsWithoutVariance, [GRID], "the path through the variance of x is missing"),
    "layer norm: rank 3": Named(WithoutVariance, [HEADS[0]], "the path through the variance of x is missing"),
    "scaled batch norm: variance": Named(ScaledWithoutVariance, [GRID, SCALE, SHIFT], "the path through the variance"),
    "scaled batch norm: both": Named(ScaledWithoutStatistics, [GRID, SCALE, SHIFT], "the mean and the variance of x"),
    "centre: mean": Named(Centre, [ROW], "the path through the mean of x is missing"),
    "unit length: norm": Named(UnitLength, [ROW], "the path through the norm of x is missing"),
    "share: sum": Named(Share, [POSITIVE], "the path through the sum of x is missing"),
    "batch norm: forward of n - 1": Named(UnbiasedForward, [GRID], "ddof"),
    "batch norm: backward of n - 1": Named(UnbiasedBackward, [GRID], "ddof"),
    "variance: n - 1": Named(Variance, [ROW], "it divides by 3 where forward divides by 4"),
    "std: n": Named(UnbiasedStd, [ROW], "ddof"),
    "conv1d: not flipped": Named(UnflippedConv1d, [LONG, [0.5, -1.25, 2.0]], "the kernel w is not flipped back"),
    "conv1d: dw reversed": Named(ReversedWeights, [LONG, [0.5, -1.25, 2.0]], "it is in reverse order"),
    "conv1d: overwritten": Named(OverwritingConv1d, [LONG, [0.5, -1.25, 2.0]], OVERWRITES),
    "conv2d: not flipped": Named(Conv2d, [GRID, [[0.5, -1.0], [0.25, 2.0]]], "the kernel w is not flipped back"),
    "blur: not flipped": Named(FixedBlur, [LONG], "as a kernel that is flipped back"),
    "matrix: not transposed": Named(FixedMatrix, [ROW], "it is the Jacobian times dout"),
    "embedding: overwritten": Named(Embedding, [GRID], OVERWRITES),
    "embedding: += loses repeats": Named(LostIncrement, [GRID], OVERWRITES),
    "weights: last sample": Named(LastSample, [GRID, WEIGHTS], OVERWRITES),
    "windows: overwritten": Named(OverlappingWindows, [LONG], OVERWRITES),
    "bias: keepdims": Named(KeptAxis, [GRID, SCALE], "an axis of length 1 remains: it is (1, 4) instead of (4,)"),
    "bias: no keepdims": Named(LostAxis, [GRID, [SCALE]], "an axis of length 1 is missing"),
    "bias: unsummed": Named(Unsummed, [GRID, SCALE], "it is not summed over the axes"),
    "tanh: float16": Named(HalfPrecision, [ROW], "it is computed in float16"),
    "tanh: slope in float16": Named(HalfPrecisionSlope, [ROW], "it is computed in float16"),
    "dropout: global generator": Named(Dropout, [LONG], DRAWS),
    "dropout: own generator": Named(DropoutOfOwnGenerator, [LONG], DRAWS),
    "dropout: Python's generator": Named(DropoutOfPython, [LONG], DRAWS),
    "neuron: misplaced": Named(Neuron, [GRID, WEIGHTS, BIAS], "1 - raw ** 2 where 1 - tanh(raw) ** 2 is needed"),
    "neuron: forgotten": Named(NeuronWithoutSlope, [GRID, WEIGHTS, BIAS], "the derivative of tanh is missing"),
    "sigmoid neuron: misplaced": Named(SigmoidNeuron, [GRID, WEIGHTS, BIAS], "raw * (1 - raw) where sigmoid(raw)"),
    "tanh: of the input": Named(
        elementwise(np.tanh, lambda x, _: 1 - x**2), [ROW], "dout is multiplied by 1 - x ** 2, where 1 - out ** 2"
    ),
    "sigmoid: of the input": Named(elementwise(sigmoid, lambda x, _: x * (1 - x)), [ROW], "by x * (1 - x), where out"),
    "sigmoid: 1 - out": Named(elementwise(sigmoid, lambda _, out: 1 - out), [ROW], "where out * (1 - out) is the"),
    "exp: of the input": Named(elementwise(np.exp, lambda x, _: x), [ROW], "dout is multiplied by x, where out is"),
    "log: times": Named(elementwise(np.log, lambda x, _: x), [POSITIVE], "by x, where 1 / x is the derivative"),
    "relu: everywhere": Named(
        elementwise(lambda x: np.maximum(x, 0), lambda x, _: np.ones_like(x)),
        [ROW],
        "dout is passed on as it is; it must be multiplied by",
    ),
    "mul: passed on": Named(MulPassesOn, [ROW, SCALE], "dout is passed on as it is; it must be multiplied by y"),
    "cos(x**2): no 2x": Named(
        elementwise(lambda x: np.cos(x**2), lambda x, _: -np.sin(x**2)), [ROW], "a factor of 2 * x is missing"
    ),
    "exp(-x): no minus": Named(elementwise(lambda x: np.exp(-x), lambda _, out: out), [ROW], "the sign is wrong"),
    "exp(-x**2): no -2x": Named(
        elementwise(lambda x: np.exp(-(x**2)), lambda _, out: out), [ROW], "a factor of -2 * x is missing"
    ),
    "sin(1/x): no -1/x**2": Named(
        elementwise(lambda x: np.sin(1 / x), lambda x, _: np.cos(1 / x)), [ROW], "a factor of -1 / x ** 2 is missing"
    ),
    "sin(3x): no 3": Named(
        elementwise(lambda x: np.sin(3 * x), lambda x, _: np.cos(3 * x)),
        [ROW],
        "it is 0.3333 times the correct value: a factor of 3 is missing",
    ),
    "sin(xw): no w": Named(SineOfProduct, [ROW, SCALE], "a factor of w is missing"),
    "silu: one term": Named(
        elementwise(lambda x: x * sigmoid(x), lambda x, _: sigmoid(x)), [ROW], "a term of the product rule is missing"
    ),
}


class Tolerant(Normalised):
    """Off by a constant, which is no statistic's path."""

    def backward(self, dout: Any) -> Any:
        right = (dout - self.mean(dout) - self.n * self.mean(dout * self.n)) / self.std
        return right + 0.125


class Accumulating:
    """Adds to what it keeps, each time; it draws nothing."""

    def forward(self, x: Any) -> Any:
        self.x, self.dx = x, 0.1
        return x**2

    def backward(self, dout: Any) -> Any:
        self.dx = self.dx + dout * 2 * self.x
        return self.dx


class FixedMask:
    """The wrong mask, but always the same."""

    def forward(self, x: Any) -> Any:
        return x * (np.arange(x.size) % 2)

    def backward(self, dout: Any) -> Any:
        return dout * (np.arange(dout.size) % 3 == 1)


class NoisyBackward(FixedMask):
    """Draws, but is wrong without that, too."""

    def backward(self, dout: Any) -> Any:
        np.random.rand()  # noqa: NPY002
        return dout * (np.arange(dout.size) % 3 == 1)


class SmallScale(Softmax):
    """The diagonal, but for a hundredth."""

    def backward(self, dout: Any) -> Any:
        return dout * self.y * (1 - self.y) * 1.01


class NoSecondSample(LastSample):
    """Skips a sample in the middle."""

    def backward(self, dout: Any) -> Any:
        return dout @ self.w.T, self.x[::2].T @ dout[::2]


class RoughSlope(HalfPrecision):
    """Three digits, but decimal ones."""

    def backward(self, dout: Any) -> Any:
        return dout * np.round(1 - self.out**2, 3)


class UnevenAverage(Normalised):
    """Takes only parts of the averages."""

    def backward(self, dout: Any) -> Any:
        return (dout - self.mean(dout) * 0.9 - self.n * self.mean(dout * self.n) * 0.8) / self.std


class DoubledFlip(Conv1d):
    """A kernel that is not flipped, and more besides."""

    def backward(self, dout: Any) -> Any:
        return 1.5 * np.convolve(dout, self.w[::-1], "full") + 1, self.dw(dout)


class TransposedAndWrong(FixedMatrix):
    """Not transposed, and more besides."""

    def backward(self, dout: Any) -> Any:
        return self.matrix @ dout + 1


class WrongShapeAndNumbers(KeptAxis):
    """An axis too many, and wrong besides."""

    def backward(self, dout: Any) -> Any:
        return dout, 2.5 * dout.sum(axis=0, keepdims=True)


NOT_NAMED: dict[str, Named] = {
    "a constant added to a norm": Named(Tolerant, [GRID], "path through"),
    "state that grows": Named(Accumulating, [ROW], DRAWS),
    "a fixed mask": Named(FixedMask, [LONG], DRAWS),
    "a mask is no state of another": Named(FixedMask, [LONG], "state is left over"),
    "a draw that changes nothing": Named(NoisyBackward, [LONG], DRAWS),
    "a new mask is not state": Named(Dropout, [LONG], "state is left over"),
    "an own new mask is not state": Named(DropoutOfOwnGenerator, [LONG], "state is left over"),
    "a new mask is not a count": Named(DropoutOfOwnGenerator, [LONG], "the second time"),
    "nearly the diagonal": Named(SmallScale, [GRID], DIAGONAL),
    "a skipped sample": Named(NoSecondSample, [GRID, WEIGHTS], "contributions"),
    "three decimal digits": Named(RoughSlope, [ROW], "float16"),
    "uneven averages": Named(UnevenAverage, [GRID], "is missing"),
    "uneven averages, no ddof": Named(UnevenAverage, [GRID], "ddof"),
    "nearly an unflipped kernel": Named(DoubledFlip, [LONG, [0.5, -1.25, 2.0]], "flipped"),
    "a symmetric kernel": Named(DoubledFlip, [LONG, [0.5, -1.25, 0.5]], "flipped"),
    "nearly a transpose": Named(TransposedAndWrong, [ROW], "transpose"),
    "keepdims is a sum": Named(KeptAxis, [GRID, SCALE], "not summed"),
    "an axis of 1, and wrong": Named(WrongShapeAndNumbers, [GRID, SCALE], "an axis of length 1"),
    "an axis of 1, wrong, and summed": Named(WrongShapeAndNumbers, [GRID, SCALE], "not summed"),
    "tanh: 1 - out": Named(elementwise(np.tanh, lambda _, out: 1 - out), [ROW], "product rule"),
    "a constant slope": Named(elementwise(np.tanh, lambda x, _: 0.5 + 0 * x), [ROW], "is the derivative"),
    "a squared slope": Named(elementwise(np.tanh, lambda _, out: (1 - out**2) ** 2), [ROW], "missing"),
    "cos(x**2): 3x": Named(
        elementwise(lambda x: np.cos(x**2), lambda x, _: -3 * x * np.sin(x**2)), [ROW], "inner derivative"
    ),
    "overwritten is not a mean": Named(Embedding, [GRID], "mean"),
    "the sum's path is not the diagonal": Named(SoftmaxWithoutSum, [GRID], DIAGONAL),
    "the diagonal is not a constant": Named(DiagonalSoftmax, [GRID], "constant"),
}
