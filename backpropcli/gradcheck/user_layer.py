"""A user's layer made ready for a check: its weights become inputs, and its labels need no gradient."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from backpropcli.catalogue.arguments import labels_among
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.catalogue.weights import Weight, candidates, value_of, weighted, without_gradient
from backpropcli.domains import Domain, Value
from backpropcli.domains.generic import generic_like
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.closeness import close
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.probes import simple_like
from backpropcli.graph import Node

SPREAD = 0.25  # of the numbers that are added to weights of zeros and ones
LOOSE = 1e-5  # relative: the weights may have become float64


def made_ready(isolated: IsolatedLayer, whole: Collection[int] = ()) -> IsolatedLayer:
    """The layer with its object's own weights as further inputs, and without gradients of what are labels.

    It stays as it is where it fails, for the check to tell. `whole` are the numbers of the inputs that it takes as
    whole numbers.
    """
    spec, numbers = isolated.node.spec, isolated.domain
    if spec.file is None or not spec.needs_arrays or spec.is_variadic:
        return isolated
    names = [spec.input_name(number) for number in range(len(isolated.inputs))]
    of_whole = with_inputs(isolated, weighted(spec, names, whole=whole), isolated.inputs) if whole else isolated
    try:
        with numbers.quiet():
            before, layer = of_whole.fresh(), of_whole.fresh()
            of_whole.forward(before, of_whole.copies())
            value = of_whole.forward(layer, of_whole.copies())
            gradients = of_whole.backward(layer, simple_like(value, numbers))
            returned = gradients[len(names) :]
            own = _weights(isolated, before, layer, returned, whole)
            forgotten = [
                weight.name
                for weight in without_gradient(before, own)
                if _matters(isolated, weight, value_of(before, before, weight, ()), whole)
            ]
            is_network = bool(own) and numbers.shape(value) == ()
            constant = _constant(of_whole, gradients, names, whole, is_network=is_network)
    except BackpropError:
        return of_whole
    if not own and not constant:
        return of_whole
    weights = list(own)
    ready = with_inputs(isolated, weighted(spec, names, weights, constant, whole), [*isolated.inputs, *own.values()])
    if weights and not _agree(ready, value, gradients[: len(names)]):  # as of a cell that goes on from step to step
        without = with_inputs(isolated, weighted(spec, names, (), constant, whole), isolated.inputs)
        without.unchecked_weights = tuple(weight.name for weight in weights)
        return without
    varied = with_inputs(ready, ready.node.spec, [*isolated.inputs, *(_varied(x, numbers) for x in own.values())])
    chosen = varied if _is_defined(varied) else ready
    chosen.forgotten_weights = tuple(forgotten)
    return chosen


def _varied(weight: Value, numbers: Domain) -> Value:
    """A weight that is as it was made, all zeros and ones, with other numbers: what leaves it out would not show."""
    is_plain = all(float(number) in {0.0, 1.0} for number in numbers.flat(weight))
    return weight + SPREAD * generic_like(weight, numbers, seed=7) if is_plain else weight


def _is_defined(isolated: IsolatedLayer) -> bool:
    try:
        with isolated.domain.quiet():
            return isolated.domain.is_finite(isolated.value())
    except BackpropError:
        return False


def _agree(ready: IsolatedLayer, value: Value, gradients: Sequence[Value | None]) -> bool:
    """Whether a layer does the same where its own weights are given to it again."""
    numbers = ready.domain
    try:
        there = ready.gradients(simple_like(value, numbers))
        is_same = close(ready.value(), value, numbers, LOOSE)
    except BackpropError:
        return False
    pairs = [(a, b) for a, b in zip(gradients, there, strict=False) if a is not None and b is not None]
    return is_same and all(close(a, b, numbers, LOOSE) for a, b in pairs)


def is_consistent(isolated: IsolatedLayer, *, fits: bool = True) -> bool:
    """Whether forward and backward run, and if it must fit, whether the gradients have the shapes of the inputs."""
    numbers = isolated.domain
    try:
        with numbers.quiet():
            value = isolated.value()
            gradients = isolated.gradients(simple_like(value, numbers))
            varying = isolated.varying()
    except BackpropError:
        return False
    return not fits or (
        len(gradients) == len(isolated.inputs)
        and all(
            (found := gradients[number]) is not None and numbers.shape(found) == numbers.shape(isolated.inputs[number])
            for number in varying
        )
    )


def _weights(
    isolated: IsolatedLayer, before: Any, after: Any, returned: Sequence[Value | None], whole: Collection[int]
) -> dict[Weight, Value]:
    """The weights that forward depends on, each once, with their values."""
    found: dict[Weight, Value] = {}
    names = list(isolated.node.spec.inputs)
    for weight in candidates(after, len(returned)):
        if {weight.path, *weight.gradients}.isdisjoint(where for w in found for where in (w.path, *w.gradients)):
            named = weight if weight.name not in names else weight._replace(name=f"self_{weight.name}")
            value = value_of(before, after, named, returned)
            if value is not None and _matters(isolated, named, value, whole):
                found[named] = isolated.domain.convert(value)
                names.append(named.name)
    return found


def _matters(isolated: IsolatedLayer, weight: Weight, value: Any, whole: Collection[int]) -> bool:
    """Whether the value depends on a weight."""
    numbers, spec = isolated.domain, isolated.node.spec
    names = [spec.input_name(number) for number in range(len(isolated.inputs))]
    tried = with_inputs(isolated, weighted(spec, names, [weight], whole=whole), isolated.inputs)
    own = numbers.convert(value)
    try:
        others = own * 1.125 + SPREAD * generic_like(
            own, numbers, seed=11
        )  # no plain shift, of which softmax shows none
        here, there = (tried.value([*isolated.inputs, value]) for value in (own, others))
    except BackpropError:
        return False
    return not close(here, there, numbers)


def _constant(
    isolated: IsolatedLayer,
    gradients: Sequence[Value | None],
    names: Sequence[str],
    whole: Collection[int],
    *,
    is_network: bool,
) -> list[str]:
    """The inputs for which backward returns nothing, and need not: labels, by their names or by their numbers.

    Nor need those of a network, whose value is a loss and which has weights; nor the others of a loss without a dout.
    """
    missing = [n for n in range(len(names)) if n >= len(gradients) or gradients[n] is None]
    known = labels_among(names)
    has_none = missing and (not isolated.has_dout or (is_network and len(missing) == len(names)))
    labels = [n for n in missing if has_none or n in whole or names[n] in known or not _moves(isolated, n)]
    is_for_nothing = len(labels) == len(names) and not whole and not is_network
    return [] if is_for_nothing else [names[n] for n in labels]


def _moves(isolated: IsolatedLayer, number: int) -> bool:
    """Whether the value changes smoothly with an input: it does not with class numbers."""
    numbers, x = isolated.domain, isolated.inputs[number]
    try:
        return not close(isolated.value(), isolated.value_moved(number, x + 2.0**-20), numbers, 0.0)
    except BackpropError:
        return False


def with_inputs(isolated: IsolatedLayer, spec: LayerSpec, inputs: Sequence[Value]) -> IsolatedLayer:
    """A layer laid out in another way, with these inputs."""
    node = isolated.node
    names = [f"x{number}" for number in range(len(inputs))]
    return IsolatedLayer(Node(spec, names, node.output, parameters=node.parameters), inputs, isolated.domain)
