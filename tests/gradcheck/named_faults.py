"""Layers in NumPy with one mistake each, as people write them; the tables say what may be said of each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from faulty_rules import (
    BIAS,
    GRID,
    HEADS,
    LONG,
    POSITIVE,
    ROW,
    SCALE,
    SHIFT,
    WEIGHTS,
    Centre,
    DiagonalCumulativeSum,
    DiagonalLogSoftmax,
    DiagonalSoftmax,
    Normalised,
    RowsWithoutMean,
    RowsWithoutVariance,
    SameWayCumulativeSum,
    ScaledWithoutStatistics,
    ScaledWithoutVariance,
    Share,
    Softmax,
    SoftmaxPassedOn,
    SoftmaxWithoutSum,
    UnbiasedBackward,
    UnbiasedForward,
    UnbiasedStd,
    UnitLength,
    Variance,
    WithoutBoth,
    WithoutMean,
    WithoutVariance,
    elementwise,
    sigmoid,
)
from faulty_windows import (
    Conv1d,
    Conv2d,
    Dropout,
    DropoutOfOwnGenerator,
    DropoutOfPython,
    Embedding,
    FixedBlur,
    FixedMatrix,
    HalfPrecision,
    HalfPrecisionSlope,
    KeptAxis,
    LastSample,
    LostAxis,
    LostIncrement,
    MulPassesOn,
    Neuron,
    NeuronWithoutSlope,
    OverlappingWindows,
    OverwritingConv1d,
    ReversedWeights,
    SigmoidNeuron,
    SineOfProduct,
    UnflippedConv1d,
    Unsummed,
)


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
    "softmax: passed on": Named(SoftmaxPassedOn, [ROW], "dout is passed on as it is, as if out were x"),
    "x * tanh(x): passed on": Named(
        elementwise(lambda x: x * np.tanh(x), lambda x, _: np.ones_like(x)),
        [ROW],
        "dout is passed on as it is, as if out were x",
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
        np.random.rand()
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
