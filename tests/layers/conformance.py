"""What every layer must hold to, as checks of one layer class on one of its samples.

The oracle of the gradients is the central difference of the layer's own forward, never its backward. `test_conformance`
runs the checks over the whole catalogue; `test_planted_faults` shows that wrong layers fail them.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import domain
from backpropcli.domains.arrays import DOMAIN as arrays_domain
from backpropcli.errors import DomainError
from backpropcli.layers import Layer, Sample

Check = Callable[[type[Layer], Sample], None]
Arrays = list[np.ndarray[Any, Any]]
STEP = 1e-6


def check_dot_product(layer: type[Layer], sample: Sample) -> None:
    """<dout, J v> = <J^T dout, v> for random dout and v, at random points near the sample."""
    rng = np.random.default_rng(1)
    for _ in range(5):
        varies = has_gradients(layer, sample)
        inputs = [x * (1 + v * 0.05 * rng.uniform(-1, 1, x.shape)) for x, v in zip(arrays(sample), varies, strict=True)]
        directions = [v * rng.normal(size=x.shape) for x, v in zip(inputs, varies, strict=True)]
        value, gradients, dout = run(layer, sample, inputs, rng)
        ahead = forward(layer, sample, [x + STEP * v for x, v in zip(inputs, directions, strict=True)])
        behind = forward(layer, sample, [x - STEP * v for x, v in zip(inputs, directions, strict=True)])
        along = np.sum(dout * (ahead - behind) / (2 * STEP))
        terms = [g * v for g, v in zip(gradients, directions, strict=True) if g is not None]
        found = sum(np.sum(term) for term in terms)
        scale = np.abs(value).max() + sum(np.abs(term).sum() for term in terms)
        assert_allclose(found, along, rtol=0, atol=1e-7 * scale)


def check_jacobian(layer: type[Layer], sample: Sample) -> None:
    """Every entry of the Jacobian is the central difference."""
    inputs = arrays(sample)
    value = forward(layer, sample, inputs)
    for i, x in enumerate(inputs):
        for place in np.ndindex(x.shape if has_gradients(layer, sample)[i] else (0,)):
            step = np.zeros(x.shape)
            step[place] = STEP
            ahead = forward(layer, sample, [*inputs[:i], x + step, *inputs[i + 1 :]])
            behind = forward(layer, sample, [*inputs[:i], x - step, *inputs[i + 1 :]])
            column = (ahead - behind) / (2 * STEP)
            for out_place in np.ndindex(value.shape):
                dout = np.zeros(value.shape)
                dout[out_place] = 1
                gradient = backward(layer, sample, inputs, dout)[i][place]
                assert_allclose(gradient, column[out_place], rtol=1e-6, atol=1e-7 * np.abs(value).max())


def check_linearity(layer: type[Layer], sample: Sample) -> None:
    """Backward is linear in dout."""
    rng = np.random.default_rng(2)
    inputs = arrays(sample)
    _, one, dout = run(layer, sample, inputs, rng)
    _, two, dout2 = run(layer, sample, inputs, rng)
    for found, a, b in zip(backward(layer, sample, inputs, 3 * dout + 2 * dout2), one, two, strict=True):
        if found is None:
            continue
        assert_allclose(found, 3 * a + 2 * b, rtol=1e-12, atol=1e-12 * (np.abs(a).max() + np.abs(b).max()))


def check_nothing_changed(layer: type[Layer], sample: Sample) -> None:
    """Inputs and dout are left as they were, and may be read-only."""
    inputs = arrays(sample)
    dout = np.full(forward(layer, sample, arrays(sample)).shape, 0.5)
    originals = [x.copy() for x in (*inputs, dout)]
    backward(layer, sample, inputs, dout)
    for now, before in zip((*inputs, dout), originals, strict=True):
        assert_array_equal(now, before)
        now.flags.writeable = False
    backward(layer, sample, inputs, dout)


def check_shapes(layer: type[Layer], sample: Sample) -> None:
    """Every gradient has the shape of its input; constant inputs have none."""
    inputs = arrays(sample)
    _, gradients, _ = run(layer, sample, inputs, np.random.default_rng(3))
    assert [g is not None for g in gradients] == has_gradients(layer, sample)
    assert [np.shape(g) for g in gradients if g is not None] == [
        x.shape for x, g in zip(inputs, gradients, strict=True) if g is not None
    ]


def check_repeatable(layer: type[Layer], sample: Sample) -> None:
    """Nothing is kept from one use to the next: not by the class, not by the object, not by backward."""
    inputs = arrays(sample)
    value, gradients, dout = run(layer, sample, inputs, np.random.default_rng(4))
    opposite = [x if g is None else -x for x, g in zip(inputs, gradients, strict=True)]
    made, another = make(layer, sample), make(layer, sample)
    with arrays_domain.quiet():
        made.forward(*opposite)
        made.backward(dout)
        again = made.forward(*inputs)
        another.forward(*opposite)
        another.backward(dout)
    assert_array_equal(again, value)
    for _ in range(2):
        for found, gradient in zip(as_tuple(made.backward(dout)), gradients, strict=True):
            if gradient is not None:
                assert_array_equal(found, gradient)


def check_float32(layer: type[Layer], sample: Sample) -> None:
    """float32 stays float32 and agrees with float64 as far as it can."""
    inputs = arrays(sample)
    value, gradients, dout = run(layer, sample, inputs, np.random.default_rng(5))
    made = make(layer, sample)
    small = made.forward(*(x.astype("float32") for x in inputs))
    found = [x for x in (small, *as_tuple(made.backward(dout.astype("float32")))) if x is not None]
    assert [x.dtype for x in found] == ["float32"] * len(found)
    for now, wanted in zip(found, [x for x in (value, *gradients) if x is not None], strict=True):
        assert_allclose(now, wanted, rtol=1e-5, atol=1e-5)


def check_unasked(layer: type[Layer], sample: Sample) -> None:
    """A gradient that is asked for does not depend on whether others are."""
    inputs = arrays(sample)
    _, gradients, dout = run(layer, sample, inputs, np.random.default_rng(6))
    for i, gradient in enumerate(gradients):
        made = make(layer, sample)
        made.needs_gradient = tuple(j == i for j in range(len(inputs)))
        made.forward(*inputs)
        if gradient is not None:
            assert_array_equal(as_tuple(made.backward(dout))[i], gradient)


def check_number_systems(layer: type[Layer], sample: Sample) -> None:
    """Floats and exact fractions give what arrays give; a layer that exact fractions lack says so in its docstring."""
    if any(isinstance(x, list) for x in sample.inputs):
        return
    value, gradients, dout = run(layer, sample, arrays(sample), np.random.default_rng(7))
    for kind, name in ((float, "floats"), (Fraction, "exact")):
        made = LayerSpec("", layer).bind(sample.parameters, domain(name))()
        try:
            found = (made.forward(*map(kind, sample.inputs)), *as_tuple(made.backward(kind(float(dout)))))
        except DomainError:
            assert kind is Fraction
            assert "DomainError on exact fractions" in (layer.__doc__ or "")
            continue
        assert {type(x) for x in found if x is not None} == {kind}
        for now, wanted in zip(found, (value, *gradients), strict=True):
            if wanted is not None:
                assert_allclose(float(now), wanted, rtol=1e-15)


CHECKS: tuple[Check, ...] = (
    check_dot_product,
    check_jacobian,
    check_linearity,
    check_nothing_changed,
    check_shapes,
    check_repeatable,
    check_float32,
    check_unasked,
    check_number_systems,
)


def arrays(sample: Sample) -> Arrays:
    """The inputs of a sample as arrays."""
    return [np.array(x, dtype="float64") for x in sample.inputs]


def has_gradients(layer: type[Layer], sample: Sample) -> list[bool]:
    """Which inputs of a sample are not constant."""
    spec, made = LayerSpec("", layer), make(layer, sample)
    made.forward(*arrays(sample))
    return [spec.input_name(number) not in made.constant_inputs for number in range(len(sample.inputs))]


def make(layer: type[Layer], sample: Sample) -> Layer:
    """A fresh layer object."""
    return layer(**sample.parameters)


def as_tuple(gradients: Any) -> tuple[Any, ...]:
    """What backward returned, as a tuple also for one input."""
    return gradients if isinstance(gradients, tuple) else (gradients,)


def forward(layer: type[Layer], sample: Sample, inputs: Arrays) -> np.ndarray[Any, Any]:
    """The value, by a fresh layer object."""
    return np.asarray(make(layer, sample).forward(*inputs))


def backward(layer: type[Layer], sample: Sample, inputs: Arrays, dout: np.ndarray[Any, Any]) -> tuple[Any, ...]:
    """The gradients, by a fresh layer object."""
    made = make(layer, sample)
    made.forward(*inputs)
    return as_tuple(made.backward(dout))


def run(layer: type[Layer], sample: Sample, inputs: Arrays, rng: np.random.Generator) -> tuple[Any, ...]:
    """The value, the gradients, and the random dout that they are for."""
    value = forward(layer, sample, inputs)
    dout = np.asarray(rng.normal(size=value.shape))
    return value, backward(layer, sample, inputs, dout.copy()), dout
