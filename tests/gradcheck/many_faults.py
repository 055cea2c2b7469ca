"""Faults of many kinds in layers of NumPy, as people make them; each is to be found without inputs being given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def made(forward: Callable[..., Any], backward: Callable[..., Any]) -> type:
    """A class with these methods."""
    return type("Planted", (), {"forward": forward, "backward": backward})


def keep(layer: Any, out: Any, **state: Any) -> Any:
    """The value, which the layer keeps together with what else backward needs."""
    vars(layer).update(state, out=out)
    return out


def curve(function: Callable[[Any], Any], slope: Callable[[Any, Any], Any]) -> type:
    """An elementwise layer: `slope` is of x and out."""
    return made(lambda s, x: keep(s, function(x), x=x), lambda s, dout: dout * slope(s.x, s.out))


def pair(function: Callable[[Any, Any], Any], gradients: Callable[[Any, Any, Any], Any]) -> type:
    """A layer of two inputs: `gradients` is of x, y and dout."""
    return made(lambda s, x, y: keep(s, function(x, y), x=x, y=y), lambda s, dout: gradients(s.x, s.y, dout))


def affine(gradients: Callable[[Any, Any, Any], Any]) -> type:
    """The affine layer: `gradients` is of x, w and dout."""
    return made(lambda s, x, w, b: keep(s, x @ w + b, x=x, w=w), lambda s, dout: gradients(s.x, s.w, dout))


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def of_softmax(gradient: Callable[[Any, Any], Any]) -> type:
    """A softmax over rows: `gradient` is of out and dout."""
    return made(lambda s, x: keep(s, softmax(x)), lambda s, dout: gradient(s.out, dout))


def of_rows(function: Callable[[Any], Any], gradient: Callable[[Any, Any], Any]) -> type:
    """A layer that reduces or normalises: `gradient` is of x and dout."""
    return made(lambda s, x: keep(s, function(x), x=x), lambda s, dout: gradient(s.x, dout))


def loss(function: Callable[[Any, Any], Any], gradient: Callable[[Any, Any, Any], Any]) -> type:
    """A loss of y and t: `gradient` is of y, t and dout."""
    return made(lambda s, y, t: keep(s, function(y, t), y=y, t=t), lambda s, dout: gradient(s.y, s.t, dout))


def normalised(x: Any) -> Any:
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)


def batch_norm(gradients: Callable[[Any, Any, Any, Any], Any]) -> type:
    """Batch normalisation: `gradients` is of the normalised x, the deviation, gamma and dout."""
    return made(
        lambda s, x, gamma, beta: keep(
            s, normalised(x) * gamma + beta, n=normalised(x), std=np.sqrt(x.var(axis=0) + 1e-5), gamma=gamma
        ),
        lambda s, dout: gradients(s.n, s.std, s.gamma, dout),
    )


def norm_dx(n: Any, std: Any, g: Any) -> Any:
    return (g - g.mean(axis=0) - n * (g * n).mean(axis=0)) / std


def overwriting(x: Any, dout: Any) -> Any:
    dx = np.zeros_like(x)
    dx[np.arange(len(x))] = dout
    return dx


def cut(dout: Any) -> Any:
    dx = np.zeros(dout.shape, dtype=int)
    dx[...] = dout
    return dx


class Shared:
    """Keeps x on the class."""

    def forward(self, x: Any) -> Any:
        Shared.x = x
        return x**3

    def backward(self, dout: Any) -> Any:
        return 3 * dout * Shared.x**2


class InPlace:
    """Writes into dout, as a famous relu."""

    def forward(self, x: Any) -> Any:
        self.mask = x <= 0
        return np.where(self.mask, 0, x)

    def backward(self, dout: Any) -> Any:
        dout[self.mask] = 0
        return dout


class IntoInput:
    """Forward writes into x."""

    def forward(self, x: Any) -> Any:
        self.mask = x <= 0
        x[self.mask] = 0
        return x.copy()

    def backward(self, dout: Any) -> Any:
        return np.where(self.mask, 0, dout)


class NewMask:
    """A dropout that draws again in backward."""

    def forward(self, x: Any) -> Any:
        return x * (np.random.rand(*x.shape) > 0.5)

    def backward(self, dout: Any) -> Any:
        return dout * (np.random.rand(*dout.shape) > 0.5)


class Accumulating:
    """Adds to what an earlier backward left."""

    def forward(self, x: Any) -> Any:
        self.dx = getattr(self, "dx", 0)
        return 5 * x

    def backward(self, dout: Any) -> Any:
        self.dx = self.dx + 5 * dout
        return self.dx


class WeightGradient:
    """The gradient of its own weights is not summed but averaged."""

    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW = self.x.T @ dout / len(self.x)
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


PLANTED: dict[str, type] = {
    "sigmoid: of out of out": curve(sigmoid, lambda _x, out: sigmoid(out) * (1 - sigmoid(out))),
    "sigmoid: of x": curve(sigmoid, lambda x, _out: x * (1 - x)),
    "sigmoid: no out": curve(sigmoid, lambda _x, out: 1 - out),
    "tanh: no square": curve(np.tanh, lambda _x, out: 1 - out),
    "tanh: of x": curve(np.tanh, lambda x, _out: 1 - x**2),
    "relu: no mask": curve(lambda x: np.maximum(x, 0), lambda x, _out: np.ones_like(x)),
    "relu: of 1": curve(lambda x: np.maximum(x, 0), lambda x, _out: x > 1),
    "leaky: other slope": curve(lambda x: np.where(x > 0, x, 0.1 * x), lambda x, _out: np.where(x > 0, 1, 0.01)),
    "elu: no exp": curve(lambda x: np.where(x > 0, x, np.expm1(x)), lambda x, out: np.where(x > 0, 1, out)),
    "softplus: tanh": curve(lambda x: np.log1p(np.exp(x)), lambda x, _out: np.tanh(x)),
    "swish: sigmoid only": curve(lambda x: x * sigmoid(x), lambda x, _out: sigmoid(x)),
    "exp: of x": curve(np.exp, lambda x, _out: x),
    "log: of out": curve(lambda x: np.log(np.abs(x) + 1), lambda x, _out: 1 / (np.abs(x) + 1)),
    "sin: sign": curve(np.cos, lambda x, _out: np.sin(x)),
    "sin: no inner": curve(lambda x: np.sin(3 * x), lambda x, _out: np.cos(3 * x)),
    "cube: power": curve(lambda x: x**3, lambda x, _out: 3 * x),
    "square: no 2": curve(lambda x: x**2, lambda x, _out: x),
    "clip: open": curve(lambda x: np.clip(x, -1, 1), lambda x, _out: np.ones_like(x)),
    "hard: steep tail": curve(lambda x: np.clip(x, -10, 10), lambda x, _out: np.ones_like(x)),
    "abs: one": curve(np.abs, lambda x, _out: np.ones_like(x)),
    "sign: constant": curve(lambda x: 3 * x, lambda x, _out: 3 + 1e-4 * x),
    "mul: swapped": pair(lambda x, y: x * y, lambda x, y, d: (d * x, d * y)),
    "sub: sign": pair(lambda x, y: x - y, lambda _x, _y, d: (d, d)),
    "div: no square": pair(lambda x, y: x / (y + 9), lambda x, y, d: (d / (y + 9), -d * x / (y + 9))),
    "max: both at ties": pair(np.maximum, lambda x, y, d: (d * (x >= y), d * (y >= x))),
    "max: always x": pair(np.maximum, lambda x, y, d: (d, 0 * d * (x + y))),
    "matmul: no transpose": pair(lambda x, w: x @ w, lambda x, w, d: (d @ w.reshape(w.shape[::-1]), x.T @ d)),
    "affine: b not summed": affine(lambda x, w, d: (d @ w.T, x.T @ d, d)),
    "affine: b averaged": affine(lambda x, w, d: (d @ w.T, x.T @ d, d.mean(axis=0))),
    "affine: w of ones": affine(lambda x, w, d: (d @ w.T, x.T @ np.ones_like(d), d.sum(axis=0))),
    "affine: w doubled": affine(lambda x, w, d: (d @ w.T, 2 * x.T @ d, d.sum(axis=0))),
    "softmax: diagonal": of_softmax(lambda y, d: d * y * (1 - y)),
    "softmax: sum of all rows": of_softmax(lambda y, d: y * (d - (d * y).sum())),
    "softmax: passes": of_softmax(lambda y, d: d + 0 * y),
    "mean: no 1/N": of_rows(lambda x: x.mean(axis=-1), lambda x, d: d[..., None] * np.ones_like(x)),
    "mean: other axis": of_rows(lambda x: x.mean(axis=0), lambda x, d: d * np.ones_like(x) / x.shape[-1]),
    "max of a row: to all": of_rows(lambda x: x.max(axis=-1), lambda x, d: d[..., None] * np.ones_like(x)),
    "max of a row: every tie": of_rows(
        lambda x: x.max(axis=-1), lambda x, d: d[..., None] * (x == x.max(axis=-1, keepdims=True))
    ),
    "sum of squares: no x": of_rows(lambda x: (x**2).sum(axis=-1), lambda x, d: 2 * d[..., None] * np.ones_like(x)),
    "norm: squared": of_rows(
        lambda x: np.sqrt((x**2).sum(axis=-1)), lambda x, d: d[..., None] * x / (x**2).sum(axis=-1, keepdims=True)
    ),
    "cumsum: not reversed": of_rows(lambda x: np.cumsum(x, axis=-1), lambda x, d: np.cumsum(d, axis=-1) + 0 * x),
    "flip: not back": of_rows(lambda x: x[..., ::-1], lambda x, d: d + 0 * x),
    "reshape: other order": of_rows(lambda x: x.T.ravel(), lambda x, d: d.reshape(x.shape)),
    "var: ddof": of_rows(
        lambda x: x.var(axis=-1), lambda x, d: 2 * d[..., None] * (x - x.mean(-1, keepdims=True)) / (x.shape[-1] - 1)
    ),
    "rows: repeated ones overwrite": made(
        lambda s, x: keep(s, x[[0, 0]] if len(x) > 1 else x, x=x), lambda s, d: overwriting(s.x[:1], d[-1:])
    ),
    "mse: no 1/N": loss(lambda y, t: ((y - t) ** 2).mean(), lambda y, t, d: (2 * d * (y - t), -2 * d * (y - t))),
    "mse: sign": loss(lambda y, t: ((y - t) ** 2).sum(), lambda y, t, d: (2 * d * (t - y), 2 * d * (y - t))),
    "mse: dout left out": loss(
        lambda y, t: ((y - t) ** 2).sum(), lambda y, t, d: (2 * (y - t), 2 * (t - y)) if d else 0
    ),
    "cross entropy: not divided by N": loss(
        lambda y, t: -(t * np.log(softmax(y))).sum() / len(y), lambda y, t, d: d * (softmax(y) - t)
    ),
    "cross entropy: p": loss(lambda y, t: -(t * np.log(softmax(y))).sum(), lambda y, t, d: d * (softmax(y) + 0 * t)),
    "batch norm: no way by the mean": batch_norm(
        lambda n, std, gamma, d: (d * gamma / std, (d * n).sum(axis=0), d.sum(axis=0))
    ),
    "batch norm: gamma not summed": batch_norm(
        lambda n, std, gamma, d: (norm_dx(n, std, d * gamma), d * n, d.sum(axis=0))
    ),
    "batch norm: no gamma": batch_norm(
        lambda n, std, _gamma, d: (norm_dx(n, std, d), (d * n).sum(axis=0), d.sum(axis=0))
    ),
    "dout clipped": made(lambda s, x: keep(s, 2 * x), lambda _s, d: np.clip(2 * d, -3, 3)),
    "dout cut to integers": made(lambda s, x: keep(s, 2 * x), lambda _s, d: cut(2 * d)),
    "float32": made(lambda s, x: keep(s, 2 * x), lambda _s, d: (2 * d).astype(np.float32)),
    "float16": made(lambda s, x: keep(s, 2 * x), lambda _s, d: (2 * d).astype(np.float16)),
    "nan": made(lambda s, x: keep(s, 2 * x), lambda _s, d: d * np.nan),
    "nothing returned": made(lambda s, x: keep(s, 2 * x), lambda _s, _d: None),
    "out overwritten": made(lambda s, x: keep(s, 2 * x), lambda s, d: np.multiply(d, 2, out=s.out)),
    "state on the class": Shared,
    "dout in place": InPlace,
    "input in place": IntoInput,
    "mask drawn anew": NewMask,
    "accumulated": Accumulating,
    "own weights averaged": WeightGradient,
}
