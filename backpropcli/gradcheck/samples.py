"""What to try a layer on: its own samples, or guesses at its inputs and at what its constructor takes.

The guesses fit each other: batches of 4 rows of 3 numbers, weights of 3 by 2, images of 3 channels, 4 hidden units.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from math import prod
from typing import Any, NamedTuple

from backpropcli.catalogue.spec import LayerSpec, Parameter
from backpropcli.domains import domain
from backpropcli.layers import Sample

_ROW, _BATCH, _HIDDEN, _IMAGES = (3,), (4, 3), (4, 4), (2, 3, 4, 4)
_LABELS = ([0, 2, 1, 0], [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]])
_SHARES = [[0.5, 0.125, 0.375], [0.25, 0.625, 0.125], [0.125, 0.25, 0.625], [0.375, 0.5, 0.125]]
_OTHER_SHARES = [[0.25, 0.25, 0.5], [0.125, 0.75, 0.125], [0.625, 0.125, 0.25], [0.25, 0.375, 0.375]]
_CHANCES = ([0.25, 0.875, 0.625, 0.375], [0.0, 1.0, 1.0, 0.0])
_SPECIAL = [[0, 1, -1], [0.5, 0.5, -2], [5, 0, -5], [20, 3, -20]]
"""Zeros, ones, ties, and numbers where an exponential is large; no row and no column is constant."""
_TIED = [[0, 2, -1], [0.5, -1.5, 3], [-5, 0, 4], [2, 3, 20]]
"""The same as the special numbers at some places, larger or smaller at others."""
_SCALARS = (0.75, -1.375, 2.625)
_WORDS = [[0, 2, 1], [1, 0, 2]]

_SIZES = {
    *("n", "num", "number", "dim", "dims", "dimension", "size", "sizes", "units", "features", "channels", "ch"),
    *("vocab", "neurons", "nodes", "in", "out", "input", "output", "inputs", "outputs", "hidden", "width", "height"),
}
_VECTORS = {"b", "bias", "biases", "beta", "gamma", "shift", "scale", "mean", "var"}
_MATRICES = {"w", "weight", "weights", "kernel", "theta"}
_PLAIN_SIZES = {"kernel": 3, "kernel_size": 3, "filter_size": 3, "stride": 1, "pad": 1, "padding": 1, "pool": 2, "k": 3}


class Usage(Enum):
    """How surely people call a layer so."""

    USUAL = 1
    LABELS = 2
    """The last input is a label, whole numbers or probabilities: meant only for layers that take some."""
    CHANCES = 3
    """The last input is a probability, or tells of two classes; for layers that take no other labels."""
    UNUSUAL = 4
    """Inputs that broadcast, or of many axes, which not every layer is written for."""


class Guess(NamedTuple):
    """Inputs to try; those of whole numbers are handed over as such.

    A guess is `sure` where a gradient in another shape than its input is the layer's fault, and not the guess's.
    """

    inputs: tuple[Any, ...]
    usage: Usage = Usage.USUAL
    whole: frozenset[int] = frozenset()
    is_sure: bool = False
    label: int = -1
    """Which of the inputs is the label, if one is."""


def own_samples(spec: LayerSpec, parameters: Mapping[str, Any]) -> list[Sample]:
    """The samples that a class has, with the given parameters instead of theirs."""
    return [Sample(s.inputs, {**s.parameters, **parameters}) for s in getattr(spec.cls, "samples", ())]


def input_guesses(spec: LayerSpec, lengths: Iterable[int] = ()) -> Iterator[Guess]:
    """Inputs that layers take, of as many as this one needs; the most usual come first.

    `lengths` are those of the axes of what the constructor is given, one of which an input may have to fit.
    """
    count = spec.least_inputs + spec.is_variadic  # two, so that a mixed-up order would show
    others = range(1, count)
    if count == 1:
        yield Guess((_numbers(()),))
        yield Guess((_numbers(_BATCH),), is_sure=True)
        yield from (Guess((_numbers((4, length)),), is_sure=True) for length in lengths if length != _BATCH[1])
        yield from (Guess((_numbers(shape),)) for shape in (_ROW, (3, 1)))
        yield from (Guess((grid,)) for grid in (_SHARES, _SPECIAL))
        yield from (Guess((_numbers(shape),), Usage.UNUSUAL) for shape in ((2, 2, 3), (1, 3, 4, 4)))
        yield from (Guess((words,), Usage.LABELS, frozenset({0})) for words in (_LABELS[0], _WORDS))
        return
    rest = [_numbers(_BATCH, number) for number in range(count - 1)]
    for label, is_whole in ((_LABELS[0], True), (_LABELS[1], False), (_LABELS[1], True)):
        yield Guess((*rest, label), Usage.LABELS, frozenset({count - 1}) if is_whole else frozenset())
        yield Guess((_SHARES, *rest[1:], label), Usage.LABELS, frozenset({count - 1}) if is_whole else frozenset())
    yield Guess((_WORDS, *(_numbers((3, 2), n) for n in others)), Usage.LABELS, frozenset({0}), label=0)
    yield Guess((_SHARES, *rest[1:], _OTHER_SHARES), Usage.CHANCES)
    yield Guess((_CHANCES[0], *rest[1:], _CHANCES[1]), Usage.CHANCES)
    yield Guess((_numbers((4,)), *rest[1:], [0, 1, 1, 0]), Usage.CHANCES, frozenset({count - 1}))
    yield Guess((_numbers(_ROW), *(_numbers(_ROW, n) for n in others[1:]), 1), Usage.CHANCES, frozenset({count - 1}))
    yield Guess(tuple(_SCALARS[n % 3] for n in range(count)))
    yield Guess(tuple(abs(_SCALARS[n % 3]) for n in range(count)))
    has_parameters = all(_is_vector(name) for name in spec.inputs[1:count])
    if not has_parameters:
        yield Guess(tuple(_numbers(_BATCH, n) for n in range(count)), is_sure=True)
        yield Guess((_SPECIAL, *(_numbers(_BATCH, n) for n in others)))
        yield Guess((_SPECIAL, _TIED, *(_numbers(_BATCH, n) for n in others[1:])))
    yield Guess(tuple(_numbers(_ROW, n) for n in range(count)))
    has_weights = count > 1 and spec.inputs[1].lower() in _MATRICES and all(map(_is_vector, spec.inputs[2:count]))
    for weight in ((3, 2), (2, 3)):
        inputs = (_numbers(_BATCH), *(_numbers(weight if n == 1 else (2,), n) for n in others))
        yield Guess(inputs, is_sure=has_weights)
    for bias in ((2,), (2, 1)):
        yield Guess((_numbers(_IMAGES), *(_numbers((2, 3, 3, 3) if n == 1 else bias, n) for n in others)))
    if has_parameters:
        yield Guess((_numbers(_IMAGES), *(_numbers(_ROW, n) for n in others)))
    yield from (Guess(shapes) for shapes in _recurrent(count))
    rows = tuple(_numbers(_ROW, n) for n in others)
    yield Guess((_numbers(_BATCH), *rows), Usage.USUAL if has_parameters else Usage.UNUSUAL, is_sure=True)
    if not has_parameters:
        yield Guess(
            (_numbers((2, 1)), *(_numbers(_ROW if n % 2 else (1, 1), n) for n in others)), Usage.UNUSUAL, is_sure=True
        )


def constructions(spec: LayerSpec, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the constructor may take for the arguments that it needs and that are not given; {} if there are none."""
    names = [name for name in spec.needed if name not in given]
    if not names:
        yield {}
        return
    readable = {
        name: _readable(spec.parameters[name], name, n) for n, name in enumerate(names) if name in spec.parameters
    }
    objects = [name for name in names if name not in readable]
    for values in _objects(objects):
        yield {**readable, **dict(zip(objects, values, strict=True))}


def _objects(names: Sequence[str]) -> Iterator[list[Any]]:
    if not names:
        yield []
        return
    yield _by_name(names)
    others = range(1, len(names))
    yield [_array((3, 2)), *(_array((2,), n) for n in others)]
    yield [_array((2, 3)), *(_array((2, 1), n) for n in others)]
    yield [3, *(2 for _ in others)]
    yield [_array(_ROW, n) for n in range(len(names))]
    yield [_array((2, 3, 3, 3)), *(_array((2,), n) for n in others)]
    for gates in (1, 4, 3):
        shapes = [(3, 4 * gates), (4, 4 * gates), (4 * gates,)]
        yield [_array(shapes[min(n, 2)], n) for n in range(len(names))]
    yield [0.5 + 0.25 * n for n in range(len(names))]


def _by_name(names: Sequence[str]) -> list[Any]:
    values: list[Any] = []
    sizes = iter((3, 2, *(4 for _ in names)))
    has_matrix = any(not _is_size(name) and not _is_vector(name) for name in names)
    for number, name in enumerate(names):
        if name.lower() in _PLAIN_SIZES:
            values.append(_PLAIN_SIZES[name.lower()])
        elif _is_size(name):
            values.append(next(sizes))
        elif _is_vector(name):
            values.append(_array((2,) if has_matrix else _ROW, number))
        else:
            values.append(_array((3, 2), number))
    return values


def _readable(parameter: Parameter, name: str, number: int) -> Any:
    if int in parameter.types and float not in parameter.types:
        return _PLAIN_SIZES.get(name.lower(), (3, 2)[number] if number < 2 else 4)
    if float in parameter.types:
        return 0.5
    if bool in parameter.types:
        return True
    return parameter.choices[0] if parameter.choices else (2,)


def _recurrent(count: int) -> Iterator[tuple[Any, ...]]:
    """Inputs of a recurrent cell: x, hidden state, perhaps a cell state, perhaps weights."""
    yield (_numbers(_BATCH), *(_numbers(_HIDDEN, n) for n in range(1, count)))
    if count > 3:
        shapes = [_BATCH, _HIDDEN, (3, 4), (4, 4), (4,)]
        yield tuple(_numbers(shapes[min(n, 4)], n) for n in range(count))


def _is_size(name: str) -> bool:
    words = re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
    return any(word.lower() in _SIZES for word in words) or re.fullmatch(r"n(?:in|out|x|y|h)", name.lower()) is not None


def _is_vector(name: str) -> bool:
    return re.sub(r"[\d_]", "", name.lower()) in _VECTORS


def _numbers(shape: tuple[int, ...], number: int = 0) -> Any:
    """Numbers between -2.5 and 2.5 off the kinks at 0 and 1, in nested lists."""
    if not shape:
        return _SCALARS[number % 3]
    return _nested([((37 * place + 23 * number + 11) % 80 - 39.5) / 16 for place in range(prod(shape))], shape)


def _array(shape: tuple[int, ...], number: int = 0) -> Any:
    """Weights: of other numbers than the inputs have, and smaller."""
    return domain("arrays").convert(_numbers(shape, number + 3)) / 2


def _nested(flat: list[float], shape: tuple[int, ...]) -> Any:
    if not shape:
        return flat[0]
    step = len(flat) // shape[0]
    return [_nested(flat[start : start + step], shape[1:]) for start in range(0, len(flat), step)]
