"""Layers with a mistake of which a name may not be said that nearly fits."""

from __future__ import annotations

from typing import Any

import faulty_parts as parts
import numpy as np
from faulty_draws import (
    Dropout,
    DropoutOfOwnGenerator,
    HalfPrecision,
)
from faulty_rules import (
    GRID,
    LONG,
    ROW,
    SCALE,
    SQUARE,
    WEIGHTS,
    BothLarger,
    DiagonalSoftmax,
    HalfClassLoss,
    LeakyByDout,
    QuotientWithoutSquare,
    Softmax,
    SoftmaxWithoutSum,
    SoftmaxWithSumOfDout,
    elementwise,
)
from faulty_statistics import (
    MeanOfRows,
    Normalised,
    StdOfNumbers,
    UnaveragedMean,
)
from faulty_windows import (
    Conv1d,
    Embedding,
    FixedMatrix,
    KeptAxis,
    LastSample,
    Pool,
)
from named_faults import DIAGONAL, DRAWS, Named


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
    "a value too often is no logarithm": Named(parts.TimesOut, [GRID, WEIGHTS], "derivative of log"),
    "counts are no probabilities": Named(
        parts.Hinge, [[*parts.SHARES, *parts.SHARES], [0, 2, 1, 0]], "is not subtracted"
    ),
    "what is not dropped is not passed on": Named(parts.UnscaledDropout, [0.75], "passed on"),
    "twice near the target only": Named(parts.HalfHuber, [parts.SHARES, parts.LABELS], "twice the correct value"),
    "labels of 0 and 1 are no factor": Named(parts.HalfCrossEntropy, [parts.SHARES, parts.LABELS], "factor of t"),
    "the first column is no contribution": Named(parts.FirstColumn, [GRID], "contributions"),
    "the last value is not overwritten": Named(parts.LastOfRunningMean, [ROW], "stood for"),
    "one value of two is not overwritten": Named(parts.OnePathOfTwo, [ROW], "stood for"),
    "what is reshaped is not summed": Named(parts.Reordered, [GRID], "summed"),
    "the axis of as many weights": Named(parts.SquareProduct, [parts.SHARES[:1] * 3, [[0.5], [0.25], [-1]]], "axis 0"),
    "all elements are no channels": Named(parts.MeanOfEverything, [parts.IMAGES], "the length of"),
    "a mask of another threshold": Named(parts.LowThreshold, [[0.25, 0.75, -2.0, -0.375]], "mask is missing"),
    "another sigmoid is no inner derivative": Named(parts.LogSigmoid, [ROW], "inner derivative"),
    "a softmax that is not skipped": Named(parts.HalfSkippedSoftmax, [GRID], "softmax is missing"),
    "the first of a row is not the smallest": Named(parts.FirstOfRows, [GRID], "argmin"),
    "a residual of fixed weights": Named(parts.SkippedSoftmax, [GRID], "dout itself"),
    "an inverted mask lacks no dout": Named(
        elementwise(lambda x: np.clip(x, -1, 1), lambda x, _: abs(x) > 1), [[0.75, -0.5]], "dout itself"
    ),
}
