"""The comparison of one of our layers with a function of PyTorch, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from backpropcli.catalogue import layer_class
from backpropcli.domains.arrays import DOMAIN as arrays

F = torch.nn.functional

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]
Theirs = Callable[..., Any]

RELATIVE = 1e-10


def make(name: str, **parameters: Any) -> Any:
    """A layer of the catalogue."""
    layer: Any = layer_class(name)
    return layer(**parameters)


def draw(*shapes: Shape, scale: float = 1.0, seed: int = 1) -> list[Array]:
    """Arrays of normal numbers."""
    rng = np.random.default_rng(seed)
    return [np.asarray(scale * rng.normal(size=shape)) for shape in shapes]


def draw_whole(low: int, high: int, shape: Shape, *, seed: int = 1) -> Array:
    """An array of whole numbers from `low` to before `high`, as floats."""
    return np.asarray(np.random.default_rng(seed).integers(low, high, size=shape), dtype=float)


def draw_shares(shape: Shape, *, seed: int = 1) -> Array:
    """An array of numbers between 0 and 1, which are neither."""
    return np.asarray(np.random.default_rng(seed).uniform(0.01, 0.99, size=shape))


def compare(layer: Any, theirs: Theirs, inputs: list[Array], *, relative: float = RELATIVE, floor: float = 0.0) -> None:
    """The value and all gradients agree for a random dout; `theirs` takes tensors, one for each of the inputs.

    An input that `theirs` is no function of, or only by way of a comparison, must have no gradient in ours either.
    """
    tensors = [torch.tensor(x, requires_grad=True) for x in inputs]
    wanted = theirs(*tensors)
    [dout] = draw(tuple(wanted.shape), seed=2)
    with arrays.quiet():
        value = layer.forward(*inputs)
        found = layer.backward(dout)
    close(value, wanted, relative=relative, floor=floor)
    gradients = [None] * len(tensors)
    if wanted.requires_grad:  # a comparison has no gradient at all
        gradients = torch.autograd.grad(wanted, tensors, torch.tensor(dout), allow_unused=True)
    for ours, other in zip(found if isinstance(found, tuple) else (found,), gradients, strict=True):
        if other is None:
            assert ours is None
        else:
            close(ours, other, relative=relative, floor=floor)


def close(ours: Any, theirs: Any, *, relative: float = RELATIVE, floor: float = 0.0) -> None:
    """Of the same shape, and each number within `relative` of PyTorch's; inf is inf and nan is nan.

    A difference up to `floor` is accepted too: for numbers that are 0, and that PyTorch leaves a rounding error of.
    """
    wanted = theirs.detach().numpy()
    assert np.shape(ours) == wanted.shape
    np.testing.assert_allclose(ours, wanted, rtol=relative, atol=floor)
