"""What to try a layer on: its own samples, or guesses at its inputs.

The guesses fit each other, and those at weights: batches have rows of FEATURES numbers, and images as many channels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from math import prod
from typing import Any, NamedTuple

from backpropcli.catalogue.arguments import PREDICTIONS, labels_among
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains.base import Shape
from backpropcli.layers import Sample

BATCH, FEATURES, OUTPUTS, HIDDEN = 4, 3, 2, 4
GATES = (1, 4, 3)
"""Of a plain recurrent cell, an LSTM and a GRU."""
IMAGES = (FEATURES, 4, 4), (4, 4, FEATURES)
"""Of one example: channels first, and last."""
_ROW, _BATCH = (FEATURES,), (BATCH, FEATURES)
_OTHER_BATCHES = (1, FEATURES), (2, FEATURES), (3, FEATURES), (34, FEATURES)
_BATCHES_OF_SEVERAL = (1, FEATURES), (2, FEATURES), (3, HIDDEN), (34, FEATURES)
"""Without a square matrix, two of which a dot product of vectors would multiply."""
_OF_MANY_AXES = (
    (2, 4, FEATURES),
    (2, FEATURES, 5),
    (2, 5, 4),
    (2, FEATURES, 4, 4),
    (2, FEATURES, 6, 5),
    (2, 4, 4, FEATURES),
)
"""Sequences of features, signals of several channels, images with the channels first, and last."""
_IMAGES, _KERNELS = (2, FEATURES, 4, 4), (OUTPUTS, FEATURES, 3, 3)
_CLASSES, _ONE_HOT = [0, 2, 1, 0], [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
_SHARES = [[0.5, 0.125, 0.375], [0.25, 0.625, 0.125], [0.125, 0.25, 0.625], [0.375, 0.5, 0.125]]
_OTHER_SHARES = [[0.25, 0.25, 0.5], [0.125, 0.75, 0.125], [0.625, 0.125, 0.25], [0.25, 0.375, 0.375]]
_FAR = [[3, -2.5, 0.5], [-4, 2, 3], [0.5, -3, 3.5], [2, 2.5, -3.5]]
"""Targets most of which are more than 1 from any share."""
_CHANCES, _TRUTHS = [0.25, 0.875, 0.625, 0.375], [0.0, 1.0, 1.0, 0.0]
_SPECIAL = [[0, 1, -1], [0.5, 0.5, -2], [5, 0, -5], [20, 3, -20]]
"""Zeros, ones, ties, and numbers where an exponential is large; no row and no column is constant."""
_TIED = [[0, 2, -1], [0.5, -1.5, 3], [-5, 0, 4], [2, 3, 20]]
"""The same as the special numbers at some places, larger or smaller at others."""
_SCALARS = (0.75, -1.375, 2.625)
_WORDS = [[0, 2, 1], [1, 0, 2]]
_SEQUENCES = (2, 4, FEATURES)
_BESIDE_SEQUENCES = (2, FEATURES), (2, 4), _SEQUENCES
"""What attention takes beside a sequence: a row for each sequence, a number for each step, another sequence."""
_SIGNAL, _SIGNALS = (5,), (2, FEATURES, 5)
_GROUPED, _OF_CHANNELS = (2, 4, 3, 2), (1, 4, 1, 1)
"""Images whose channels are of two groups, and a parameter for each channel."""
_SEQUENCE_LABELS = [[0, 2, 1, 1], [1, 0, 2, 0]], [[1, 1, 0, 1], [1, 1, 1, 0]]

_VECTORS = {"b", "bias", "biases", "beta", "gamma", "shift", "scale", "mean", "var"}
_MATRICES = {"w", "weight", "weights", "kernel", "theta"}


class Usage(Enum):
    """How surely people call a layer so."""

    USUAL = 1
    LABELS = 2
    """The last input is a label, whole numbers or probabilities: meant only for layers that take some."""
    CHANCES = 3
    """The last input is a probability, or tells of two classes; for layers that take no other labels."""
    SEQUENCES = 4
    """Each step of a sequence has a label; for layers that take no other labels, either."""
    UNUSUAL = 5
    """Inputs that broadcast, or of many axes, which not every layer is written for."""
    EITHER = 6
    """A vector, a row, a column or a square matrix: a layer that takes no batch may be written for one of these."""


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
    is_far: bool = False
    """Whether the label is far from the prediction, as no class is: meant for losses of the difference."""


def own_samples(spec: LayerSpec, parameters: Mapping[str, Any]) -> list[Sample]:
    """The samples that a class has, with the given parameters instead of theirs."""
    return [Sample(s.inputs, {**s.parameters, **parameters}) for s in getattr(spec.cls, "samples", ())]


def input_guesses(spec: LayerSpec, lengths: Sequence[int] = (), shapes: Iterable[Shape] = ()) -> Iterator[Guess]:
    """Inputs that layers take, of as many as this one needs; the most usual come first.

    `lengths` are those of the axes of what the constructor is given, one of which an input may have to fit; `shapes`
    are given to it for those of the input.
    """
    count = spec.least_inputs + spec.is_variadic  # two, so that a mixed-up order would show
    if count == 1:
        yield from (Guess((numbers(whole),)) for shape in shapes for whole in (shape, (2, *shape)))
        yield from _of_one(lengths)
    else:
        names = [spec.input_name(number) for number in range(count)]
        is_first = labels_among(names) == {names[0]}
        with_labels = _with_labels(count, of_chances=names[is_first].lower() in PREDICTIONS)
        yield from map(_label_first, with_labels) if is_first else with_labels
        yield from _of_several(names, count)
        yield from _of_lengths(count, lengths)


def _of_one(lengths: Sequence[int]) -> Iterator[Guess]:
    yield Guess((numbers(()),))
    yield Guess((numbers(_BATCH),), is_sure=True)
    yield from (Guess((numbers((BATCH, length)),), is_sure=True) for length in lengths if length != FEATURES)
    yield from (Guess((numbers(shape),)) for shape in (_ROW, (FEATURES, 1), *_OTHER_BATCHES))
    yield from (Guess((grid,)) for grid in (_SHARES, _SPECIAL))
    yield from (Guess((grid,), Usage.UNUSUAL) for grid in (*map(numbers, _OF_MANY_AXES), _tied_image()))
    for length in lengths:
        if length != FEATURES:
            shapes = (2, 5, length), (2, length, 6), (2, length, 6, 5), (2, 6, 5, length)
            yield from (Guess((numbers(shape),), Usage.UNUSUAL) for shape in shapes)
    yield from (Guess((words,), Usage.LABELS, frozenset({0})) for words in (_CLASSES, _WORDS))


def _tied_image() -> Any:
    """A small image whose largest number stands there twice, side by side, so that a pool of it has a tie."""
    image = numbers((*_IMAGES[:2], 2, 2))
    image[0][0][0][:2] = [3, 3]
    return image


def _with_labels(count: int, *, of_chances: bool) -> Iterator[Guess]:
    """Inputs of which one is a label: the last, or the first, whose numbers are rows of the second."""
    last = frozenset({count - 1})
    first, *others = (numbers(_BATCH, number) for number in range(count - 1))
    for label, whole in ((_CLASSES, last), (_ONE_HOT, frozenset[int]()), (_ONE_HOT, last)):
        yield Guess((_SHARES, *others, label), Usage.LABELS, whole)
        if not of_chances:
            yield Guess((first, *others, label), Usage.LABELS, whole)
    yield Guess((_SHARES, *others, _FAR), Usage.LABELS, is_far=True)
    if count <= 3:
        labels = _SEQUENCE_LABELS[: count - 1]  # classes, and which of them count
        yield Guess((numbers(_SEQUENCES), *labels), Usage.SEQUENCES, frozenset(range(1, count)), label=1)
    yield Guess((numbers((FEATURES, FEATURES)), *others[:1], _CLASSES), Usage.LABELS, last)
    table = (numbers((FEATURES, OUTPUTS), number) for number in range(1, count))
    yield Guess((_WORDS, *table), Usage.LABELS, frozenset({0}), label=0)
    if count == 2:
        yield Guess((_WORDS, numbers((2, HIDDEN), 1)), Usage.LABELS, frozenset({0}), label=0)
    yield Guess((_SHARES, *others, _OTHER_SHARES), Usage.CHANCES)
    yield Guess((_CHANCES, *others, _TRUTHS), Usage.CHANCES)
    yield Guess((numbers((BATCH,)), *others, [int(truth) for truth in _TRUTHS]), Usage.CHANCES, last)
    yield Guess((*(numbers(_ROW, number) for number in range(count - 1)), 1), Usage.CHANCES, last)


def _label_first(guess: Guess) -> Guess:
    """The same where the label is the first input, and not the last."""
    *others, last = guess.inputs
    if guess.label != -1:
        return guess
    count = len(guess.inputs)
    return guess._replace(inputs=(last, *others), whole=frozenset((n + 1) % count for n in guess.whole), label=0)


def _of_several(names: Sequence[str], count: int) -> Iterator[Guess]:
    """Inputs of one shape, or a batch and what it is multiplied by or shifted with."""

    def shaped(first: Shape, second: Shape, others: Shape) -> tuple[Any, ...]:
        return tuple(numbers((first, second, others)[min(number, 2)], number) for number in range(count))

    has_parameters = all(map(is_vector, names[1:count])) and names[0].lower() != "a"  # a and b are alike
    has_weights = is_matrix(names[1]) and all(map(is_vector, names[2:count]))
    scalars = shaped((), (), ())
    yield Guess(scalars)
    yield Guess(tuple(map(abs, scalars)))
    if not has_parameters and not (has_weights and count > 2):
        same = shaped(_BATCH, _BATCH, _BATCH)
        yield Guess(same, is_sure=True)
        yield Guess((_SPECIAL, *same[1:]))
        yield Guess((_SPECIAL, _TIED, *same[2:]))
        yield from (Guess(shaped(shape, shape, shape)) for shape in _BATCHES_OF_SEVERAL)
    yield Guess(shaped(_ROW, _ROW, _ROW))
    if count == 2:
        yield from (Guess(shaped(first, second, ())) for first, second in ((_SIGNAL, _ROW), (_ROW, (OUTPUTS,))))
    for weight in ((FEATURES, OUTPUTS), (OUTPUTS, FEATURES)):
        yield from (Guess(shaped(x, weight, (OUTPUTS,)), is_sure=has_weights) for x in (_BATCH, (1, FEATURES)))
    yield Guess(shaped((FEATURES, BATCH), (OUTPUTS, FEATURES), (OUTPUTS, 1)), is_sure=has_weights)
    for bias in ((OUTPUTS,), (OUTPUTS, 1)):
        yield Guess(shaped(_IMAGES, _KERNELS, bias))
    yield Guess(shaped(_SIGNALS, (OUTPUTS, FEATURES, 3), (OUTPUTS,)))
    yield Guess(shaped(_SEQUENCES, (FEATURES, OUTPUTS), (OUTPUTS,)))
    if has_parameters:
        yield Guess(shaped(_IMAGES, _ROW, _ROW))
        yield Guess(shaped(_GROUPED, _GROUPED[1:2], _GROUPED[1:2]))
        yield Guess(shaped(_GROUPED, _OF_CHANNELS, _OF_CHANNELS))
    yield from map(Guess, _recurrent(count))
    if count == 2:
        yield from (Guess(shaped(_SEQUENCES, other, ())) for other in _BESIDE_SEQUENCES)
        yield Guess(shaped(_BESIDE_SEQUENCES[0], _SEQUENCES, ()))
    yield Guess(shaped(_SEQUENCES, _SEQUENCES, _SEQUENCES), Usage.UNUSUAL)
    yield Guess(shaped(_BATCH, _ROW, _ROW), Usage.USUAL if has_parameters else Usage.UNUSUAL, is_sure=True)
    if not has_parameters:
        yield Guess(shaped((2, 1), _ROW, (1, 1)), Usage.UNUSUAL, is_sure=True)
    if has_weights:
        yield Guess(shaped((BATCH, 1, FEATURES), (FEATURES, OUTPUTS), (OUTPUTS,)), Usage.UNUSUAL, is_sure=True)


def _of_lengths(count: int, lengths: Sequence[int]) -> Iterator[Guess]:
    """Batches, and a sequence beside a batch, with rows of the lengths that a layer is constructed with."""
    for first in lengths:
        others = [numbers((BATCH, first), number) for number in range(1, count - 1)]
        yield Guess((numbers((BATCH, first)), *others, _CLASSES), Usage.LABELS, frozenset({count - 1}))
        for second in lengths:
            others = [numbers((BATCH, second), number) for number in range(1, count)]
            yield Guess((numbers((BATCH, first)), *others))
            yield Guess((numbers((BATCH, 5, first)), *others))


def _recurrent(count: int) -> Iterator[tuple[Any, ...]]:
    """Inputs of a recurrent cell, and of a sequence: x, hidden state, perhaps a cell state, perhaps weights."""
    for x in (_BATCH, _SEQUENCES):
        state = (x[0], HIDDEN)
        if x == _BATCH:
            yield (numbers(x), *(numbers(state, number) for number in range(1, count)))
        states = [state] * (1 if count < 6 else 2)
        for gates in GATES if count > 3 else ():
            shapes = [x, *states, (FEATURES, gates * HIDDEN), (HIDDEN, gates * HIDDEN), (gates * HIDDEN,)]
            yield tuple(numbers(shapes[min(number, len(shapes) - 1)], number) for number in range(count))


def is_vector(name: str) -> bool:
    """Whether an argument of this name usually has one number for each feature."""
    return _bare(name) in _VECTORS


def is_matrix(name: str) -> bool:
    """Whether an argument of this name usually is a matrix that multiplies."""
    return _bare(name) in _MATRICES


def _bare(name: str) -> str:
    return re.sub(r"[\d_]", "", name.lower())


def numbers(shape: Shape, number: int = 0) -> Any:
    """Numbers between -2.5 and 2.5 off the kinks at 0 and 1, in nested lists; up to 320 are all different."""
    if not shape:
        return _SCALARS[number % 3]
    size = prod(shape)
    steps = 80 if size <= 80 else 320
    flat = [((37 * place + 23 * number + 11) % steps - steps / 2 + 0.5) / (steps / 5) for place in range(size)]
    return _nested(flat, shape)


def _nested(flat: list[float], shape: Shape) -> Any:
    if not shape:
        return flat[0]
    step = len(flat) // shape[0]
    return [_nested(flat[start : start + step], shape[1:]) for start in range(0, len(flat), step)]
