"""The conformance checks find the mistakes that layers are known for."""

from __future__ import annotations

from typing import Any

import pytest
from conformance import CHECKS, Check

from backpropcli.domains import unbroadcast
from backpropcli.layers import Layer, Sample, sample
from backpropcli.layers.arithmetic import Mul, Sub
from backpropcli.layers.powers import Pow
from backpropcli.layers.reductions import Mean
from backpropcli.layers.relu import Relu
from backpropcli.layers.sigmoid import Sigmoid


class SwappedMul(Mul):
    """Gives each input the other's gradient."""

    def backward(self, dout: Any) -> Any:
        return unbroadcast(dout * self.x, self.x), unbroadcast(dout * self.y, self.y)


class SignlessSub(Sub):
    """Forgets the minus."""

    def backward(self, dout: Any) -> Any:
        return unbroadcast(dout, self.x), unbroadcast(dout, self.y)


class UnsummedMul(Mul):
    """Does not sum over the axes that were broadcast, as the slides' MulLayer."""

    def backward(self, dout: Any) -> Any:
        return dout * self.y, dout * self.x


class InPlaceRelu(Relu):
    """Writes zeros into the caller's dout, as the slides' Relu."""

    def backward(self, dout: Any) -> Any:
        dout[self.mask] = 0
        return dout


class InPlaceForward(Relu):
    """Writes zeros into the input."""

    def forward(self, x: Any) -> Any:
        out = super().forward(x)
        x[self.mask] = 0
        return out


class StaleRelu(Relu):
    """Keeps the first mask that it saw."""

    def forward(self, x: Any) -> Any:
        first = getattr(self, "mask", None)
        out = super().forward(-x if first is None else x)
        self.mask = self.mask if first is None else first
        return out


class GrowingSigmoid(Sigmoid):
    """Adds to its slope each time."""

    def backward(self, dout: Any) -> Any:
        self.slope = self.slope + 0.25
        return dout * (self.slope - 0.25)


class AffineSigmoid(Sigmoid):
    """Adds a constant that does not come from dout."""

    def backward(self, dout: Any) -> Any:
        return dout * self.slope + 1


class Float64Sigmoid(Sigmoid):
    """Multiplies by an array of float64."""

    def backward(self, dout: Any) -> Any:
        import numpy as np

        return dout * self.slope * np.ones(())


class ForgetfulMean(Mean):
    """Does not divide by the count."""

    def backward(self, dout: Any) -> Any:
        return dout * self.xp.ones_like(self.x)


class ShortcutPow(Pow):
    """Gives another dx when dy is not asked for."""

    def backward(self, dout: Any) -> Any:
        dx, dy = super().backward(dout)
        return (dx, dy) if dy is not None else (2 * dx, None)


class FloatingRelu(Relu):
    """Looks at the type of a value."""

    def forward(self, x: Any) -> Any:
        return super().forward(float(x) if not hasattr(x, "shape") else x)


GRID = sample([[1.0, -0.5], [-2.0, 3.0]])
PAIR = sample([[1.0, -2.0, 3.0]], [[0.5], [-1.5]])


@pytest.mark.parametrize(
    ("layer", "tried", "finders"),
    [
        (SwappedMul, PAIR, {"dot_product", "jacobian"}),
        (SwappedMul, sample(100.0, 2.0), {"dot_product", "jacobian"}),
        (SignlessSub, PAIR, {"dot_product", "jacobian"}),
        (UnsummedMul, PAIR, {"shapes"}),
        (InPlaceRelu, GRID, {"nothing_changed"}),
        (InPlaceForward, GRID, {"nothing_changed"}),
        (StaleRelu, GRID, {"repeatable"}),
        (GrowingSigmoid, GRID, {"repeatable"}),
        (AffineSigmoid, GRID, {"linearity", "jacobian"}),
        (Float64Sigmoid, GRID, {"float32"}),
        (ForgetfulMean, GRID, {"dot_product", "jacobian"}),
        (ShortcutPow, sample([1.5, 0.5], [3.0, 2.0]), {"unasked"}),
        (FloatingRelu, sample(2.5), {"number_systems"}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else " ",
)
def test_the_fault_is_found(layer: type[Layer], tried: Sample, finders: set[str]) -> None:
    """Each of the named checks fails on the wrong layer."""
    assert finders <= {check.__name__.removeprefix("check_") for check in CHECKS if _fails(check, layer, tried)}


@pytest.mark.parametrize("layer", [Mul, Sub])
def test_the_right_layer_passes(layer: type[Layer]) -> None:
    """The faults are the faulty layers' own."""
    assert not [check for check in CHECKS if _fails(check, layer, PAIR)]


def _fails(check: Check, layer: type[Layer], tried: Sample) -> bool:
    try:
        check(layer, tried)
    except (AssertionError, ValueError, TypeError):
        return True
    return False
