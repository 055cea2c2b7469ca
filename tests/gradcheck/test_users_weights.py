"""The weights on an object are inputs of its layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from users_layers import Affine, Product, SevenTimes, graded, ready, wrong

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


class Network:
    """Collects the weights and the gradients of its layers, in float32, as in the book's second volume."""

    factor = 1

    def __init__(self, n_in: int, n_out: int) -> None:
        self.layers = [Product(np.random.randn(n_in, n_out).astype("float32"), self.factor)]
        self.params: list[Any] = []
        self.grads: list[Any] = []
        for layer in self.layers:
            self.params += layer.params
            self.grads += layer.grads

    def forward(self, x: Any) -> Any:
        return self.layers[0].forward(x)

    def backward(self, dout: Any) -> Any:
        return self.layers[0].backward(dout)


class NetworkThrice(Network):
    """The gradient that its layer gives is three times too large."""

    factor = 3


class Delegating:
    """Its layer computes with its weight of float32, and it finds the gradient in float64 itself."""

    def __init__(self, n_in: int, n_out: int) -> None:
        self.W, self.dW = np.random.randn(n_in, n_out).astype("float32"), None
        self.inner = {"product": (Product(self.W),)}

    def forward(self, x: Any) -> Any:
        return self.inner["product"][0].forward(x)

    def backward(self, dout: Any) -> Any:
        product = self.inner["product"][0]
        self.dW = product.x.T @ dout
        return product.backward(dout)


class DelegatingThrice(Delegating):
    """Its dW is three times too large."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.dW = 3 * self.dW
        return found


def checked_inputs(cls: Any, *inputs: Any) -> set[str]:
    """The names of the inputs whose gradients are right."""
    report = graded(cls, *inputs)
    assert report.is_right
    return {finding.subject.rpartition("input ")[2] for finding in report.findings if "input " in finding.subject}


def test_weights_of_float32_that_layers_on_the_object_share_are_checked() -> None:
    assert checked_inputs(Network) == {"x", "params_0"}
    assert wrong(graded(NetworkThrice)) == ["params_0"]
    assert checked_inputs(Delegating) == {"x", "W"}
    assert wrong(graded(DelegatingThrice)) == ["W"]


class Tied:
    """Uses a weight twice; each time it has a gradient of its own."""

    factor = 1

    def __init__(self) -> None:
        W = np.array([[1.0, -0.5], [0.25, 2.0]])
        self.first, self.second = Product(W), Product(self.again(W), self.factor)
        self.params = self.first.params + self.second.params
        self.grads = self.first.grads + self.second.grads

    def again(self, W: Any) -> Any:
        return W

    def forward(self, x: Any) -> Any:
        return self.second.forward(self.first.forward(x))

    def backward(self, dout: Any) -> Any:
        return self.first.backward(self.second.backward(dout))


class TiedThrice(Tied):
    """One of the two gradients is three times too large."""

    factor = 3


class TiedTransposed(Tied):
    """Uses the weight transposed the second time, as of words that go in and come out."""

    def again(self, W: Any) -> Any:
        return W.T


class TiedTransposedThrice(TiedTransposed):
    """One of the two gradients is three times too large."""

    factor = 3


def test_the_gradient_of_a_weight_that_is_there_twice_is_a_sum() -> None:
    x = np.array([[1.0, 2.0], [-0.5, 0.75], [3.0, -1.0]])
    assert checked_inputs(Tied, x) == {"x", "params_0"}
    assert wrong(graded(TiedThrice, x)) == ["params_0"]
    assert checked_inputs(TiedTransposed, x) == {"x", "params_0"}
    assert wrong(graded(TiedTransposedThrice, x)) == ["params_0"]


class TwoNames(Affine):
    """Its weights are attributes and in a list, too; each has a gradient there and here."""

    def __init__(self, W: Any, b: Any) -> None:
        super().__init__(W, b)
        self.params, self.grads = [W, b], [np.zeros_like(W), np.zeros_like(b)]

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.grads = [self.dW.copy(), self.db.copy()]
        return found


def test_a_weight_of_two_names_is_one() -> None:
    assert checked_inputs(TwoNames) == {"x", "W", "b"}


class Cell:
    """Makes its weight at the first step, counts its steps, and keeps what it saw in each."""

    def __init__(self, n_out: int) -> None:
        self.n_in, self.n_out, self.is_ready = 0, n_out, False

    def forward(self, x: Any) -> Any:
        if not self.is_ready:
            self.n_in, self.is_ready = x.shape[1], True
            self.params, self.grads = [np.random.randn(self.n_in, self.n_out)], [np.zeros((self.n_in, self.n_out))]
            self.derived: dict[str, Any] = {"step": 0, "xs": []}
        self.derived["step"] += 1
        self.derived["xs"].append(x)
        return x @ self.params[0]

    def backward(self, dout: Any) -> Any:
        self.derived["step"] -= 1
        self.grads[0] += self.derived["xs"][self.derived["step"]].reshape(-1, self.n_in).T @ dout
        return dout @ self.params[0].T


class CellTwice(Cell):
    """Its gradient is twice too large."""

    def backward(self, dout: Any) -> Any:
        found = super().backward(dout)
        self.grads[0] *= 2
        return found


def test_weights_that_the_first_forward_makes_are_checked_in_a_cell_that_counts_its_steps() -> None:
    x = np.array([[1.0, 2.0], [-0.5, 0.75]])
    assert ready(Cell, x, n_out=3).node.spec.inputs == ("x", "params_0")
    assert wrong(graded(Cell, x, n_out=3)) == ["cell"]  # a second sequence begins where the first ended
    assert wrong(graded(CellTwice, x, n_out=3)) == ["celltwice", "params_0"]


class Onward(Lazy):
    """Makes its weight at the first step, and adds the sum of all steps to the next, so that it cannot start again."""

    total = 0.0

    def forward(self, inputs: Any) -> Any:
        value = super().forward(inputs) + self.total
        self.total = self.total + value
        return value


def test_weights_that_cannot_be_given_again_are_kept_to_be_told() -> None:
    x = np.array([[1.0, 2.0], [-0.5, 0.75]])
    assert ready(Onward, x, n_out=3).unchecked_weights == ("w",)
    assert ready(Lazy, x, n_out=3).unchecked_weights == ()


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
