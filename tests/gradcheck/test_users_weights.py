"""The weights on an object are inputs of its layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from users_layers import graded, wrong


class Affine:
    """Attributes W and b, with dW and db."""

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class SevenTimes(Affine):
    """Its dW is too large."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.dW = 7 * self.dW
        return found


class Unsummed(Affine):
    """Its db has a row for each example."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.db = dout
        return found


class Private:
    """Its weight is `_w`, with `_dw`; its bias is its class's own."""

    def __init__(self, w: Any, b: Any) -> None:
        self._w, self.__b = w, b

    def forward(self, x: Any) -> Any:
        self._x = x
        return x @ self._w + self.__b

    def backward(self, dout: Any) -> Any:
        self._dw, self.__db = self._x.T @ dout, dout.sum(axis=0)
        return dout @ self._w.T


class PrivateSevenTimes(Private):
    """Its dw is too large."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self._dw = 7 * self._dw
        return found


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


class Listed:
    """Lists params and grads, as in the book's second volume."""

    def __init__(self, W: Any, b: Any) -> None:
        self.params, self.grads = [W, b], [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x: Any) -> Any:
        W, b = self.params
        self.x = x
        return x @ W + b

    def backward(self, dout: Any) -> Any:
        self.grads[0][...], self.grads[1][...] = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.params[0].T


class Lazy:
    """Dictionaries that the first forward fills, in float32, with random weights."""

    def __init__(self, n_out: int) -> None:
        self.n_out, self.params, self.grads = n_out, {}, {}

    def forward(self, inputs: Any) -> Any:
        if not self.params:
            self.params["w"] = np.random.randn(inputs.shape[1], self.n_out).astype("float32")
        self.inputs = inputs
        return inputs @ self.params["w"]

    def backward(self, grad: Any) -> Any:
        self.grads["w"] = self.inputs.T @ grad
        return grad @ self.params["w"].T


class Adding(Affine):
    """Adds to its gradients, and has other names for them."""

    def __init__(self, n_in: int, n_out: int) -> None:
        self.weights, self.biases = np.full((n_in, n_out), 0.25), np.zeros((1, n_out))
        self.dweights, self.dbiases = np.zeros_like(self.weights), np.zeros_like(self.biases)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.weights + self.biases

    def backward(self, dout: Any) -> Any:
        self.dweights += self.x.T @ dout
        self.dbiases += dout.sum(axis=0, keepdims=True)
        return dout @ self.weights.T


class Returned(Affine):
    """Returns the gradients of the weights behind that of x."""

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b

    def backward(self, dout: Any) -> Any:
        return dout @ self.W.T, self.x.T @ dout, dout.sum(axis=0)


@pytest.mark.parametrize("cls", [Affine, Listed, Lazy, Adding, Returned, Private])
def test_the_weights_of_an_object_are_checked_like_inputs(cls: Any) -> None:
    report = graded(cls)
    assert report.is_right
    assert any(
        f.subject.endswith(("input W", "input w", "input _w", "input weights", "input params_0"))
        for f in report.findings
    )


@pytest.mark.parametrize("cls", [Linear, LinearWithARow, AffineWithARow])
def test_weights_are_guessed_either_way_round_and_a_bias_as_a_row_where_its_gradient_is_one(cls: Any) -> None:
    report = graded(cls)
    assert report.is_right
    assert any(f.subject.endswith(("input bias", "input b")) for f in report.findings)


def test_a_row_for_a_bias_that_was_given_as_a_vector_is_wrong() -> None:
    assert wrong(graded(AffineWithARow, W=np.ones((3, 2)), b=np.ones(2))) == ["b"]


def test_wrong_gradients_of_weights_are_wrong() -> None:
    assert wrong(graded(SevenTimes)) == ["W"]
    assert wrong(graded(Unsummed)) == ["b"]
    assert wrong(graded(PrivateSevenTimes)) == ["_w"]


def test_a_weight_that_was_given_is_tried_with_inputs_that_fit() -> None:
    report = graded(SevenTimes, W=np.ones((2, 5)), b=np.ones(5))
    assert wrong(report) == ["W"]


class Cached:
    """What forward keeps is no weight, though backward puts something beside it that looks like its gradient."""

    def forward(self, z: Any) -> Any:
        self.z = z
        return z * z

    def backward(self, dout: Any) -> Any:
        self.dz = 17 * dout
        return 2 * self.z * dout


def test_what_forward_keeps_is_no_weight() -> None:
    report = graded(Cached)
    assert report.is_right
    assert {f.subject.rpartition("input ")[2] for f in report.findings if "input" in f.subject} == {"z"}


class Unrolled(Lazy):
    """Copies its input into an array of float32, as of im2col."""

    def forward(self, inputs: Any) -> Any:
        return super().forward(inputs.astype("float32"))

    def backward(self, grad: Any) -> Any:
        return super().backward(grad).astype("float32")


def test_a_layer_that_computes_in_float32_is_right_to_its_digits() -> None:
    assert graded(Unrolled).is_right
    assert not graded(Unrolled).notes


class UnrolledThrice(Unrolled):
    """Its gradient of w is three times too large."""

    def backward(self, grad: Any) -> Any:
        found = super().backward(grad)
        self.grads["w"] = 3 * self.grads["w"]
        return found


def test_a_wrong_layer_that_computes_in_float32_is_wrong() -> None:
    assert wrong(graded(UnrolledThrice)) == ["w"]


def test_only_a_backward_that_alone_rounds_to_float32_narrows() -> None:
    """A forward of float64 beside it shows that the digits are lost there."""

    class Narrowing(Lazy):
        def backward(self, grad: Any) -> Any:
            return super().backward(grad).astype("float32")

    report = graded(Narrowing)
    assert report.is_wrong
    assert any("backward gives float32 for inputs" in (finding.note or "") for finding in report.findings)


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
