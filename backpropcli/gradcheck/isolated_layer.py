"""A layer tried on its own: each time in a fresh object, which gets copies of its inputs to work on.

A user's layer draws the same random numbers each time; those of the catalogue draw none of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from backpropcli.catalogue.randomness import RepeatedDraws
from backpropcli.domains import Domain, Value
from backpropcli.layer_failures import user_error
from backpropcli.sources.literals import Constant

if TYPE_CHECKING:
    from backpropcli.graph import Node


class IsolatedLayer:
    """One node's layer and the values of its inputs."""

    def __init__(self, node: Node, inputs: Sequence[Value], domain: Domain) -> None:
        self.node = node
        self.inputs = inputs
        self.domain = domain
        self._make = node.spec.bind(node.parameters, domain, node.spec.graded_cls)
        self.has_dout = getattr(node.spec.cls, "has_dout", True)
        """Whether backward takes an upstream gradient: that of a loss may take none."""
        self.unchecked_weights: tuple[str, ...] = ()
        """The names of the weights on its object whose gradients cannot be checked with those of the inputs."""
        self.forgotten_weights: tuple[str, ...] = ()
        """The names of those that have no gradient, though weights beside them have one."""
        self._run: RepeatedDraws | None = None
        if node.spec.origin is not None:
            self._run, self._make = RepeatedDraws(), partial(RepeatedDraws().call, self._make)
        self._asked = tuple(not isinstance(name, Constant) for name in node.inputs)
        self._has_constants = not all(self._asked)

    @property
    def kind(self) -> tuple[object, ...]:
        """What layers have in common that differ in the numbers of their inputs only."""
        node = self.node
        return node.spec.cls, repr(sorted(node.parameters.items())), tuple(map(self.domain.shape, self.inputs))

    def fresh(self) -> Any:
        """A new layer object: as of any class, it may lack what `Layer` has."""
        try:
            made = self._make()
        except Exception as error:
            raise user_error(self.node, [], error) from error
        if self._has_constants:
            made.needs_gradient = self._asked
        return made

    def forward(self, layer: Any, inputs: Sequence[Value]) -> Value:
        """The layer's value on these very inputs. Raises BackpropError whatever the layer raises."""
        return self.returned(layer, inputs)[1]

    def returned(self, layer: Any, inputs: Sequence[Value]) -> tuple[Value, Value]:
        """What forward returned, which the layer may still change, and a copy of it, which it cannot."""
        try:
            out = layer.forward(*inputs) if self._run is None else self._run.call(layer.forward, *inputs)
            return out, self.domain.convert(out)
        except Exception as error:
            raise user_error(self.node, inputs, error) from error

    def backward(self, layer: Any, dout: Value) -> tuple[Value | None, ...]:
        """What the layer's backward returns for this very dout. Raises BackpropError whatever the layer raises."""
        try:
            found = layer.backward(dout)
            found = found if isinstance(found, tuple) else (found,)
            return tuple(None if gradient is None else self.domain.convert(gradient) for gradient in found)
        except Exception as error:
            raise user_error(self.node, None, error) from error

    def copies(self, inputs: Sequence[Value] | None = None) -> list[Value]:
        """Copies of the inputs, or of others in their place; of numbers there is no need for any."""
        found = self.inputs if inputs is None else inputs
        return list(found) if self.domain.is_scalar else [self.domain.convert(x) for x in found]

    def value(self, inputs: Sequence[Value] | None = None) -> Value:
        """The value of a fresh object."""
        return self.returned(self.fresh(), self.copies(inputs))[1]

    def value_moved(self, number: int, moved: Value) -> Value:
        """The value of a fresh object with another value for the input of that number."""
        return self.value([*self.inputs[:number], moved, *self.inputs[number + 1 :]])

    def gradients(self, dout: Value) -> tuple[Value | None, ...]:
        """The gradients that a fresh object returns."""
        layer = self.fresh()
        self.forward(layer, self.copies())
        return self.backward(layer, self.domain.convert(dout))

    def varying(self) -> list[int]:
        """The numbers of the inputs that must have gradients: not constants in a formula, not masks or indices."""
        layer = self.fresh()
        self.forward(layer, self.copies())
        constant = getattr(layer, "constant_inputs", ())
        name_of = self.node.spec.input_name
        return [i for i, asked in enumerate(self._asked) if asked and name_of(i) not in constant]
