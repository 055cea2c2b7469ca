"""Layers with a mistake in what has a mean, a variance, a norm or a sum."""

from __future__ import annotations

from typing import Any

import numpy as np


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


class UnaveragedMean(Normalised):
    """The mean's path is a sum."""

    def backward(self, dout: Any) -> Any:
        direct = (dout - self.n * self.mean(dout * self.n)) / self.std
        return direct - direct.sum(axis=0)


class StdOfNumbers(UnbiasedStd):
    """Takes the numbers for their deviations."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return super().forward(x)

    def backward(self, dout: Any) -> Any:
        return dout * self.x / (self.out * (self.x.size - 1))


class ScaleLost(Normalised):
    """Forgets gamma in dx, and what it multiplies in its own gradient."""

    def forward(self, x: Any, gamma: Any) -> Any:
        return super().forward(x) * gamma

    def backward(self, dout: Any) -> Any:
        dx = (dout - self.mean(dout) - self.n * self.mean(dout * self.n)) / self.std
        return dx, dout.sum(axis=0)


class MeanOfRows:
    """Divides by the number of rows, not by their length."""

    def forward(self, x: Any) -> Any:
        self.shape = x.shape
        return x.mean(axis=1)

    def backward(self, dout: Any) -> Any:
        return np.repeat(dout[:, None], self.shape[1], axis=1) / self.shape[0]
