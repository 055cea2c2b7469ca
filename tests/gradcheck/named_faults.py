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
    SQUARE,
    WEIGHTS,
    BothLarger,
    Centre,
    ClassLoss,
    DiagonalCumulativeSum,
    DiagonalLogSoftmax,
    DiagonalSoftmax,
    HalfClassLoss,
    HalfClipped,
    LargerOf,
    LeakyByDout,
    MeanOfRows,
    Normalised,
    QuotientWithoutSquare,
    ReluBelow,
    RowsWithoutMean,
    RowsWithoutVariance,
    SameWayCumulativeSum,
    ScaledWithoutStatistics,
    ScaledWithoutVariance,
    ScaleLost,
    Share,
    Softmax,
    SoftmaxPassedOn,
    SoftmaxWithoutSum,
    SoftmaxWithSumOfDout,
    StdOfNumbers,
    UnaveragedMean,
    UnbiasedBackward,
    UnbiasedForward,
    UnbiasedStd,
    UnitLength,
    UnscaledScores,
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
    FixedDropout,
    FixedMatrix,
    ForgottenDropout,
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
    PaddedConv1d,
    Pool,
    ProductTheWrongWayRound,
    ReversedWeights,
    SigmoidNeuron,
    SineOfProduct,
    SummedAlongRows,
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
    "batch norm: mean not averaged": Named(
        UnaveragedMean, [GRID], "the path through the mean of x is 3 times too large"
    ),
    "softmax: sum of dout": Named(SoftmaxWithSumOfDout, [GRID], "the sum that is subtracted is that of dout"),
    "std: of numbers": Named(StdOfNumbers, [ROW], "the mean of x is not subtracted"),
    "batch norm: no gamma": Named(ScaleLost, [GRID, SCALE], "a factor of gamma is missing"),
    "batch norm: dgamma": Named(ScaleLost, [GRID, SCALE], "dout is summed up as it is, as if gamma were only added"),
    "mean: rows for columns": Named(
        MeanOfRows,
        [GRID],
        "it divides by 3, the length of axis 0 of x, where forward divides by 4, the length of axis 1",
    ),
    "quotient: no square": Named(QuotientWithoutSquare, [ROW, SCALE], "there is an extra factor of y"),
    "scores: not scaled": Named(UnscaledScores, [GRID, GRID], "a factor of 1/sqrt(4) (4 is the length of axis 1 of q)"),
    "log2: no ln 2": Named(
        elementwise(np.log2, lambda x, _: 1 / x),
        [POSITIVE],
        "it is 0.6931 times the correct value: a factor of 1 / ln(2)",
    ),
    "larger of two numbers: swapped": Named(LargerOf, [0.75, -1.375], "the gradients of x and y are swapped"),
    "larger of two numbers: both": Named(BothLarger, [0.75, -1.375], "the mask is inverted"),
    "leaky relu of a number: dout": Named(LeakyByDout, [0.75], "the mask is that of dout, where that of x is needed"),
    "dropout of a number: inverted": Named(FixedDropout, [0.75], "the mask is inverted"),
    "dropout: inverted": Named(FixedDropout, [LONG], "the mask is inverted"),
    "dropout: forgotten": Named(ForgottenDropout, [LONG], "the mask is missing"),
    "clip: half": Named(HalfClipped, [LONG], "a part of the mask is missing"),
    "relu: below": Named(ReluBelow, [LONG], "by (inputs < 0), where (inputs > 0) is the derivative"),
    "loss of classes: p": Named(ClassLoss, [GRID, [0, 2, 1]], "1 is not subtracted at the classes of t"),
    "pool: not divided": Named(Pool, [SQUARE], "it is 4 times the correct value: a factor of 1/4 is missing"),
    "padded conv1d: dw overwritten": Named(PaddedConv1d, [LONG, [0.5, -1.25, 2.0]], OVERWRITES),
    "product: the wrong way round": Named(
        ProductTheWrongWayRound, [GRID, WEIGHTS], "the gradients of x and w are swapped"
    ),
    "bias: wrong axis": Named(SummedAlongRows, [GRID, SCALE], "over axis 1; it must be summed over axis 0"),
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
    "a mean's path that is there": Named(UnaveragedMean, [GRID], "as a constant"),
    "a sum's path that is there": Named(SoftmaxWithSumOfDout, [GRID], "as a constant"),
    "a mean's path that matters not": Named(StdOfNumbers, [ROW], "as a constant"),
    "the lengths of two axes": Named(MeanOfRows, [GRID], "ddof"),
    "four of a window are not the four of an axis": Named(Pool, [SQUARE], "the length of"),
    "a divisor has no inner derivative": Named(QuotientWithoutSquare, [ROW, SCALE], "inner derivative"),
    "a power has no inner derivative": Named(
        elementwise(lambda x: x**3, lambda x, _: 3 * x**3), [ROW], "inner derivative"
    ),
    "a slope of a number is no factor": Named(LeakyByDout, [0.75], "times the correct value"),
    "the larger of two numbers is not passed on": Named(BothLarger, [0.75, -1.375], "as if out were"),
    "a fixed mask is not inverted": Named(FixedMask, [LONG], "the mask is"),
    "what is twice p is not p": Named(HalfClassLoss, [GRID, [0, 2, 1]], "1 is not subtracted"),
}
