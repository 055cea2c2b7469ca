"""What textbook lines come to: their formulas computed on the values of any domain, by the layers that they call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from backpropcli.domains import Domain, Value, unbroadcast
from backpropcli.graph import Node
from backpropcli.sources.literals import Constant
from backpropcli.textbook.lines import Statement, Textbook
from backpropcli.textbook.resolution import definitions


class Evaluation(NamedTuple):
    """What the lines of a layer give.

    `values` holds everything that has a name, as the lines have it. The gradients have the shapes of the inputs; None
    stands for that of an input that has none, and for all where they are in words.
    """

    values: dict[str, Value]
    gradients: tuple[Value | None, ...] | None


def evaluate(
    book: Textbook,
    inputs: Sequence[Value],
    parameters: Mapping[str, Any],
    domain: Domain,
    dout: Value | None = None,
    *,
    out: Value | None = None,
) -> Evaluation | None:
    """The lines of a layer on its inputs and an upstream gradient, by default of ones; None if Math is in words.

    Parameters are as a node has them; those that are not given have their defaults. The gradient's lines use `out`, if
    it is given, in place of what Math comes to.
    """
    case = book.case([domain.shape(x) for x in inputs], parameters)
    math = book.math.statements(case) if book.math else None
    if math is None:
        return None
    lines = _Lines(dict(zip(book.spec.inputs, inputs, strict=False)), dict(case.parameters), domain)
    gradient = book.gradient.statements(case) if book.gradient else None
    with domain.quiet():
        lines.define(math)
        if gradient is None:
            return Evaluation(lines.values, None)
        computed = lines.values["out"]
        if out is not None:
            lines.values["out"] = domain.reshape(out, domain.shape(computed))
        upstream = domain.ones_like(computed) if dout is None else domain.reshape(dout, domain.shape(computed))
        lines.values["dout"] = upstream
        lines.define(gradient)
        found = [lines.values.get(f"d{name}") for name in book.spec.inputs[: len(inputs)]]
        gradients = tuple(None if g is None else _fitted(g, x, domain) for g, x in zip(found, inputs, strict=True))
    return Evaluation(lines.values, gradients)


class _Lines:
    """What has a name: values, and parameters and counts, which are values where a formula uses them as such."""

    def __init__(self, values: dict[str, Value], counts: dict[str, Any], domain: Domain) -> None:
        self.values = values
        self.counts = counts
        self.domain = domain

    def define(self, statements: Iterable[Statement]) -> None:
        """Compute statements one after the other."""
        for name, formula in definitions(statements, self.counts, lambda name: self.domain.shape(self.values[name])):
            if isinstance(formula, str):
                self.values[name] = self._value(formula)
            elif isinstance(formula, Constant):
                self.values[name] = self._number(formula.text)
            else:
                self.values[name] = self._computed(formula)

    def _computed(self, nodes: Sequence[Node]) -> Value:
        made: dict[str, Value] = {}
        for node in nodes:
            inputs = [made[name] if name in made else self._value(name) for name in node.inputs]
            made[node.output] = node.spec.bind(node.parameters, self.domain)().forward(*inputs)
        return made[nodes[-1].output]

    def _value(self, name: str | Constant) -> Value:
        text = name.text if isinstance(name, Constant) else name
        if text in self.values:
            return self.values[text]
        if text in self.counts:
            found = self.counts[text]
            text = found.text if isinstance(found, Constant) else repr(found)
        return self._number(text)

    def _number(self, text: str) -> Value:
        return self.domain.constants([text], self.values.values())[0]


def _fitted(gradient: Value, x: Value, domain: Domain) -> Value:
    """A gradient as its line has it, in the shape of its input."""
    shape = domain.shape(x)
    if domain.size(gradient) == domain.size(x):
        return domain.reshape(gradient, shape)
    return unbroadcast(gradient + domain.zeros_like(x), x)
