"""Normalization of each channel by the statistics of the batch."""

from __future__ import annotations

from math import prod

from backpropcli.domains import Value, namespace
from backpropcli.errors import DataError, ShapeError
from backpropcli.layers.base import Convention, Layer, check_choice, sample
from backpropcli.layers.normalization import Scaling, Standardized, last_axes

IMAGES = [[[[1.0, -2.0]], [[0.25, 2.0]]], [[[3.0, 0.5]], [[-1.5, -0.5]]], [[[2.0, 1.5]], [[3.5, 1.25]]]]


class BatchNorm(Layer):
    """Batch normalization: mean 0 and variance 1 of each channel over the batch, then a scale and a shift by channel.

    Math:      when eps is null and convention is torch: epsilon = 1e-5
               when eps is null: epsilon = 1e-6
               otherwise: epsilon = eps
               then: y = reshape(x, shape=[shape(x)[0], shape(x)[1], -1])
               when train is false: m = reshape(running_mean, shape=[-1, 1]); v = reshape(running_var, shape=[-1, 1])
               otherwise: m = mean(mean(y, axis=-1, keepdims=true), axis=0, keepdims=true);
                 v = mean(mean((y - m) ** 2, axis=-1, keepdims=true), axis=0, keepdims=true)
               then: s = sqrt(v + epsilon); normal = (y - m) / s
               when gamma is absent: scaled = normal
               otherwise: scaled = normal * reshape(gamma, shape=[-1, 1])
               when beta is absent: out = scaled
               otherwise: out = scaled + reshape(beta, shape=[-1, 1])
    Gradient:  when gamma is absent: g = dout
               otherwise: g = dout * reshape(gamma, shape=[-1, 1])
               when train is false: dx = g / s
               otherwise: a = mean(mean(g, axis=-1, keepdims=true), axis=0, keepdims=true);
                 b = mean(mean(g * normal, axis=-1, keepdims=true), axis=0, keepdims=true);
                 dx = (g - a - normal * b) / s
               then: dgamma = sum(sum(dout * normal, axis=-1), axis=0); dbeta = sum(sum(dout, axis=-1), axis=0)
    State:     after forward in training, the attributes running_mean and running_var are
               kept * the given ones + (1 - kept) * the batch's: convention book: kept is momentum, 0.9 by default, the
               variance biased, and the first running_var 0; convention torch: kept is 1 - momentum, momentum 0.1 by
               default, the variance divided by the count less 1, and the first running_var 1; the first running_mean
               is 0
    Shapes:    x, out, dout, dx: (N, C, ...); gamma, beta, dgamma, dbeta, running_mean, running_var: (C,)
    Units:     normal dimensionless; gamma, beta and out in the same unit; running_mean in units of x, running_var and
               eps in its square; dx in units of dout times gamma per x, dgamma and dbeta of dout
    Kinks:     none; the running statistics are constant; with eps 0, out and dx are nan where the variance is 0
    Numerics:  as layer_norm
    Errors:    ShapeError when x lacks the two axes or has no numbers to a channel (convention torch: fewer than two),
               and when another input does not fit; DataError without running statistics when train is false; ValueError
               when momentum is not from 0 to 1; DomainError on exact fractions whose root is irrational
    Source:    Saitoh, Deep Learning from Scratch, section 6.3; torch.nn.functional.batch_norm

    >>> BatchNorm().forward(2.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x needs 2 or more axes, but is ()
    """

    when_even = "takes off the mean, so that a dout that is the same for all changes nothing"
    adds_up = True
    samples = (
        sample([[1.0, -2.0], [3.0, 0.5], [-0.5, 0.25]], [1.5, -0.5], [0.5, 2.0]),
        sample([[1.0, -2.0], [3.0, 0.5], [-0.5, 0.25]], eps=0.01),
        sample(IMAGES, [1.5, -0.5], [0.5, 2.0], [0.25, 1.0], [2.0, 0.5], momentum=0.75, convention="torch"),
        sample(IMAGES, [1.5, -0.5], [0.5, 2.0], [0.25, 1.0], [2.0, 0.5], train=False),
    )
    constant_inputs = frozenset({"running_mean", "running_var"})

    def __init__(
        self,
        *,
        train: bool = True,
        momentum: float | None = None,
        eps: float | None = None,
        convention: Convention = "book",
    ) -> None:
        check_choice("convention", convention, Convention)
        if momentum is not None and not 0 <= momentum <= 1:
            raise ValueError(f"momentum must be from 0 to 1, not {momentum}")
        self.train = train
        self.momentum = momentum
        self.eps = eps
        self.convention = convention

    def forward(
        self,
        x: Value,
        gamma: Value | None = None,
        beta: Value | None = None,
        running_mean: Value | None = None,
        running_var: Value | None = None,
    ) -> Value:
        xp = self.xp = namespace(x)
        momentum, eps = map(xp.number, ("0.9", "1e-6") if self.convention == "book" else ("0.1", "1e-5"))
        momentum = momentum if self.momentum is None else self.momentum
        self.kept = momentum if self.convention == "book" else 1 - momentum
        self.epsilon = eps if self.eps is None else self.eps
        last_axes(x, 2)
        self.shape = xp.shape(x)
        self.running_mean = self._checked("running_mean", running_mean)
        self.running_var = self._checked("running_var", running_var)
        self.constants = (None,) * ((running_mean is not None) + (running_var is not None))
        self.scaling = Scaling(gamma, beta, self.shape[1:2], len(self.shape) - 2)
        return self.scaling.forward(self._by_batch(x) if self.train else self._by_running_statistics(x))

    def backward(self, dout: Value) -> tuple[Value | None, ...]:
        dnormal, *others = self.scaling.backward(dout)
        dx = self.standardized.backward(dnormal) if self.train else dnormal * self.factor
        return dx, *others, *self.constants

    def _by_batch(self, x: Value) -> Value:
        xp = self.xp
        count, channels, *rest = self.shape
        self.standardized = Standardized(x, (0, *range(2, len(self.shape))), self.epsilon)
        mean = xp.reshape(self.standardized.mean, (channels,))
        variance = xp.reshape(self.standardized.variance, (channels,))
        first_variance = xp.zeros_like(variance)
        if self.convention == "torch":
            per_channel = count * prod(rest)
            if per_channel < 2:
                raise ShapeError(f"x is {self.shape}; the variance needs at least two numbers to a channel")
            variance = variance * (per_channel / (per_channel - 1))
            first_variance = xp.ones_like(variance)
        self.running_mean = self._mixed(self.running_mean, xp.zeros_like(mean), mean)
        self.running_var = self._mixed(self.running_var, first_variance, variance)
        return self.standardized.value

    def _by_running_statistics(self, x: Value) -> Value:
        xp = self.xp
        if self.running_mean is None or self.running_var is None:
            raise DataError("with train false, running_mean and running_var are needed")
        stretched = (self.shape[1], *(1,) * (len(self.shape) - 2))
        self.factor = xp.divide(1, xp.sqrt(xp.reshape(self.running_var, stretched) + self.epsilon))
        return (x - xp.reshape(self.running_mean, stretched)) * self.factor

    def _mixed(self, before: Value | None, first: Value, now: Value) -> Value:
        return self.kept * (first if before is None else before) + (1 - self.kept) * now

    def _checked(self, name: str, value: Value | None) -> Value | None:
        if value is not None and self.xp.shape(value) != self.shape[1:2]:
            raise ShapeError(f"{name} must be {self.shape[1:2]}, but is {self.xp.shape(value)}")
        return value
