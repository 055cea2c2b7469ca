"""Network layers give the values and gradients of PyTorch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from counterparts import exported
from peer import F, Shape, close, compare, draw, draw_whole, make, torch

LEFT_OF_0 = 1e-13
"""The gradient of one normalized number is 0, that of two almost; PyTorch has the rounding error of larger numbers."""


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(5, 3), (3,), (1, 1), (0, 3), (2, 4, 3), (2, 1, 4, 3), (2, 0, 3)], ids=str)
def test_affine(shape: Shape, bias: bool) -> None:
    """F.linear, on any number of axes."""
    inputs = draw(shape, (4, shape[-1]), (4,))
    compare(make("affine", convention="torch"), F.linear, inputs if bias else inputs[:2])


def test_affine_of_the_book_is_linear_after_flatten() -> None:
    """An image is one row, and w is the other way round."""
    inputs = draw((2, 3, 2, 2), (12, 5), (5,))
    compare(make("affine"), lambda x, w, b: F.linear(x.flatten(1), w.T, b), inputs)


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,), (1, 1)], ids=str)
def test_embedding(shape: Shape) -> None:
    """F.embedding, rows looked up several times and not at all."""
    compare(make("embedding"), exported("embedding"), [*draw((5, 2)), draw_whole(0, 3, shape)])


@pytest.mark.parametrize("ratio", [0.0, 0.25, 1.0])
def test_dropout_in_use(ratio: float) -> None:
    """In convention torch nothing is done."""
    layer = make("dropout", convention="torch", train=False, ratio=ratio)
    compare(layer, lambda x: F.dropout(x, ratio, training=False), draw((4, 3)))


def test_dropout_of_everything() -> None:
    """A ratio of 1 leaves zeros, not nan."""
    compare(make("dropout", convention="torch", ratio=1.0), lambda x: F.dropout(x, 1.0), draw((4, 3)))


@pytest.mark.parametrize("seed", [0, 1])
def test_dropout_in_training(seed: int) -> None:
    """With the mask that PyTorch has drawn."""
    [x] = draw((20, 3))
    torch.manual_seed(seed)
    kept = (F.dropout(torch.ones(20, 3).double(), 0.25) != 0).double().numpy()

    def theirs(x: Any, _mask: Any) -> Any:
        torch.manual_seed(seed)
        return F.dropout(x, 0.25)

    compare(make("dropout", convention="torch", ratio=0.25), theirs, [x, kept])


BATCHES = [(5, 3), (2, 1), (2, 3, 1), (2, 3, 4), (4, 3, 2, 2), (1, 3, 2, 1), (2, 3, 2, 1, 2)]


@pytest.mark.parametrize("given", [0, 1, 2, 4])
@pytest.mark.parametrize("parameters", [{}, {"eps": 0.01, "momentum": 0.25}], ids=str)
@pytest.mark.parametrize("shape", BATCHES, ids=str)
def test_batch_norm_in_training(shape: Shape, parameters: dict[str, Any], given: int) -> None:
    """F.batch_norm, with its running statistics."""
    x, gamma, beta, mean, variance = draw(shape, *[(shape[1],)] * 4)
    inputs = [x, gamma, beta, mean, np.abs(variance)][: 1 + given]
    running = [torch.zeros(shape[1]).double(), torch.ones(shape[1]).double()]

    def theirs(x: Any, gamma: Any = None, beta: Any = None, mean: Any = None, variance: Any = None) -> Any:
        if mean is not None:
            running[:] = mean.detach().clone(), variance.detach().clone()
        return F.batch_norm(x, *running, gamma, beta, training=True, **parameters)

    layer = make("batch_norm", convention="torch", **parameters)
    compare(layer, theirs, inputs, floor=LEFT_OF_0)
    close(layer.running_mean, running[0])
    close(layer.running_var, running[1])


@pytest.mark.parametrize("shape", [*BATCHES, (1, 3), (0, 3)], ids=str)
def test_batch_norm_in_use(shape: Shape) -> None:
    """F.batch_norm by given statistics."""
    x, gamma, beta, mean, variance = draw(shape, *[(shape[1],)] * 4)
    inputs = [x, gamma, beta, mean, np.abs(variance)]
    layer = make("batch_norm", convention="torch", train=False)
    compare(layer, lambda x, g, b, m, v: F.batch_norm(x, m.detach(), v.detach(), g, b), inputs)


@pytest.mark.parametrize("shape", BATCHES, ids=str)
def test_batch_norm_of_the_book(shape: Shape) -> None:
    """The same per-channel function with the book's eps; momentum is the share kept, the running variance biased."""
    inputs = draw(shape, (shape[1],), (shape[1],))
    layer = make("batch_norm")
    compare(layer, lambda x, g, b: F.batch_norm(x, None, None, g, b, training=True, eps=1e-6), inputs, floor=LEFT_OF_0)
    variance, mean = torch.var_mean(torch.tensor(inputs[0]), (0, *range(2, len(shape))), correction=0)
    close(layer.running_mean, 0.1 * mean)
    close(layer.running_var, 0.1 * variance)


@pytest.mark.parametrize("given", [0, 1, 2])
@pytest.mark.parametrize(
    ("shape", "axes"), [((4, 3), 1), ((3,), 1), ((2, 1, 3), 2), ((2, 3, 4), 3), ((0, 3), 1), ((4, 1), 1)], ids=str
)
@pytest.mark.parametrize("eps", [1e-5, 0.01])
def test_layer_norm(shape: Shape, axes: int, eps: float, given: int) -> None:
    """F.layer_norm over the last axes."""
    last = shape[-axes:]
    compare(
        make("layer_norm", axes=axes, eps=eps),
        lambda x, *others: F.layer_norm(x, last, *others, eps=eps),
        draw(shape, last, last)[: 1 + given],
        floor=LEFT_OF_0,
    )


@pytest.mark.parametrize("given", [0, 1])
@pytest.mark.parametrize("eps", [None, 0.01])
@pytest.mark.parametrize(("shape", "axes"), [((4, 3), 1), ((3,), 1), ((2, 3, 4), 2), ((0, 3), 1), ((4, 1), 1)], ids=str)
def test_rms_norm(shape: Shape, axes: int, eps: float | None, given: int) -> None:
    """F.rms_norm, also with its own eps."""
    last = shape[-axes:]
    compare(
        make("rms_norm", axes=axes, **({} if eps is None else {"eps": eps})),
        lambda x, *others: F.rms_norm(x, last, *others, eps=eps),
        draw(shape, last)[: 1 + given],
        floor=LEFT_OF_0,
    )


@pytest.mark.parametrize("given", [0, 1, 2])
@pytest.mark.parametrize(
    ("shape", "groups"),
    [
        (shape, groups)
        for shape in [(3, 4, 5), (2, 4, 2, 3), (1, 8), (2, 4, 1, 1), (2, 4, 1, 2, 2)]
        for groups in [1, 2, 4]
        if math.prod(shape[1:]) > groups  # PyTorch refuses groups of one number
    ],
    ids=str,
)
def test_group_norm(shape: Shape, groups: int, given: int) -> None:
    """F.group_norm on any number of axes."""
    inputs = draw(shape, shape[1:2], shape[1:2])[: 1 + given]
    compare(
        make("group_norm", groups=groups), lambda x, *others: F.group_norm(x, groups, *others), inputs, floor=LEFT_OF_0
    )


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("stride", [1, 2, (2, 1)])
@pytest.mark.parametrize("pad", [0, 1, (0, 2)])
@pytest.mark.parametrize("dilation", [1, (1, 2)])
@pytest.mark.parametrize("groups", [1, 2])
def test_conv2d(stride: Any, pad: Any, dilation: Any, groups: int, bias: bool) -> None:
    """F.conv2d, over the grid of its parameters."""
    inputs = draw((2, 4, 6, 7), (6, 4 // groups, 3, 2), (6,))
    compare(
        make("conv2d", stride=stride, pad=pad, dilation=dilation, groups=groups),
        lambda x, w, b=None: F.conv2d(x, w, b, stride, pad, dilation, groups),
        inputs if bias else inputs[:2],
    )


@pytest.mark.parametrize(
    ("x", "w"),
    [
        ((1, 1, 1, 1), (1, 1, 1, 1)),
        ((0, 2, 4, 4), (3, 2, 2, 2)),
        ((2, 2, 1, 5), (3, 2, 1, 5)),
        ((1, 3, 5, 5), (1, 3, 5, 1)),
    ],
    ids=str,
)
def test_conv2d_on_edge_shapes(x: Shape, w: Shape) -> None:
    """Axes of length 1, an empty batch, a kernel as large as the image."""
    compare(make("conv2d"), F.conv2d, draw(x, w, w[:1]))


def test_depthwise_convolution() -> None:
    """Every channel in a group of its own, with two filters each."""
    inputs = draw((2, 3, 4, 4), (6, 1, 2, 2), (6,))
    compare(make("conv2d", groups=3), lambda x, w, b: F.conv2d(x, w, b, groups=3), inputs)


POOLS = [
    ({"kernel": 2}, {"kernel_size": 2}),
    ({"kernel": (3, 2)}, {"kernel_size": (3, 2)}),
    ({"kernel": 3, "stride": (2, 1)}, {"kernel_size": 3, "stride": (2, 1)}),
    ({"kernel": 3, "stride": 2, "pad": 1}, {"kernel_size": 3, "stride": 2, "padding": 1}),
    ({"kernel": (2, 4), "stride": 1, "pad": (1, 2)}, {"kernel_size": (2, 4), "stride": 1, "padding": (1, 2)}),
    ({"kernel": 1}, {"kernel_size": 1}),
]
IMAGES = [(2, 3, 6, 7), (1, 1, 4, 4), (0, 2, 5, 5)]


@pytest.mark.parametrize("shape", IMAGES, ids=str)
@pytest.mark.parametrize(("parameters", "theirs"), POOLS, ids=str)
def test_max_pool2d(parameters: dict[str, Any], theirs: dict[str, Any], shape: Shape) -> None:
    """F.max_pool2d in both conventions, of negative numbers, so that a padding of 0 would win."""
    inputs = [-np.abs(draw(shape)[0]) - 1]
    compare(make("max_pool2d", **parameters, convention="torch"), lambda x: F.max_pool2d(x, **theirs), inputs)
    book = {"stride": 1, **theirs}
    compare(make("max_pool2d", **parameters), lambda x: F.max_pool2d(x, **book), inputs)


@pytest.mark.parametrize(("parameters", "theirs"), POOLS, ids=str)
def test_max_pool2d_of_equal_numbers(parameters: dict[str, Any], theirs: dict[str, Any]) -> None:
    """The first of the largest numbers has the gradient, also where all are -inf, as the padding is."""
    x = draw_whole(0, 2, (2, 3, 6, 7))
    for image in (x, np.zeros_like(x), np.full_like(x, -np.inf)):
        compare(make("max_pool2d", **parameters, convention="torch"), lambda x: F.max_pool2d(x, **theirs), [image])


@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("shape", IMAGES, ids=str)
@pytest.mark.parametrize(("parameters", "theirs"), POOLS, ids=str)
def test_avg_pool2d(parameters: dict[str, Any], theirs: dict[str, Any], shape: Shape, count_include_pad: bool) -> None:
    """F.avg_pool2d, the padding counted or not."""
    compare(
        make("avg_pool2d", **parameters, convention="torch", count_include_pad=count_include_pad),
        lambda x: F.avg_pool2d(x, **theirs, count_include_pad=count_include_pad),
        draw(shape),
    )


@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(
    ("q", "k", "v"),
    [
        ((3, 4), (5, 4), (5, 2)),
        ((2, 3, 4), (2, 3, 4), (2, 3, 4)),
        ((2, 2, 5, 3), (2, 2, 4, 3), (2, 2, 4, 1)),
        ((1, 1), (1, 1), (1, 1)),
        ((2, 0, 3), (2, 4, 3), (2, 4, 1)),
    ],
    ids=str,
)
def test_attention(q: Shape, k: Shape, v: Shape, causal: bool, scale: float | None) -> None:
    """F.scaled_dot_product_attention, causal or not."""
    compare(
        make("attention", causal=causal, scale=scale),
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=causal, scale=scale),
        draw(q, k, v),
    )


@pytest.mark.parametrize("shape", [(4, 5), (2, 4, 5), (5,), (1, 1), (4, 1)], ids=str)
def test_attention_with_a_mask(shape: Shape) -> None:
    """A boolean mask; one query may see no key, and has zeros."""
    mask = draw_whole(0, 2, shape)
    if shape[-2:] == (4, 5):
        mask[..., 2, :] = 0
    compare(
        make("attention"),
        lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, attn_mask=mask.bool().expand(2, 4, 5)),
        [*draw((2, 4, 3), (2, 5, 3), (2, 5, 2)), mask],
    )
