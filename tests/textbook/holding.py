"""The lines of a layer beside its class, on the same numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import Domain, Value, arrays_of, domain
from backpropcli.errors import ShapeError
from backpropcli.layers import Sample, sample
from backpropcli.textbook import evaluate, textbook

FLOATS = domain("floats")
REALS = domain("reals")
ARRAYS = domain("arrays")

REAL_ARRAYS = arrays_of(REALS)

ON_REALS = 1e-40  # relative, of arrays to the largest element: reals have 50 digits, some of which formulas cancel
ON_FLOATS = 2e-15  # relative: the classes are within 4 ulp
ON_ARRAYS = 1e-12  # of the largest element, as formulas cancel

OF_FLOAT64 = {"erf", "selu", "silu", "mish", "gelu"}
"""Layers whose classes hold constants as float64s: on reals, too, they have 16 digits."""

NUMBERS = [-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0]
"""Numbers that meet every kink, every bound of the samples, and one another."""

SHARES = [0.0, 0.25, 0.5, 1.0]
BITS = [0.0, 1.0]
DOMAINS_OF_INPUTS = {"bce": (SHARES, SHARES), "dropout": (NUMBERS, BITS)}
"""The numbers for layers that do not take all."""

_X, _P = [[0.5, -1.5, 2.0], [1.0, 0.25, -3.0]], [[0.25, 0.5, 0.75], [0.0, 1.0, 0.0]]
_OF_SHARES = [sample(_X, _P, reduction="sum"), sample([_X], [_P], convention="torch")]
MORE_SAMPLES: dict[str, list[Sample]] = {
    "clip": [sample(0.5)],
    "cosine_similarity": [sample([[3.0, 4.0], [1.0, -2.0]], [[4.0, -3.0], [-6.0, 1.0]], eps=5.0)],
    "dropout": [sample(3.0, 1.0, ratio=1.0, convention="torch"), sample(3.0, 1.0, train=False, convention="torch")],
    "group_norm": [sample([_X], groups=2)],
    "nll": _OF_SHARES,
    "cross_entropy": _OF_SHARES,
    "softmax_with_loss": _OF_SHARES,
}
"""What guards ask about and no sample of the layers has."""

Named = dict[str, Any]


def number_samples(spec: LayerSpec) -> Iterator[Sample]:
    """Every number with every other, for all parameters of the samples with which the layer takes numbers."""
    inputs = next((sample.inputs for sample in spec.cls.samples if not is_of_arrays(sample)), None)
    if inputs is None:
        return
    choices = DOMAINS_OF_INPUTS.get(spec.name, (NUMBERS,) * len(inputs))
    for _, parameters in all_samples(spec):
        try:
            by_class(spec, Sample(inputs, parameters), FLOATS, 1)
        except ShapeError:  # a number has no axis
            continue
        yield from (Sample(point, parameters) for point in itertools.product(*choices))


def array_samples(spec: LayerSpec, seeds: int = 3) -> Iterator[Sample]:
    """The samples of arrays, and others like them: of any numbers, and of few, which tie."""
    for each in filter(is_of_arrays, all_samples(spec)):
        yield each
        for seed in range(seeds):
            yield redrawn(spec, each, seed, ties=False)
            yield redrawn(spec, each, seed, ties=True)


def all_samples(spec: LayerSpec) -> list[Sample]:
    """The samples of a layer, and those above."""
    return [*spec.cls.samples, *MORE_SAMPLES.get(spec.name, [])]


def redrawn(spec: LayerSpec, like: Sample, seed: int, *, ties: bool) -> Sample:
    """A sample with other numbers in the inputs that are not constant."""
    rng = np.random.default_rng(seed)

    def drawn(name: str, x: Any) -> Any:
        shape = np.shape(x)
        if name in spec.cls.constant_inputs or (name == "labels" and shape != np.shape(like.inputs[0])):
            return x
        if spec.name == "bce":
            return rng.choice(SHARES if ties else [0.125, 0.375, 0.9], shape).tolist()
        return (rng.integers(-2, 3, shape).astype(float) if ties else rng.normal(0, 2, shape)).tolist()

    inputs = tuple(drawn(spec.input_name(number), x) for number, x in enumerate(like.inputs))
    return Sample(inputs, like.parameters)


def is_of_arrays(case: Sample) -> bool:
    """Whether some input of a sample is an array."""
    return any(isinstance(x, list) for x in case.inputs)


def differences(spec: LayerSpec, case: Sample, seed: int = 1) -> Iterator[str]:
    """What the lines and the class do not agree on, for an upstream gradient drawn with a seed.

    They are compared on reals of 50 digits, or on float64 where the class has no more digits: numbers with the lines
    on reals, arrays with the lines on arrays.
    """
    if is_of_arrays(case):
        numbers, tolerance = (ARRAYS, ON_ARRAYS) if spec.name in OF_FLOAT64 else (REAL_ARRAYS, ON_REALS)
    else:
        numbers, tolerance = (FLOATS, ON_FLOATS) if spec.name in OF_FLOAT64 else (REALS, ON_REALS)
    wanted = by_class(spec, case, numbers, seed)
    found = by_lines(spec, case, REALS if numbers is FLOATS else numbers, wanted.pop("dout"))
    for name in found and wanted:
        if name not in found:
            yield f"{name} has no line"
        elif not is_near(found[name], wanted[name], tolerance, numbers):
            yield f"{name} is {found[name]}, but {wanted[name]} by the class, for {case}"


def by_class(spec: LayerSpec, case: Sample, numbers: Domain, seed: int) -> Named:
    """The value and the gradients that the class gives, and the upstream gradient that they are for."""
    inputs = [numbers.convert(x) for x in case.inputs]
    layer = spec.bind(case.parameters, numbers)()
    with numbers.quiet():
        out = layer.forward(*inputs)
        dout = numbers.convert(np.random.default_rng(seed).integers(1, 9, numbers.shape(out)) / 4)
        found = layer.backward(dout)
    gradients = found if isinstance(found, tuple) else (found,)
    named = zip(spec.inputs, gradients, strict=False)
    return {"out": out, "dout": dout, **{f"d{name}": gradient for name, gradient in named if gradient is not None}}


def by_lines(spec: LayerSpec, case: Sample, numbers: Domain, dout: Value) -> Named:
    """The same by the lines; nothing where some of them are in words."""
    inputs = [numbers.convert(x) for x in case.inputs]
    found = evaluate(textbook(spec), inputs, case.parameters, numbers, numbers.convert(dout))
    if found is None or found.gradients is None:
        return {}
    named = zip(spec.inputs, found.gradients, strict=False)
    gradients = {f"d{name}": gradient for name, gradient in named if gradient is not None}
    return {"out": found.values["out"], **gradients}


def is_near(found: Value, wanted: Value, tolerance: float, numbers: Domain) -> bool:
    """Whether values agree: nan with nan, an infinity with itself, other numbers within the tolerance."""
    if numbers is ARRAYS:
        largest = np.abs(wanted[np.isfinite(wanted)]).max(initial=0)
        found = np.reshape(found, np.shape(wanted))
        return np.allclose(found, wanted, rtol=0, atol=tolerance * largest, equal_nan=True)
    if numbers is REAL_ARRAYS:
        wanted_numbers = numbers.elements(wanted)
        # At least 1, the size of the inputs: what cancels to 0 leaves a rounding error of theirs.
        largest = max([REALS.number("1"), *(abs(y) for y in wanted_numbers if REALS.is_finite(y))])
        pairs = zip(numbers.elements(found), wanted_numbers, strict=True)
        return all(are_near(x, y, tolerance * largest) for x, y in pairs)
    x, y = REALS.convert(found), REALS.convert(wanted)
    return are_near(x, y, tolerance * abs(y))


def are_near(x: Value, y: Value, distance: Value) -> bool:
    """Whether two reals agree."""
    return x == y or (x != x and y != y) or abs(x - y) <= distance  # noqa: PLR0124 - true of nan
