"""The layers of a run as an explanation shows them: their formulas, local derivatives and contributions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import prod

from backpropcli.domains import Value
from backpropcli.executor import Run
from backpropcli.explain.model import Edge, Layer, Local
from backpropcli.symbolic.expressions import Call, Expression, Name, Number
from backpropcli.symbolic.graph_formulas import DOUT, OUT, GraphFormulas, Lines, Worked, gradient_name, reshaped
from backpropcli.symbolic.text import text

_LONGEST_MATH = 72  # characters: a longer formula says less than the layer's name
_ONE = Number("1")


class Layers:
    """The layers of a run, each explained when it is asked for."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.graph = run.graph
        self.numbers = run.domain
        self.formulas = GraphFormulas(run, may_be_one_hot=True)
        self.locals = self.formulas.locals

    def layer(self, number: int, slots: Collection[int]) -> Layer:
        """The layer of that number, counted from 0, with what comes back to the values in these slots."""
        graph, node, slot = self.graph, self.graph.nodes[number], self.graph.first_node + number
        lines = self.formulas.lines(number)
        call = self.formulas.call(number)
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
        return self._local(number, port, self.formulas.lines(number))

    def edges_for_all_numbers(self, number: int, slots: Collection[int]) -> Iterator[tuple[int, Edge]]:
        """What comes back to the values in these slots, as formulas that hold for all numbers; each with its input."""
        lines = self.formulas.lines(number)
        for port, contribution in enumerate(self.run.contributions[number]):
            if contribution is not None and self.graph.sources[number][port] in slots:
                yield port, self._edge_with_formula(number, port, contribution, lines)

    def math(self, number: int) -> Worked | None:
        """What a layer computes, as a formula that holds for all numbers; None where its name says it, or better."""
        return self._math(number, self.formulas.lines(number), is_decided=False)

    def _edges(self, number: int, lines: Lines, slots: Collection[int]) -> Iterator[Edge]:
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

    def _local(self, number: int, port: int, lines: Lines) -> Local:
        name = self.graph.name_of(self.graph.sources[number][port])
        gradient = self.formulas.gradient(number, port, lines)
        formula = (
            None if gradient is None else self.formulas.worked(number, gradient, lines, {DOUT: _ONE}, is_decided=True)
        )
        return Local(name, formula, self.locals.of(number)[port])

    def _edge_with_formula(self, number: int, port: int, contribution: Value, lines: Lines) -> Edge:
        node, source = self.graph.nodes[number], self.graph.sources[number][port]
        edge = Edge(self.graph.name_of(source), contribution)
        formula = self.formulas.contribution(number, port, lines)
        if formula is None:
            return edge
        if self.locals.is_of_numbers(number):
            return edge._replace(formula=formula)
        written, own = (self.numbers.shape(v) for v in (lines.values[gradient_name(node, port)], contribution))
        if prod(written) == prod(own):
            return edge._replace(formula=formula._replace(expression=reshaped(formula.expression, written, own)))
        lacking = len(written) - len(own)
        axes = (a for a, n in enumerate(written) if n > 1 and (a < lacking or own[a - lacking] == 1))
        is_repeated = prod(written) < prod(own) or not prod(own)  # of no elements, for none
        return edge._replace(formula=formula, summed_over=tuple(axes), is_repeated=is_repeated)

    def _math(self, number: int, lines: Lines, *, is_decided: bool) -> Worked | None:
        """What a layer computes; None where its name says it, or says it better."""
        if lines.formulas is None or self._says_no_more(number, lines.formulas.math[OUT]):
            return None
        value = self.run.values[self.graph.first_node + number]
        if OUT in lines.values and self.numbers.shape(lines.values[OUT]) != self.numbers.shape(value):
            return None
        found = self.formulas.worked(number, lines.formulas.math[OUT], lines, {}, is_decided=is_decided)
        return None if found.parts or len(text(found.expression)) > _LONGEST_MATH else found

    def _says_no_more(self, number: int, line: Expression) -> bool:
        """Whether a line is the layer itself, applied to its inputs."""
        spec = self.graph.nodes[number].spec
        return isinstance(line, Call) and line.layer == spec.name and all(isinstance(x, Name) for x in line.operands)
