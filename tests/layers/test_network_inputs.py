"""What network layers do with empty batches, inputs that do not fit, and numbers that are not finite."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from one_layer import gradient, make, run

from backpropcli.catalogue import layer_class
from backpropcli.catalogue.registry import layer_spec
from backpropcli.errors import BackpropError, DataError, ShapeError

INF, NAN = math.inf, math.nan
ZEROS = np.zeros


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
        ("attention", [(2, 0, 3), (2, 4, 3), (2, 4, 1)], {}),
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
    ("conv2d", (ZEROS((1, 1, 2, 4)), ZEROS((1, 1, 1, 2))), {"pad": 10**15}, "at most 1,000,000 are made"),
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
