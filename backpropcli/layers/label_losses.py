"""Losses of log-probabilities and logits against labels of many classes."""

from __future__ import annotations

from typing import ClassVar

from backpropcli.domains import Value, namespace
from backpropcli.errors import Problem, ShapeError
from backpropcli.layers.base import Convention, Sample, sample
from backpropcli.layers.losses import Loss, Reduction
from backpropcli.layers.softmax import LogSoftmax

INF = float("inf")


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

    computes_as_written = True
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

    def as_lines_take(self, x: Value, labels: Value, *weight: Value) -> tuple[Value, ...]:
        """Class numbers as one-hot vectors, where each sample counts as much as every other."""
        if weight or self.ignore_index is not None:
            return x, labels, *weight
        self.xp, self.x, self.axis = namespace(x, labels), x, self._axis_of_classes(x)
        return x, self._as_probabilities(labels)

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

    computes_as_written = False
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
        classes = max(xp.shape(p)[self.axis], 1)  # without any, there is nothing to smooth
        found = (1 - self.label_smoothing) * p + self.label_smoothing / classes
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
