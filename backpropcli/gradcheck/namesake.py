"""A user's layer beside the built-in one of the same name: whether the two forwards compute the same.

Only elementwise layers are compared, with the same number of inputs and the same parameters: what is called `mse` or
`softmax` may well be another layer, what is called `tanh` is meant to be the hyperbolic tangent.
"""

from __future__ import annotations

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import Domain, Value
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.graph import Node
from backpropcli.layers.base import Elementwise

SAME = 1e-3  # a constant that keeps a logarithm finite makes no other layer
SUFFIXES = ("_layer", "_activation", "_function", "_op")


def difference(isolated: IsolatedLayer) -> str | None:
    """Where the built-in layer of the same name has another value, in a sentence; None where it has not, or is none."""
    spec = _namesake(isolated.node.spec)
    if spec is None or not spec.accepts(len(isolated.inputs)):
        return None
    numbers = isolated.domain
    names = [f"x{number}" for number in range(len(isolated.inputs))]
    built_in = IsolatedLayer(Node(spec, names, "out", parameters=isolated.node.parameters), isolated.inputs, numbers)
    try:
        with numbers.quiet():
            found, usual = isolated.value(), built_in.value()
            if numbers.shape(found) != numbers.shape(usual):
                return None
            return _sentence(isolated, spec.name, found, usual)
    except BackpropError:
        return None


def _sentence(isolated: IsolatedLayer, name: str, found: Value, usual: Value) -> str | None:
    """At which of the numbers the values differ most."""
    numbers = isolated.domain
    pairs = list(zip(numbers.flat(found), numbers.flat(usual), strict=True))
    gaps = [abs(a - b) - SAME * max(abs(a), abs(b), SAME) for a, b in pairs]
    place = max(range(len(gaps)), key=lambda number: gaps[number], default=None)
    if place is None or not gaps[place] > 0:
        return None
    a, b = pairs[place]
    name_of = isolated.node.spec.input_name
    point = ", ".join(
        f"{name_of(number)} = {_number_at(x, place, found, numbers):.6g}" for number, x in enumerate(isolated.inputs)
    )
    return f"forward differs from the built-in {name}: at {point} it gives {a:.3g}, not {b:.3g}"


def _number_at(x: Value, place: int, found: Value, numbers: Domain) -> float:
    """The number of an input that makes the number of the value at that place."""
    return float(numbers.flat(numbers.broadcast_to(x, numbers.shape(found)))[place])


def _namesake(spec: LayerSpec) -> LayerSpec | None:
    """The built-in elementwise layer of the same name, inputs and parameters."""
    if spec.origin is None:
        return None
    names = [spec.name, *(spec.name.removesuffix(suffix) for suffix in SUFFIXES)]
    name = next((each for each in names if each in LAYERS), None)
    if name is None or not issubclass(layer_class(name), Elementwise):
        return None
    built_in = LayerSpec(name, layer_class(name))
    has_own = set(spec.parameters) | set(spec.needed)
    return built_in if has_own == set(built_in.parameters) else None
