"""On what a layer is tried: inputs that are given, its own samples, or those of the guesses that it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from backpropcli.binding import bind
from backpropcli.catalogue.arguments import INDICES, labels_among
from backpropcli.catalogue.held import all_kept
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import domain
from backpropcli.domains.base import Shape
from backpropcli.errors import BackpropError, DataError, Problem
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.constructions import (
    are_understood,
    constructions,
    is_of_weights,
    longer_strides,
    shapes_of_input,
    with_rows,
)
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.probes import simple_like
from backpropcli.gradcheck.samples import Guess, Usage, input_guesses, own_samples
from backpropcli.gradcheck.user_layer import is_consistent, made_ready
from backpropcli.graph import Graph, Node

_ALIKE = {"y", "x2", "b", "z", "other"}  # names of what is of the same kind as the input before it
MOST_LENGTH = 8  # of the rows of an input, for which a layer with arrays of this length may be meant
WITH_LABELS = (Usage.LABELS, Usage.CHANCES, Usage.SEQUENCES)


class Tried(NamedTuple):
    """A layer on inputs, and how surely it is meant for them; the guess at them, if they are one."""

    isolated: IsolatedLayer
    usage: Usage = Usage.USUAL
    guess: Guess | None = None


def to_try(spec: LayerSpec, inputs: Sequence[Any] | None, parameters: Mapping[str, Any]) -> list[Tried]:
    """What a layer is judged on; what its constructor needs and is not given is guessed.

    Raises DataError if no guess fits.
    """
    if inputs is not None:
        return [Tried(_on_given(spec, inputs, parameters))]
    samples = own_samples(spec, parameters)
    tried = [Tried(_on_given(spec, sample.inputs, sample.parameters)) for sample in samples]
    of_sample = samples[0].parameters if spec.origin is None and samples else {}
    try:
        guessed = _of_one_example(_as_usual(_on_guesses(spec, {**of_sample, **parameters})))
        return [*tried, *guessed, *(_with_stride(spec, parameters, guessed) if spec.origin else ())]
    except DataError:
        if tried:
            return tried
        raise


def _on_given(spec: LayerSpec, inputs: Sequence[Any], parameters: Mapping[str, Any]) -> IsolatedLayer:
    """The layer on given inputs, with whole numbers as such where it takes them only so."""
    first = running = None
    for construction in constructions(spec, parameters) if spec.origin else [{}]:
        made = isolated_layer(spec, inputs, {**parameters, **construction})
        first = first or made
        for whole in _possibly_whole(made):
            ready = made_ready(made, whole)
            if is_consistent(ready):
                return ready
            running = running or (ready if _runs(ready) else None)
        if running is not None:
            return running
    if first is not None and all(name in parameters for name in spec.needed):
        return first
    return isolated_layer(spec, inputs, parameters)  # which tells what the constructor lacks


def _possibly_whole(isolated: IsolatedLayer) -> Iterator[list[int]]:
    """The numbers of the inputs that may be meant as whole numbers: none, the last, the first, or all that are."""
    yield []
    numbers = isolated.domain
    are_whole = [n for n, x in enumerate(isolated.inputs) if all(float(each).is_integer() for each in numbers.flat(x))]
    if are_whole and isolated.node.spec.needs_arrays:
        yield are_whole[-1:]
        yield are_whole[:1]
        yield are_whole


def _on_guesses(spec: LayerSpec, parameters: Mapping[str, Any]) -> list[Tried]:
    """The layer on the guesses that it is meant for, with the first construction with which there are some."""
    reasons: list[Problem] = []
    taken_at_all: list[Tried] = []
    for number, construction in enumerate(constructions(spec, parameters) if spec.origin else [{}]):
        taken, problems = _taken(spec, parameters, construction)
        reasons = reasons or problems
        # Only the first construction goes by the names of the arguments: there, shapes that do not fit are a mistake,
        # unless they all do where a bias is a row.
        chosen = _meant(
            spec, [tried for tried in taken if _is_fair(tried, is_named=number == 0 and are_understood(spec.needed))]
        )
        if number == 0 and not _all_fit(chosen):
            of_rows, _ = _taken(spec, parameters, with_rows(construction))
            of_rows = _meant(spec, [tried for tried in of_rows if _is_fair(tried, is_named=True)])
            return of_rows if of_rows and _all_fit(of_rows) else chosen
        if chosen:
            return chosen
        if is_of_weights(spec.needed) and (failing := next(filter(_fails, taken), None)):
            return [failing]  # where all fits by the names: other weights would only hide it
        taken_at_all = taken_at_all or _meant(spec, taken)
    if taken_at_all:
        return taken_at_all
    most = Counter((reason.message, reason.place) for reason in reasons).most_common(1)
    raise _nothing_fits(spec, parameters, Problem(*most[0][0]) if most else Problem("the values are not finite"))


def _taken(
    spec: LayerSpec, parameters: Mapping[str, Any], construction: Mapping[str, Any]
) -> tuple[list[Tried], list[Problem]]:
    """The layer on the guesses that it takes, of this construction, and why it takes no others."""
    shapes = [getattr(value, "shape", ()) for value in parameters.values()]
    lengths = list(dict.fromkeys(length for shape in shapes for length in shape))
    lengths += [length for length in _lengths_on_object(spec, {**parameters, **construction}) if length not in lengths]
    taken: list[Tried] = []
    reasons: list[Problem] = []
    for guess in input_guesses(spec, lengths, shapes_of_input({**parameters, **construction})):
        try:
            isolated = _on_guess(spec, guess, {**parameters, **construction})
            if _has_numbers(isolated) and (not guess.is_far or _is_of_difference(isolated)):
                taken.append(Tried(isolated, guess.usage, guess))
        except BackpropError as error:
            reasons += error.problems
    return taken, reasons


def _has_numbers(isolated: IsolatedLayer) -> bool:
    """Whether the value has numbers, all of them finite."""
    value = isolated.value()
    return isolated.domain.size(value) > 0 and isolated.domain.is_finite(value)


def _lengths_on_object(spec: LayerSpec, parameters: Mapping[str, Any]) -> list[int]:
    """The lengths of the axes of the arrays with which an object begins, of which an input may have to fit one."""
    if spec.origin is None:
        return []
    try:
        made = spec.bind(parameters, domain("arrays"), spec.graded_cls)()
    except BackpropError:
        return []
    shapes = [getattr(value, "shape", ()) for _, value in all_kept(made)]
    return list(dict.fromkeys(length for shape in shapes for length in shape if length <= MOST_LENGTH))


def _is_of_difference(isolated: IsolatedLayer) -> bool:
    """Whether a loss hangs on how far its inputs are apart, as that of a regression and none of classes."""
    first, *others = isolated.inputs
    value, of_both, of_one = (
        isolated.value(inputs)
        for inputs in ([first, *others], [first + 1.0, *(x + 1.0 for x in others)], [first + 1.0, *others])
    )
    return close(of_both, value, isolated.domain) and not close(of_one, value, isolated.domain)


def _on_guess(spec: LayerSpec, guess: Guess, parameters: Mapping[str, Any]) -> IsolatedLayer:
    isolated = isolated_layer(spec, guess.inputs, parameters)
    with isolated.domain.quiet():
        return made_ready(isolated, guess.whole)


def _is_fair(tried: Tried, *, is_named: bool) -> bool:
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


def _as_usual(tried: Sequence[Tried]) -> list[Tried]:
    """What is usual for a layer that takes nothing that usually is, or leaves all of that as it is.

    The first is made for arrays as the one that it takes first, images of as many channels, the second, as flatten, for
    all that it takes.
    """
    usual = [each for each in tried if each.usage is Usage.USUAL]
    if not all(map(_does_nothing, usual)):
        return list(tried)
    first = _beginnings(tried[0])
    return [t._replace(usage=Usage.USUAL) if usual or _beginnings(t) == first else t for t in tried]


def _of_one_example(tried: Sequence[Tried]) -> list[Tried]:
    """Vectors, rows, columns and square matrices each for themselves, if a layer takes no batch of several rows.

    If it takes some but none fits, square matrices may be what it is for. Of several inputs it is those of one shape
    and a batch beside rows, if only the latter fits.
    """
    if is_of_rows := all(len(each.isolated.inputs) == 1 for each in tried):
        lengths = [[length for length in _shapes(each)[0] if length > 1] for each in tried]
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


def _with_stride(spec: LayerSpec, given: Mapping[str, Any], tried: Sequence[Tried]) -> Iterator[Tried]:
    """The first images that are tried, once more with a stride if the layer has one that is not given."""
    of_images = next((each for each in tried if len(_shapes(each)[0]) > 2), None)
    if of_images is None or of_images.guess is None:
        return
    parameters = of_images.isolated.node.parameters
    for strided in longer_strides(spec, parameters):
        if given.keys().isdisjoint(strided):
            with suppress(BackpropError):
                isolated = _on_guess(spec, of_images.guess, {**parameters, **strided})
                if _has_numbers(isolated) and is_consistent(isolated):
                    yield of_images._replace(isolated=isolated)
                    return


def _does_nothing(tried: Tried) -> bool:
    """Whether the numbers stay as they are, whatever their shape."""
    isolated, flat = tried.isolated, tried.isolated.domain.flat
    return len(isolated.inputs) == 1 and list(flat(isolated.value())) == list(flat(isolated.inputs[0]))


def _beginnings(tried: Tried) -> list[tuple[Shape, int]]:
    """The first two lengths of each input, and how many axes it has."""
    return [(shape[:2], len(shape)) for shape in _shapes(tried)]


def _shapes(tried: Tried) -> list[Shape]:
    return [tried.isolated.domain.shape(x) for x in tried.isolated.inputs]


def _fails(tried: Tried) -> bool:
    """Whether backward raises on a guess that fits."""
    return tried.guess is not None and tried.guess.is_sure and not is_consistent(tried.isolated, fits=False)


def _all_fit(tried: Sequence[Tried]) -> bool:
    return all(is_consistent(each.isolated) for each in tried)


def _nothing_fits(spec: LayerSpec, parameters: Mapping[str, Any], reason: Problem) -> DataError:
    """What to do where no guess fits: give inputs, and for the constructor what it lacks."""
    words = ["backprop check", *([f"--layers {spec.file}"] if spec.file else []), spec.name]
    words += [f"--init {name}=..." for name in spec.needed if name not in parameters]
    words += [f"--{name} ..." for name in spec.inputs[: spec.least_inputs]]
    hint = f"give it inputs: {' '.join(words)}"
    first_line, _, _ = reason.message.partition("\n")
    message = f"{spec.name} takes none of the inputs that were tried: {first_line}"
    return DataError(Problem(message, reason.place, hint))


def _meant(spec: LayerSpec, tried: Sequence[Tried]) -> list[Tried]:
    """Those that the layer is meant for: with labels if one of its inputs is a label, without if none is."""
    known = labels_among([spec.input_name(number) for number in range(spec.least_inputs)])
    runs_on_floats = any(t.guess is not None and not t.guess.whole for t in tried)
    with_labels: list[Tried] = []
    for usage in WITH_LABELS:
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
    return with_labels or [t for t in tried if t.usage not in WITH_LABELS]


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


def _runs(isolated: IsolatedLayer) -> bool:
    try:
        with isolated.domain.quiet():
            isolated.value()
    except BackpropError:
        return False
    return True


def isolated_layer(spec: LayerSpec, inputs: Sequence[Any], parameters: Mapping[str, Any]) -> IsolatedLayer:
    """A layer on these inputs, with these parameters. Raises GraphError if they are too few or too many."""
    names = [f"x{number}" for number in range(len(inputs))]
    node = Node(spec, names, "out", parameters=parameters)
    graph = Graph(names, [node])  # refuses the wrong number of inputs, and parameters that are missing
    bound = bind(graph, dict(zip(names, inputs, strict=True)))
    return IsolatedLayer(node, list(bound.inputs), bound.domain)
