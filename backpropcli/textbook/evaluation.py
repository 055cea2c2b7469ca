"""What textbook lines come to: their formulas computed on the values of any domain, by the layers that they call.

Where the domain says so, those are computed by their own lines in turn, down to the primitives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from backpropcli.domains import Domain, Value, unbroadcast
from backpropcli.domains import domain as domain_called
from backpropcli.domains.base import Shape
from backpropcli.errors import DomainError, Problem
from backpropcli.graph import Graph, Node
from backpropcli.layers.base import Elementwise, Layer
from backpropcli.sources.literals import Constant
from backpropcli.textbook.lines import PRIMITIVES, Statement, Textbook, textbook
from backpropcli.textbook.resolution import definitions, used_statements


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
    lines = _Lines(book, inputs, parameters, domain)
    if lines.math is None:
        return None
    with domain.quiet():
        computed = lines.value()
        if lines.gradient is None:
            return Evaluation(lines.values, None)
        if out is not None:
            lines.values["out"] = domain.reshape(out, domain.shape(computed))
        return Evaluation(lines.values, lines.gradients(domain.ones_like(computed) if dout is None else dout))


def makers_by_lines(graph: Graph, domain: Domain) -> list[Callable[[], Layer]]:
    """For each node what makes an object that computes by the lines of its layer."""
    return [partial(ByLines, node, domain) for node in graph.nodes]


class ByLines(Layer):
    """A layer whose value and gradients are what its textbook lines come to.

    Where they are in words, it computes as its class does, if that computes as it is written.
    """

    def __init__(self, node: Node, domain: Domain) -> None:
        self.node = node
        self.domain = domain
        self.of_class = node.spec.bind(node.parameters, domain)()
        self.lines: _Lines | None = None

    def forward(self, *inputs: Value) -> Value:
        """The value. Raises DomainError where there is no line for the case."""
        spec, domain = self.node.spec, self.domain
        shape = self._shape_of_out(inputs)  # the first to refuse what does not fit
        taken = self.of_class.as_lines_take(*inputs)
        lines = _Lines(textbook(spec), taken, self.node.parameters, domain)
        if lines.math is not None and lines.gradient is not None and not spec.is_variadic:
            self.lines = lines
            out = lines.value()
            return out if shape is None else domain.reshape(out, shape)
        if not spec.cls.computes_as_written:
            hint = "write Math and Gradient into its docstring as formulas, as backprop layers tanh shows them"
            message = f"no textbook line says what it computes here, and {domain.title} need one"
            raise DomainError(Problem(message, hint=None if spec.origin is None else hint))
        return self.of_class.forward(*inputs)

    def backward(self, dout: Value) -> tuple[Value | None, ...]:
        """The gradients, None for an input that needs none."""
        if self.lines is None:
            self.of_class.needs_gradient = self.needs_gradient
            found = self.of_class.backward(dout)
            return found if isinstance(found, tuple) else (found,)
        spec, asked = self.node.spec, self.needs_gradient or (True,) * len(self.node.inputs)
        names = zip(spec.inputs, asked, strict=False)
        constant = self.of_class.constant_inputs
        return self.lines.gradients(dout, [name for name, is_asked in names if is_asked and name not in constant])

    def _shape_of_out(self, inputs: Sequence[Value]) -> Shape | None:
        """The shape that the class gives its value, tried on zeros; None where it is that of the lines.

        Raises ShapeError or ValueError for shapes that the class refuses.
        """
        spec = self.node.spec
        if issubclass(spec.cls, Elementwise):
            return None
        floats = domain_called("floats" if self.domain.is_scalar else "arrays")
        zero = floats.convert(0.0)
        zeros = [floats.broadcast_to(zero, self.domain.shape(x)) for x in inputs]
        with floats.quiet():
            return floats.shape(spec.bind(self.node.parameters, floats)().forward(*zeros))


class _Lines:
    """The statements for a case, and what they define: values, and counts that are values where formulas need them."""

    def __init__(self, book: Textbook, inputs: Sequence[Value], parameters: Mapping[str, Any], domain: Domain) -> None:
        case = book.case([domain.shape(x) for x in inputs], parameters)
        self.math = book.math.statements(case) if book.math else None
        self.gradient = book.gradient.statements(case) if book.gradient else None
        self.inputs = dict(zip(book.spec.inputs, inputs, strict=False))
        self.values = dict(self.inputs)
        self.counts = dict(case.parameters)
        self.domain = domain

    def value(self) -> Value:
        """What Math comes to."""
        self._define(self.math or ())
        return self.values["out"]

    def gradients(self, dout: Value, asked: Collection[str] | None = None) -> tuple[Value | None, ...]:
        """What Gradient comes to for the inputs that are asked for, all by default, in the shapes of the inputs."""
        wanted = self.inputs if asked is None else asked
        self.values["dout"] = self.domain.reshape(dout, self.domain.shape(self.values["out"]))
        self._define(used_statements(self.gradient or (), [f"d{name}" for name in wanted]))
        found = ((x, self.values.get(f"d{name}") if name in wanted else None) for name, x in self.inputs.items())
        return tuple(None if gradient is None else _fitted(gradient, x, self.domain) for x, gradient in found)

    def _define(self, statements: Iterable[Statement]) -> None:
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
            made[node.output] = self._layer(node).forward(*inputs)
        return made[nodes[-1].output]

    def _layer(self, node: Node) -> Layer:
        if self.domain.computes_by_lines and node.spec.name not in PRIMITIVES:
            return ByLines(node, self.domain)
        return node.spec.bind(node.parameters, self.domain)()

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
