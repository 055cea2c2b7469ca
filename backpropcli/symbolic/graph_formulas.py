"""The textbook lines of the layers of a run as formulas in the names of its graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import Value
from backpropcli.domains.base import Shape
from backpropcli.errors import DomainError, ShapeError
from backpropcli.executor import Run
from backpropcli.graph import Node
from backpropcli.local_derivatives import LocalDerivatives
from backpropcli.symbolic.algebra import simplified
from backpropcli.symbolic.computing import computed, decided
from backpropcli.symbolic.expressions import (
    ONE_HOT,
    Call,
    Expression,
    Name,
    Number,
    fold,
    gradient_of,
    names_in,
    substituted,
)
from backpropcli.symbolic.layer_formulas import LayerFormulas, in_parts, layer_formulas
from backpropcli.textbook import Textbook, evaluate, textbook

OUT, DOUT = "out", "dout"


class Part(NamedTuple):
    """A name in a formula that stands for a part of it, what it stands for, and its value if there is one."""

    name: str
    expression: Expression
    value: Value | None


class Worked(NamedTuple):
    """A formula in the names of a graph, and their values.

    `parts` are names for what is long and occurs several times. The formula of a choice between numbers is what was
    chosen, and `relations` say why.
    """

    expression: Expression
    values: Mapping[str, Value]
    parts: tuple[Part, ...] = ()
    relations: tuple[Call, ...] = ()


class Lines(NamedTuple):
    """The textbook lines of one node: as formulas, and what their names are worth where that is known.

    `one_hot` is the input whose class numbers they take as one-hot vectors, if there is one.
    """

    formulas: LayerFormulas | None
    values: Mapping[str, Value]
    one_hot: str | None = None


class GraphFormulas:
    """The formulas of a run's layers, each found when it is asked for.

    Where lines take one-hot vectors and the run has class numbers, there are lines only if they `may_be_one_hot`.
    """

    def __init__(self, run: Run, *, may_be_one_hot: bool = False) -> None:
        self.run = run
        self.may_be_one_hot = may_be_one_hot
        self.graph = run.graph
        self.numbers = run.domain
        self.locals = LocalDerivatives(run)
        self._formulas_of_numbers: dict[tuple[LayerSpec, int, tuple[tuple[str, Any], ...]], LayerFormulas | None] = {}

    def call(self, number: int) -> Call:
        """The layer applied to its inputs."""
        node = self.graph.nodes[number]
        operands = tuple(map(self.expression, self.graph.sources[number]))
        return Call(node.spec.name, operands, tuple(node.parameters.items()))

    def contribution(self, number: int, port: int, lines: Lines) -> Worked | None:
        """What comes back through an input; the lines know `out` and `dout` with the axes that the layer takes away."""
        gradient = self.gradient(number, port, lines)
        if gradient is None:
            return None
        output = self.graph.nodes[number].output
        given: dict[str, Expression] = {DOUT: gradient_of(output, self.graph.output), OUT: Name(output)}
        if OUT in lines.values:
            own = self.numbers.shape(self.run.values[self.graph.first_node + number])
            written = self.numbers.shape(lines.values[OUT])
            given = {name: reshaped(expression, own, written) for name, expression in given.items()}
        return self.worked(number, gradient, lines, given, is_decided=False)

    def lines(self, number: int) -> Lines:
        """The lines of a node; of arrays also their values, since what they count are lengths of axes."""
        node, slot = self.graph.nodes[number], self.graph.first_node + number
        if node.spec.origin is not None:  # what a user's docstring says, nobody has held against the class
            return Lines(None, {})
        book = textbook(node.spec)
        inputs = [self.run.values[source] for source in self.graph.sources[number]]
        shapes = [self.numbers.shape(x) for x in inputs]
        if self.locals.is_of_numbers(number):
            return Lines(self._formulas(node, book, shapes), {})
        dout = self.run.gradients[slot]
        taken = inputs
        if self.may_be_one_hot:
            taken = list(node.spec.bind(node.parameters, self.numbers)().as_lines_take(*inputs))
        one_hot = next((name for name, x, y in zip(node.spec.inputs, taken, inputs, strict=False) if x is not y), None)
        shapes = [self.numbers.shape(x) for x in taken]
        try:
            found = evaluate(book, taken, node.parameters, self.numbers, dout, out=self.run.values[slot])
        except (DomainError, ShapeError):  # a line may need a function, or an axis, that the layer can do without
            found = None
        if found is None:
            return Lines(None, {})
        values = found.values
        return Lines(
            layer_formulas(book, shapes, node.parameters, lambda name: self.numbers.shape(values[name])),
            values,
            one_hot,
        )

    def _formulas(self, node: Node, book: Textbook, shapes: Sequence[Shape]) -> LayerFormulas | None:
        """The formulas of a layer on numbers, read once for all nodes that are alike."""
        key = (node.spec, len(shapes), tuple(node.parameters.items()))
        if key not in self._formulas_of_numbers:
            found = layer_formulas(book, shapes, node.parameters, lambda _: ())
            self._formulas_of_numbers[key] = found
        return self._formulas_of_numbers[key]

    def gradient(self, number: int, port: int, lines: Lines) -> Expression | None:
        """The line of the gradient of an input, if there is one."""
        if lines.formulas is None or lines.formulas.gradient is None:
            return None
        return lines.formulas.gradient.get(gradient_name(self.graph.nodes[number], port))

    def worked(
        self,
        number: int,
        line: Expression,
        lines: Lines,
        given: Mapping[str, Expression],
        *,
        is_decided: bool,
    ) -> Worked:
        """A line in the names of the graph, with `given` in place of others.

        What is decided, of numbers only, holds where choices go as in this run.
        """
        graph, node = self.graph, self.graph.nodes[number]
        known = lines.formulas.known if lines.formulas else {}
        formula = in_parts(line, {name: meaning for name, meaning in known.items() if name != OUT})
        sources = dict(zip(node.spec.inputs, graph.sources[number], strict=False))
        names = {name: self.expression(source) for name, source in sources.items()}
        names |= {OUT: Name(node.output), **given}
        if lines.one_hot is not None:
            names[lines.one_hot] = Call(ONE_HOT, (names[lines.one_hot],))
        values = {graph.name_of(source): self.run.values[source] for source in graph.sources[number]}
        values[node.output] = self.run.values[graph.first_node + number]
        parts = []
        for name, meaning in formula.parts.items():
            part = simplified(substituted(meaning, names), is_of_numbers=is_decided)
            if not isinstance(part, Call) or part.layer == ONE_HOT:  # it needs no name of its own
                names[name] = part
                continue
            names[name] = Name(self._free(name))
            value = self._value(part, values) if is_decided else lines.values.get(name)
            value = None if value is None or not self.numbers.is_finite(value) else value
            parts.append(Part(self._free(name), part, value))
            if value is not None:
                values[parts[-1].name] = value
        expression = with_one_hot_sums(substituted(formula.expression, names))
        expression = simplified(expression, is_of_numbers=is_decided)
        if not is_decided:
            return Worked(expression, values, tuple(parts))
        made = decided(expression, values, self.numbers)
        shown = (made.expression, *made.relations, *(part.expression for part in parts))
        needed = {name for each in shown for name in names_in(each)}
        expression = simplified(made.expression)
        return Worked(expression, values, tuple(part for part in parts if part.name in needed), made.relations)

    def _value(self, expression: Expression, values: Mapping[str, Value]) -> Value | None:
        """What an expression comes to; None where that cannot be told."""
        try:
            with self.numbers.quiet():
                return computed(expression, values, self.numbers)
        except (DomainError, KeyError):  # a function that the domain lacks, or of a part without a value
            return None

    def _free(self, name: str) -> str:
        """A name for a part of a formula that no value of the graph has."""
        while name in self.graph.slots or name.removeprefix("d") in self.graph.slots:
            name += "_"
        return name

    def expression(self, slot: int) -> Expression:
        """What stands for the value in a slot: its name, or a constant itself."""
        name = self.graph.name_of(slot)
        return Number(name) if len(self.graph.inputs) <= slot < self.graph.first_node else Name(name)


def gradient_name(node: Node, port: int) -> str:
    """What the lines call the gradient of an input."""
    return f"d{node.spec.inputs[port]}" if port < len(node.spec.inputs) else ""


def with_one_hot_sums(expression: Expression) -> Expression:
    """The expression with 1 in place of the sums of one-hot vectors."""

    def call(part: Call, operands: list[Expression]) -> Expression:
        is_one = part.layer == "sum" and isinstance(operands[0], Call) and operands[0].layer == ONE_HOT
        return Number("1") if is_one else Call(part.layer, tuple(operands), part.parameters)

    return fold(expression, lambda leaf: leaf, call)


def reshaped(expression: Expression, own: Shape, wanted: Shape) -> Expression:
    """An expression of one shape in another; a number does for an array of one."""
    if own == wanted or (own, wanted) == ((), (1,)):
        return expression
    return Call("reshape", (expression,), (("shape", wanted),))
