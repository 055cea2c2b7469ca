"""The program that a layer's run records is the layer: at other inputs, across its kinks and ties."""

from __future__ import annotations

import random
from math import prod
from typing import Any

import numpy as np
import pytest
from kinds_of_values import CASES, bound_sample, results

from backpropcli.executor import execute
from backpropcli.layers import Sample
from backpropcli.program.numpy import numpy_code
from backpropcli.trace import trace

INPUTS = 20
NICE = (-4.0, -3.0, -2.5, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)  # bounds, zeros, and ties with each other
FIXED = {
    ("nll", "labels"),
    ("cross_entropy", "labels"),
    ("softmax_with_loss", "labels"),
    ("embedding", "indices"),
    ("dropout", "mask"),
    ("take", "indices"),
    ("attention", "mask"),
}


def moved(rng: random.Random, shape: tuple[int, ...], *, is_nice: bool) -> Any:
    numbers = [rng.choice(NICE) if is_nice else rng.gauss(0, 1.5) for _ in range(prod(shape))]
    return np.array(numbers).reshape(shape) if shape else numbers[0]


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_a_program_is_its_layer_at_other_inputs(name: str, sample: Sample) -> None:
    """Within 1e-12 of the largest element of the run, infinities and nan included."""
    bound = bound_sample(name, sample)
    program = trace(bound)
    code: dict[str, Any] = {}
    exec(numpy_code(program), code)
    rng = random.Random(f"{name} {sample}")
    for number in range(INPUTS):
        inputs = [
            x if parameter in program.fixed else bound.domain.convert(moved(rng, shape, is_nice=number % 2 == 0))
            for x, (parameter, shape) in zip(bound.inputs, program.parameters, strict=True)
        ]
        wanted = results(execute(bound._replace(inputs=inputs)))
        found = code["run"](*inputs)
        assert found.keys() == wanted.keys()
        sizes = [abs(x) for value in wanted.values() for x in bound.domain.flat(value) if np.isfinite(x)]
        for key, value in wanted.items():
            assert np.shape(found[key]) == bound.domain.shape(value)
            assert np.allclose(found[key], value, rtol=0, atol=1e-12 * max(sizes, default=0), equal_nan=True)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_what_cannot_move_is_listed_as_fixed(name: str, sample: Sample) -> None:
    """Only labels, indices and masks, from a short list, and those whole."""
    bound = bound_sample(name, sample)
    spec = bound.graph.nodes[0].spec
    program = trace(bound)
    names = {spec.input_name(bound.graph.inputs.index(given)) for given in program.fixed}
    assert {(name, found) for found in names} <= FIXED
    for given, places in program.fixed.items():
        assert len(places) == bound.domain.size(bound.inputs[bound.graph.inputs.index(given)])
