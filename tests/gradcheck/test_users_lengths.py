"""Guesses at inputs that fit what a layer is made with, and what is no fault of a layer where a guess does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from users_layers import graded, wrong


class WithDefaults:
    """Sizes that only its constructor knows."""

    def __init__(self, in_dim: int = 5, out_dim: int = 4) -> None:
        self.params = {"W": np.random.randn(in_dim, out_dim), "b": np.random.randn(out_dim)}
        self.grads: dict[str, Any] = {}

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout: Any) -> Any:
        self.grads = {"W": self.x.T @ dout, "b": dout.sum(axis=0)}
        return dout @ self.params["W"].T


class Cell:
    """A recurrent cell whose state has as many numbers as its constructor is told."""

    def __init__(self, n_in: int, n_hid: int) -> None:
        self.Wx, self.Wh = np.random.randn(n_in, n_hid), np.random.randn(n_hid, n_hid)

    def forward(self, x: Any, h: Any) -> Any:
        self.x, self.h = x, h
        self.out = np.tanh(x @ self.Wx + h @ self.Wh)
        return self.out

    def backward(self, dout: Any) -> Any:
        dz = dout * (1 - self.out**2)
        self.dWx, self.dWh = self.x.T @ dz, self.h.T @ dz
        return dz @ self.Wx.T, dz @ self.Wh.T


class Signals:
    """A convolution along one axis, of signals of two channels."""

    def __init__(self, channels: int = 2, kernel_size: int = 3) -> None:
        self.w = np.random.randn(channels, kernel_size)

    def forward(self, x: Any) -> Any:
        self.x = x
        windows = np.lib.stride_tricks.sliding_window_view(x, self.w.shape[1], axis=2)
        return np.einsum("nctk,ck->nct", windows, self.w)

    def backward(self, dout: Any) -> Any:
        dx, self.dw = np.zeros_like(self.x), np.zeros_like(self.w)
        length = dout.shape[2]
        for k in range(self.w.shape[1]):
            dx[:, :, k : k + length] += dout * self.w[:, k, None]
            self.dw[:, k] = (dout * self.x[:, :, k : k + length]).sum(axis=(0, 2))
        return dx


class Maxout:
    """Weights of three axes."""

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b

    def forward(self, x: Any) -> Any:
        self.x = x
        pieces = np.einsum("nd,kdm->nkm", x, self.W) + self.b
        self.taken = pieces.argmax(axis=1)
        return pieces.max(axis=1)

    def backward(self, dout: Any) -> Any:
        is_taken = self.taken[:, None, :] == np.arange(len(self.W))[:, None]
        of_pieces = is_taken * dout[:, None, :]
        self.dW, self.db = np.einsum("nd,nkm->kdm", self.x, of_pieces), of_pieces.sum(axis=0)
        return np.einsum("nkm,kdm->nd", of_pieces, self.W)


class WeightNorm:
    """Names that do not tell what is a matrix and what a vector."""

    def __init__(self, v: Any, g: Any) -> None:
        self.v, self.g = v, g

    def forward(self, x: Any) -> Any:
        self.x, self.norm = x, np.linalg.norm(self.v, axis=0)
        return x @ (self.v * self.g / self.norm)

    def backward(self, dout: Any) -> Any:
        dw = self.x.T @ dout
        self.dg = (dw * self.v).sum(axis=0) / self.norm
        self.dv = self.g / self.norm * dw - self.g * self.dg / self.norm**2 * self.v
        return dout @ (self.v * self.g / self.norm).T


class Trace:
    """For square matrices only."""

    def forward(self, x: Any) -> Any:
        self.rows = len(x)
        return np.trace(x)

    def backward(self, dout: Any) -> Any:
        return dout * np.eye(self.rows)


class ChannelBias:
    """For images, though a matrix broadcasts with its bias."""

    def __init__(self, b: Any) -> None:
        self.b = b

    def forward(self, x: Any) -> Any:
        return x + self.b.reshape(1, -1, 1, 1)

    def backward(self, dout: Any) -> Any:
        self.db = dout.sum(axis=(0, 2, 3))
        return dout


class Scaled:
    """A number for each feature."""

    def forward(self, x: Any, a: Any) -> Any:
        self.x, self.a = x, a
        return x * a

    def backward(self, dout: Any) -> Any:
        return dout * self.a, (dout * self.x).sum(axis=0)


class Attention:
    """Three sequences."""

    def forward(self, q: Any, k: Any, v: Any) -> Any:
        self.q, self.k, self.v = q, k, v
        self.scores = np.einsum("btd,bsd->bts", q, k)
        return np.einsum("bts,bsd->btd", self.scores, v)

    def backward(self, dout: Any) -> Any:
        dscores = np.einsum("btd,bsd->bts", dout, self.v)
        dq, dk = np.einsum("bts,bsd->btd", dscores, self.k), np.einsum("bts,btd->bsd", dscores, self.q)
        return dq, dk, np.einsum("bts,btd->bsd", self.scores, dout)


LAYERS = {
    WithDefaults: {"x", "W", "b"},
    Cell: {"x", "h", "Wx", "Wh"},
    Signals: {"x", "w"},
    Maxout: {"x", "W", "b"},
    WeightNorm: {"x", "v", "g"},
    Trace: {"x"},
    ChannelBias: {"x", "b"},
    Scaled: {"x", "a"},
    Attention: {"q", "k", "v"},
}


@pytest.mark.parametrize("cls", LAYERS)
def test_a_layer_is_tried_on_what_it_takes(cls: Any) -> None:
    report = graded(cls)
    assert report.is_right
    assert {f.subject.split()[-1] for f in report.findings if ", input " in f.subject} >= LAYERS[cls]


@pytest.mark.parametrize("cls", LAYERS)
def test_and_is_wrong_where_its_gradients_are(cls: Any) -> None:
    class Doubled(cls):  # type: ignore[misc]  # the base is a parameter
        def backward(self, dout: Any) -> Any:
            return super().backward(2 * dout)

    assert wrong(graded(Doubled))


def test_weights_of_ones_and_zeros_are_varied() -> None:
    class Scale:
        def __init__(self, features: int) -> None:
            self.gamma, self.beta = np.ones(features), np.zeros(features)

        def forward(self, x: Any) -> Any:
            self.x = x
            return self.gamma * x**2 + self.beta

        def backward(self, dout: Any) -> Any:
            self.dgamma, self.dbeta = (dout * self.x**2).sum(axis=0), dout.sum(axis=0)
            return 2 * self.x * dout  # without gamma, which is 1 at first

    assert wrong(graded(Scale)) == ["x"]


def test_weights_may_be_objects_that_hold_a_gradient_too() -> None:
    class Parameter:
        def __init__(self, data: Any) -> None:
            self.data, self.grad = data, None

    class Linear:
        factor = 1.0

        def __init__(self, n_in: int, n_out: int) -> None:
            self.weight = Parameter(np.random.randn(n_in, n_out))

        def forward(self, x: Any) -> Any:
            self.x = x
            return x @ self.weight.data

        def backward(self, dout: Any) -> Any:
            self.weight.grad = self.factor * self.x.T @ dout
            return dout @ self.weight.data.T

    class Halved(Linear):
        factor = 0.5

    report = graded(Linear)
    assert report.is_right
    assert any(f.subject.endswith("input weight") for f in report.findings)
    assert wrong(graded(Halved)) == ["weight"]


def test_a_label_that_is_given_stays_a_label() -> None:
    class Contrastive:
        def forward(self, a: Any, b: Any, y: Any) -> Any:
            self.a, self.b, self.y = a, b, y
            return (y[:, None] * (a - b) ** 2).sum()

        def backward(self, dout: Any) -> Any:
            da = 2 * dout * self.y[:, None] * (self.a - self.b)
            return da, -da

    assert graded(Contrastive, np.eye(2), np.ones((2, 2)) / 4, np.array([0.0, 1.0])).is_right
