"""Losses of the probability or the logit of one of two classes."""

from __future__ import annotations

from backpropcli.domains import Value
from backpropcli.layers.base import sample
from backpropcli.layers.losses import ElementLoss

INF = float("inf")


class Bce(ElementLoss):
    """Binary cross-entropy of probabilities.

    Math:      of_one = where(target == 0, 0, target * log(x));
               of_zero = where(target == 1, 0, (1 - target) * log(1 - x)); loss = -(of_one + of_zero)
    Gradient:  slope = where(target == 0, 1 / (1 - x), where(target == 1, -1 / x, (x - target) / (x * (1 - x))));
               dx = dout / n * slope; dtarget = dout / n * log((1 - x) / x)
    Units:     all dimensionless; dx, dtarget in units of dout
    Kinks:     a probability 0 of what happened is a loss of inf, with dx infinite; PyTorch caps the loss at 100, the
               book at 16.1; x outside of [0, 1] gives nan
    Numerics:  log(1 - x) by log1p and 1 - target by subtraction; out and both gradients within 4 ulp
    Errors:    ShapeError when x and target differ in shape and neither is a number; DomainError on exact fractions
               (log is irrational)
    Source:    Saitoh, Deep Learning from Scratch 2, section 4.2; torch.nn.BCELoss

    >>> layer = Bce()
    >>> layer.forward(1.0, 1.0), layer.backward(1.5)
    (0.0, (-1.5, -inf))
    """

    samples = (
        sample(0.75, 1.0),
        sample([[0.25, 0.5], [0.875, 0.125]], [[0.0, 1.0], [0.25, 0.75]]),
        sample([[0.25, 0.5], [0.875, 0.125]], [[0.0, 1.0], [0.25, 0.75]], reduction="none"),
        sample([[0.25, 0.5], [0.875, 0.125]], [[0.0, 1.0], [0.25, 0.75]], reduction="sum"),
        sample([[0.25, 0.5], [0.875, 0.125]], [[0.0, 1.0], [0.25, 0.75]], convention="torch"),
        sample([0.25, 0.5, 0.875], 1.0),
    )

    def forward(self, x: Value, target: Value) -> Value:
        self.compare(x, target)
        xp = self.xp
        # Where the logarithm of 0 counts 0 times, that of 1 stands in for it.
        of_one = -xp.log(xp.where(xp.equal(x, 0) & xp.equal(target, 0), 1, x))
        of_zero = -xp.log1p(-xp.where(xp.equal(x, 1) & xp.equal(target, 1), 0, x))
        return self.reduce_elements(target * of_one + (1 - target) * of_zero)

    def backward(self, dout: Value) -> tuple[Value, Value]:
        xp, x, target = self.xp, self.x, self.target
        soft = xp.divide(xp.divide(x - target, x), 1 - x)
        # At a certain and right prediction the quotient is 0 / 0; elsewhere it tells how the slope depends on target.
        is_right_zero, is_right_one = xp.equal(x, 0) & xp.equal(target, 0), xp.equal(x, 1) & xp.equal(target, 1)
        slope = xp.where(is_right_zero, xp.divide(1, 1 - x), xp.where(is_right_one, xp.divide(-1, x), soft))
        dout = self.spread(dout)
        return self.fit(dout * slope, dout * self._log_odds_against())

    def _log_odds_against(self) -> Value:
        """The logarithm of (1 - x) / x, which near x = 1/2 would cancel as a difference of logarithms."""
        xp, x = self.xp, self.x
        rarer = xp.minimum(x, 1 - x)
        near_half = xp.log1p(xp.divide(1 - 2 * rarer, rarer))
        size = xp.where(4 * rarer > 1, near_half, xp.log1p(-rarer) - xp.log(rarer))
        return xp.where(2 * x < 1, size, -size)


class BceWithLogits(ElementLoss):
    """Binary cross-entropy of the sigmoid of logits, the book's SigmoidWithLoss.

    Math:      loss = softplus(x) - target * x
    Gradient:  dx = dout / n * (sigmoid(x) - target); dtarget = -dout / n * x
    Units:     all dimensionless; dx, dtarget in units of dout
    Kinks:     none
    Numerics:  computed from exp(-|x|); never overflows; for a target of 0 or 1 out and dx are within 4 ulp, as is out
               for a target between; dx then within 4 ulp of 1, as it crosses 0 where the sigmoid is the target
    Errors:    ShapeError when x and target differ in shape and neither is a number; DomainError on exact fractions
               (exp is irrational)
    Source:    Saitoh, Deep Learning from Scratch 2, section 4.2; torch.nn.BCEWithLogitsLoss

    >>> layer = BceWithLogits()
    >>> layer.forward(1000.0, 0.0), layer.backward(1.5)
    (1000.0, (1.5, -1500.0))
    """

    samples = (
        sample(0.75, 1.0),
        sample([[0.5, -1.5], [3.0, -2.0]], [[0.0, 1.0], [0.25, 0.75]]),
        sample([[0.5, -1.5], [3.0, -2.0]], [[0.0, 1.0], [0.25, 0.75]], reduction="none"),
        sample([[0.5, -1.5], [3.0, -2.0]], [[0.0, 1.0], [0.25, 0.75]], reduction="sum"),
        sample([[0.5, -1.5], [3.0, -2.0]], [[0.0, 1.0], [0.25, 0.75]], convention="torch"),
        sample([0.5, -1.5, 3.0], 1.0),
    )

    def forward(self, x: Value, target: Value) -> Value:
        self.compare(x, target)
        xp = self.xp
        self.e = xp.exp(-abs(x))
        wrong = xp.where(x >= 0, 1 - target, target)  # how much of the target is on the other side of 0 than x
        return self.reduce_elements(
            wrong * xp.where(xp.equal(wrong, 0) & xp.equal(abs(x), INF), 0, abs(x)) + xp.log1p(self.e)
        )

    def backward(self, dout: Value) -> tuple[Value, Value]:
        e, target, dout = self.e, self.target, self.spread(dout)
        slope = self.xp.where(self.x >= 0, (1 - target) - target * e, (1 - target) * e - target) / (1 + e)
        return self.fit(dout * slope, -dout * self.x)
