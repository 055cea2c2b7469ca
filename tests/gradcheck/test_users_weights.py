"""The weights on an object are inputs of its layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from users_layers import Affine, Lazy, SevenTimes, graded, wrong

from backpropcli.gradcheck import Verdict


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


def test_wrong_gradients_of_weights_are_wrong() -> None:
    assert wrong(graded(SevenTimes)) == ["W"]
    assert wrong(graded(Unsummed)) == ["b"]
    assert wrong(graded(PrivateSevenTimes)) == ["_w"]


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


class LargeAndSmall:
    """Adds a large and a small term in float32, which has no digits of the small one."""

    factors = np.float32([1e4, 1e-3])

    def forward(self, x: Any) -> Any:
        self.x = x.astype("float32")
        return np.sum(self.factors * self.x**2)

    def backward(self, dout: Any) -> Any:
        return 2 * dout * self.factors * self.x


def test_a_number_that_float32_cannot_see_beside_a_large_one_is_right() -> None:
    assert graded(LargeAndSmall, [1.5, 2.5]).is_right


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


class Once:
    """Makes its weights at the first forward, and does something else each time until it is reset."""

    def __init__(self) -> None:
        self.W = self.dW = None

    def forward(self, x: Any) -> Any:
        if self.W is None:
            self.W = np.linspace(-1, 1, np.size(x)).reshape(np.shape(x))
            self.runs = 0.0
        self.runs += 1.0
        self.x = x
        return x * self.W * self.runs

    def backward(self, dout: Any) -> Any:
        self.dW = dout * self.x * self.runs
        return dout * self.W * self.runs

    def reset(self) -> None:
        self.runs = 0.0


def test_weights_that_cannot_be_checked_are_told() -> None:
    report = graded(Once)
    assert not report.is_right
    unchecked = [f for f in report.findings if f.verdict is Verdict.UNCHECKED]
    assert [f.subject for f in unchecked] == ["once, weight W"]
    assert "does something else when it runs again" in (unchecked[0].note or "")


def test_a_weight_beside_others_that_has_no_gradient_is_told() -> None:
    class Forgetful:
        def __init__(self, n_in: int, n_out: int) -> None:
            self.params = {"W": np.random.randn(n_in, n_out), "b": np.zeros(n_out), "unused": np.zeros(n_out)}
            self.grads: dict[str, Any] = {}

        def forward(self, x: Any) -> Any:
            self.x = x
            return x @ self.params["W"] + self.params["b"]

        def backward(self, dout: Any) -> Any:
            self.grads["W"] = self.x.T @ dout
            return dout @ self.params["W"].T

    found = [(f.subject, f.note) for f in graded(Forgetful).findings if f.verdict is Verdict.WRONG]
    assert found == [("forgetful, weight b", "backward leaves no gradient for it")]
