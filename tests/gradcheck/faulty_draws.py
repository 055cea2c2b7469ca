"""Layers with a mistake in precision or in random numbers."""

from __future__ import annotations

import random
from typing import Any

import numpy as np


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
        np.random.seed(3)
        return x * (np.random.rand(*x.shape) > 0.5)

    def backward(self, dout: Any) -> Any:
        return dout * (np.random.rand(*dout.shape) > 0.5)


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


class FixedDropout:
    """One mask, of which backward takes the rest."""

    def forward(self, x: Any) -> Any:
        np.random.seed(3)
        self.keeps = np.random.rand(*np.shape(x)) > 0.5
        return 2 * x * self.keeps

    def backward(self, dout: Any) -> Any:
        return 2 * dout * np.logical_not(self.keeps)


class ForgottenDropout(FixedDropout):
    """No mask in backward."""

    def backward(self, dout: Any) -> Any:
        return 2 * dout
