"""Normalization of each sample by statistics of its own: layer, group and RMS normalization."""

from __future__ import annotations

from math import prod

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Layer, sample

ROWS = [[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]]
IMAGES = [
    [[[1.0, -2.0]], [[0.25, 2.0]], [[3.0, 0.5]], [[-1.5, -0.5]]],
    [[[2.0, 1.5]], [[3.5, 1.25]], [[0.0, -1.0]], [[-3.0, 0.75]]],
]


class LayerNorm(Layer):
    """Layer normalization: mean 0 and variance 1 over the last axes, then a scale and a shift.

    Math:      rows = reshape(x, shape=shape(x)[:-axes] + [-1]); m = mean(rows, axis=-1, keepdims=true);
               s = sqrt(mean((rows - m) ** 2, axis=-1, keepdims=true) + eps); normal = (rows - m) / s;
               y = reshape(normal, shape=shape(x))
               when gamma is absent: out = y
               when beta is absent: out = y * gamma
               otherwise: out = y * gamma + beta
    Gradient:  when gamma is absent: g = reshape(dout, shape=shape(normal))
               otherwise: g = reshape(dout * gamma, shape=shape(normal))
               then: a = mean(g, axis=-1, keepdims=true); b = mean(g * normal, axis=-1, keepdims=true);
                 dx = (g - a - normal * b) / s; dgamma = dout * y; dbeta = dout
    Shapes:    x, out, dout, dx: (...); gamma, beta, dgamma, dbeta: the last `axes` lengths of x
    Units:     normal dimensionless; gamma, beta and out in the same unit; eps in units of x squared; dx in units of
               dout times gamma per x, dgamma and dbeta of dout
    Kinks:     none; with eps 0, out and dx are nan where the variance is 0
    Numerics:  x is centred before it is squared, and centred twice, so that a large mean costs no digits; the
               variance is inf, and out 0, from |x| = 1e154 on
    Errors:    ShapeError when x has fewer axes or no numbers along them, and when gamma or beta does not fit;
               ValueError for axes < 1; DomainError on exact fractions whose root is irrational
    Source:    Ba, Kiros and Hinton, Layer Normalization; torch.nn.functional.layer_norm

    >>> LayerNorm().forward(2.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x needs 1 or more axes, but is ()
    """

    when_even = "takes off the mean, so that a dout that is the same for all changes nothing"
    adds_up = True
    samples = (
        sample(ROWS, [1.5, -0.5, 2.0], [0.5, 1.0, -1.5]),
        sample(ROWS, [1.5, -0.5, 2.0], eps=0.01),
        sample(IMAGES, IMAGES[0], axes=3),
        sample([1.0, -2.0, 0.5]),
    )

    def __init__(self, *, axes: int = 1, eps: float = 1e-5) -> None:
        if axes < 1:
            raise ValueError(f"axes must be 1 or more, not {axes}")
        self.axes = axes
        self.eps = eps

    def forward(self, x: Value, gamma: Value | None = None, beta: Value | None = None) -> Value:
        self.standardized = Standardized(x, last_axes(x, self.axes), self.eps)
        self.scaling = Scaling(gamma, beta, namespace(x).shape(x)[-self.axes :])
        return self.scaling.forward(self.standardized.value)

    def backward(self, dout: Value) -> tuple[Value, ...]:
        dnormal, *others = self.scaling.backward(dout)
        return self.standardized.backward(dnormal), *others


class GroupNorm(Layer):
    """Group normalization: mean 0 and variance 1 over each group of channels, then a scale and a shift by channel.

    Math:      rows = reshape(x, shape=[shape(x)[0], groups, -1]); m = mean(rows, axis=-1, keepdims=true);
               s = sqrt(mean((rows - m) ** 2, axis=-1, keepdims=true) + eps); normal = (rows - m) / s;
               y = reshape(normal, shape=[shape(x)[0], shape(x)[1], -1])
               when gamma is absent: scaled = y
               otherwise: scaled = y * reshape(gamma, shape=[-1, 1])
               when beta is absent: out = scaled
               otherwise: out = scaled + reshape(beta, shape=[-1, 1])
    Gradient:  when gamma is absent: g = reshape(dout, shape=shape(normal))
               otherwise: g = reshape(dout * reshape(gamma, shape=[-1, 1]), shape=shape(normal))
               then: a = mean(g, axis=-1, keepdims=true); b = mean(g * normal, axis=-1, keepdims=true);
                 dx = (g - a - normal * b) / s;
                 dgamma = sum(sum(dout * y, axis=-1), axis=0); dbeta = sum(sum(dout, axis=-1), axis=0)
    Shapes:    x, out, dout, dx: (N, C, ...); gamma, beta, dgamma, dbeta: (C,)
    Units:     normal dimensionless; gamma, beta and out in the same unit; eps in units of x squared; dx in units of
               dout times gamma per x, dgamma and dbeta of dout
    Kinks:     none; with eps 0, out and dx are nan where the variance is 0
    Numerics:  as layer_norm
    Errors:    ShapeError when x lacks the two axes or has no numbers to a group, when the channels cannot be divided
               into the groups, and when gamma or beta does not fit; ValueError for groups < 1; DomainError on exact
               fractions whose root is irrational
    Source:    Wu and He, Group Normalization; torch.nn.functional.group_norm

    >>> GroupNorm(groups=2).forward(2.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x needs 2 or more axes, but is ()
    """

    when_even = "takes off the mean, so that a dout that is the same for all changes nothing"
    adds_up = True
    samples = (
        sample(IMAGES, [1.5, -0.5, 2.0, 0.25], [0.5, 1.0, -1.5, 2.0], groups=2),
        sample([[1.0, -2.0, 0.5, 3.0]], [1.5, -0.5, 2.0, 0.25], groups=1, eps=0.01),
    )

    def __init__(self, *, groups: int, eps: float = 1e-5) -> None:
        if groups < 1:
            raise ValueError(f"groups must be 1 or more, not {groups}")
        self.groups = groups
        self.eps = eps

    def forward(self, x: Value, gamma: Value | None = None, beta: Value | None = None) -> Value:
        xp = self.xp = namespace(x)
        last_axes(x, 2)
        self.shape = count, channels, *rest = xp.shape(x)
        if channels % self.groups:
            raise ShapeError(f"the {channels} channels of x cannot be divided into {self.groups} groups")
        self.grouped = (count, self.groups, channels // self.groups * prod(rest))
        self.standardized = Standardized(xp.reshape(x, self.grouped), (2,), self.eps)
        self.scaling = Scaling(gamma, beta, (channels,), len(rest))
        return self.scaling.forward(xp.reshape(self.standardized.value, self.shape))

    def backward(self, dout: Value) -> tuple[Value, ...]:
        dnormal, *others = self.scaling.backward(dout)
        dx = self.standardized.backward(self.xp.reshape(dnormal, self.grouped))
        return self.xp.reshape(dx, self.shape), *others


class RmsNorm(Layer):
    """RMS normalization: mean square 1 over the last axes, then a scale.

    Math:      rows = reshape(x, shape=shape(x)[:-axes] + [-1]);
               s = sqrt(mean(rows ** 2, axis=-1, keepdims=true) + eps); normal = rows / s;
               y = reshape(normal, shape=shape(x))
               when gamma is absent: out = y
               otherwise: out = y * gamma
    Gradient:  when gamma is absent: g = reshape(dout, shape=shape(normal))
               otherwise: g = reshape(dout * gamma, shape=shape(normal))
               then: b = mean(g * normal, axis=-1, keepdims=true); dx = (g - normal * b) / s; dgamma = dout * y
    Shapes:    x, out, dout, dx: (...); gamma, dgamma: the last `axes` lengths of x
    Units:     normal dimensionless; gamma and out in the same unit; eps in units of x squared; dx in units of dout
               times gamma per x, dgamma of dout
    Kinks:     none; with eps 0, out and dx are nan where all numbers are 0
    Numerics:  eps is by default the epsilon of float64, as in PyTorch; the mean square is inf, and out 0, from
               |x| = 1e154 on
    Errors:    ShapeError when x has fewer axes or no numbers along them, and when gamma does not fit; ValueError for
               axes < 1; DomainError on exact fractions whose root is irrational
    Source:    Zhang and Sennrich, Root Mean Square Layer Normalization; torch.nn.functional.rms_norm

    >>> RmsNorm().forward(2.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x needs 1 or more axes, but is ()
    """

    adds_up = True
    samples = (
        sample(ROWS, [1.5, -0.5, 2.0]),
        sample(ROWS, eps=0.01),
        sample(IMAGES, IMAGES[0], axes=3),
    )

    def __init__(self, *, axes: int = 1, eps: float = 2.220446049250313e-16) -> None:
        if axes < 1:
            raise ValueError(f"axes must be 1 or more, not {axes}")
        self.axes = axes
        self.eps = eps

    def forward(self, x: Value, gamma: Value | None = None) -> Value:
        xp = namespace(x)
        self.over = last_axes(x, self.axes)
        self.factor = xp.divide(1, xp.sqrt(mean(x * x, self.over) + self.eps))
        self.normal = x * self.factor
        self.scaling = Scaling(gamma, None, xp.shape(x)[-self.axes :])
        return self.scaling.forward(self.normal)

    def backward(self, dout: Value) -> tuple[Value, ...]:
        dnormal, *others = self.scaling.backward(dout)
        return self.factor * (dnormal - self.normal * mean(dnormal * self.normal, self.over)), *others


def last_axes(x: Value, count: int) -> tuple[int, ...]:
    """The last `count` axes of x, which it must have."""
    shape = namespace(x).shape(x)
    if len(shape) < count:
        raise ShapeError(f"x needs {count} or more axes, but is {shape}")
    return tuple(range(-count, 0))


def mean(x: Value, axes: tuple[int, ...]) -> Value:
    """The mean over the axes, which stay with length 1."""
    xp = namespace(x)
    shape = xp.shape(x)
    count = prod(shape[axis] for axis in axes)
    if count == 0:
        raise ShapeError(f"x is {shape}: there are no numbers to take the mean of")
    return xp.sum(x, axes, True) / count


class Standardized:
    """`value` is x less its `mean` over the axes, divided by the root of its `variance`, to which `eps` is added."""

    def __init__(self, x: Value, axes: tuple[int, ...], eps: float) -> None:
        xp = namespace(x)
        self.axes = axes
        self.mean = mean(x, axes)
        centred = x - self.mean
        # The mean is rounded. Of numbers that differ by little more than that, only this has the mean 0.
        centred = centred - mean(centred, axes)
        self.variance = mean(centred * centred, axes)
        self.scale = xp.divide(1, xp.sqrt(self.variance + eps))
        self.value = centred * self.scale

    def backward(self, dvalue: Value) -> Value:
        """The gradient of x. The mean goes first: were it left to cancel, its digits would be lost to the rest."""
        centred = dvalue - mean(dvalue, self.axes)
        return self.scale * (centred - self.value * mean(centred * self.value, self.axes))


class Scaling:
    """x * gamma + beta, each of them optional: a number of gamma and of beta for each place along some axes of x."""

    def __init__(self, gamma: Value | None, beta: Value | None, shape: tuple[int, ...], following: int = 0) -> None:
        """Gamma and beta must have that shape; so many axes of x come after the ones that they scale."""
        self.shape = shape
        self.stretched = (*shape, *(1,) * following)
        self.gamma = None if gamma is None else self._stretch("gamma", gamma)
        self.beta = None if beta is None else self._stretch("beta", beta)

    def forward(self, x: Value) -> Value:
        """The scaled and shifted x."""
        self.x = x
        out = x if self.gamma is None else x * self.gamma
        return out if self.beta is None else out + self.beta

    def backward(self, dout: Value) -> list[Value]:
        """The gradients of x, and of those of gamma and beta that there are."""
        gradients = [dout if self.gamma is None else dout * self.gamma]
        if self.gamma is not None:
            gradients.append(self._shrink(dout * self.x, self.gamma))
        if self.beta is not None:
            gradients.append(self._shrink(dout, self.beta))
        return gradients

    def _stretch(self, name: str, value: Value) -> Value:
        xp = namespace(value)
        if xp.shape(value) != self.shape:
            raise ShapeError(f"{name} must be {self.shape}, but is {xp.shape(value)}")
        return xp.reshape(value, self.stretched)

    def _shrink(self, gradient: Value, like: Value) -> Value:
        return namespace(gradient).reshape(unbroadcast(gradient, like), self.shape)
