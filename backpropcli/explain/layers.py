"""The layers of a run as an explanation shows them: their formulas, local derivatives and contributions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import Value
from backpropcli.domains.base import Shape
from backpropcli.errors import DomainError
from backpropcli.executor import Run
from backpropcli.explain.model import Edge, Layer, Local, Part, Worked
from backpropcli.graph import Node
from backpropcli.local_derivatives import LocalDerivatives
from backpropcli.symbolic.algebra import simplified
from backpropcli.symbolic.computing import computed, decided
from backpropcli.symbolic.expressions import (
    Call,
    Expression,
    Name,
    Number,
    gradient_of,
    names_in,
    substituted,
)
from backpropcli.symbolic.layer_formulas import LayerFormulas, in_parts, layer_formulas
from backpropcli.symbolic.text import text
from backpropcli.textbook import Textbook, evaluate, textbook

_LONGEST_MATH = 72  # characters: a longer formula says less than the layer's name
_OUT, _DOUT = "out", "dout"
_ONE = Number("1")


class _Lines(NamedTuple):
    """The textbook lines of one node: as formulas, and what their names are worth where that is known."""

    formulas: LayerFormulas | None
    values: Mapping[str, Value]


class Layers:
    """The layers of a run, each explained when it is asked for."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.graph = run.graph
        self.numbers = run.domain
        self.locals = LocalDerivatives(run)
        self._formulas_of_numbers: dict[tuple[LayerSpec, int, tuple[tuple[str, Any], ...]], LayerFormulas | None] = {}

    def layer(self, number: int, slots: Collection[int]) -> Layer:
        """The layer of that number, counted from 0, with what comes back to the values in these slots."""
        graph, node, slot = self.graph, self.graph.nodes[number], self.graph.first_node + number
        lines = self._lines(number)
        call = self.call(number)
        values = {graph.name_of(source): self.run.values[source] for source in graph.sources[number]}
        return Layer(
            number + 1,
            node.spec.name,
            node.output,
            call,
            self._math(number, lines, is_decided=self.locals.is_of_numbers(number)),
            values,
            self.run.values[slot],
            self.run.gradient(slot) if graph.used[slot] else None,
            tuple(self._edges(number, lines, slots)),
        )

    def local(self, number: int, port: int) -> Local:
        """The local derivative of a layer on numbers with respect to one of its inputs."""
        return self._local(number, port, self._lines(number))

    def edges_for_all_numbers(self, number: int, slots: Collection[int]) -> Iterator[tuple[int, Edge]]:
        """What comes back to the values in these slots, as formulas that hold for all numbers; each with its input."""
        lines = self._lines(number)
        for port, contribution in enumerate(self.run.contributions[number]):
            if contribution is not None and self.graph.sources[number][port] in slots:
                yield port, self._edge_with_formula(number, port, contribution, lines)

    def math(self, number: int) -> Worked | None:
        """What a layer computes, as a formula that holds for all numbers; None where its name says it, or better."""
        return self._math(number, self._lines(number), is_decided=False)

    def call(self, number: int) -> Call:
        """The layer applied to its inputs."""
        node = self.graph.nodes[number]
        operands = tuple(map(self._expression, self.graph.sources[number]))
        return Call(node.spec.name, operands, tuple(node.parameters.items()))

    def _edges(self, number: int, lines: _Lines, slots: Collection[int]) -> Iterator[Edge]:
        """The inputs in these slots, an input that is taken twice twice."""
        is_of_numbers = self.locals.is_of_numbers(number)
        for port, contribution in enumerate(self.run.contributions[number]):
            source = self.graph.sources[number][port]
            if contribution is None or source not in slots:
                continue
            if is_of_numbers and self.locals.of(number)[port] is not None:
                yield Edge(self.graph.name_of(source), contribution, self._local(number, port, lines))
            else:
                yield self._edge_with_formula(number, port, contribution, lines)

    def _local(self, number: int, port: int, lines: _Lines) -> Local:
        name = self.graph.name_of(self.graph.sources[number][port])
        gradient = self._gradient(number, port, lines)
        formula = None if gradient is None else self._worked(number, gradient, lines, {_DOUT: _ONE}, is_decided=True)
        return Local(name, formula, self.locals.of(number)[port])

    def _edge_with_formula(self, number: int, port: int, contribution: Value, lines: _Lines) -> Edge:
        node, source = self.graph.nodes[number], self.graph.sources[number][port]
        edge = Edge(self.graph.name_of(source), contribution)
        formula = self._contribution(number, port, lines)
        if formula is None:
            return edge
        if self.locals.is_of_numbers(number):
            return edge._replace(formula=formula)
        written, own = (self.numbers.shape(v) for v in (lines.values[_gradient_name(node, port)], contribution))
        if prod(written) == prod(own):
            return edge._replace(formula=formula._replace(expression=_reshaped(formula.expression, written, own)))
        lacking = len(written) - len(own)
        axes = (a for a, n in enumerate(written) if n > 1 and (a < lacking or own[a - lacking] == 1))
        return edge._replace(formula=formula, summed_over=tuple(axes), is_repeated=prod(written) < prod(own))

    def _contribution(self, number: int, port: int, lines: _Lines) -> Worked | None:
        """What comes back through an input; the lines know `out` and `dout` with the axes that the layer takes away."""
        gradient = self._gradient(number, port, lines)
        if gradient is None:
            return None
        output = self.graph.nodes[number].output
        given: dict[str, Expression] = {_DOUT: gradient_of(output, self.graph.output), _OUT: Name(output)}
        if _OUT in lines.values:
            own = self.numbers.shape(self.run.values[self.graph.first_node + number])
            written = self.numbers.shape(lines.values[_OUT])
            given = {name: _reshaped(expression, own, written) for name, expression in given.items()}
        return self._worked(number, gradient, lines, given, is_decided=False)

    def _lines(self, number: int) -> _Lines:
        """The lines of a node; of arrays also their values, since what they count are lengths of axes."""
        node, slot = self.graph.nodes[number], self.graph.first_node + number
        if node.spec.origin is not None:  # what a user's docstring says, nobody has held against the class
            return _Lines(None, {})
        book = textbook(node.spec)
        inputs = [self.run.values[source] for source in self.graph.sources[number]]
        shapes = [self.numbers.shape(x) for x in inputs]
        if self.locals.is_of_numbers(number):
            return _Lines(self._formulas(node, book, shapes), {})
        dout = self.run.gradients[slot]
        try:
            found = evaluate(book, inputs, node.parameters, self.numbers, dout, out=self.run.values[slot])
        except DomainError:  # a line may need a function that the layer can do without
            found = None
        if found is None:
            return _Lines(None, {})
        values = found.values
        return _Lines(
            layer_formulas(book, shapes, node.parameters, lambda name: self.numbers.shape(values[name])), values
        )

    def _formulas(self, node: Node, book: Textbook, shapes: Sequence[Shape]) -> LayerFormulas | None:
        """The formulas of a layer on numbers, read once for all nodes that are alike."""
        key = (node.spec, len(shapes), tuple(node.parameters.items()))
        if key not in self._formulas_of_numbers:
            found = layer_formulas(book, shapes, node.parameters, lambda _: ())
            self._formulas_of_numbers[key] = found
        return self._formulas_of_numbers[key]

    def _math(self, number: int, lines: _Lines, *, is_decided: bool) -> Worked | None:
        """What a layer computes; None where its name says it, or says it better."""
        if lines.formulas is None or self._says_no_more(number, lines.formulas.math[_OUT]):
            return None
        value = self.run.values[self.graph.first_node + number]
        if _OUT in lines.values and self.numbers.shape(lines.values[_OUT]) != self.numbers.shape(value):
            return None
        found = self._worked(number, lines.formulas.math[_OUT], lines, {}, is_decided=is_decided)
        return None if found.parts or len(text(found.expression)) > _LONGEST_MATH else found

    def _says_no_more(self, number: int, line: Expression) -> bool:
        """Whether a line is the layer itself, applied to its inputs."""
        spec = self.graph.nodes[number].spec
        return isinstance(line, Call) and line.layer == spec.name and all(isinstance(x, Name) for x in line.operands)

    def _gradient(self, number: int, port: int, lines: _Lines) -> Expression | None:
        """The line of the gradient of an input, if there is one."""
        if lines.formulas is None or lines.formulas.gradient is None:
            return None
        return lines.formulas.gradient.get(_gradient_name(self.graph.nodes[number], port))

    def _worked(
        self,
        number: int,
        line: Expression,
        lines: _Lines,
        given: Mapping[str, Expression],
        *,
        is_decided: bool,
    ) -> Worked:
        """A line in the names of the graph, with `given` in place of others.

        What is decided, of numbers only, holds where choices go as in this run.
        """
        graph, node = self.graph, self.graph.nodes[number]
        known = lines.formulas.known if lines.formulas else {}
        formula = in_parts(line, {name: meaning for name, meaning in known.items() if name != _OUT})
        sources = dict(zip(node.spec.inputs, graph.sources[number], strict=False))
        names = {name: self._expression(source) for name, source in sources.items()}
        names |= {_OUT: Name(node.output), **given, **{part: Name(self._free(part)) for part in formula.parts}}
        values = {graph.name_of(source): self.run.values[source] for source in graph.sources[number]}
        values[node.output] = self.run.values[graph.first_node + number]
        parts = []
        for name, meaning in formula.parts.items():
            part = simplified(substituted(meaning, names), is_of_numbers=is_decided)
            value = self._value(part, values) if is_decided else lines.values.get(name)
            value = None if value is None or not self.numbers.is_finite(value) else value
            parts.append(Part(self._free(name), part, value))
            values[parts[-1].name] = value
        expression = simplified(substituted(formula.expression, names), is_of_numbers=is_decided)
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

    def _expression(self, slot: int) -> Expression:
        """What stands for the value in a slot: its name, or a constant itself."""
        name = self.graph.name_of(slot)
        return Number(name) if len(self.graph.inputs) <= slot < self.graph.first_node else Name(name)


def _gradient_name(node: Node, port: int) -> str:
    """What the lines call the gradient of an input."""
    return f"d{node.spec.inputs[port]}" if port < len(node.spec.inputs) else ""


def _reshaped(expression: Expression, own: Shape, wanted: Shape) -> Expression:
    """An expression of one shape in another; a number does for an array of one."""
    if own == wanted or (own, wanted) == ((), (1,)):
        return expression
    return Call("reshape", (expression,), (("shape", wanted),))
