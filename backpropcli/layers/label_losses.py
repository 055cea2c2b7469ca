"""Losses of probabilities and logits against labels: two classes, or many."""

from __future__ import annotations

from backpropcli.domains import Value, namespace
from backpropcli.errors import Problem, ShapeError
from backpropcli.layers.base import sample
from backpropcli.layers.losses import ElementLoss, Loss
from backpropcli.layers.softmax import LogSoftmax

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


class ClassLoss(Loss):
    """A kind of loss: numbers along an axis of classes are compared with labels.

    Reduction: when reduction is none: n = 1; out = loss
               when reduction is sum: n = 1; out = sum(loss)
               otherwise: n = size(loss); out = sum(loss) / n
    """


class Nll(ClassLoss):
    """Negative log-likelihood of labels, given log-probabilities.

    Math:      when x is a vector: axis = 0
               when convention is torch: axis = 1
               otherwise: axis = -1
               when labels is shaped like x: p = labels
               otherwise: (in words) p is the labels as one-hot vectors along the axis of the classes
               then: loss = -sum(where(p == 0, 0, p * x), axis=axis, keepdims=true)
    Gradient:  dx = -dout / n * p; dlabels = -dout / n * x
    Shapes:    x, dx: (..., c) with c classes in convention book, (n, c, ...) in torch, (c) for one sample in both;
               labels: x's shape (probabilities, with gradient) or x's shape without c (class numbers from 0);
               out, dout: x's shape without c with reduction none, else ()
    Units:     all dimensionless; dx, dlabels in units of dout
    Kinks:     none; a label of probability 0 has x = -inf and a loss of inf
    Numerics:  exact but for sums; the mean of no samples is nan
    Errors:    ShapeError when labels have neither shape; DataError for a class number that is not whole or not below c
    Source:    torch.nn.NLLLoss, which takes class numbers only; convention book as in softmax_with_loss

    >>> layer = Nll()
    >>> layer.forward(-1.0, 0.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x is a number, but it must have an axis of classes
    """

    samples = (
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [2, 0]),
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [[0.25, 0.5, 0.75], [0.0, 1.0, 0.0]], reduction="none"),
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [1, 1], reduction="sum"),
        sample([[[-0.5, -1.5], [-2.0, -1.0]]], [[1, 0]], convention="torch"),
        sample([-0.5, -1.5, -2.0], 1),
        sample([-0.5, -1.5, -2.0], [0.0, 0.0, 1.0]),
    )

    def forward(self, x: Value, labels: Value) -> Value:
        xp = self.xp = namespace(x, labels)
        self.x = x
        self.axis = self._axis_of_classes(x)
        self.labels = self._as_probabilities(labels)
        # A class that a label gives no share counts nothing, also where its x is -inf; a class number selects one.
        self.is_left_out = xp.equal(self.labels, 0) if self.constant_inputs else self._takes_no_share(x)
        likelihoods = xp.sum(self.labels * xp.where(self.is_left_out, 0, x), self.axis)
        losses = 0 - likelihoods  # not -likelihoods, which makes a certain sample's loss -0
        return self.reduce(losses, xp.size(losses))

    def backward(self, dout: Value) -> tuple[Value, Value | None]:
        dout = self.xp.expand_dims(self.spread(dout), self.axis)
        is_left_out = self.is_left_out | self._takes_no_share(dout)
        dx = self.xp.where(is_left_out, 0, -dout * self.labels)
        return dx, None if self.constant_inputs else -dout * self.x

    def _takes_no_share(self, values: Value) -> Value:
        """Where a label of 0 meets an infinity, of which it takes no share; 0 * inf is nan."""
        return self.xp.equal(self.labels, 0) & self.xp.equal(abs(values), INF)

    def _axis_of_classes(self, x: Value) -> int:
        last = len(namespace(x).shape(x)) - 1
        if last < 0:
            raise ShapeError("x is a number, but it must have an axis of classes")
        return min(last, 1) if self.convention == "torch" else last

    def _as_probabilities(self, labels: Value) -> Value:
        """The labels in the shape of x, whichever of their two forms they have; says whether they are constant."""
        xp, axis = self.xp, self.axis
        given, shape = xp.shape(labels), xp.shape(self.x)
        of_samples = shape[:axis] + shape[axis + 1 :]
        if given == shape:
            self.constant_inputs = frozenset()
            return labels
        if given == of_samples:
            self.constant_inputs = frozenset({"labels"})
            return xp.one_hot(labels, shape[axis], axis)
        forms = f"class numbers of shape {of_samples} or probabilities of shape {shape}"
        hint = "convention torch has the classes on axis 1" if axis > 1 else None
        raise ShapeError(Problem(f"x is {shape}, labels is {given}; labels must be {forms}", hint=hint))


class CrossEntropy(Nll):
    """Cross-entropy of labels and the softmax of logits, as PyTorch's layer of this name.

    Math:      when x is a vector: axis = 0
               when convention is torch: axis = 1
               otherwise: axis = -1
               when labels is shaped like x: p = labels
               otherwise: (in words) p is the labels as one-hot vectors along the axis of the classes
               then: log_q = log_softmax(x, axis=axis);
                 loss = -sum(where(p == 0, 0, p * log_q), axis=axis, keepdims=true)
    Gradient:  dx = dout / n * (exp(log_q) * sum(p, axis=axis, keepdims=true) - p); dlabels = -dout / n * log_q
    Shapes:    x, dx: (..., c) with c classes in convention book, (n, c, ...) in torch, (c) for one sample in both;
               labels: x's shape (probabilities, with gradient) or x's shape without c (class numbers from 0);
               out, dout: x's shape without c with reduction none, else ()
    Units:     all dimensionless; dx, dlabels in units of dout
    Kinks:     none; a label of probability 0 (a logit of -inf) has a loss of inf
    Numerics:  log_softmax, then nll: never overflows; logits (0, 100) give a loss of 3.72e-44 for label 1, and dx of
               that size; the mean of no samples is nan
    Errors:    ShapeError when labels have neither shape; DataError for a class number that is not whole or not below
               c; DomainError on exact fractions (exp is irrational)
    Source:    torch.nn.CrossEntropyLoss; the same layer as softmax_with_loss

    >>> layer = CrossEntropy()
    >>> layer.forward(1.0, 0.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x is a number, but it must have an axis of classes
    """

    samples = (
        sample([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [2, 0]),
        sample([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [[0.25, 0.5, 0.75], [0.0, 1.0, 0.0]], reduction="none"),
        sample([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [1, 1], reduction="sum"),
        sample([[[0.5, -1.5], [2.0, 1.0]]], [[1, 0]], convention="torch"),
        sample([0.5, -1.5, 2.0], 1),
        sample([0.5, -1.5, 2.0], [0.0, 0.0, 1.0]),
    )

    def forward(self, x: Value, labels: Value) -> Value:
        self.log_softmax = LogSoftmax(axis=self._axis_of_classes(x))
        return super().forward(self.log_softmax.forward(x), labels)

    def backward(self, dout: Value) -> tuple[Value, Value | None]:
        dlog_p, dlabels = super().backward(dout)
        return self.log_softmax.backward(dlog_p), dlabels


class SoftmaxWithLoss(CrossEntropy):
    """Softmax and the cross-entropy of its probabilities in one: the book's name of cross_entropy.

    Math:      when x is a vector: axis = 0
               when convention is torch: axis = 1
               otherwise: axis = -1
               when labels is shaped like x: p = labels
               otherwise: (in words) p is the labels as one-hot vectors along the axis of the classes
               then: q = softmax(x, axis=axis);
                 loss = -sum(where(p == 0, 0, p * log(q)), axis=axis, keepdims=true)
    Gradient:  dx = dout / n * (q * sum(p, axis=axis, keepdims=true) - p); dlabels = -dout / n * log(q)
    Shapes:    as cross_entropy
    Units:     all dimensionless; dx, dlabels in units of dout
    Kinks:     none; a label of probability 0 (a logit of -inf) has a loss of inf, where the book's is 16.1
    Numerics:  as cross_entropy
    Errors:    as cross_entropy; DomainError on exact fractions (exp is irrational)
    Source:    Saitoh, Deep Learning from Scratch, section 5.6.3 and appendix A; unlike the book's, this backward uses
               dout, a vector x is one sample, and probabilities are labels as they are, not only their largest

    >>> layer = SoftmaxWithLoss()
    >>> layer.forward(1.0, 0.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x is a number, but it must have an axis of classes
    """
