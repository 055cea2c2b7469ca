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


class ThreeSteps:
    """Three matrices, one after the other, each with a bias."""

    def __init__(self, W1: Any, b1: Any, W2: Any, b2: Any, W3: Any, b3: Any) -> None:
        self.params = [W1, b1, W2, b2, W3, b3]
        self.grads = [np.zeros_like(weight) for weight in self.params]

    def forward(self, x: Any) -> Any:
        self.xs = [x]
        for step in (0, 2, 4):
            self.xs.append(self.xs[-1] @ self.params[step] + self.params[step + 1])
        return self.xs[-1]

    def backward(self, dout: Any) -> Any:
        for step in (4, 2, 0):
            self.grads[step][...], self.grads[step + 1][...] = self.xs[step // 2].T @ dout, dout.sum(axis=0)
            dout = dout @ self.params[step].T
        return dout


def test_weights_of_three_steps_are_guessed() -> None:
    report = graded(ThreeSteps)
    assert report.is_right
    assert sum("sample 1, input params_" in finding.subject for finding in report.findings) == 6


class Unnamed(Affine):
    """The names of its sizes say nothing."""

    def __init__(self, p: Any, q: Any) -> None:
        super().__init__(np.cos(np.arange(p * q)).reshape(p, q), np.ones(q))


class Typed(Unnamed):
    """The types of its sizes do."""

    def __init__(self, first: int, second: int, third: int) -> None:
        super().__init__(first, second + third)


@pytest.mark.parametrize("cls", [Unnamed, Typed])
def test_sizes_are_guessed_whatever_their_names(cls: Any) -> None:
    assert graded(cls).is_right


class Scaled:
    """A factor and a shift for each feature."""

    def __init__(self, gamma: Any, beta: Any) -> None:
        self.gamma, self.beta = gamma, beta

    def forward(self, x: Any) -> Any:
        self.x = x
        return x * self.gamma + self.beta

    def backward(self, dout: Any) -> Any:
        self.dgamma, self.dbeta = (dout * self.x).sum(axis=0), dout
        return dout * self.gamma


def test_vectors_without_a_matrix_are_as_long_as_a_row() -> None:
    """So that a gradient of another shape is a mistake."""
    assert wrong(graded(Scaled)) == ["beta"]


class Pool:
    """The mean of each window of an image, whose size is one number."""

    def __init__(self, pool_size: Any) -> None:
        self.height = self.width = pool_size

    def forward(self, x: Any) -> Any:
        n, c, h, w = x.shape
        return x.reshape(n, c, h // self.height, self.height, w // self.width, self.width).mean(axis=(3, 5))

    def backward(self, dout: Any) -> Any:
        return dout.repeat(self.height, axis=2).repeat(self.width, axis=3) / (self.height * self.width)


class PoolOfTwo(Pool):
    """Whose size is two numbers."""

    def __init__(self, pool_size: Any) -> None:
        self.height, self.width = pool_size


@pytest.mark.parametrize("cls", [Pool, PoolOfTwo])
def test_the_size_of_a_window_is_one_number_or_two(cls: Any) -> None:
    assert graded(cls).is_right


class Filled:
    """An array full of a number."""

    def __init__(self, lengths: Any) -> None:
        self.lengths = lengths

    def forward(self, x: Any) -> Any:
        return x * np.ones(self.lengths)

    def backward(self, dout: Any) -> Any:
        return dout.sum()


def test_a_few_whole_numbers_are_lengths_where_an_array_does_not_do() -> None:
    assert graded(Filled, 3.0, lengths=np.array([2.0, 3.0])).is_right
    assert graded(Filled, 3.0, lengths=np.array([2.0, 3.5])).problems


class Shifted:
    """Moves the decimal point by a rounded number of places."""

    def forward(self, x: Any, places: Any) -> Any:
        self.factor = 10.0 ** np.round(places)
        return x * self.factor

    def backward(self, dout: Any) -> Any:
        return dout * self.factor


def test_an_input_that_is_rounded_needs_no_gradient() -> None:
    assert graded(Shifted).is_right
    assert graded(Shifted, [1.5, 2.0], [1.0, 2.0]).is_right


class LeadingAxes:
    """A product that sums gradients over axes that an input lacks, and not over those where it has length 1."""

    def forward(self, x: Any, y: Any) -> Any:
        self.x, self.y = x, y
        return x * y

    def backward(self, dout: Any) -> Any:
        return self.summed(dout * self.y, self.x), self.summed(dout * self.x, self.y)

    def summed(self, gradient: Any, like: Any) -> Any:
        return gradient.sum(axis=tuple(range(gradient.ndim - like.ndim)))


def test_a_column_and_a_row_are_tried_too() -> None:
    report = graded(LeadingAxes)
    assert report.is_right
    assert report.notes == ("right, but not for inputs that broadcast, such as (2, 1) and (3,)",)


class Cell:
    """A recurrent cell as a function: input, two states, and the weights of four gates."""

    def forward(self, x: Any, h: Any, c: Any, Wx: Any, Wh: Any, b: Any) -> Any:
        self.given = x, h, Wx, Wh
        return (x @ Wx + h @ Wh + b).reshape(len(c), 4, c.shape[1]).sum(axis=1) + c

    def backward(self, dout: Any) -> Any:
        x, h, Wx, Wh = self.given
        dz = np.tile(dout, 4)
        return dz @ Wx.T, dz @ Wh.T, dout, x.T @ dz, h.T @ dz, dz.sum(axis=0)


def test_a_cell_with_two_states_is_tried_with_weights_that_fit() -> None:
    assert graded(Cell).is_right
