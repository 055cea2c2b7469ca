"""Losses: how `reduction` and `convention` make one number of many, and the losses of a difference to a target."""

from __future__ import annotations

from typing import Literal

from backpropcli.domains import Domain, Over, Value, namespace, unbroadcast
from backpropcli.errors import ShapeError
from backpropcli.layers.base import Convention, Layer, check_choice, sample

Reduction = Literal["none", "mean", "sum"]


class Loss(Layer):
    """A kind of layer: many losses, which may be reduced to their sum or mean."""

    xp: Domain

    def __init__(self, *, reduction: Reduction = "mean", convention: Convention = "book") -> None:
        check_choice("reduction", reduction, Reduction)
        check_choice("convention", convention, Convention)
        self.reduction = reduction
        self.convention = convention

    def reduce(self, losses: Value, count: Value) -> Value:
        """The losses as they are, their sum, or the sum divided by `count`, a number; nan for the mean of none."""
        self.shape = self.xp.shape(losses)
        self.count = count
        if self.reduction == "none":
            return losses
        total = self.xp.sum(losses)
        return self.xp.divide(total, count) if self.reduction == "mean" else total

    def spread(self, dout: Value, *slope: Value | Over) -> Value:
        """The upstream gradient of every single loss, or of what it has a `slope` for: factors, divisors among them."""
        share = (Over(self.count),) if self.reduction == "mean" else ()
        return self.xp.times(self.xp.broadcast_to(dout, self.shape), *share, *slope)


class ElementLoss(Loss):
    """A kind of loss: each element of x is compared with that of the target.

    Reduction: when reduction is none: n = 1; out = loss
               when reduction is sum: n = 1; out = sum(loss)
               when x is a number and target is a number: n = 1; out = loss
               when convention is torch: n = size(loss); out = sum(loss) / n
               otherwise: n = shape(loss)[0]; out = sum(loss) / n
    Shapes:    x, target, dx, dtarget: (...), or one of them a number; out, dout: (...) with reduction none, else ()
    Errors:    ShapeError when x and target differ in shape and neither is a number
    """

    def compare(self, x: Value, target: Value) -> None:
        """Keep x and target; refuse shapes that only broadcasting could bring together."""
        xp = self.xp = namespace(x, target)
        if xp.shape(x) and xp.shape(target) and xp.shape(x) != xp.shape(target):
            shapes = f"x is {xp.shape(x)}, target is {xp.shape(target)}"
            raise ShapeError(f"{shapes}; they must have the same shape, or one of them be a number")
        self.x = x
        self.target = target

    def reduce_elements(self, losses: Value) -> Value:
        """The losses reduced; a mean is over the first axis in the book's convention, over all elements in torch's."""
        shape = self.xp.shape(losses)
        samples = shape[0] if shape else 1
        return self.reduce(losses, samples if self.convention == "book" else self.xp.size(losses))

    def fit(self, dx: Value, dtarget: Value) -> tuple[Value, Value]:
        """The gradients in the shapes of x and target."""
        return unbroadcast(dx, self.x), unbroadcast(dtarget, self.target)


class DifferenceLoss(ElementLoss):
    """A loss of d = x - target: a subclass says what the loss of each d is, and its slope."""

    when_zero = "is at its minimum"

    d: Value

    def loss(self) -> Value:
        """The loss of each difference."""
        raise NotImplementedError

    def slope(self) -> tuple[Value, ...]:
        """The factors of the derivative of each loss with respect to its difference."""
        raise NotImplementedError

    def forward(self, x: Value, target: Value) -> Value:
        self.compare(x, target)
        self.d = x - target
        return self.reduce_elements(self.loss())

    def backward(self, dout: Value) -> tuple[Value, Value]:
        dx = self.spread(dout, *self.slope())
        return self.fit(dx, -dx)


_NUMBERS = (2.5, 1.0)
_ARRAYS = ([[1.0, -0.5, 2.5], [-2.0, 3.0, 0.5]], [[0.5, 1.0, -1.5], [-1.75, 1.0, 0.75]])


class Mse(DifferenceLoss):
    """Mean squared error.

    Math:      d = x - target; loss = d * d
    Gradient:  dx = 2 * dout * d / n; dtarget = -dx
    Units:     x and target in the same unit, out in its square; dx, dtarget in units of dout times x
    Kinks:     none
    Numerics:  each square within 2 ulp; inf from |x - target| = 1.35e154 on; the mean of no numbers is nan
    Source:    Saitoh, Deep Learning from Scratch 3, mean_squared_error (divides by the batch); torch.nn.MSELoss

    >>> layer = Mse()
    >>> layer.forward(3.0, 1.0), layer.backward(1.0)
    (4.0, (4.0, -4.0))
    """

    samples = (
        sample(*_NUMBERS),
        sample(*_ARRAYS),
        sample(*_ARRAYS, reduction="none"),
        sample(*_ARRAYS, reduction="sum"),
        sample(*_ARRAYS, convention="torch"),
        sample([1.0, -0.5, 2.5], 0.75),
    )

    def loss(self) -> Value:
        return self.d * self.d

    def slope(self) -> tuple[Value, ...]:
        return 2, self.d


class SumSquaredError(DifferenceLoss):
    """Half of the sum of the squared errors.

    Math:      d = x - target; loss = d * d / 2
    Reduction: out = sum(loss)
    Gradient:  dx = dout * d; dtarget = -dx
    Shapes:    x, target, dx, dtarget: (...), or one of them a number; out, dout: ()
    Units:     x and target in the same unit, out in its square; dx, dtarget in units of dout times x
    Kinks:     none
    Numerics:  pairwise sums; inf from |x - target| = 1.35e154 on; the sum of no numbers is 0
    Source:    Saitoh, Deep Learning from Scratch, section 4.2.1; not divided by the batch

    >>> layer = SumSquaredError()
    >>> layer.forward(3.0, 1.0), layer.backward(1.5)
    (2.0, (3.0, -3.0))
    """

    samples = (sample(*_NUMBERS), sample(*_ARRAYS), sample(1.5, [1.0, -0.5, 2.5]))

    def __init__(self) -> None:
        super().__init__(reduction="sum")

    def loss(self) -> Value:
        return self.d * self.d / 2

    def slope(self) -> tuple[Value, ...]:
        return (self.d,)


class L1(DifferenceLoss):
    """Mean absolute error.

    Math:      d = x - target; loss = abs(d)
    Gradient:  dx = dout / n * where(d > 0, 1, where(d < 0, -1, 0)); dtarget = -dx
    Units:     x, target and out in the same unit; dx, dtarget in units of dout
    Kinks:     at x = target the slope is 0, as in PyTorch
    Numerics:  each loss correctly rounded; the mean of no numbers is nan; at nan out is nan and dx is dout
    Source:    torch.nn.L1Loss; the division by the batch as in mse

    >>> layer = L1()
    >>> layer.forward(3.0, 1.0), layer.backward(1.5)
    (2.0, (1.5, -1.5))
    """

    has_kinks = True
    samples = Mse.samples

    def loss(self) -> Value:
        return abs(self.d)

    def slope(self) -> tuple[Value, ...]:
        where, one = self.xp.where, self.xp.ones_like(self.d)
        return (where(self.xp.equal(self.d, 0), 0, where(self.d < 0, -one, one)),)


class SmoothL1(DifferenceLoss):
    """Absolute error with a parabola of width beta at its tip.

    Math:      d = x - target; loss = where(abs(d) < beta, d * d / (2 * beta), abs(d) - beta / 2)
    Gradient:  slope = where(abs(d) < beta, d / beta, where(d > 0, 1, where(d < 0, -1, 0)));
               dx = dout / n * slope; dtarget = -dx
    Units:     x, target, beta and out in the same unit; dx, dtarget in units of dout
    Kinks:     none in the slope, which is the same where the two parts meet; its own slope jumps there, and is that of
               the outer part, 0; for beta = 0, which is l1, at x = target the slope is 0
    Numerics:  each loss within 4 ulp, and finite wherever |x - target| is; the mean of no numbers is nan
    Errors:    ShapeError when x and target differ in shape and neither is a number; ValueError for beta < 0
    Source:    torch.nn.SmoothL1Loss; the division by the batch as in mse

    >>> layer = SmoothL1()
    >>> layer.forward(3.0, 1.0), layer.backward(1.5)
    (1.5, (1.5, -1.5))
    """

    has_kinks = True
    samples = (
        sample(*_NUMBERS),
        sample(*_NUMBERS, beta=2),
        sample(*_ARRAYS, beta=2.25),
        sample(*_ARRAYS, reduction="none"),
        sample(*_ARRAYS, reduction="sum", beta=0),
        sample(*_ARRAYS, convention="torch"),
        sample([1.0, -0.5, 2.5], 0.75),
    )

    def __init__(self, *, beta: float = 1, reduction: Reduction = "mean", convention: Convention = "book") -> None:
        super().__init__(reduction=reduction, convention=convention)
        if not beta >= 0:
            raise ValueError(f"beta must be 0 or more, not {beta}")
        self.beta = beta

    def loss(self) -> Value:
        size = abs(self.d)
        # Both branches are computed: where beta is 0, and the parabola has no width, 1 stands in for beta.
        self.steepness = self.xp.where(size < self.beta, size / (self.beta or 1), 1)
        return self.steepness * (size - self.xp.minimum(size, self.beta) / 2)

    def slope(self) -> tuple[Value, ...]:
        where, steepness = self.xp.where, self.steepness
        if self.beta == 0:  # without a parabola, whose slope is 0 at the target by itself, there is a kink
            steepness = where(self.xp.equal(self.d, 0), 0, steepness)
        return (where(self.d < 0, -steepness, steepness),)


class Huber(DifferenceLoss):
    """Squared error near the target, absolute error away from it.

    Math:      d = x - target; loss = where(abs(d) < delta, d * d / 2, delta * (abs(d) - delta / 2))
    Gradient:  dx = dout / n * minimum(maximum(d, -delta), delta); dtarget = -dx
    Units:     x, target and delta in the same unit, out in its square; dx, dtarget in units of dout times x
    Kinks:     none in the slope, which is the same where the two parts meet; its own slope jumps there, and is that of
               the outer part, 0
    Numerics:  each loss within 4 ulp; the mean of no numbers is nan
    Errors:    ShapeError when x and target differ in shape and neither is a number; ValueError for delta <= 0
    Source:    torch.nn.HuberLoss, which is delta times smooth_l1; the division by the batch as in mse

    >>> layer = Huber()
    >>> layer.forward(3.0, 1.0), layer.backward(1.5)
    (1.5, (1.5, -1.5))
    """

    has_kinks = True
    samples = (
        sample(*_NUMBERS),
        sample(*_NUMBERS, delta=2),
        sample(*_ARRAYS, delta=2.25),
        sample(*_ARRAYS, reduction="none"),
        sample(*_ARRAYS, reduction="sum", delta=0.125),
        sample(*_ARRAYS, convention="torch"),
        sample([1.0, -0.5, 2.5], 0.75),
    )

    def __init__(self, *, delta: float = 1, reduction: Reduction = "mean", convention: Convention = "book") -> None:
        super().__init__(reduction=reduction, convention=convention)
        if not delta > 0:
            raise ValueError(f"delta must be more than 0, not {delta}")
        self.delta = delta

    def loss(self) -> Value:
        size = abs(self.d)
        near = self.xp.minimum(size, self.delta)
        return near * (size - near / 2)

    def slope(self) -> tuple[Value, ...]:
        return (self.xp.minimum(self.xp.maximum(self.d, -self.delta), self.delta),)
