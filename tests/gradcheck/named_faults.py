"""Layers in NumPy with one mistake each, as people write them; the tables say what may be said of each."""

from __future__ import annotations

from typing import Any, NamedTuple

import faulty_parts as parts
import numpy as np
from faulty_draws import (
    Dropout,
    DropoutOfOwnGenerator,
    DropoutOfPython,
    FixedDropout,
    ForgottenDropout,
    HalfPrecision,
    HalfPrecisionSlope,
)
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
    AveragedProduct,
    BothLarger,
    ClassLoss,
    DiagonalCumulativeSum,
    DiagonalLogSoftmax,
    DiagonalSoftmax,
    HalfClipped,
    LargerOf,
    LeakyByDout,
    QuotientWithoutSquare,
    ReluBelow,
    SameWayCumulativeSum,
    SoftmaxPassedOn,
    SoftmaxWithoutSum,
    SoftmaxWithSumOfDout,
    UnscaledScores,
    elementwise,
    sigmoid,
)
from faulty_statistics import (
    Centre,
    MeanOfRows,
    RowsWithoutMean,
    RowsWithoutVariance,
    ScaledWithoutStatistics,
    ScaledWithoutVariance,
    ScaleLost,
    Share,
    StdOfNumbers,
    UnaveragedMean,
    UnbiasedBackward,
    UnbiasedForward,
    UnbiasedStd,
    UnitLength,
    Variance,
    WithoutBoth,
    WithoutMean,
    WithoutVariance,
)
from faulty_windows import (
    Conv2d,
    Embedding,
    FixedBlur,
    FixedMatrix,
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
    "product: a mean": Named(AveragedProduct, [GRID, WEIGHTS], "1/4 (4 is the length of axis 1 of x)"),
    "conv1d: not flipped": Named(UnflippedConv1d, [LONG, [0.5, -1.25, 2.0]], "the kernel w is not flipped back"),
    "conv1d: dw reversed": Named(ReversedWeights, [LONG, [0.5, -1.25, 2.0]], "it is in reverse order"),
    "conv1d: overwritten": Named(OverwritingConv1d, [LONG, [0.5, -1.25, 2.0]], OVERWRITES),
    "conv2d: not flipped": Named(Conv2d, [GRID, [[0.5, -1.0], [0.25, 2.0]]], "the kernel w is not flipped back"),
    "blur: not flipped": Named(FixedBlur, [LONG], "or a kernel that is flipped back"),
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
    "clip: half": Named(HalfClipped, [LONG], "the mask lets too much pass"),
    "relu: below": Named(ReluBelow, [LONG], "by (inputs < 0), where (inputs > 0) is the derivative"),
    "loss of classes: p": Named(ClassLoss, [GRID, [0, 2, 1]], "1 is not subtracted at the classes of t"),
    "pool: not divided": Named(Pool, [SQUARE], "it is 4 times the correct value: a factor of 1/4 is missing"),
    "padded conv1d: dw overwritten": Named(PaddedConv1d, [LONG, [0.5, -1.25, 2.0]], OVERWRITES),
    "product: the wrong way round": Named(
        ProductTheWrongWayRound, [GRID, WEIGHTS], "the gradients of x and w are swapped"
    ),
    "bias: wrong axis": Named(SummedAlongRows, [GRID, SCALE], "over axis 1; it must be summed over axis 0"),
    "affine: times out": Named(parts.TimesOut, [GRID, WEIGHTS], "there is an extra factor of out"),
    "softmax of scores: times out": Named(parts.SquaredShares, [GRID], "there is an extra factor of out"),
    "log of a product": Named(
        parts.LogOfProduct, [[POSITIVE], [[0.5], [0.25], [1.5], [0.75]]], "the derivative of log is missing"
    ),
    "dropout of a number: not scaled": Named(parts.UnscaledDropout, [0.75], "it is 0.6 times the correct value"),
    "hinge: no labels": Named(parts.UnlabelledHinge, [ROW, [1, -1, -1, 1]], "a factor of t is missing"),
    "running mean: last": Named(parts.LastOfRunningMean, [ROW], OVERWRITES),
    "two values: one": Named(parts.OnePathOfTwo, [ROW], OVERWRITES),
    "columns: reshaped": Named(parts.Reordered, [GRID], "dout is only reshaped"),
    "square: mean": Named(
        parts.SquareProduct, [parts.SHARES[:1] * 3, [[0.5], [0.25], [-1]]], "(3 is the length of axis 1 of x)"
    ),
    "mean of images: all": Named(parts.MeanOfEverything, [parts.IMAGES], "it is 0.3333 times the correct value"),
    "shrink: low threshold": Named(parts.LowThreshold, [[0.25, 0.75, -2.0, -0.375]], "the mask lets too much pass"),
    "arctan: of a root": Named(
        elementwise(np.arctan, lambda x, _: 1 / np.sqrt(1 + x**2)), [ROW], "dout is multiplied by 1 / sqrt(1 + x ** 2)"
    ),
    "log-sigmoid: of x": Named(parts.LogSigmoid, [ROW], "there is an extra factor of exp(x)"),
    "softmax of scores: skipped": Named(parts.SkippedSoftmax, [GRID], "the derivative of softmax is missing"),
    "residual: forgotten": Named(parts.ForgottenResidual, [parts.SHARES], "dout itself is missing from the sum"),
    "largest of rows: smallest": Named(parts.LargestOfRows, [GRID], "as if argmin stood for argmax"),
    "cross-entropy of shares: not averaged": Named(
        parts.CrossEntropyOfShares, [parts.SHARES, parts.LABELS], "(2 is the length of axis 0 of p) is missing"
    ),
    "log: squared": Named(elementwise(np.log, lambda x, _: 1 / x**2), [POSITIVE], "a factor of x is missing"),
    "tanh: no 1": Named(elementwise(np.tanh, lambda _, out: -(out**2)), [ROW], "a term of 1 in the derivative"),
}
