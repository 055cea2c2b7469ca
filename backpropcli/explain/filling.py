"""Numbers in formulas: values as text, formulas filled in with them, and the names of gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from backpropcli.domains import Domain, Value
from backpropcli.explain import Options
from backpropcli.explain.model import Edge, Layer, Local, Path, Paths
from backpropcli.symbolic.expressions import (
    Call,
    Expression,
    Number,
    local_derivative,
    names_in,
    product,
    substituted,
    total,
)
from backpropcli.text.numbers import nested_text, number_text

_MOST_ELEMENTS = 16  # of an array that is written out


class Filling:
    """Values as text, and in formulas."""

    def __init__(self, numbers: Domain, dout: Value, options: Options) -> None:
        self.numbers = numbers
        self.options = options
        self.dout = dout
        self.is_dout_one = not numbers.shape(dout) and self.number(dout).text == "1"

    def number(self, value: Value) -> Number:
        """A single number."""
        return Number(number_text(self.numbers.numbers(value), self.options.precision))

    def is_written_out(self, value: Value) -> bool:
        """Whether a value is shown as its numbers, and not by its shape."""
        return prod(self.numbers.shape(value)) <= _MOST_ELEMENTS

    def text(self, value: Value) -> str:
        """A number, a small array, or the shape of a large one."""
        shape = self.numbers.shape(value)
        if not shape:
            return self.number(value).text
        if not self.is_written_out(value):
            return f"an array of shape {shape}"
        return nested_text(self.numbers.numbers(value), self.options.element_precision)

    def filled(self, expression: Expression, values: Mapping[str, Value]) -> list[Expression]:
        """The expression with numbers in place of its names; nothing where one of them is no single number."""
        names = set(names_in(expression))
        if any(name not in values or self.numbers.shape(values[name]) for name in names):
            return []
        return [substituted(expression, {name: self.number(values[name]) for name in names})]

    def forward(self, layer: Layer) -> list[Expression]:
        """What the value of a layer is: the layer applied to its inputs, its formula, and this in numbers."""
        if layer.math is None:
            return [layer.call, *self.filled(layer.call, layer.values)]
        return [layer.call, layer.math.expression, *self.filled(layer.math.expression, layer.math.values)]

    def local(self, layer: Layer, local: Local) -> list[Expression]:
        """A local derivative: its symbol, formula (or else the layer with a prime), this in numbers, and its value."""
        formula = local.formula
        forms = (
            [Call(f"{layer.name}'", layer.call.operands)]
            if formula is None
            else [formula.expression, *self.filled(formula.expression, formula.values)]
        )
        return [local_derivative(layer.output, local.name), *forms, self.number(local.value)]

    def contribution(self, layer: Layer, edge: Edge, local: Local) -> list[Expression]:
        """What a layer on numbers gives back: upstream times local, and what that is."""
        return [product([self.number(layer.upstream), self.number(local.value)]), self.number(edge.contribution)]

    def symbols(self, path: Path) -> Expression:
        """The product of the local derivatives on a path, by their symbols, from the output back."""
        return product([local_derivative(layer.output, local.name) for layer, local in reversed(path.steps)])

    def product(self, path: Path) -> list[Expression]:
        """What a path contributes: the product in numbers, with dout unless that is 1, and what it comes to."""
        factors = [self.number(local.value) for _, local in reversed(path.steps)]
        if not factors or not self.is_dout_one:
            factors = [self.number(self.dout), *factors]
        return [product(factors), self.number(path.product)]

    def sum_of(self, found: Paths) -> Expression:
        """The gradient as the sum of what the paths contribute."""
        rest = [] if found.rest is None else [found.rest]
        return total([self.number(value) for value in (*(path.product for path in found.paths), *rest)])


def without_repeats(texts: Sequence[str]) -> list[str]:
    """The texts without those that say the same as the one behind, as `1 / 3` does before the fraction `1/3`."""
    bare = [text.replace(" ", "") for text in texts]
    return [text for text, own, behind in zip(texts, bare, [*bare[1:], ""], strict=True) if own != behind]
