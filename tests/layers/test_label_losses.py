"""Losses of classes: what they give at their edges, how they read labels, weigh classes, and what they refuse."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import backpropcli as bp
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.errors import DataError, ShapeError

INF, NAN = math.inf, math.nan
CLASSES = [name for name, (family, _) in LAYERS.items() if family == "label_losses"]


def test_a_certain_sample_loses_0_and_not_minus_0() -> None:
    """Of all classes but its own the probability is 0."""
    assert math.copysign(1, layer_class("nll")().forward(np.array([0.0]), np.array(0.0))) == 1
    assert math.copysign(1, layer_class("cross_entropy")().forward(np.array([7.0]), np.array(0.0))) == 1


@pytest.mark.parametrize("label", [0, 1])
def test_cross_entropy_is_exact_far_apart(label: int) -> None:
    """Logits 0 and 100: PyTorch and JAX give 0 for the smaller numbers, which are exp(-100)."""
    tail = math.exp(-100)
    made = layer_class("cross_entropy")()
    value = made.forward(np.array([0.0, 100.0]), np.array(float(label)))
    dx, dlabels = made.backward(np.float64(1))
    assert value == pytest.approx((100, tail)[label], rel=1e-15, abs=0)
    assert dx.tolist() == pytest.approx(([-1, 1], [tail, -tail])[label], rel=1e-15, abs=0)
    assert dlabels is None


@pytest.mark.parametrize(("label", "value", "dx"), [(0, 1000, [-1, 1]), (1, 0, [0, 0])])
def test_cross_entropy_does_not_overflow(label: int, value: float, dx: list[float]) -> None:
    """Logits 0 and 1000: exp(-1000) is 0, exp(1000) is never computed."""
    made = layer_class("cross_entropy")()
    assert made.forward(np.array([0.0, 1000.0]), np.array(float(label))) == value
    assert made.backward(np.float64(1))[0].tolist() == dx


def test_equal_largest_logits() -> None:
    """Both are at the top, and only one of them is taken out of the sum."""
    made = layer_class("cross_entropy")()
    assert made.forward(np.array([50.0, 50.0, 0.0]), np.array(0.0)) == pytest.approx(math.log(2), rel=1e-15, abs=0)
    third = math.exp(-50) / 2
    assert made.backward(np.float64(1))[0].tolist() == pytest.approx([-0.5, 0.5, third], rel=1e-14, abs=0)


def test_a_masked_class() -> None:
    """A logit of -inf has probability 0: nothing for the others, an infinite loss for its own label."""
    logits = np.array([0.0, -INF])
    for labels, value in (([1.0, 0.0], 0), ([0.0, 1.0], INF), ([0.5, 0.5], INF)):
        made = layer_class("cross_entropy")()
        with arrays.quiet():
            assert made.forward(logits, np.array(labels)) == value
        assert made.backward(np.float64(1))[0].tolist() == [1 - labels[0], -labels[1]]


def test_nll_of_probability_0() -> None:
    """Its logarithm is -inf: 0 * -inf counts nothing."""
    made = layer_class("nll")()
    assert made.forward(np.array([0.0, -INF]), np.array([1.0, 0.0])) == 0
    assert made.forward(np.array([0.0, -INF]), np.array(1.0)) == INF


@pytest.mark.parametrize("name", CLASSES)
def test_one_hot_labels_give_what_class_numbers_give(name: str) -> None:
    """Value and dx, bit by bit."""
    x = np.array([[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]])
    hot, numbered = layer_class(name)(), layer_class(name)()
    assert hot.forward(x, np.array([[0.0, 0, 1], [1, 0, 0]])) == numbered.forward(x, np.array([2.0, 0.0]))
    np.testing.assert_array_equal(hot.backward(np.float64(0.5))[0], numbered.backward(np.float64(0.5))[0])
    assert numbered.backward(np.float64(0.5))[1] is None
    assert hot.backward(np.float64(0.5))[1].shape == x.shape


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("convention", ["book", "torch"])
def test_a_vector_is_one_sample(name: str, convention: str) -> None:
    """The book divides the gradient of a one-hot vector by the number of classes."""
    x, labels = np.array([0.5, -1.5, 2.0]), np.array([0.0, 1.0, 0.0])
    one, many = layer_class(name)(convention=convention), layer_class(name)(convention=convention)
    assert one.forward(x, labels) == many.forward(x[None], labels[None])
    np.testing.assert_array_equal(one.backward(np.float64(1))[0], many.backward(np.float64(1))[0][0])


def test_softmax_with_loss_by_the_book() -> None:
    """The gradient is (y - t) / batch: logits 0 and log(3) have probabilities 1/4 and 3/4."""
    made = layer_class("softmax_with_loss")()
    logits = np.array([[0.0, math.log(3)], [0.0, math.log(3)]])
    assert made.forward(logits, np.array([0.0, 1.0])) == pytest.approx((math.log(4) + math.log(4 / 3)) / 2, rel=1e-15)
    dx, _ = made.backward(np.float64(2))
    np.testing.assert_allclose(dx, [[-0.75, 0.75], [0.25, -0.25]], rtol=1e-15)


def test_softmax_with_loss_takes_soft_labels_as_they_are() -> None:
    """The book's forward takes their largest only, and its backward all of them."""
    made = layer_class("softmax_with_loss")()
    value = made.forward(np.array([0.0, math.log(3)]), np.array([0.5, 0.5]))
    assert value == pytest.approx((math.log(4) + math.log(4 / 3)) / 2, rel=1e-15, abs=0)


@pytest.mark.parametrize("name", ["cross_entropy", "softmax_with_loss"])
def test_an_ignored_label_counts_in_no_mean(name: str) -> None:
    """The loss of the other sample alone is log(1 + e), and its gradient the difference of the probabilities."""
    made = layer_class(name)(ignore_index=-100)
    value = made.forward(np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([0.0, -100.0]))
    assert value == pytest.approx(1.3132616875182228, rel=1e-15, abs=0)
    dx, dlabels = made.backward(np.float64(1))
    assert dx == pytest.approx(np.array([[-0.7310585786300049, 0.7310585786300049], [0, 0]]), rel=1e-15, abs=0)
    assert dlabels is None


def test_a_smoothed_label_is_a_label_of_probabilities() -> None:
    """A tenth of it is spread over three classes."""
    x, p = np.array([[2.0, 1.0, 0.1]]), [[0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3]]
    smoothed, spelled = layer_class("cross_entropy")(label_smoothing=0.1), layer_class("cross_entropy")()
    for made, labels in ((smoothed, np.array([0.0])), (smoothed, np.array([[1.0, 0, 0]])), (spelled, np.array(p))):
        assert made.forward(x, labels) == pytest.approx(0.5136966829445002, rel=1e-15, abs=0)
        gradient = made.backward(np.float64(1))[0]
        wanted = [[-0.27433219444736545, 0.20909963737138057, 0.06523255707598485]]
        assert gradient == pytest.approx(np.array(wanted), rel=1e-14, abs=0)


@pytest.mark.parametrize(("reduction", "value"), [("none", [4, 3]), ("sum", 7), ("mean", 1.4)])
def test_weights_of_classes(reduction: str, value: Any) -> None:
    """Losses 2 and 1 of classes with the weights 2 and 3; a mean is over the weights, 5."""
    made = layer_class("nll")(reduction=reduction)
    found = made.forward(np.array([[-2.0, 0.0], [0.0, -1.0]]), np.array([0.0, 1.0]), np.array([2.0, 3.0]))
    assert found == pytest.approx(value, rel=1e-15, abs=0)
    dx, *others = made.backward(np.ones_like(found))
    assert dx == pytest.approx(np.array([[-2.0, 0], [0, -3]]) / (5 if reduction == "mean" else 1), rel=1e-15, abs=0)
    assert others == [None, None]


def test_a_class_of_weight_0_may_be_impossible() -> None:
    """Its infinite loss counts nothing, neither as a class number nor as a probability."""
    x, weight = np.array([[0.0, -INF]]), np.array([1.0, 0.0])
    for labels in (np.array([1.0]), np.array([[0.25, 0.75]])):
        made = layer_class("nll")(reduction="sum")
        with arrays.quiet():
            assert made.forward(x, labels, weight) == 0
            assert made.backward(np.float64(1))[0].tolist()[0][1] == 0


def test_weights_and_means_are_exact_on_fractions() -> None:
    found = bp.eval_formula("nll(x, t, w)", exact=True, x=[["-1/3", "0"], ["0", "-1"]], t=[0, 1], w=[1, "1/2"])
    assert found.run.domain.flat(found.value) == [Fraction(5, 9)]


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("weight", [[1.0], [1.0, 2.0], 1.0, [[1.0, 2.0, 3.0]]])
def test_weights_that_do_not_fit_are_refused(name: str, weight: Any) -> None:
    with pytest.raises(ShapeError, match=r"x is \(1, 3\), weight is .*; it must be \(3,\), a number for each class"):
        bp.eval_formula(f"{name}(x, labels, w)", x=[[1.0, 2.0, 3.0]], labels=[0], w=weight)


@pytest.mark.parametrize("label_smoothing", [-0.1, 1.5, NAN])
def test_a_smoothing_that_is_no_share_is_refused(label_smoothing: float) -> None:
    with pytest.raises(ValueError, match=f"label_smoothing must be from 0 to 1, not {label_smoothing}"):
        layer_class("cross_entropy")(label_smoothing=label_smoothing)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    ("x", "labels", "error", "message"),
    [
        ([[1.0, 2.0, 3.0]], [3], DataError, r"the label 3 is not a whole number from 0 .* 3"),
        ([[1.0, 2.0, 3.0]], [-1], DataError, "the label -1 is not a whole number from 0"),
        ([[1.0, 2.0, 3.0]], [0.5], DataError, r"the label 0\.5 is not a whole number"),
        ([[1.0, 2.0, 3.0]], [NAN], DataError, "the label nan is not a whole number"),
        ([[1.0, 2.0, 3.0]], [INF], DataError, "the label inf is not a whole number"),
        ([[1.0, 2.0, 3.0]], [0, 1], ShapeError, r"x is \(1, 3\), labels is \(2,\); .* of shape \(1,\) or .* \(1, 3\)"),
        ([[1.0, 2.0, 3.0]], 0, ShapeError, r"labels is \(\)"),
        ([1.0, 2.0, 3.0], [[0, 0, 1]], ShapeError, r"class numbers of shape \(\) or probabilities of shape \(3,\)"),
        (1.0, 0.0, ShapeError, "x is a number, but it must have an axis of classes"),
    ],
)
def test_labels_that_do_not_fit_are_refused(name: str, x: Any, labels: Any, error: type, message: str) -> None:
    """The error names the layer, the label and the number of classes."""
    with pytest.raises(error, match=f"{name} out: .*{message}"):
        bp.eval_formula(f"{name}(x, labels)", x=x, labels=labels)


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((1, 3, 2, 2), "convention torch has the classes on axis 1"),
        ((1, 3, 2), "convention torch has the classes on axis 1"),
        ((1, 3), None),
    ],
)
def test_images_in_the_order_of_pytorch_get_a_hint(shape: tuple[int, ...], hint: str | None) -> None:
    """The book's convention has the classes on the last axis; rows of numbers have no other."""
    with pytest.raises(ShapeError) as caught:
        bp.eval_formula("cross_entropy(x, labels)", x=np.zeros(shape), labels=np.zeros((1, 2, 2)))
    assert [problem.hint for problem in caught.value.problems] == [hint]


def test_without_a_class_there_is_nothing_to_smooth() -> None:
    layer = layer_class("softmax_with_loss")(label_smoothing=0.5)
    empty = np.zeros((2, 0))
    assert layer.forward(empty, empty) == 0
