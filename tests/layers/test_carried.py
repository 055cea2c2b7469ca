"""Layers that say that they carry inf and nan do so, from every place of every input and of dout."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec

CARRYING = [name for name in LAYERS if layer_spec(name).cls.carries_non_finite]
NUMBERS = [-np.inf, np.inf, np.nan, -2.0, 0.0, 1.0]
SHAPES = [((2,), (2,)), ((2,), (1,)), ((2, 1), (2,)), ((), (2,))]


def test_the_operators_that_are_linear_in_each_input_carry() -> None:
    assert CARRYING == ["add", "sub", "mul", "neg"]


@pytest.mark.parametrize("name", CARRYING)
@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_inf_and_nan_show_in_what_they_go_into(name: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    """Against every number in the other places, so that nothing cancels them or takes them to 0."""
    cls = layer_spec(name).cls
    shapes = shapes[: len(layer_spec(name).inputs)]
    for numbers in product(NUMBERS, repeat=sum(map(_size, shapes))):
        inputs = _filled(shapes, numbers)
        layer = cls()
        out = layer.forward(*inputs)
        assert np.isfinite(numbers).all() or not np.isfinite(out).all()
        for wrong in (-np.inf, np.inf, np.nan):
            dout = np.ones_like(out)
            dout.flat[-1] = wrong
            found = layer.backward(dout)
            gradients = found if isinstance(found, tuple) else (found,)
            assert len(gradients) == len(inputs)
            assert not any(np.isfinite(gradient).all() for gradient in gradients)


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape))


def _filled(shapes: tuple[tuple[int, ...], ...], numbers: tuple[float, ...]) -> list[Any]:
    found, start = [], 0
    for shape in shapes:
        found.append(np.reshape(numbers[start : start + _size(shape)], shape))
        start += _size(shape)
    return found
