"""On what a layer is tried: inputs that are given, its own samples, or those of the guesses that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from backpropcli.binding import bind
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import BackpropError, DataError, Problem
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.samples import Guess, Usage, constructions, input_guesses, own_samples
from backpropcli.gradcheck.user_layer import LABELS, is_consistent, made_ready
from backpropcli.graph import Graph, Node


class Tried(NamedTuple):
    """A layer on inputs, and how surely it is meant for them."""

    isolated: IsolatedLayer
    usage: Usage = Usage.USUAL
    has_whole: bool = False
    """Whether some inputs are handed over as whole numbers."""
    label: int = 0
    is_guess: bool = False


def to_try(spec: LayerSpec, inputs: Sequence[Any] | None, parameters: Mapping[str, Any]) -> list[Tried]:
    """What a layer is judged on; what its constructor needs and is not given is guessed.

    Raises DataError if no guess fits.
    """
    if inputs is not None:
        return [Tried(_on_given(spec, inputs, parameters))]
    if samples := own_samples(spec, parameters):
        return [Tried(_on_given(spec, sample.inputs, sample.parameters)) for sample in samples]
    return _on_guesses(spec, parameters)


def _on_given(spec: LayerSpec, inputs: Sequence[Any], parameters: Mapping[str, Any]) -> IsolatedLayer:
    """The layer on given inputs, with whole numbers as such where it takes them only so."""
    first = None
    for construction in constructions(spec, parameters) if spec.origin else [{}]:
        made = isolated_layer(spec, inputs, {**parameters, **construction})
        first = first or made
        for whole in _possibly_whole(made):
            ready = made_ready(made, whole)
            if _runs(ready):
                return ready
    if first is not None and all(name in parameters for name in spec.needed):
        return first
    return isolated_layer(spec, inputs, parameters)  # which tells what the constructor lacks


def _possibly_whole(isolated: IsolatedLayer) -> Iterator[list[int]]:
    """The numbers of the inputs that may be meant as whole numbers: first none, then the last, then all that are."""
    yield []
    numbers = isolated.domain
    are_whole = [n for n, x in enumerate(isolated.inputs) if all(float(each).is_integer() for each in numbers.flat(x))]
    if are_whole and isolated.node.spec.needs_arrays:
        yield are_whole[-1:]
        yield are_whole


def _on_guesses(spec: LayerSpec, parameters: Mapping[str, Any]) -> list[Tried]:
    shapes = [getattr(value, "shape", ()) for value in parameters.values()]
    lengths = list(dict.fromkeys(length for shape in shapes for length in shape))
    reasons: list[Problem] = []
    best: list[Tried] = []
    is_first = True  # the others construct the layer with what its names do not tell
    for construction in constructions(spec, parameters) if spec.origin else [{}]:
        taken: list[Tried] = []
        fair: list[Tried] = []
        for guess in input_guesses(spec, lengths):
            try:
                isolated = _ready(spec, guess, {**parameters, **construction})
                if isolated.domain.is_finite(isolated.value()):
                    tried = Tried(
                        isolated, guess.usage, bool(guess.whole), guess.label % spec.least_inputs, is_guess=True
                    )
                    taken.append(tried)
                    if is_consistent(isolated, fits=not (guess.is_sure and is_first)):
                        fair.append(tried)
            except BackpropError as error:
                reasons += error.problems
        if chosen := _meant(spec, fair):
            return chosen
        best = best or _meant(spec, taken)
        is_first = False
    if best:
        return best
    names = " ".join(f"--{name} ..." for name in spec.inputs[: spec.least_inputs])
    files = f"--layers {spec.file} " if spec.file else ""
    hint = f"give it inputs: backprop check {files}{spec.name} {names}"
    reason = reasons[0] if reasons else Problem("the values are not finite")
    first_line, _, _ = reason.message.partition("\n")
    message = f"{spec.name} takes none of the inputs that were tried: {first_line}"
    raise DataError(Problem(message, reason.place, hint))


def _meant(spec: LayerSpec, tried: Sequence[Tried]) -> list[Tried]:
    """Those that the layer is meant for: with labels if its last input is one, without if it is none."""
    runs_on_floats = any(not t.has_whole for t in tried)
    for usage in (Usage.LABELS, Usage.CHANCES):
        of_labels = [t for t in tried if t.usage is usage and t.label not in t.isolated.varying()]
        if fitting := [t for t in of_labels if _is_named(spec, t) or not (t.has_whole and runs_on_floats)]:
            return [t._replace(usage=Usage.USUAL) for t in fitting]
    return [t for t in tried if t.usage not in {Usage.LABELS, Usage.CHANCES}]


def _is_named(spec: LayerSpec, tried: Tried) -> bool:
    return spec.input_name(tried.label).lower() in LABELS


def _ready(spec: LayerSpec, guess: Guess, parameters: Mapping[str, Any]) -> IsolatedLayer:
    isolated = isolated_layer(spec, guess.inputs, parameters)
    with isolated.domain.quiet():
        return made_ready(isolated, guess.whole)


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
