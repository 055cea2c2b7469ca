"""Losses and indices of users: labels need no gradient, and a loss need not take a dout."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from users_layers import graded, wrong


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class CrossEntropy:
    """Class numbers or one-hot labels; backward gives the gradient of x only."""

    def forward(self, x: Any, t: Any) -> Any:
        self.t = t if t.ndim == 1 else t.argmax(axis=1)
        self.y = softmax(x)
        return -np.log(self.y[np.arange(len(x)), self.t]).mean()

    def backward(self, dout: Any = 1) -> Any:
        dx = self.y.copy()
        dx[np.arange(len(dx)), self.t] -= 1
        return dout * dx / len(dx)


class LastLayer(CrossEntropy):
    """Leaves dout out."""

    def backward(self, dout: Any = 1) -> Any:  # noqa: ARG002 - the fault: it is not used
        return super().backward(1)


class PlusConstant(CrossEntropy):
    """Keeps the logarithm finite, which backward does not know."""

    def forward(self, x: Any, t: Any) -> Any:
        super().forward(x, t)
        return -np.log(self.y[np.arange(len(x)), self.t] + 1e-7).mean()


class NotAveraged(CrossEntropy):
    """Sums where forward has a mean."""

    def backward(self, dout: Any = 1) -> Any:
        return super().backward(dout) * len(self.y)


class Embedding:
    """Class numbers index rows of the object's own table."""

    def __init__(self, W: Any) -> None:
        self.W = W

    def forward(self, idx: Any) -> Any:
        self.idx = idx
        return self.W[idx]

    def backward(self, dout: Any) -> None:
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, dout)


class Overwriting(Embedding):
    """Rows that are taken twice have the gradient of the last."""

    def backward(self, dout: Any) -> None:
        self.dW = np.zeros_like(self.W)
        self.dW[self.idx] = dout


@pytest.mark.parametrize("cls", [CrossEntropy, Embedding])
def test_labels_and_indices_need_no_gradient(cls: Any) -> None:
    assert graded(cls).is_right
    assert not graded(cls).notes


def test_wrong_gradients_beside_labels_are_wrong() -> None:
    assert wrong(graded(NotAveraged)) == ["x"]
    assert wrong(graded(Overwriting)) == ["W"]


def test_whole_numbers_that_are_given_stay_whole_numbers() -> None:
    assert graded(CrossEntropy, [[0.5, -1.0, 2.0]], [2]).is_right


class Product:
    """An input that has a gradient is none the less wrong where backward forgets it."""

    def forward(self, x: Any, y: Any) -> Any:
        self.y = y
        return x * y

    def backward(self, dout: Any) -> Any:
        return dout * self.y


def test_an_input_that_moves_the_value_is_no_label() -> None:
    assert graded(Product).is_wrong


@pytest.mark.parametrize(
    ("cls", "note"),
    [(LastLayer, "right only for an upstream gradient of 1"), (PlusConstant, "right to 4 digits, not to 6")],
)
def test_what_people_do_on_purpose_is_right_with_a_note(cls: Any, note: str) -> None:
    report = graded(cls)
    assert report.is_right
    assert report.notes[0].startswith(note)


class Rescaled(CrossEntropy):
    """Writes into dout, which is a number: there is nothing to write into."""

    def backward(self, dout: Any = 1) -> Any:
        dout *= 2
        return super().backward(dout) / 2


class Reusing(CrossEntropy):
    """Computes the gradient in the array that forward kept, as a second backward would notice."""

    def backward(self, dout: Any = 1) -> Any:
        dx = self.y
        dx[np.arange(len(dx)), self.t] -= 1
        dx *= dout / len(dx)
        return dx


def test_a_dout_that_is_a_number_cannot_be_changed() -> None:
    report = graded(Rescaled)
    assert report.is_right
    assert not report.notes


def test_a_backward_that_runs_once_is_right_with_a_note() -> None:
    report = graded(Reusing)
    assert report.is_right
    assert report.notes == (
        "right, but backward computes in the arrays that forward kept: a second backward gives something else",
    )


class LabelledSteps:
    """Classes for each step of a sequence."""

    def forward(self, xs: Any, ts: Any) -> Any:
        batch, steps, _ = xs.shape
        self.place = np.arange(batch)[:, None], np.arange(steps), ts
        e = np.exp(xs - xs.max(axis=2, keepdims=True))
        self.y = e / e.sum(axis=2, keepdims=True)
        return -np.log(self.y[self.place]).sum()

    def backward(self, dout: Any) -> Any:
        dx = self.y.copy()
        dx[self.place] -= 1
        return dout * dx


class DoubledSteps(LabelledSteps):
    """Is twice too large."""

    def backward(self, dout: Any) -> Any:
        return 2 * super().backward(dout)


def test_each_step_of_a_sequence_may_have_a_label() -> None:
    assert graded(LabelledSteps).is_right
    assert wrong(graded(DoubledSteps)) == ["xs"]


class Probabilities:
    """Cuts off what is no probability, which backward does not know."""

    def forward(self, y_pred: Any, y_true: Any) -> Any:
        self.p, self.t = np.clip(y_pred, 1e-7, 1 - 1e-7), y_true
        return -np.log(self.p[np.arange(len(self.p)), y_true]).sum()

    def backward(self, dout: Any) -> Any:
        dx = np.zeros_like(self.p)
        rows = np.arange(len(dx))
        dx[rows, self.t] = -dout / self.p[rows, self.t]
        return dx


def test_predictions_are_probabilities() -> None:
    assert graded(Probabilities).is_right


def squared_error(first: str, second: str, prediction: str, factor: float = 2.0, *, is_static: bool = False) -> type:
    """The mean squared error of a prediction, whatever its arguments are called and however they stand."""
    other = second if prediction == first else first
    marker, self_ = ("    @staticmethod\n", "") if is_static else ("", "self, ")
    source = (
        f"class SquaredError:\n"
        f"{marker}    def loss({self_}{first}, {second}):\n"
        f"        return (({prediction} - {other}) ** 2).mean()\n"
        f"{marker}    def grad({self_}{first}, {second}):\n"
        f"        return {factor} * ({prediction} - {other}) / {other}.size\n"
    )
    made: dict[str, Any] = {}
    exec(source, made)  # arguments have names in the source only
    cls: type = made["SquaredError"]
    return cls


@pytest.mark.parametrize(
    ("first", "second", "prediction"),
    [
        ("y_true", "y_pred", "y_pred"),
        ("y", "y_hat", "y_hat"),
        ("t", "y", "y"),
        ("target", "pred", "pred"),
        ("labels", "logits", "logits"),
        ("y", "output", "output"),
        ("y_hat", "y", "y_hat"),
        ("predicted", "actual", "predicted"),
        ("output", "y", "output"),
    ],
)
@pytest.mark.parametrize("is_static", [False, True])
def test_which_input_is_the_label_is_told_by_the_names(
    first: str, second: str, prediction: str, is_static: bool
) -> None:
    assert graded(squared_error(first, second, prediction, is_static=is_static)).is_right
    assert graded(squared_error(first, second, prediction, is_static=is_static), [1.0, 2.0], [0.5, 3.0]).is_right
    assert wrong(graded(squared_error(first, second, prediction, 3.0, is_static=is_static))) == [prediction]


class FailingLoss:
    """Neither is a dout taken nor does forward run."""

    def forward(self, x: Any, t: Any) -> Any:
        raise ValueError(f"no such class: {t} of {x}")

    def backward(self) -> Any:
        return 1


def test_a_forward_that_fails_is_told_where_backward_takes_no_dout() -> None:
    report = graded(FailingLoss, [[1.0, 2.0]], [1])
    assert not report.is_right
    assert "no such class" in report.problems[0].message


class OneHotCrossEntropy:
    """Adds a constant within the logarithm, which counts the more the larger the labels are."""

    def forward(self, x: Any, t: Any) -> Any:
        self.t, self.y = t, softmax(np.atleast_2d(x))
        return -np.sum(t * np.log(self.y + 1e-7)) / len(self.y)

    def backward(self, dout: Any = 1) -> Any:
        return dout * (self.y - self.t) / len(self.y)


def test_a_constant_within_the_logarithm_is_forgiven_far_from_the_labels_too() -> None:
    assert graded(OneHotCrossEntropy).is_right


class ConfidenceOfTheClass:
    """Right for labels that are one-hot only: the logarithm of a sum, the sum of slopes of logarithms."""

    def forward(self, y_pred: Any, y_true: Any) -> Any:
        self.p, self.t = y_pred, y_true
        return -np.log(np.atleast_2d(y_pred * y_true).sum(axis=1)).sum()

    def backward(self, dout: Any = 1) -> Any:
        return -dout * self.t / self.p


def test_a_loss_of_classes_is_not_tried_far_from_them() -> None:
    assert graded(ConfidenceOfTheClass).is_right
