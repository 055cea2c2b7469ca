"""The scale and the shift with which a normalization ends."""

from __future__ import annotations

from backpropcli.domains import Value, namespace, unbroadcast
from backpropcli.errors import ShapeError


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
