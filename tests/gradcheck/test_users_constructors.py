"""What a user's layer is constructed with where nobody says it, and which inputs fit that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from users_layers import Affine, graded, wrong


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
