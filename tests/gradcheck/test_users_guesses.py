"""What a user's layer is constructed with and tried on, where nobody says it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from users_layers import Affine, SevenTimes, graded, wrong


class Linear:
    """A row of weights for each output, as PyTorch has them."""

    def __init__(self, weight: Any, bias: Any) -> None:
        self.weight, self.bias = weight, bias

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.weight.T + self.bias

    def backward(self, dout: Any) -> Any:
        self.dweight, self.dbias = dout.T @ self.x, dout.sum(0)
        return dout @ self.weight


class LinearWithARow(Linear):
    """Its bias has one row."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.dbias = dout.sum(0, keepdims=True)
        return found


class AffineWithARow(Affine):
    """Its bias has one row."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.db = dout.sum(axis=0, keepdims=True)
        return found


@pytest.mark.parametrize("cls", [Linear, LinearWithARow, AffineWithARow])
def test_weights_are_guessed_either_way_round_and_a_bias_as_a_row_where_its_gradient_is_one(cls: Any) -> None:
    report = graded(cls)
    assert report.is_right
    assert any(f.subject.endswith(("input bias", "input b")) for f in report.findings)


def test_a_row_for_a_bias_that_was_given_as_a_vector_is_wrong() -> None:
    assert wrong(graded(AffineWithARow, W=np.ones((3, 2)), b=np.ones(2))) == ["b"]


def test_a_weight_that_was_given_is_tried_with_inputs_that_fit() -> None:
    report = graded(SevenTimes, W=np.ones((2, 5)), b=np.ones(5))
    assert wrong(report) == ["W"]


class Wide:
    """A matrix of many numbers."""

    def __init__(self) -> None:
        self.W = np.cos(np.arange(90.0)).reshape(3, 30)

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.tanh(x @ self.W)

    def backward(self, dout: Any) -> Any:
        dz = dout * (1 - np.tanh(self.x @ self.W) ** 2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


class WrongInOnePlace(Wide):
    """One number of its dW is a thousandth too large, which is none of those that are moved alone."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.dW[1, 17] *= 1.001
        return found


def test_one_wrong_number_of_many_is_found_and_shown() -> None:
    assert graded(Wide, [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]).is_right
    for inputs in ([], [[[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]]):
        report = graded(WrongInOnePlace, *inputs)
        assert wrong(report) == ["W"]
        (finding,) = [f for f in report.findings if f.subject.endswith("input W")]
        assert np.argmax(abs(finding.found - finding.reference)) == 47


def test_of_guesses_of_many_numbers_only_some_are_moved() -> None:
    calls = []

    class Counted(Wide):
        def forward(self, x: Any) -> Any:
            calls.append(x.shape)
            return super().forward(x)

    assert graded(Counted).is_right
    assert sum(shape == (4, 3) for shape in calls) < 20 * 90


class BothWays:
    """Two recurrent layers, of which one reads from the end."""

    def __init__(self, Wx1: Any, Wh1: Any, b1: Any, Wx2: Any, Wh2: Any, b2: Any) -> None:
        self.params = [Wx1, Wh1, b1, Wx2, Wh2, b2]
        self.grads = [np.zeros_like(weight) for weight in self.params]

    def forward(self, xs: Any) -> Any:
        self.xs = xs
        Wx1, Wh1, b1, Wx2, Wh2, b2 = self.params
        return xs @ Wx1 @ Wh1 + b1 + xs[:, ::-1] @ Wx2 @ Wh2 + b2

    def backward(self, dout: Any) -> Any:
        dxs = 0
        for first, xs in ((0, self.xs), (3, self.xs[:, ::-1])):
            Wx, Wh, _ = self.params[first : first + 3]
            dh = dout @ Wh.T
            self.grads[first][...] = np.einsum("nti,ntj->ij", xs, dh)
            self.grads[first + 1][...] = np.einsum("nti,ntj->ij", xs @ Wx, dout)
            self.grads[first + 2][...] = dout.sum(axis=(0, 1))
            step = -1 if first else 1
            dxs = dxs + (dh @ Wx.T)[:, ::step]
        return dxs


def test_weights_of_both_ways_are_guessed() -> None:
    report = graded(BothWays)
    assert report.is_right
    assert sum("input params_" in finding.subject for finding in report.findings) == 6
