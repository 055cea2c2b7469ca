"""Every built-in layer, checked where checks go wrong: at kinks and ties, at tiny and huge numbers, and in float32.

The layers are right there, or other tests say where not, so nothing may be called wrong, and next to nothing may be
left unchecked. `python tests/gradcheck/hard_points.py [LAYER...]` checks all points and prints what it counts; the test
suite takes a selection of them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import wraps
from random import Random
from typing import Any, NamedTuple

import numpy as np

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import BackpropError
from backpropcli.gradcheck import Report, Verdict, check_layer
from backpropcli.gradcheck.trials import isolated_layer
from backpropcli.layers import Layer, Sample

NUMBERS = (
    *(0.0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-200, 1e-100, 1e-20, 1e-8, 1e-3),
    *(0.5, 1.0, 1.0000000000000002, 1.5, 2.0, 3.0, 6.0, 10.0, 20.0, 37.0, 100.0, 700.0, 745.5),
    *(1e4, 10000.3, 1e8, 1e12, 1e16, 1e50, 1e100, 1e300, 1.7e308),
)
# Where float32 can see the slopes: it has seven digits, and a step needs some of them.
FLOAT32_NUMBERS = (0.0, 1e-3, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.3, 1.7, 2.0, 2.2, 2.6)
SCALES = (0.0, 1e-310, 1e-200, 1e-20, 1e-8, 1e-3, 1.0, 10.0, 40.0, 1e3, 1e8, 1e20, 1e100, 1e300)
FLOAT32_SCALES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1)
PAIRS = 90  # of the numbers, for layers of several inputs
MOST = 110  # points of a layer, drawn from those of all its samples


class Point(NamedTuple):
    """A layer with inputs to check it on."""

    name: str
    cls: type[Any]
    sample: Sample
    is_float32: bool = False

    def check(self) -> Report:
        """The check as of a built-in layer, or in float32 as of a user's own."""
        spec = foreign_spec(self.name, self.cls, "float32", None) if self.is_float32 else LayerSpec(self.name, self.cls)
        return check_layer(spec, self.sample.inputs, self.sample.parameters)

    def leaves_the_range(self) -> bool:
        """Whether the layer's own value is not finite."""
        spec = LayerSpec(self.name, self.cls)
        isolated = isolated_layer(spec, self.sample.inputs, self.sample.parameters)
        with isolated.domain.quiet():
            return not isolated.domain.is_finite(isolated.value())


def recast(cls: type[Layer]) -> type[Any]:
    """The same layer as a user would write it in float32: inputs and dout are cast."""

    class InFloat32(cls):
        @wraps(cls.forward)
        def forward(self, *inputs: Any) -> Any:
            return super().forward(*map(np.float32, inputs))

        def backward(self, dout: Any) -> Any:
            return super().backward(np.float32(dout))

    InFloat32.__name__ = InFloat32.__qualname__ = cls.__name__
    return InFloat32


def points(names: Sequence[str] = ()) -> Iterator[Point]:
    """All points, the same every time."""
    for name in names or LAYERS:
        draw = Random(name)
        found = list(_points_of(name, draw))
        yield from draw.sample(found, min(len(found), MOST))


def _points_of(name: str, draw: Random) -> Iterator[Point]:
    cls = layer_class(name)
    for sample in cls.samples:
        varying = isolated_layer(LayerSpec(name, cls), sample.inputs, sample.parameters).varying()
        for inputs in _hard_inputs(sample, varying, draw, NUMBERS, SCALES):
            yield Point(name, cls, Sample(inputs, sample.parameters))
        for inputs in _hard_inputs(sample, varying, draw, FLOAT32_NUMBERS, FLOAT32_SCALES):
            yield Point(name, recast(cls), Sample(inputs, sample.parameters), is_float32=True)


def _hard_inputs(
    sample: Sample, varying: Sequence[int], draw: Random, numbers: Sequence[float], scales: Sequence[float]
) -> Iterator[tuple[Any, ...]]:
    """The inputs of a sample with hard numbers in the place of theirs."""
    signed = [sign * number for number in numbers for sign in (1, -1)]
    of_numbers = [i for i in varying if np.ndim(sample.inputs[i]) == 0]
    if len(of_numbers) == 1:
        for number in signed:
            yield _with(sample, {of_numbers[0]: number})
    elif of_numbers:
        for _ in range(PAIRS):
            tie = draw.choice(signed)
            yield _with(sample, {i: draw.choice((tie, draw.choice(signed))) for i in of_numbers})
    arrays = {i: np.array(sample.inputs[i], float) for i in varying if i not in of_numbers}
    if arrays:
        for scale in scales:
            yield _with(sample, {i: (scale * x).tolist() for i, x in arrays.items()})
        yield _with(sample, {i: np.round(x).tolist() for i, x in arrays.items()})
        yield _with(sample, {i: np.ones_like(x).tolist() for i, x in arrays.items()})
        for _ in range(8):
            yield _with(sample, {i: _with_one(x, draw, signed).tolist() for i, x in arrays.items()})


def _with(sample: Sample, others: dict[int, Any]) -> tuple[Any, ...]:
    return tuple(others.get(i, x) for i, x in enumerate(sample.inputs))


def _with_one(x: Any, draw: Random, numbers: Sequence[float]) -> Any:
    """An array with one hard number in it, and one tie."""
    flat = x.ravel().copy()
    if flat.size:
        flat[draw.randrange(flat.size)] = draw.choice(numbers)
        flat[draw.randrange(flat.size)] = flat[draw.randrange(flat.size)]
    return flat.reshape(x.shape)


def outcome(point: Point) -> tuple[str, str]:
    """What became of a check, and the notes of what is not right.

    `refused` is what the layer does not take, and `nowhere` where its value or its slope is not a float64 number.
    """
    try:
        report = point.check()
    except BackpropError as error:
        return "refused", str(error)
    except Exception as error:  # noqa: BLE001 - whatever escapes a check is the fault that is looked for
        return "crash", repr(error)
    if report.problems:
        return "refused", report.problems[0].message
    for verdict in (Verdict.WRONG, Verdict.UNCHECKED, Verdict.KINK):
        found = [f for f in report.findings if f.verdict is verdict]
        if found:
            told = "; ".join(
                f"{f.subject}: found {f.found} for {f.reference} +- {f.uncertainty}, {f.note}" for f in found
            )
            is_told = verdict is Verdict.UNCHECKED and all(_is_nowhere(f.note or "") for f in found)
            return ("nowhere" if is_told or point.leaves_the_range() else verdict.value), told
    return "right", ""


def _is_nowhere(note: str) -> bool:
    return "not finite" in note or "too large for float64" in note


def main(names: Sequence[str]) -> int:
    """Check all points, and print what is not right and the counts."""
    counts: Counter[tuple[str, bool]] = Counter()
    for point in points(names):
        word, told = outcome(point)
        counts[word, point.is_float32] += 1
        if word in {"crash", "wrong", "unchecked"}:
            kind = "float32" if point.is_float32 else "float64"
            print(f"{word}: {point.name} ({kind}) {point.sample.inputs} {dict(point.sample.parameters)}\n    {told}")
    print(f"{sum(counts.values()):,} checks")
    for (word, is_float32), count in sorted(counts.items()):
        print(f"{count:6,} {word} {'in float32' if is_float32 else ''}")
    return int(any(word in {"crash", "wrong"} for word, _ in counts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
