"""Every layer on gradients that know where no path leads gives what it gives without, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from kinds_of_values import CASES, bound_sample, graph_of
from numpy.testing import assert_array_equal

from backpropcli.domains import Domain, Value, domain
from backpropcli.domains.paths import Paths
from backpropcli.layers import Layer, Sample


def forward(name: str, sample: Sample, numbers: Domain, inputs: list[Value]) -> tuple[Layer, Value]:
    """A layer that has run forward, and its value."""
    (make,) = graph_of(name, sample).makers(numbers)
    layer = make()
    return layer, layer.forward(*inputs)


def backward(layer: Layer, dout: Value) -> tuple[Value | None, ...]:
    found = layer.backward(dout)
    return found if isinstance(found, tuple) else (found,)


def on_paths(name: str, sample: Sample, dout: Any, mark: Any) -> tuple[Value, list[tuple[Value, Value] | None]]:
    """The value, and the gradients with their marks, of a dout with these marks."""
    bound = bound_sample(name, sample)
    paths = Paths(bound.domain)
    layer, value = forward(name, sample, paths, [paths.pair(x) for x in bound.inputs])
    return paths.value(value), [None if x is None else paths.parts(x) for x in backward(layer, paths.pair(dout, mark))]


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_a_structural_zero_of_dout_is_a_zero(name: str, sample: Sample) -> None:
    """Where all is finite: with a dout that lacks some of its numbers, as with one that has 0 there."""
    bound = bound_sample(name, sample)
    plain, value = forward(name, sample, bound.domain, list(bound.inputs))
    rng = np.random.default_rng(3)
    for share in (1.0, 0.5):
        mark = (rng.random(np.shape(value)) < share).astype(float)
        dout = np.asarray(rng.normal(size=np.shape(value)) * mark)
        if bound.domain.is_scalar:
            mark, dout = float(mark), float(dout)
        wanted = backward(plain, dout)
        value_on_paths, found = on_paths(name, sample, dout, mark)
        assert_array_equal(value_on_paths, value)
        assert [x is None for x in found] == [x is None for x in wanted]
        for pair, gradient in zip(found, wanted, strict=True):
            if pair is not None:
                assert_array_equal(pair[0], gradient)
                assert np.shape(pair[0]) == np.shape(gradient)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_no_path_begins_in_a_layer(name: str, sample: Sample) -> None:
    """Where none leads to any number of out, none leads to any number of an input; and no gradient has a number there.

    A gradient with a number has a mark.
    """
    bound = bound_sample(name, sample)
    _, value = forward(name, sample, bound.domain, list(bound.inputs))
    ones, zeros = bound.domain.ones_like(value), bound.domain.zeros_like(value)
    _, found = on_paths(name, sample, zeros, zeros)
    for gradient, mark in filter(None, found):
        assert not np.any(gradient)
        assert mark is None or not np.any(mark)
    _, found = on_paths(name, sample, ones, ones)
    for gradient, mark in filter(None, found):
        assert np.shape(mark) == np.shape(gradient)
        assert np.all(np.equal(gradient, 0) | np.not_equal(mark, 0))


def test_a_matrix_product_sums_what_a_path_leads_through() -> None:
    """Infinite weights behind no path, on either side of the product; ones that a path leads through stay."""
    arrays = domain("arrays")
    paths = Paths(arrays)
    x, w = np.array([[2.0, 0.0], [0.0, 0.0]]), np.array([[3.0, 4.0], [np.inf, 5.0]])
    with arrays.quiet():
        found = paths.matmul(paths.pair(x, np.array([[1.0, 0.0], [0.0, 1.0]])), paths.pair(w))
        turned = paths.matmul(paths.pair(w.T), paths.pair(x.T, np.array([[1.0, 0.0], [0.0, 0.0]])))
    assert_array_equal(found.value, [[6, 8], [np.nan, 0]])
    assert_array_equal(turned.value, [[6, 0], [8, 0]])
    assert_array_equal(turned.companion, [[1, 0], [1, 0]])
