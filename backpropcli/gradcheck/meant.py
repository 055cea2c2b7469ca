"""Which guesses a layer is meant for, and on which of them it is to blame for what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backpropcli.catalogue.arguments import INDICES, labels_among
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains.base import Shape
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.probes import simple_like
from backpropcli.gradcheck.samples import Guess, Usage
from backpropcli.gradcheck.user_layer import is_consistent

_WITH_LABELS = (Usage.LABELS, Usage.CHANCES, Usage.SEQUENCES)
_ALIKE = {"y", "x2", "b", "z", "other"}  # names of what is of the same kind as the input before it


class Tried(NamedTuple):
    """A layer on inputs, and how surely it is meant for them; the guess at them, if they are one."""

    isolated: IsolatedLayer
    usage: Usage = Usage.USUAL
    guess: Guess | None = None


def is_fair(tried: Tried, *, is_named: bool) -> bool:
    """Whether a layer that is wrong on a guess is to blame, and not the guess."""
    is_alone = tried.usage is Usage.UNUSUAL and len(tried.isolated.inputs) == 1  # no weights, which need fit it, too
    is_sure = tried.guess is not None and (tried.guess.is_sure or is_alone)
    return is_consistent(tried.isolated, fits=not (is_sure and is_named and not _is_stretched(tried)))


def _is_stretched(tried: Tried) -> bool:
    """Whether weights of more axes stretch the input, which nobody means a layer for, and so its gradient."""
    isolated, numbers = tried.isolated, tried.isolated.domain
    has_weights = tried.guess is not None and len(isolated.inputs) > len(tried.guess.inputs)
    if not has_weights or not is_consistent(isolated, fits=False):
        return False
    value = isolated.value()
    (gradient, *_), shape = isolated.gradients(simple_like(value, numbers)), numbers.shape(value)
    return gradient is not None and numbers.shape(gradient) == shape != numbers.shape(isolated.inputs[0])


def meant(spec: LayerSpec, tried: Sequence[Tried]) -> list[Tried]:
    """Those that the layer is meant for: with labels if one of its inputs is a label, without if none is."""
    known = labels_among([spec.input_name(number) for number in range(spec.least_inputs)])
    runs_on_floats = any(t.guess is not None and not t.guess.whole for t in tried)
    with_labels: list[Tried] = []
    for usage in _WITH_LABELS:
        of_labels = [(t, t.guess) for t in tried if t.guess is not None and t.usage is usage]
        fitting = [
            t._replace(usage=Usage.USUAL)
            for t, guess in of_labels
            if (label := guess.label % spec.least_inputs) not in t.isolated.varying()
            and (spec.input_name(label) in known or not (guess.whole and runs_on_floats))
        ]
        of_examples = [t for t in fitting if not _takes_one_example(t)]
        if of_examples:
            return of_examples
        with_labels = with_labels or fitting
    return with_labels or [t for t in tried if t.usage not in _WITH_LABELS]


def _takes_one_example(tried: Tried) -> bool:
    """Whether a loss for one example is given the labels of several: each of its numbers depends on all of them."""
    isolated, guess = tried.isolated, tried.guess
    numbers, (x, *others) = isolated.domain, isolated.inputs
    value = isolated.value()
    is_index = isolated.node.spec.input_name(len(others)).lower() in INDICES
    if guess is None or not guess.whole or guess.label != -1 or is_index or not numbers.shape(value):
        return False
    moved = isolated.value_moved(0, numbers.concat([x[:1] + 0.5, x[1:]], 0))
    return not close(moved[-1:], value[-1:], numbers)


def as_usual(tried: Sequence[Tried]) -> list[Tried]:
    """What is usual for a layer that takes nothing that usually is, or leaves all of that as it is.

    The first is made for arrays as the one that it takes first, images of as many channels, the second, as flatten, for
    all that it takes.
    """
    usual = [each for each in tried if each.usage is Usage.USUAL]
    if not all(map(_does_nothing, usual)):
        return list(tried)
    first = _beginnings(tried[0])
    return [t._replace(usage=Usage.USUAL) if usual or _beginnings(t) == first else t for t in tried]


def _does_nothing(tried: Tried) -> bool:
    """Whether the numbers stay as they are, whatever their shape."""
    isolated, flat = tried.isolated, tried.isolated.domain.flat
    return len(isolated.inputs) == 1 and list(flat(isolated.value())) == list(flat(isolated.inputs[0]))


def _beginnings(tried: Tried) -> list[tuple[Shape, int]]:
    """The first two lengths of each input, and how many axes it has."""
    return [(shape[:2], len(shape)) for shape in shapes_of(tried)]


def of_one_example(tried: Sequence[Tried]) -> list[Tried]:
    """Vectors, rows, columns and square matrices each for themselves, if a layer takes no batch of several rows.

    If it takes some but none fits, square matrices may be what it is for. Of several inputs it is those of one shape
    and a batch beside rows, if only the latter fits.
    """
    if is_of_rows := all(len(each.isolated.inputs) == 1 for each in tried):
        lengths = [[length for length in shapes_of(each)[0] if length > 1] for each in tried]
        is_batch = [len(set(of_one)) > 1 for of_one in lengths]
        is_either = [len(of_one) > any(is_batch) for of_one in lengths]
    elif any(name in _ALIKE for name in tried[0].isolated.node.spec.inputs[1:]):
        return list(tried)
    else:
        is_either = [each.guess is not None and each.guess.is_sure for each in tried]
        is_batch = [each.usage is Usage.USUAL and of_one for each, of_one in zip(tried, is_either, strict=True)]
    of_batches = [each for each, is_of_batch in zip(tried, is_batch, strict=True) if is_of_batch]
    if any(is_consistent(each.isolated) for each in of_batches) or not (of_batches or is_of_rows):
        return list(tried)
    return [
        each._replace(usage=Usage.EITHER) if of_one else each for each, of_one in zip(tried, is_either, strict=True)
    ]


def shapes_of(tried: Tried) -> list[Shape]:
    """The shapes of the inputs."""
    return [tried.isolated.domain.shape(x) for x in tried.isolated.inputs]
