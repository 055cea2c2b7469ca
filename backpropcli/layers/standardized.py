"""Numbers brought to the mean 0 and the variance 1."""

from __future__ import annotations

from math import prod

from backpropcli.domains import Value, namespace
from backpropcli.errors import ShapeError


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
