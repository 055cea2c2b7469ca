"""Network layers at their edges: conventions, ties, padding, masks, empty batches, and inputs that do not fit."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from one_layer import forward, gradient, make, run

INF, NAN = math.inf, math.nan
ZEROS = np.zeros


def test_affine_by_hand() -> None:
    """[1, 2] @ [[1, 2, 3], [4, 5, 6]] + [10, 20, 30]; with dout 1 the gradients are sums of rows and columns."""
    found = run("affine", [[1, 2]], [[1, 2, 3], [4, 5, 6]], [10, 20, 30])
    assert found.values[-1].tolist() == [[19, 32, 45]]
    dx, dw, db, _ = (g.tolist() for g in found.gradients if g is not None)
    assert (dx, dw, db) == ([[6, 15]], [[1, 1, 1], [2, 2, 2]], [1, 1, 1])


def test_the_conventions_of_affine_are_transposes() -> None:
    """The book's w is (in, out), PyTorch's is (out, in)."""
    x, w = [[1, 2]], np.array([[1, 2, 3], [4, 5, 6]])
    assert forward("affine", x, w.T, convention="torch").tolist() == forward("affine", x, w).tolist()


def test_dropout_scales_in_use_or_in_training() -> None:
    """The book scales by 1 - ratio in use; PyTorch by its inverse in training."""
    x, mask = [4.0, 8.0], [1, 0]
    assert forward("dropout", x, mask, ratio=0.75).tolist() == [4, 0]
    assert forward("dropout", x, ratio=0.75, train=False).tolist() == [1, 2]
    assert forward("dropout", x, mask, ratio=0.75, convention="torch").tolist() == [16, 0]
    assert forward("dropout", x, ratio=0.75, train=False, convention="torch").tolist() == [4, 8]


@pytest.mark.parametrize("ratio", [0.0, 0.25, 1.0])
def test_dropout_draws_the_stated_share(ratio: float) -> None:
    """Of 100,000 numbers, within five standard deviations; the gradient is 0 at the same places, for the same seed."""
    found = run("dropout", np.ones(100_000), ratio=ratio, seed=3)
    value, dx = found.values[-1], found.gradients[0]
    assert np.mean(value == 0) == pytest.approx(ratio, abs=0.007)
    assert np.array_equal(value, dx)
    assert np.array_equal(value, forward("dropout", np.ones(100_000), ratio=ratio, seed=3))


def test_dropout_of_everything_is_0() -> None:
    """Not 0 / 0, in convention torch."""
    assert forward("dropout", [4.0, 8.0], ratio=1, convention="torch").tolist() == [0, 0]


def test_dropout_on_exact_fractions() -> None:
    """Scaled by 1 - 1/3, exactly."""
    layer = make("dropout", ratio=Fraction(1, 3), convention="torch")
    assert layer.forward(Fraction(2, 7), Fraction(1)) == Fraction(3, 7)
    assert layer.backward(Fraction(1)) == (Fraction(3, 2), None)


def test_what_is_dropped_is_0() -> None:
    """Also an infinite number, and nan."""
    assert forward("dropout", [INF, NAN, 1.0], [0, 0, 1]).tolist() == [0, 0, 1]


def test_embedding_sums_over_the_places_of_a_row() -> None:
    """Row 2 is looked up twice, row 1 never."""
    found = run("embedding", [[1, 2], [3, 4], [5, 6]], [2, 0, 2])
    assert found.values[-1].tolist() == [[5, 6], [1, 2], [5, 6]]
    assert found.gradients[0].tolist() == [[1, 1], [0, 0], [2, 2]]
    assert found.gradients[1] is None


def test_batch_norm_has_one_mean_for_each_channel_of_an_image() -> None:
    """The book has one for each pixel: two equal images would become zeros."""
    image = [[[1.0, 3.0], [3.0, 1.0]], [[10.0, 10.0], [30.0, 30.0]]]
    normal = [[[-1, 1], [1, -1]], [[-1, -1], [1, 1]]]
    assert forward("batch_norm", [image, image], eps=0.0).tolist() == [normal, normal]


@pytest.mark.parametrize(
    ("parameters", "mean", "variance"),
    [
        ({}, 0.9 * 10 + 0.1 * 2, 0.9 * 20 + 0.1 * 2),
        ({"momentum": 0.75}, 0.75 * 10 + 0.25 * 2, 0.75 * 20 + 0.25 * 2),
        ({"momentum": 1}, 10, 20),
        ({"convention": "torch"}, 0.9 * 10 + 0.1 * 2, 0.9 * 20 + 0.1 * 3),
        ({"convention": "torch", "momentum": 0.75}, 0.25 * 10 + 0.75 * 2, 0.25 * 20 + 0.75 * 3),
        ({"convention": "torch", "momentum": 0}, 10, 20),
    ],
    ids=str,
)
def test_the_running_statistics_of_batch_norm(parameters: dict[str, Any], mean: float, variance: float) -> None:
    """Of 0, 3 and 3 the mean is 2, the variance 2, the unbiased one 3; before they were 10 and 20."""
    layer = make("batch_norm", **parameters)
    layer.forward(np.array([[0.0], [3.0], [3.0]]), None, None, np.array([10.0]), np.array([20.0]))
    assert layer.running_mean.tolist() == pytest.approx([mean])
    assert layer.running_var.tolist() == pytest.approx([variance])
    assert layer.backward(np.ones((3, 1)))[1:] == (None, None)


@pytest.mark.parametrize(("convention", "eps"), [("book", 1e-6), ("torch", 1e-5)])
def test_the_eps_of_batch_norm(convention: str, eps: float) -> None:
    """It is the whole variance of equal numbers: the slope in use, of a running variance of 0, is 1 / sqrt(eps)."""
    inputs = [[3.0]], [1.0], [0.0], [2.0], [0.0]
    assert forward("batch_norm", *inputs, train=False, convention=convention) == pytest.approx(1 / math.sqrt(eps))


@pytest.mark.parametrize("name", ["layer_norm", "batch_norm", "group_norm"])
@pytest.mark.parametrize("offset", [0.0, 1e8, -1e15])
def test_a_large_mean_costs_no_digits(name: str, offset: float) -> None:
    """Value and gradient of offset + (0, 1, 5, 2, 3) are those of mpmath at 50 digits, to 13 digits."""
    rows = np.array([0.0, 1.0, 5.0, 2.0, 3.0]) + offset
    dout = np.array([0.5, -1.0, 2.0, 1e6, 0.25])
    count = len(rows)
    layer = make(name, **({"groups": 1} if name == "group_norm" else {}), eps=1e-5)
    shape = (count, 1) if name == "batch_norm" else (1, count)
    value = layer.forward(rows.reshape(shape)).ravel()
    found = layer.backward(dout.reshape(shape))
    with mpmath.workdps(50):
        x, g = [mpmath.mpf(v) for v in rows], [mpmath.mpf(v) for v in dout]
        centred = [v - sum(x) / count for v in x]
        root = mpmath.sqrt(sum(v**2 for v in centred) / count + mpmath.mpf(1e-5))
        normal = [v / root for v in centred]
        slope = sum(a * b for a, b in zip(g, normal, strict=True)) / count
        wanted = [(a - sum(g) / count - b * slope) / root for a, b in zip(g, normal, strict=True)]
        assert value.tolist() == pytest.approx([float(v) for v in normal], rel=1e-13, abs=0)
        assert found[0].ravel().tolist() == pytest.approx([float(v) for v in wanted], rel=1e-13, abs=0)


def test_rms_norm_by_hand() -> None:
    """The root of the mean square of 3 and 4 is 5 / sqrt(2)."""
    assert forward("rms_norm", [3.0, 4.0], [1.0, 2.0]).tolist() == pytest.approx([0.6 * 2**0.5, 1.6 * 2**0.5])


def test_rms_norm_of_zeros() -> None:
    """Eps keeps the slope finite: 1 / sqrt(eps)."""
    assert gradient("rms_norm", [0.0, 0.0], eps=0.25).tolist() == [2, 2]


def test_convolution_pads_with_zeros() -> None:
    """A filter of ones sees the image's 5, and nothing else."""
    assert forward("conv2d", [[[[5]]]], np.ones((1, 1, 2, 2)), pad=1).tolist() == [[[[5, 5], [5, 5]]]]


def test_convolution_by_hand() -> None:
    """A 2x2 filter on a 3x3 image: each number of w is multiplied with the four numbers that it passes."""
    x = [[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]]
    found = run("conv2d", x, [[[[1, 0], [0, -1]]]], [10])
    assert found.values[-1].tolist() == [[[[6, 6], [6, 6]]]]
    dx, dw, db, _ = (g.tolist() for g in found.gradients if g is not None)
    assert dx == [[[[1, 1, 0], [1, 0, -1], [0, -1, -1]]]]
    assert dw == [[[[12, 16], [24, 28]]]]
    assert db == [4]


@pytest.mark.parametrize(("name", "value"), [("max_pool2d", 5), ("avg_pool2d", 2.5)])
def test_pooling_counts_the_padding(name: str, value: float) -> None:
    """The size of the output is that of the padded image; the book's pooling ignores the padding there."""
    found = forward(name, [[[[5, 5], [5, 5]]]], kernel=2, stride=2, pad=(0, 1))
    assert found.tolist() == [[[[value, value]]]]


def test_the_padding_is_never_the_largest_number() -> None:
    """Also of an image of -inf, whose first number has the gradient."""
    for number in (-5.0, -INF):
        found = run("max_pool2d", np.full((1, 1, 2, 2), number), kernel=2, stride=2, pad=1)
        assert found.values[-1].tolist() == [[[[number, number], [number, number]]]]
        assert found.gradients[0].tolist() == [[[[1, 1], [1, 1]]]]


def test_the_first_of_equal_numbers_has_the_gradient() -> None:
    """Row by row."""
    assert gradient("max_pool2d", [[[[0, 7], [7, 7]]]], kernel=2).tolist() == [[[[0, 1], [0, 0]]]]


def test_nan_is_the_largest_number() -> None:
    """It is the value of its window, and has the gradient."""
    found = run("max_pool2d", [[[[9, 1], [NAN, 2]]]], kernel=2)
    assert math.isnan(found.values[-1][0, 0, 0, 0])
    assert found.gradients[0].tolist() == [[[[0, 0], [1, 0]]]]


@pytest.mark.parametrize(("convention", "shape"), [("book", (1, 1, 5, 5)), ("torch", (1, 1, 3, 3))])
@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_the_stride_of_pooling(name: str, convention: str, shape: tuple[int, ...]) -> None:
    """1 in the book, the kernel's size in PyTorch."""
    assert forward(name, ZEROS((1, 1, 6, 6)), kernel=2, convention=convention).shape == shape


def test_attention_by_hand() -> None:
    """Equal scores share evenly; a key with a score higher by log 3 has three quarters."""
    k, v = [[0.0], [math.log(3)]], [[8.0], [4.0]]
    assert forward("attention", [[0.0], [1.0]], k, v).ravel().tolist() == pytest.approx([6, 5])
    assert forward("attention", [[0.0], [1.0]], k, v, causal=True).ravel().tolist() == pytest.approx([8, 5])
    assert forward("attention", [[0.0], [1.0]], k, v, [0, 1]).ravel().tolist() == pytest.approx([4, 4])


def test_attention_is_that_of_the_differences_of_scores() -> None:
    """However far all of them are from 0."""
    k, v = [[0.0], [math.log(3)]], [[8.0], [4.0]]
    shifted = [[x[0] - 4096] for x in k]
    assert forward("attention", [[1.0]], shifted, v).ravel().tolist() == pytest.approx([5])


def test_attention_keeps_to_the_largest_of_huge_scores() -> None:
    """Not to all alike, though a score of 1e300 leaves no digits for the distance to the others."""
    found = run("attention", [[1.0, -0.5]], [[0.5, -1e300], [2.0, -1.0]], [[8.0], [4.0]])
    assert found.values[-1].tolist() == [[8]]
    assert [g.tolist() for g in found.gradients[:3]] == [[[0, 0]], [[0, 0], [0, 0]], [[1], [0]]]


def test_a_query_that_sees_nothing_has_zeros() -> None:
    """Value and gradients are 0, not nan; also where there is no key at all."""
    found = run("attention", [[1.0], [2.0]], [[3.0], [1.0]], [[5.0], [7.0]], [[0, 0], [1, 0]])
    assert found.values[-1].tolist() == [[0], [5]]
    assert [g.tolist() for g in found.gradients[:3]] == [[[0], [0]], [[0], [0]], [[1], [0]]]
    assert forward("attention", ZEROS((2, 3)), ZEROS((0, 3)), ZEROS((0, 1))).tolist() == [[0], [0]]


def test_attention_of_a_batch_is_that_of_its_parts() -> None:
    """Each query, key and value of the batch goes with its own; the default scale is that of the last axis."""
    rng = np.random.default_rng(1)
    q, k, v = (rng.normal(size=shape) for shape in ((2, 3, 4), (2, 5, 4), (2, 5, 1)))
    found = run("attention", q, k, v, causal=True)
    for i in range(2):
        alone = run("attention", q[i], k[i], v[i], causal=True, scale=0.5)
        assert found.values[-1][i].ravel().tolist() == pytest.approx(alone.values[-1].ravel().tolist(), rel=1e-13)
        for whole, part in zip(found.gradients[:3], alone.gradients[:3], strict=True):
            np.testing.assert_allclose(whole[i], part, rtol=1e-12, atol=1e-15)


def test_attention_keeps_the_smallest_weights() -> None:
    """Of scores 0 and 100: the gradient of the far key is of size 3.72e-44, not 0."""
    found = run("attention", [[1.0]], [[0.0], [100.0]], [[1.0], [0.0]])
    tiny = math.exp(-100)
    assert found.values[-1].item() == pytest.approx(tiny, rel=1e-13, abs=0)
    assert found.gradients[1].ravel().tolist() == pytest.approx([tiny, -tiny], rel=1e-13, abs=0)


def test_what_is_masked_does_not_spread() -> None:
    """A huge score that may not be seen moves nothing."""
    assert forward("attention", [[1.0]], [[1e308], [0.0]], [[3.0], [5.0]], [0, 1]).item() == 5


def test_a_wide_padding_is_left_out_of_the_gradient() -> None:
    """Two rows above and below: two of the four windows see the only number."""
    assert gradient("conv2d", [[[[5.0]]]], np.ones((1, 1, 2, 1)), pad=(2, 0)).tolist() == [[[[2]]]]


@pytest.mark.parametrize(("name", "value"), [("max_pool2d", [1, 2, 3]), ("avg_pool2d", [0.25, 0.5, 0.75])])
def test_each_image_of_a_batch_is_pooled_alone(name: str, value: list[float]) -> None:
    """Three images of one number, the padding around each."""
    images = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1, 1)
    assert forward(name, images, kernel=2, stride=2, pad=1).ravel().tolist() == value


def test_a_ratio_of_1_scales_nothing() -> None:
    """What a given mask keeps is as it was, not divided by 0."""
    assert forward("dropout", [3.0, 5.0], [1.0, 0.0], ratio=1.0, convention="torch").tolist() == [3, 0]


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_each_of_many_channels_is_pooled_by_itself(name: str) -> None:
    """Three images of three channels, padded, give what each channel gives alone."""
    x = np.arange(3 * 3 * 3 * 4, dtype=float).reshape(3, 3, 3, 4) % 7
    parameters = {"kernel": 2, "pad": 1, **({"count_include_pad": False} if name == "avg_pool2d" else {})}
    out = forward(name, x, **parameters)
    for image, channel in np.ndindex(3, 3):
        alone = forward(name, x[image : image + 1, channel : channel + 1], **parameters)
        assert np.array_equal(out[image, channel], alone[0, 0])


@pytest.mark.parametrize(
    ("q", "k", "parameters", "out"),
    [
        ([[1e200, 1.0]], [[1e200, 0.0], [0.0, 1.0]], {}, 8),
        ([[1e200, 1e200]], [[1e200, -1e200], [0.0, 1.0]], {}, 4),
        ([[1e200]], [[-1e200], [-2e200]], {}, 8),
        ([[1e200]], [[1e200], [1e200]], {}, 6),
        ([[1e200]], [[1e200], [2e200]], {"scale": -1.0}, 8),
        ([[1e200], [1.0]], [[1e200], [0.0]], {"causal": True}, 8),
    ],
)
def test_scores_of_attention_may_be_too_large_for_float64(q: Any, k: Any, parameters: Any, out: float) -> None:
    """The largest takes all; equal ones share."""
    found = run("attention", q, k, [[8.0], [4.0]], **parameters)
    assert found.values[-1].ravel().tolist()[0] == out
    assert all(np.isfinite(gradient).all() for gradient in found.gradients[:3])
