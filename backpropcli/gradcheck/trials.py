"""On what a layer is tried: inputs that are given, its own samples, or those of the guesses that it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from backpropcli.binding import bind
from backpropcli.catalogue.held import all_kept
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import domain
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
from backpropcli.gradcheck.meant import Tried, as_usual, is_fair, meant, of_one_example, shapes_of
from backpropcli.gradcheck.samples import Guess, input_guesses, own_samples
from backpropcli.gradcheck.user_layer import is_consistent, made_ready
from backpropcli.graph import Graph, Node

MOST_LENGTH = 8  # of the rows of an input, for which a layer with arrays of this length may be meant


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
        guessed = of_one_example(as_usual(_on_guesses(spec, {**of_sample, **parameters})))
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
        chosen = meant(
            spec, [tried for tried in taken if is_fair(tried, is_named=number == 0 and are_understood(spec.needed))]
        )
        if number == 0 and not _all_fit(chosen):
            of_rows, _ = _taken(spec, parameters, with_rows(construction))
            of_rows = meant(spec, [tried for tried in of_rows if is_fair(tried, is_named=True)])
            return of_rows if of_rows and _all_fit(of_rows) else chosen
        if chosen:
            return chosen
        if is_of_weights(spec.needed) and (failing := next(filter(_fails, taken), None)):
            return [failing]  # where all fits by the names: other weights would only hide it
        taken_at_all = taken_at_all or meant(spec, taken)
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


def _with_stride(spec: LayerSpec, given: Mapping[str, Any], tried: Sequence[Tried]) -> Iterator[Tried]:
    """The first images that are tried, once more with a stride if the layer has one that is not given."""
    of_images = next((each for each in tried if len(shapes_of(each)[0]) > 2), None)
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
