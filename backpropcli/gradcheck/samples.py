"""Inputs to try a layer on: its own samples, or generic ones that its forward takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.layers import Sample

# Off the kinks at 0 and 1, and all different: one of three for each input, repeated for more.
_NUMBERS = (0.75, -1.375, 2.625)
_GRIDS = (
    [[0.75, -0.5, 1.25], [-1.75, 2.25, 0.375]],
    [[1.375, 0.625, -2.5], [0.875, -0.25, 1.125]],
    [[-0.625, 1.875, 0.4375], [2.125, -1.5, 0.3125]],
)
_COLUMN_AND_ROW = ([[0.75], [-1.75]], [1.375, 0.625, -2.5], [[2.125]])
_MATRICES = (
    [[0.75, -0.5, 1.25], [-1.75, 2.25, 0.375]],
    [[1.375, 0.625], [-2.5, 0.875], [-0.25, 1.125]],
    [0.4375, -1.5],
)
_POSITIVE = (0.75, 1.375, 2.625)


def own_samples(spec: LayerSpec, parameters: Mapping[str, Any]) -> list[Sample]:
    """The samples that a class has, with the given parameters instead of theirs."""
    return [Sample(s.inputs, {**s.parameters, **parameters}) for s in getattr(spec.cls, "samples", ())]


def generic_samples(spec: LayerSpec, parameters: Mapping[str, Any]) -> Iterator[Sample]:
    """Numbers, arrays of one shape, shapes that broadcast, and matrices that can be multiplied."""
    count = spec.least_inputs + spec.is_variadic  # two, so that a mixed-up order would show
    for kinds in (_NUMBERS, _POSITIVE, _GRIDS, _COLUMN_AND_ROW, _MATRICES):
        if count > 1 or kinds not in (_COLUMN_AND_ROW, _MATRICES):
            yield Sample(tuple(kinds[number % len(kinds)] for number in range(count)), dict(parameters))
