"""Losses give the values and gradients of PyTorch where the two mean the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from counterparts import exported
from peer import Array, F, Shape, compare, draw, draw_shares, draw_whole, make

REDUCTIONS = ("none", "sum", "mean")
SHAPES = ((5,), (4, 3), (1, 3), (4, 1), (2, 3, 4), (), (0,), (0, 3), (1,))
SAMPLES_OF_CLASSES = ((3, 4), (1, 4), (3, 1), (6,), (1,), (2, 3, 4), (2, 3, 1), (2, 3, 4, 2), (0, 3))


def signed(shape: Shape, seed: int = 1) -> Array:
    return draw(shape, scale=3, seed=seed)[0]


def bit(shape: Shape, seed: int = 1) -> Array:
    return draw_whole(0, 2, shape, seed=seed)


ELEMENTWISE: list[tuple[str, dict[str, Any], Callable[..., Array], Callable[..., Array]]] = [
    ("mse", {}, signed, signed),
    ("l1", {}, signed, signed),
    ("smooth_l1", {}, signed, signed),
    ("smooth_l1", {"beta": 2.5}, signed, signed),
    ("smooth_l1", {"beta": 0.0}, signed, signed),
    ("huber", {}, signed, signed),
    ("huber", {"delta": 2.5}, signed, signed),
    ("bce", {}, draw_shares, draw_shares),
    ("bce", {}, draw_shares, bit),
    ("bce_with_logits", {}, signed, draw_shares),
    ("bce_with_logits", {}, signed, bit),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "parameters", "draw_x", "draw_target"), ELEMENTWISE)
def test_losses_of_elements(
    name: str, parameters: dict[str, Any], draw_x: Any, draw_target: Any, reduction: str, shape: Shape
) -> None:
    """Value and both gradients, for a random dout."""
    inputs = [draw_x(shape), draw_target(shape, seed=3)]
    given = {"reduction": reduction, "convention": "torch", **parameters}
    compare(make(name, **given), exported(name, **given), inputs)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sum_squared_error(shape: Shape) -> None:
    """Half of the summed squares."""
    inputs = [signed(shape), signed(shape, seed=3)]
    compare(make("sum_squared_error"), exported("sum_squared_error"), inputs)


@pytest.mark.parametrize("name", ["mse", "l1", "huber", "bce_with_logits"])
def test_the_books_mean_is_the_sum_over_the_batch(name: str) -> None:
    """PyTorch's sum divided by the length of the first axis."""
    inputs = [signed((4, 3)), draw_shares((4, 3), seed=3)]
    compare(make(name), exported(name), inputs)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4)], ids=str)
def test_a_target_that_is_a_number(shape: Shape) -> None:
    """It is compared with every element, and its gradient is the sum over them."""
    inputs = [signed(shape), np.array(0.75)]
    made = make("mse", convention="torch")
    compare(made, lambda x, target: F.mse_loss(x, target.expand(shape)), inputs)


@pytest.mark.parametrize("shape", SAMPLES_OF_CLASSES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["nll", "cross_entropy", "softmax_with_loss"])
def test_class_numbers(name: str, reduction: str, shape: Shape) -> None:
    """Labels that are class numbers have no gradient."""
    class_axis = 1 if len(shape) > 1 else 0
    labels = draw_whole(0, shape[class_axis], shape[:class_axis] + shape[class_axis + 1 :])
    theirs = F.nll_loss if name == "nll" else F.cross_entropy
    made = make(name, reduction=reduction, convention="torch")
    compare(made, lambda x, labels: theirs(x, labels.long(), reduction=reduction), [signed(shape), labels])


@pytest.mark.parametrize("shape", SAMPLES_OF_CLASSES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["cross_entropy", "softmax_with_loss"])
def test_probabilities_as_labels(name: str, reduction: str, shape: Shape) -> None:
    """Their gradient is PyTorch's too, also where they do not add up to 1."""
    inputs = [signed(shape), draw_shares(shape, seed=3)]
    made = make(name, reduction=reduction, convention="torch")
    compare(made, lambda x, target: F.cross_entropy(x, target, reduction=reduction), inputs)


OPTIONS: list[dict[str, Any]] = [
    {"ignore_index": -100},
    {"ignore_index": 1},
    {"label_smoothing": 0.1},
    {"label_smoothing": 1.0},
    {"ignore_index": -100, "label_smoothing": 0.25},
]


def weights(shape: Shape) -> Array:
    """One for each class."""
    return draw_shares((shape[1 if len(shape) > 1 else 0],), seed=5)


@pytest.mark.parametrize("shape", [(3, 4), (6,), (2, 3, 4), (2, 3, 4, 2)], ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("options", [{}, *OPTIONS], ids=str)
@pytest.mark.parametrize("is_weighted", [False, True])
@pytest.mark.parametrize("name", ["nll", "cross_entropy", "softmax_with_loss"])
def test_options_of_class_numbers(
    name: str, is_weighted: bool, options: dict[str, Any], reduction: str, shape: Shape
) -> None:
    """Weights, what is ignored, and smoothing, each alone and together; some labels are ignored."""
    if name == "nll":
        options = {key: value for key, value in options.items() if key != "label_smoothing"}
    labels = draw_whole(0, shape[min(len(shape) - 1, 1)], shape[:1] + shape[2:] if len(shape) > 1 else ())
    if options.get("ignore_index") == -100 and labels.size > 1:
        labels.flat[::2] = -100
    theirs = F.nll_loss if name == "nll" else F.cross_entropy
    made = make(name, reduction=reduction, convention="torch", **options)
    inputs = [signed(shape), labels, *([weights(shape)] if is_weighted else [])]
    compare(
        made,
        lambda x, labels, weight=None: theirs(
            x, labels.long(), weight=None if weight is None else weight.detach(), reduction=reduction, **options
        ),
        inputs,
    )


@pytest.mark.parametrize("shape", [(3, 4), (6,), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("label_smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_options_of_probabilities(is_weighted: bool, label_smoothing: float, reduction: str, shape: Shape) -> None:
    """The mean is over the samples, whatever their weights."""
    options: dict[str, Any] = {"reduction": reduction, "label_smoothing": label_smoothing}
    made = make("cross_entropy", convention="torch", **options)
    inputs = [signed(shape), draw_shares(shape, seed=3), *([weights(shape)] if is_weighted else [])]
    compare(
        made,
        lambda x, target, weight=None: F.cross_entropy(
            x, target, weight=None if weight is None else weight.detach(), **options
        ),
        inputs,
        floor=1e-15,
    )


def test_all_labels_are_ignored() -> None:
    """The mean of none is nan, and so are its gradients; in a sum they are 0."""
    inputs = [signed((2, 3)), np.full(2, -100.0)]
    for reduction in REDUCTIONS:
        made = make("cross_entropy", convention="torch", ignore_index=-100, reduction=reduction)
        compare(made, lambda x, labels, r=reduction: F.cross_entropy(x, labels.long(), reduction=r), inputs)


@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 2, 5, 3)], ids=str)
@pytest.mark.parametrize("name", ["nll", "cross_entropy"])
def test_the_books_classes_are_on_the_last_axis(name: str, shape: Shape) -> None:
    """PyTorch's are on the second; the mean is over the same samples."""
    theirs = F.nll_loss if name == "nll" else F.cross_entropy
    compare(
        make(name),
        lambda x, labels: theirs(x.movedim(-1, 1).contiguous(), labels.long()),
        [signed(shape), draw_whole(0, shape[-1], shape[:-1])],
    )
