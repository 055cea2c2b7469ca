"""Losses give the values and gradients of PyTorch, in float64, where the two mean the same."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from backpropcli.domains import arrays
from backpropcli.layers import layer_class

torch = pytest.importorskip("torch")
F = torch.nn.functional

REDUCTIONS = ("none", "sum", "mean")
SHAPES = ((5,), (4, 3), (1, 3), (4, 1), (2, 3, 4), (), (0,), (0, 3), (1,))
SAMPLES_OF_CLASSES = ((3, 4), (1, 4), (3, 1), (6,), (1,), (2, 3, 4), (2, 3, 1), (2, 3, 4, 2), (0, 3))
RELATIVE = 1e-10


def signed(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.asarray(rng.normal(size=shape) * 3)


def share(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.asarray(rng.uniform(0.01, 0.99, size=shape))


def bit(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.asarray(rng.integers(0, 2, size=shape)).astype(float)


ELEMENTWISE: list[tuple[str, dict[str, Any], Any, Any, Any]] = [
    ("mse", {}, F.mse_loss, signed, signed),
    ("l1", {}, F.l1_loss, signed, signed),
    ("smooth_l1", {}, F.smooth_l1_loss, signed, signed),
    ("smooth_l1", {"beta": 2.5}, F.smooth_l1_loss, signed, signed),
    ("smooth_l1", {"beta": 0.0}, F.smooth_l1_loss, signed, signed),
    ("huber", {}, F.huber_loss, signed, signed),
    ("huber", {"delta": 2.5}, F.huber_loss, signed, signed),
    ("bce", {}, F.binary_cross_entropy, share, share),
    ("bce", {}, F.binary_cross_entropy, share, bit),
    ("bce_with_logits", {}, F.binary_cross_entropy_with_logits, signed, share),
    ("bce_with_logits", {}, F.binary_cross_entropy_with_logits, signed, bit),
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "parameters", "theirs", "draw", "draw_target"), ELEMENTWISE)
def test_losses_of_elements(
    name: str, parameters: dict[str, Any], theirs: Any, draw: Any, draw_target: Any, reduction: str, shape: Any
) -> None:
    """Value and both gradients, for a random dout."""
    rng = np.random.default_rng(1)
    inputs = [draw(rng, shape), draw_target(rng, shape)]
    made = layer_class(name)(reduction=reduction, convention="torch", **parameters)
    compare(made, inputs, lambda x, target: theirs(x, target, reduction=reduction, **parameters), rng)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sum_squared_error(shape: tuple[int, ...]) -> None:
    """Half of the summed squares."""
    rng = np.random.default_rng(2)
    inputs = [signed(rng, shape), signed(rng, shape)]
    compare(layer_class("sum_squared_error")(), inputs, lambda x, t: F.mse_loss(x, t, reduction="sum") / 2, rng)


@pytest.mark.parametrize("name", ["mse", "l1", "huber", "bce_with_logits"])
def test_the_books_mean_is_the_sum_over_the_batch(name: str) -> None:
    """PyTorch's sum divided by the length of the first axis."""
    rng = np.random.default_rng(3)
    theirs = {"mse": F.mse_loss, "l1": F.l1_loss, "huber": F.huber_loss}.get(name, F.binary_cross_entropy_with_logits)
    inputs = [signed(rng, (4, 3)), share(rng, (4, 3))]
    compare(layer_class(name)(), inputs, lambda x, target: theirs(x, target, reduction="sum") / 4, rng)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 4)], ids=str)
def test_a_target_that_is_a_number(shape: tuple[int, ...]) -> None:
    """It is compared with every element, and its gradient is the sum over them."""
    rng = np.random.default_rng(4)
    inputs = [signed(rng, shape), np.array(0.75)]
    made = layer_class("mse")(convention="torch")
    compare(made, inputs, lambda x, target: F.mse_loss(x, target.expand(shape)), rng)


@pytest.mark.parametrize("shape", SAMPLES_OF_CLASSES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["nll", "cross_entropy", "softmax_with_loss"])
def test_class_numbers(name: str, reduction: str, shape: tuple[int, ...]) -> None:
    """Labels that are class numbers have no gradient."""
    rng = np.random.default_rng(5)
    x = signed(rng, shape)
    class_axis = 1 if len(shape) > 1 else 0
    labels = rng.integers(0, shape[class_axis], size=shape[:class_axis] + shape[class_axis + 1 :])
    theirs = F.nll_loss if name == "nll" else F.cross_entropy
    made = layer_class(name)(reduction=reduction, convention="torch")
    compare(
        made, [x, np.asarray(labels, float)], lambda a, _: theirs(a, torch.as_tensor(labels), reduction=reduction), rng
    )


@pytest.mark.parametrize("shape", SAMPLES_OF_CLASSES, ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["cross_entropy", "softmax_with_loss"])
def test_probabilities_as_labels(name: str, reduction: str, shape: tuple[int, ...]) -> None:
    """Their gradient is PyTorch's too, also where they do not add up to 1."""
    rng = np.random.default_rng(6)
    inputs = [signed(rng, shape), share(rng, shape)]
    made = layer_class(name)(reduction=reduction, convention="torch")
    compare(made, inputs, lambda x, target: F.cross_entropy(x, target, reduction=reduction), rng)


@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 2, 5, 3)], ids=str)
@pytest.mark.parametrize("name", ["nll", "cross_entropy"])
def test_the_books_classes_are_on_the_last_axis(name: str, shape: tuple[int, ...]) -> None:
    """PyTorch's are on the second; the mean is over the same samples."""
    rng = np.random.default_rng(7)
    labels = rng.integers(0, shape[-1], size=shape[:-1])
    theirs = F.nll_loss if name == "nll" else F.cross_entropy
    compare(
        layer_class(name)(),
        [signed(rng, shape), labels.astype(float)],
        lambda x, _: theirs(x.movedim(-1, 1).contiguous(), torch.as_tensor(labels)),
        rng,
    )


def compare(made: Any, inputs: list[Any], theirs: Any, rng: np.random.Generator) -> None:
    """Value and gradients of a layer and of a function of PyTorch agree for a random dout."""
    tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using a target size", category=UserWarning)
        wanted = theirs(*tensors)
    with arrays.quiet():
        value = made.forward(*inputs)
        assert np.shape(value) == tuple(wanted.shape)
        dout = np.asarray(rng.normal(size=np.shape(value)))
        gradients = made.backward(dout)
    wanted.backward(torch.as_tensor(dout))
    close(value, wanted.detach().numpy())
    for gradient, x, tensor in zip(gradients, inputs, tensors, strict=True):
        if tensor.grad is None:
            assert gradient is None
        else:
            assert np.shape(gradient) == x.shape
            close(gradient, tensor.grad.numpy())


def close(found: Any, wanted: Any) -> None:
    """Within 1e-10, element by element, but for the last digits of the largest number, where PyTorch cancels."""
    scale = np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted))
    np.testing.assert_allclose(found, wanted, rtol=RELATIVE, atol=1e-14 * scale)
