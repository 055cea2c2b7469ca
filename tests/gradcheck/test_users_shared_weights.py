"""Weights that stand in several places: shared by layers of float32, tied, under two names, made by a first forward."""

from __future__ import annotations

from typing import Any

import numpy as np
from users_layers import Affine, Lazy, Product, graded, ready, wrong


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


class BookNetwork:
    """As in the book: its loss and a dictionary of the gradients of its weights, which layers within share."""

    factor = 1

    def __init__(self, input_size: int = 5, hidden_size: int = 4, output_size: int = 3) -> None:
        self.params = {"W1": np.random.randn(input_size, hidden_size), "W2": np.random.randn(hidden_size, output_size)}
        self.first, self.last = Affine(self.params["W1"], np.zeros(4)), Affine(self.params["W2"], np.zeros(3))

    def loss(self, x: Any, t: Any) -> Any:
        scores = self.last.forward(self.first.forward(x))
        exps = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.p, self.t = exps / exps.sum(axis=1, keepdims=True), t
        return -np.log(self.p[np.arange(len(t)), t]).mean()

    def gradient(self, x: Any, t: Any) -> Any:
        self.loss(x, t)
        self.p[np.arange(len(t)), t] -= 1
        self.first.backward(self.last.backward(self.p / len(t)))
        return {"W1": self.first.dW, "W2": self.factor * self.last.dW}


class DoubledNetwork(BookNetwork):
    """One of the gradients is too large."""

    factor = 2


def test_a_network_may_return_a_dictionary_of_gradients() -> None:
    report = graded(BookNetwork)
    assert report.is_right
    assert {f.subject.split()[-1] for f in report.findings if ", input " in f.subject} == {"W1", "W2"}
    assert wrong(graded(DoubledNetwork)) == ["W2"]
