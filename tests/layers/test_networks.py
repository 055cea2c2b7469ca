"""Network layers at their edges: conventions, ties, padding, masks, empty batches, and inputs that do not fit."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import mpmath  # type: ignore[import-untyped]
import numpy as np
import pytest

from backpropcli.domains import domain
from backpropcli.errors import BackpropError, DataError, ShapeError
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.layers import layer_class
from backpropcli.layers.catalogue import layer_spec

INF, NAN = math.inf, math.nan
ZEROS = np.zeros


def run(name: str, *inputs: Any, **parameters: Any) -> Any:
    """Forward and backward in a graph of one layer."""
    names = "abcde"[: len(inputs)]
    node = Node(name, names, "out", parameters=parameters)
    return execute(Graph(tuple(names), [node]), domain("arrays"), [np.asarray(x, "float64") for x in inputs])


def make(name: str, **parameters: Any) -> Any:
    """A layer object."""
    return layer_class(name)(**parameters)


def forward(name: str, *inputs: Any, **parameters: Any) -> Any:
    """The value in a graph of one layer."""
    return run(name, *inputs, **parameters).values[-1]


def gradient(name: str, *inputs: Any, **parameters: Any) -> Any:
    """The gradient of the first input, for a dout of ones."""
    return run(name, *inputs, **parameters).gradients[0]


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


@pytest.mark.parametrize(
    ("name", "shapes", "parameters"),
    [
        ("affine", [(0, 3), (3, 2), (2,)], {}),
        ("affine", [(2, 0), (0, 2), (2,)], {}),
        ("embedding", [(3, 2), (0,)], {}),
        ("dropout", [(0, 3)], {}),
        ("layer_norm", [(0, 3), (3,), (3,)], {}),
        ("rms_norm", [(0, 3), (3,)], {}),
        ("group_norm", [(0, 4, 2), (4,), (4,)], {"groups": 2}),
        ("batch_norm", [(0, 3), (3,), (3,), (3,), (3,)], {"train": False}),
        ("conv2d", [(0, 2, 4, 4), (3, 2, 2, 2), (3,)], {}),
        ("conv2d", [(2, 0, 4, 4), (3, 0, 2, 2), (3,)], {}),
        ("max_pool2d", [(0, 2, 4, 4)], {"kernel": 2, "pad": 1}),
        ("max_pool2d", [(2, 0, 4, 4)], {"kernel": 2, "pad": 1}),
        ("avg_pool2d", [(2, 0, 4, 4)], {"kernel": 2, "pad": 1, "count_include_pad": False}),
        ("attention", [(0, 2, 3), (0, 4, 3), (0, 4, 1)], {}),
    ],
    ids=str,
)
def test_an_empty_batch_has_empty_gradients(name: str, shapes: Any, parameters: dict[str, Any]) -> None:
    """Of each input's shape."""
    found = run(name, *map(ZEROS, shapes), **parameters)
    constant = layer_class(name).constant_inputs
    for i, (shape, argument) in enumerate(zip(shapes, layer_spec(name).inputs, strict=False)):
        assert argument in constant or found.gradient(i).shape == shape


MISFITS: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("affine", (2.0, 3.0), {}, "x must be an array, not a number"),
    ("affine", (ZEROS((2, 3)), ZEROS((2, 3))), {}, r"x is \(2, 3\), 3 numbers a row; w must be \(in, out\).* \(2, 3\)"),
    ("affine", (ZEROS((2, 3)), ZEROS((3, 2))), {"convention": "torch"}, r"w must be \(out, in\)"),
    ("affine", (ZEROS((2, 3)), ZEROS(3)), {"convention": "torch"}, r"w must be \(out, in\)"),
    ("affine", (ZEROS((2, 3)), ZEROS(3)), {}, r"w must be \(in, out\) .* \(3,\)"),
    ("affine", (ZEROS((2, 3)), ZEROS((3, 4)), ZEROS(3)), {}, r"b must be \(4,\).* \(3,\)"),
    ("embedding", (2.0, 0.0), {}, "w must be an array"),
    ("embedding", (ZEROS((3, 2)), [0, 3]), {}, "index 3 is not a whole number from 0 up to, but not including, 3"),
    ("embedding", (ZEROS((3, 2)), [0.5]), {}, r"index 0\.5"),
    ("dropout", (ZEROS((2, 3)), ZEROS((3, 2))), {}, r"x is \(2, 3\), mask is \(3, 2\)"),
    ("dropout", (ZEROS((2, 3)), np.full(3, 0.5)), {}, r"mask must hold only 0 and 1, not 0\.5"),
    ("batch_norm", (ZEROS(3),), {}, r"x needs 2 or more axes, but is \(3,\)"),
    ("batch_norm", (ZEROS((0, 3)),), {}, r"x is \(0, 3\): there are no numbers"),
    ("batch_norm", (ZEROS((1, 3)),), {"convention": "torch"}, r"x is \(1, 3\); the variance needs at least two"),
    ("batch_norm", (ZEROS((2, 3)), ZEROS(2)), {}, r"gamma must be \(3,\), but is \(2,\)"),
    ("batch_norm", (ZEROS((2, 3)), ZEROS(3), ZEROS(3), ZEROS(1), ZEROS(3)), {}, r"running_mean must be \(3,\)"),
    ("batch_norm", (ZEROS((2, 3)),), {"train": False}, "running_mean and running_var are needed"),
    ("batch_norm", (ZEROS((2, 3)), *[ZEROS(3)] * 3), {"train": False}, "running_mean and running_var are needed"),
    ("layer_norm", (ZEROS(3),), {"axes": 2}, r"x needs 2 or more axes, but is \(3,\)"),
    ("layer_norm", (ZEROS((2, 0)),), {}, r"x is \(2, 0\): there are no numbers"),
    ("layer_norm", (ZEROS((2, 3)), ZEROS((2, 3))), {}, r"gamma must be \(3,\), but is \(2, 3\)"),
    ("layer_norm", (ZEROS((2, 3)), ZEROS(3), ZEROS(())), {}, r"beta must be \(3,\), but is \(\)"),
    ("rms_norm", (2.0,), {}, "x needs 1 or more axes"),
    ("group_norm", (ZEROS((2, 3)),), {"groups": 2}, "the 3 channels of x cannot be divided into 2 groups"),
    ("conv2d", (ZEROS((4, 4)), ZEROS((1, 1, 2, 2))), {}, r"x must have the axes \(N, C, H, W\), but is \(4, 4\)"),
    ("conv2d", (ZEROS((1, 1, 4, 4)), ZEROS((2, 2))), {}, r"w must have the axes .* but is \(2, 2\)"),
    ("conv2d", (ZEROS((1, 3, 4, 4)), ZEROS((1, 2, 2, 2))), {}, "x has 3 channels, but w.* takes 2"),
    ("conv2d", (ZEROS((1, 4, 4, 4)), ZEROS((3, 2, 2, 2))), {"groups": 2}, "the 3 filters of w .* 2 groups"),
    ("conv2d", (ZEROS((1, 1, 4, 4)), ZEROS((2, 1, 2, 2)), ZEROS(1)), {}, r"b must be \(2,\).* \(1,\)"),
    ("conv2d", (ZEROS((1, 1, 2, 4)), ZEROS((1, 1, 2, 2))), {"dilation": 2}, r"window of \(3, 3\) .* \(2, 4\)"),
    ("conv2d", (ZEROS((1, 1, 2, 4)), ZEROS((1, 1, 5, 2))), {"pad": 1}, r"window of \(5, 2\) .* \(4, 6\)"),
    ("conv2d", (ZEROS((1, 1, 2, 4)), ZEROS((1, 1, 0, 2))), {}, "w must have the axes"),
    ("conv2d", (ZEROS((1, 1, 2, 4)), ZEROS((1, 1, 1, 2))), {"pad": 10**15}, "does not fit into memory"),
    ("max_pool2d", (ZEROS((2, 2)),), {"kernel": 2}, r"x must have the axes"),
    ("avg_pool2d", (ZEROS((1, 1, 2, 2)),), {"kernel": (3, 1)}, r"window of \(3, 1\) does not fit .* \(2, 2\)"),
    ("attention", (1.0, 2.0, 3.0), {}, "q, k and v must have the axes"),
    ("attention", (ZEROS((2, 3)), ZEROS((2, 4)), ZEROS((2, 1))), {}, r"q and k .* \(2, 3\) and \(2, 4\)"),
    ("attention", (ZEROS((2, 0)), ZEROS((2, 0)), ZEROS((2, 1))), {}, "rows of at least one number"),
    ("attention", (ZEROS((2, 3)), ZEROS((4, 3)), ZEROS((5, 1))), {}, r"k and v .* \(4, 3\) and \(5, 1\)"),
    ("attention", (ZEROS((2, 3)), ZEROS((4, 3)), ZEROS((4, 1)), ZEROS((3, 4))), {}, r"mask is \(3, 4\)"),
    (
        "attention",
        (ZEROS((2, 3)), ZEROS((4, 3)), ZEROS((4, 1)), np.full((2, 4), -INF)),
        {},
        "mask must hold only 0 and 1, not -inf",
    ),
    ("attention", (ZEROS((2, 2, 3)), ZEROS((3, 4, 3)), ZEROS((3, 4, 1))), {}, r"q is \(2, 2, 3\), k is \(3, 4, 3\)"),
]


@pytest.mark.parametrize(("name", "inputs", "parameters", "message"), MISFITS, ids=str)
def test_inputs_that_do_not_fit(name: str, inputs: Any, parameters: dict[str, Any], message: str) -> None:
    """An error that names the layer, the input and the shapes."""
    with pytest.raises(BackpropError, match=f"^{name} out: .*(?:{message})") as caught:
        run(name, *inputs, **parameters)
    assert type(caught.value) in {ShapeError, DataError}


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("dropout", {"ratio": 1.5}, "ratio must be from 0 to 1, not 1.5"),
        ("dropout", {"ratio": NAN}, "ratio must be from 0 to 1, not nan"),
        ("dropout", {"seed": -1}, "seed must be 0 or more, not -1"),
        ("affine", {"convention": "keras"}, "convention must be book or torch, not 'keras'"),
        ("dropout", {"convention": "keras"}, "convention must be book or torch, not 'keras'"),
        ("batch_norm", {"convention": "keras"}, "convention must be book or torch, not 'keras'"),
        ("max_pool2d", {"kernel": 2, "convention": "keras"}, "convention must be book or torch, not 'keras'"),
        ("batch_norm", {"momentum": -0.1}, "momentum must be from 0 to 1, not -0.1"),
        ("batch_norm", {"momentum": 1.5}, "momentum must be from 0 to 1, not 1.5"),
        ("layer_norm", {"axes": 0}, "axes must be 1 or more, not 0"),
        ("rms_norm", {"axes": -1}, "axes must be 1 or more, not -1"),
        ("group_norm", {"groups": 0}, "groups must be 1 or more, not 0"),
        ("conv2d", {"groups": 0}, "groups must be 1 or more, not 0"),
        ("conv2d", {"stride": 0}, "stride must be one or two whole numbers, 1 or more, not 0"),
        ("conv2d", {"stride": (1, 2, 3)}, "stride must be one or two whole numbers, 1 or more, not (1, 2, 3)"),
        ("conv2d", {"pad": -1}, "pad must be one or two whole numbers, 0 or more, not -1"),
        ("conv2d", {"dilation": (1, 0)}, "dilation must be one or two whole numbers, 1 or more, not (1, 0)"),
        ("max_pool2d", {"kernel": ()}, "kernel must be one or two whole numbers, 1 or more, not ()"),
        ("max_pool2d", {"kernel": 2, "pad": 2}, "pad must be at most half of the kernel, 2, not 2"),
        ("avg_pool2d", {"kernel": (4, 1), "pad": 1}, "pad must be at most half of the kernel, (4, 1), not 1"),
    ],
    ids=str,
)
def test_parameters_that_make_no_sense(name: str, parameters: dict[str, Any], message: str) -> None:
    """The constructor says which, and what it must be."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        make(name, **parameters)


@pytest.mark.parametrize("number", [NAN, INF])
@pytest.mark.parametrize(
    ("name", "others", "parameters"),
    [
        ("affine", (np.ones((4, 2)), np.ones(2)), {}),
        ("dropout", (), {}),
        ("layer_norm", (np.ones(4),), {}),
        ("rms_norm", (np.ones(4),), {}),
        ("batch_norm", (np.ones(4),), {}),
        ("group_norm", (np.ones(4),), {"groups": 2}),
        ("attention", (np.ones((3, 4)), np.ones((3, 1))), {}),
    ],
)
def test_a_number_that_is_not_finite_is_a_number(name: str, others: Any, parameters: Any, number: float) -> None:
    """Nothing raises, whatever comes out, and every gradient has its shape."""
    x = np.array([[1.0, number, 2.0, 3.0], [4.0, 5.0, 7.0, 6.0]])
    assert gradient(name, x, *others, **parameters).shape == x.shape


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
