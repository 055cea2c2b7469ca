"""Losses of probabilities and logits against labels: two classes, or many."""

from __future__ import annotations

from typing import ClassVar

from backpropcli.domains import Value, namespace
from backpropcli.errors import Problem, ShapeError
from backpropcli.layers.base import Convention, Sample, sample
from backpropcli.layers.losses import ElementLoss, Loss, Reduction
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
               when labels is shaped like x: n = size(loss); out = sum(loss) / n
               otherwise: (in words) n is how many labels there are without those that are ignored, or the sum of the
                 weights of their classes; out is the sum of loss over n
    """


class Nll(ClassLoss):
    """Negative log-likelihood of labels, given log-probabilities.

    Math:      when x is a vector: axis = 0
               when convention is torch: axis = 1
               otherwise: axis = -1
               when labels is shaped like x: p = labels
               otherwise: (in words) p is the labels as one-hot vectors along the axis of the classes, and 0 where a
                 label is ignore_index
               when weight is absent: w = 1
               when convention is book: w = weight
               otherwise: (in words) w is the weights along the axis of the classes
               then: t = w * p; loss = -sum(where(t == 0, 0, t * x), axis=axis, keepdims=true)
    Gradient:  dx = -dout / n * t; dlabels = -dout / n * w * x
    Shapes:    x, dx: (..., c) with c classes in convention book, (n, c, ...) in torch, (c) for one sample in both;
               labels: x's shape (probabilities, with gradient) or x's shape without c (class numbers from 0);
               weight: (c); out, dout: x's shape without c with reduction none, else ()
    Units:     all dimensionless; dx, dlabels in units of dout
    Kinks:     none; a label of probability 0 has x = -inf and a loss of inf; the weights are constant
    Numerics:  exact but for sums; the mean of no samples, or of weights that sum to 0, is nan
    Errors:    ShapeError when labels have neither shape or weight another; DataError for a class number that is not
               whole or not below c, and is not ignore_index; DomainError on exact fractions for a mean over weights
               that sum to 0
    Source:    torch.nn.NLLLoss, which takes class numbers only, and has ignore_index -100 by default; convention book
               as in softmax_with_loss

    >>> layer = Nll()
    >>> layer.forward(-1.0, 0.0)
    Traceback (most recent call last):
    backpropcli.errors.ShapeError: x is a number, but it must have an axis of classes
    """

    constant_inputs = frozenset({"weight"})
    samples: ClassVar[tuple[Sample, ...]] = (
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [2, 0]),
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [[0.25, 0.5, 0.75], [0.0, 1.0, 0.0]], reduction="none"),
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [1, 1], reduction="sum"),
        sample([[[-0.5, -1.5], [-2.0, -1.0]]], [[1, 0]], convention="torch"),
        sample([-0.5, -1.5, -2.0], 1),
        sample([-0.5, -1.5, -2.0], [0.0, 0.0, 1.0]),
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [2, -100], ignore_index=-100),
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [2, 0], [0.5, 1.5, 2.5]),
        sample([[-0.5, -1.5, -2.0], [-1.0, -0.25, -3.0]], [[0.25, 0.5, 0.75], [0.0, 1.0, 0.0]], [0.5, 1.5, 2.5]),
        sample([[[-0.5, -1.5], [-2.0, -1.0]]], [[1, 0]], [0.5, 1.5], convention="torch"),
    )

    def __init__(
        self, *, reduction: Reduction = "mean", convention: Convention = "book", ignore_index: int | None = None
    ) -> None:
        super().__init__(reduction=reduction, convention=convention)
        self.ignore_index = ignore_index

    def forward(self, x: Value, labels: Value, weight: Value | None = None) -> Value:
        xp = self.xp = namespace(x, labels) if weight is None else namespace(x, labels, weight)
        self.x = x
        self.axis = self._axis_of_classes(x)
        self.weight = None if weight is None else self._along_classes(weight)
        p = self._as_probabilities(labels)
        self.labels = self._weighted(self.smoothed(p))
        # A class that a label gives no share counts nothing, also where its x is -inf; a class number selects one.
        are_numbers = "labels" in self.constant_inputs
        self.is_left_out = xp.equal(self.labels, 0) if are_numbers else self._takes_no_share(x)
        likelihoods = xp.sum(self.labels * xp.where(self.is_left_out, 0, x), self.axis)
        losses = 0 - likelihoods  # not -likelihoods, which makes a certain sample's loss -0
        are_alike = not are_numbers or (weight is None and self.ignore_index is None)
        return self.reduce(losses, xp.size(losses) if are_alike else xp.sum(self._weighted(p)))

    def backward(self, dout: Value) -> tuple[Value | None, ...]:
        dout = self.xp.expand_dims(self.spread(dout), self.axis)
        is_left_out = self.is_left_out | self._takes_no_share(dout)
        dx = self.xp.where(is_left_out, 0, -dout * self.labels)
        dlabels = None if "labels" in self.constant_inputs else self._weighted(-dout * self.x)
        return (dx, dlabels) if self.weight is None else (dx, dlabels, None)

    def smoothed(self, p: Value) -> Value:
        """The probabilities that the loss is taken of."""
        return p

    def _weighted(self, p: Value) -> Value:
        return p if self.weight is None else p * self.weight

    def _takes_no_share(self, values: Value) -> Value:
        """Where a label of 0 meets an infinity, of which it takes no share; 0 * inf is nan."""
        return self.xp.equal(self.labels, 0) & self.xp.equal(abs(values), INF)

    def _axis_of_classes(self, x: Value) -> int:
        last = len(namespace(x).shape(x)) - 1
        if last < 0:
            raise ShapeError("x is a number, but it must have an axis of classes")
        return min(last, 1) if self.convention == "torch" else last

    def _along_classes(self, weight: Value) -> Value:
        """The weights, one for each class, in a shape that broadcasts to that of x."""
        found, shape = self.xp.shape(weight), self.xp.shape(self.x)
        if found != (shape[self.axis],):
            raise ShapeError(
                f"x is {shape}, weight is {found}; it must be {(shape[self.axis],)}, a number for each class"
            )
        return self.xp.reshape(weight, (-1, *(1,) * (len(shape) - self.axis - 1)))

    def _as_probabilities(self, labels: Value) -> Value:
        """The labels in the shape of x, whichever of their two forms they have; says whether they are constant."""
        xp, axis = self.xp, self.axis
        given, shape = xp.shape(labels), xp.shape(self.x)
        of_samples = shape[:axis] + shape[axis + 1 :]
        if given == shape:
            self.constant_inputs = frozenset({"weight"})
            return labels
        if given == of_samples:
            self.constant_inputs = frozenset({"labels", "weight"})
            return self._one_hot(labels)
        forms = f"class numbers of shape {of_samples} or probabilities of shape {shape}"
        hint = "convention torch has the classes on axis 1" if axis > 1 else None
        raise ShapeError(Problem(f"x is {shape}, labels is {given}; labels must be {forms}", hint=hint))

    def _one_hot(self, labels: Value) -> Value:
        """Class numbers as one-hot vectors; those that are ignored as zeros."""
        xp, axis = self.xp, self.axis
        count = xp.shape(self.x)[axis]
        if self.ignore_index is None:
            return xp.one_hot(labels, count, axis)
        self.is_ignored = xp.equal(labels, self.ignore_index)
        hot = xp.one_hot(xp.where(self.is_ignored, 0, labels), count, axis)
        return xp.where(xp.expand_dims(self.is_ignored, axis), 0, hot)


class CrossEntropy(Nll):
    """Cross-entropy of labels and the softmax of logits, as PyTorch's layer of this name.

    Math:      when x is a vector: axis = 0
               when convention is torch: axis = 1
               otherwise: axis = -1
               when labels is shaped like x: p = labels
               otherwise: (in words) p is the labels as one-hot vectors along the axis of the classes; a label that is
                 ignore_index has a loss and a gradient of 0
               when weight is absent: w = 1
               when convention is book: w = weight
               otherwise: (in words) w is the weights along the axis of the classes
               then: c = shape(x)[axis]; log_q = log_softmax(x, axis=axis);
                 t = w * ((1 - label_smoothing) * p + label_smoothing / c);
                 loss = -sum(where(t == 0, 0, t * log_q), axis=axis, keepdims=true)
    Gradient:  dx = dout / n * (exp(log_q) * sum(t, axis=axis, keepdims=true) - t);
               dlabels = -dout / n * w * (1 - label_smoothing) * log_q
    Shapes:    x, dx: (..., c) with c classes in convention book, (n, c, ...) in torch, (c) for one sample in both;
               labels: x's shape (probabilities, with gradient) or x's shape without c (class numbers from 0);
               weight: (c); out, dout: x's shape without c with reduction none, else ()
    Units:     all dimensionless; dx, dlabels in units of dout
    Kinks:     none; a label of probability 0 (a logit of -inf) has a loss of inf; the weights are constant
    Numerics:  log_softmax, then nll: never overflows; logits (0, 100) give a loss of 3.72e-44 for label 1, and dx of
               that size; the mean of no samples, or of weights that sum to 0, is nan
    Errors:    ShapeError when labels have neither shape or weight another; DataError for a class number that is not
               whole or not below c, and is not ignore_index; ValueError for a label_smoothing that is not from 0 to 1;
               DomainError on exact fractions (exp is irrational)
    Source:    torch.nn.CrossEntropyLoss, which has ignore_index -100 by default; Szegedy et al., Rethinking the
               Inception architecture (2015), for label_smoothing; the same layer as softmax_with_loss

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
        sample([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [2, -100], [0.5, 1.5, 2.5], ignore_index=-100),
        sample([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [2, 0], label_smoothing=0.25),
        sample([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [[0.25, 0.5, 0.75], [0.0, 1.0, 0.0]], label_smoothing=0.25),
        sample([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [[0.25, 0.5, 0.75], [0.0, 1.0, 0.0]], [0.5, 1.5, 2.5]),
        sample([[[0.5, -1.5], [2.0, 1.0]]], [[1, 0]], [0.5, 1.5], label_smoothing=0.25, convention="torch"),
    )

    def __init__(
        self,
        *,
        reduction: Reduction = "mean",
        convention: Convention = "book",
        ignore_index: int | None = None,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(reduction=reduction, convention=convention, ignore_index=ignore_index)
        if not 0 <= label_smoothing <= 1:
            raise ValueError(f"label_smoothing must be from 0 to 1, not {label_smoothing}")
        self.label_smoothing = label_smoothing

    def forward(self, x: Value, labels: Value, weight: Value | None = None) -> Value:
        self.log_softmax = LogSoftmax(axis=self._axis_of_classes(x))
        return super().forward(self.log_softmax.forward(x), labels, weight)

    def smoothed(self, p: Value) -> Value:
        """The probabilities, of which a share is spread evenly over all classes; none where a label is ignored."""
        if self.label_smoothing == 0:
            return p
        xp = self.xp
        found = (1 - self.label_smoothing) * p + self.label_smoothing / xp.shape(p)[self.axis]
        if self.ignore_index is None or "labels" not in self.constant_inputs:
            return found
        return xp.where(xp.expand_dims(self.is_ignored, self.axis), 0, found)

    def backward(self, dout: Value) -> tuple[Value | None, ...]:
        dlog_p, dlabels, *others = super().backward(dout)
        if dlabels is not None and self.label_smoothing != 0:
            dlabels = (1 - self.label_smoothing) * dlabels
        return self.log_softmax.backward(dlog_p), dlabels, *others


class SoftmaxWithLoss(CrossEntropy):
    """Softmax and the cross-entropy of its probabilities in one: the book's name of cross_entropy.

    Math:      when x is a vector: axis = 0
               when convention is torch: axis = 1
               otherwise: axis = -1
               when labels is shaped like x: p = labels
               otherwise: (in words) p is the labels as one-hot vectors along the axis of the classes; a label that is
                 ignore_index has a loss and a gradient of 0
               when weight is absent: w = 1
               when convention is book: w = weight
               otherwise: (in words) w is the weights along the axis of the classes
               then: c = shape(x)[axis]; q = softmax(x, axis=axis);
                 t = w * ((1 - label_smoothing) * p + label_smoothing / c);
                 loss = -sum(where(t == 0, 0, t * log(q)), axis=axis, keepdims=true)
    Gradient:  dx = dout / n * (q * sum(t, axis=axis, keepdims=true) - t);
               dlabels = -dout / n * w * (1 - label_smoothing) * log(q)
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
