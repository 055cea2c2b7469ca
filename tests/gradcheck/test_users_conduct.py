"""What users' layers do besides: they draw, collect, and are told the shapes of their weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from users_layers import graded, wrong

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import check_scenario
from backpropcli.graph import Graph, Node
from backpropcli.scenario import parse_scenario


class Drawn:
    """Dropout by NumPy's generator."""

    def forward(self, x: Any) -> Any:
        self.mask = np.random.rand(*x.shape) > 0.5
        return x * self.mask

    def backward(self, dout: Any) -> Any:
        return dout * self.mask


def test_a_layer_that_draws_is_checked_for_what_it_drew() -> None:
    np.random.seed(5)
    before = np.random.get_state()[1].copy()
    assert graded(Drawn).is_right
    np.testing.assert_array_equal(np.random.get_state()[1], before)


class DrawnWeights:
    """Draws its weights when it is made."""

    def __init__(self) -> None:
        self.W = np.random.randn(3, 2)

    def forward(self, x: Any) -> Any:
        return x @ self.W

    def backward(self, dout: Any) -> Any:
        return dout @ self.W.T


@pytest.mark.parametrize("cls", [Drawn, DrawnWeights])
def test_a_layer_that_draws_is_checked_in_a_graph_too(cls: Any) -> None:
    """It draws the same in the run, and wherever its input is moved to."""
    scenario = parse_scenario("inputs: {x: [1, 2, 3]}\nlayers: [y = x * 2, z = sum(y * y)]", "s.yaml", Path())
    nodes = [Node(foreign_spec("own", cls, "mine.py", None), ["x"], "y"), *scenario.graph.nodes[1:]]
    assert check_scenario(scenario._replace(graph=Graph(["x"], nodes, "z"))).is_right


class OwnGenerator:
    """Draws by a generator that nobody can seed."""

    def __init__(self) -> None:
        self.generator = np.random.default_rng()

    def forward(self, x: Any) -> Any:
        return x * self.generator.uniform()

    def backward(self, dout: Any) -> Any:
        return dout


def test_a_forward_that_stays_random_cannot_be_checked() -> None:
    (problem,) = graded(OwnGenerator).problems
    assert "forward is random" in problem.message


class LastChannels:
    """A convolution over images whose last axis is that of the channels, with the shape of its kernel."""

    def __init__(self, kernel: Any) -> None:
        height, width, n_in, n_out = kernel
        self.w = np.linspace(-1, 1, height * width * n_in * n_out).reshape(kernel)

    def forward(self, images: Any) -> Any:
        windows = np.lib.stride_tricks.sliding_window_view(images, self.w.shape[:2], axis=(1, 2))
        self.windows, self.images = windows, images
        return np.einsum("nyxchw,hwco->nyxo", windows, self.w)

    def backward(self, dout: Any) -> Any:
        self.dw = np.einsum("nyxchw,nyxo->hwco", self.windows, dout)
        dx = np.zeros_like(self.images)
        for y, x in np.ndindex(dout.shape[1:3]):
            dx[:, y : y + 3, x : x + 3] += np.einsum("no,hwco->nhwc", dout[:, y, x], self.w)
        return dx


def test_a_kernel_may_be_given_by_its_shape() -> None:
    report = graded(LastChannels)
    assert report.is_right
    assert any(finding.subject.endswith("input w") for finding in report.findings)


class Collecting:
    """Keeps what each forward was given until it is told to forget; its weights are made by the first."""

    def __init__(self, n_out: int) -> None:
        self.n_out, self.X, self.params, self.grads = n_out, [], {}, {}

    def forward(self, X: Any) -> Any:
        if "W" not in self.params:
            self.params["W"] = np.full((X.shape[1], self.n_out), 0.25)
            self.grads["W"] = np.zeros_like(self.params["W"])
        self.X.append(X)
        return X @ self.params["W"]

    def backward(self, dout: Any) -> Any:
        for X in self.X:
            self.grads["W"] += X.T @ dout
        return [dout @ self.params["W"].T for _ in self.X]

    def zero_grad(self) -> None:
        self.X = []
        self.grads["W"][...] = 0


class NeverForgetting(Collecting):
    """Keeps them for ever."""

    zero_grad = None


def test_an_object_that_collects_until_it_is_told_to_forget_is_right() -> None:
    assert graded(Collecting).is_right
    assert graded(NeverForgetting).is_wrong


class ServingOnce(Drawn):
    """Throws away what forward kept, as a graph does that is freed."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        del self.mask
        return found


def test_an_object_that_serves_once_is_right_with_a_note() -> None:
    report = graded(ServingOnce)
    assert report.is_right
    assert report.notes == ("right, but a second backward fails (AttributeError)",)


class Cell:
    """A recurrent cell that goes on from the state that its last forward left, which its first forward makes."""

    def __init__(self, n_out: int) -> None:
        self.n_out, self.params, self.grads = n_out, {}, {}

    def forward(self, x: Any) -> Any:
        if not self.params:
            self.params["W"] = np.full((x.shape[1], self.n_out), 0.25)
            self.states = [np.zeros((len(x), self.n_out))]
        self.x = x
        self.states.append(np.tanh(x @ self.params["W"] + self.states[-1]))
        return self.states[-1]

    def backward(self, dout: Any) -> Any:
        dz = dout * (1 - self.states[-1] ** 2)
        self.grads["W"] = self.x.T @ dz
        return dz @ self.params["W"].T

    def reset_state(self) -> None:
        del self.states[1:]


class WrongCell(Cell):
    """Is twice too large."""

    def backward(self, dout: Any) -> Any:
        return 2 * super().backward(dout)


def test_a_cell_that_goes_on_from_its_last_state_is_checked_for_its_first_step() -> None:
    assert graded(Cell).is_right
    assert wrong(graded(WrongCell)) == ["x"]


class Total:
    """Adds the arrays of a list, and returns a list of gradients."""

    def forward(self, X: Any) -> Any:
        self.count = len(X)
        return sum(X[1:], X[0])

    def backward(self, dout: Any) -> Any:
        return [dout] * self.count


class HalfTotal(Total):
    """Is half as large."""

    def backward(self, dout: Any) -> Any:
        return [dout / 2] * self.count


def test_an_input_may_be_a_list_of_arrays() -> None:
    assert graded(Total).is_right
    assert wrong(graded(HalfTotal)) == ["X"]


class Weighing:
    """Attention: how well each step of some sequences fits a row for each sequence."""

    def forward(self, hs: Any, h: Any) -> Any:
        batch, _, width = hs.shape
        self.hs, self.row = hs, h.reshape(batch, 1, width)
        return (hs * self.row).sum(axis=2)

    def backward(self, dout: Any) -> Any:
        dt = dout[:, :, np.newaxis]
        return dt * self.row, (dt * self.hs).sum(axis=1)


class Unsummed(Weighing):
    """Has a gradient of the row for each step."""

    def backward(self, dout: Any) -> Any:
        dhs, _ = super().backward(dout)
        return dhs, (dout[:, :, np.newaxis] * self.hs)


def test_attention_is_tried_on_sequences_and_rows() -> None:
    assert graded(Weighing).is_right
    assert graded(Unsummed).is_wrong


class Spoken:
    """Looks words up, and shifts each by a row for each sequence."""

    def __init__(self, size: int, vocab_size: int) -> None:
        self.W = np.linspace(-1, 1, vocab_size * size).reshape(vocab_size, size)

    def forward(self, words: Any) -> Any:
        self.words = words
        return self.W[words]

    def backward(self, dout: Any) -> None:
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.words, dout)


def test_a_vocabulary_has_all_the_words_that_are_tried() -> None:
    report = graded(Spoken)
    assert report.is_right
    assert any(finding.subject.endswith("input W") for finding in report.findings)


class Power:
    """Multiplies 0 by the infinite 0**-1 where both inputs are 0, and 0**0 is 1 all around."""

    def forward(self, x: Any, p: Any) -> Any:
        self.x, self.p = np.abs(x), np.round(p)
        return self.x**self.p

    def backward(self, dout: Any) -> Any:
        return dout * np.sign(self.x) * self.p * self.x ** (self.p - 1.0), np.zeros_like(self.p)


def test_a_gradient_of_nan_is_shown_where_it_stands() -> None:
    (finding,) = [f for f in graded(Power, [[1.5, 0.0]], [[2.25, 0.25]]).findings if f.note and "not finite" in f.note]
    assert finding.note.startswith("at [0, 1] it is not finite, where the derivative is 0")
