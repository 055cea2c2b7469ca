"""The derivation of a result: the textbook lines of its layers, put together from the output back.

A formula is written in the names of values; what has none is written out. A gradient that several others are made of
has a line of its own, as written out in each it would grow with the number of paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod

from backpropcli.derivation.model import Derivation, Equation
from backpropcli.domains.base import Shape
from backpropcli.errors import DomainError, GraphError
from backpropcli.result import Result
from backpropcli.symbolic.algebra import simplified
from backpropcli.symbolic.expressions import (
    DERIVATIVE,
    GRADIENT,
    Call,
    Expression,
    Name,
    Number,
    derivative,
    fold,
    is_longer,
    names_in,
    substituted,
    total,
)
from backpropcli.symbolic.graph_formulas import GraphFormulas, gradient_name
from backpropcli.symbolic.shapes import in_shape
from backpropcli.text.numbers import number_text

DOUT = "dout"
_LONGEST_SHARED, _LONGEST = 8, 100  # operations of a gradient that is written out in several others, and in one
_ONE = Number("1")
_MOST = 2_000  # operations of what is written out because it has no name


def derivation_of(
    result: Result,
    names: Sequence[str] = (),
    *,
    expand: bool = False,
    rewritten: Callable[[Expression], Expression] | None = None,
) -> Derivation:
    """The gradients with respect to these names, by default those that the result has.

    With `expand` only inputs have names, and everything else is written out. Each gradient is `rewritten` in the end.
    Raises GraphError for an unknown name and
    for one that has no gradient, DomainError for a layer whose gradient is no formula.
    """
    wanted = list(dict.fromkeys(names)) or [name for name, found in result.gradients.items() if found is not None]
    for name in wanted:
        if result.gradient_of(name) is None:
            raise GraphError(f"the output has no gradient with respect to '{name}'")
    with result.run.domain.quiet():
        return _Deriving(result, wanted, rewritten or (lambda expression: expression), expand=expand).derivation()


class _Deriving:
    def __init__(
        self, result: Result, wanted: Sequence[str], rewritten: Callable[[Expression], Expression], *, expand: bool
    ) -> None:
        self.result = result
        self.run = result.run
        self.graph = result.run.graph
        self.numbers = result.run.domain
        self.formulas = GraphFormulas(result.run)
        self.wanted = wanted
        self.rewritten = rewritten
        self.expand = expand
        self.terms: dict[int, list[Expression]] = {}
        self.written: dict[int, Expression] = {}
        self.shared: list[Equation] = []
        self.shapes = {name: self.numbers.shape(self.run.values[slot]) for name, slot in self.graph.slots.items()}
        self.shapes[DOUT] = self.numbers.shape(result.dout)

    def derivation(self) -> Derivation:
        graph = self.graph
        self._write_values()
        dout, told = self._dout()
        self.terms[graph.output_slot] = [dout]
        behind = self._behind()
        for number in range(graph.output_slot - graph.first_node, -1, -1):
            self._go_back(number, behind)
        gradients = self._rewritten(Equation(name, self._gradient(graph.slot(name))) for name in self.wanted)
        shared = self._rewritten(self.shared)
        used = {name for each in (*shared, *gradients) for name in names_in(_without_derivatives(each.expression))}
        return Derivation(self.result.title, self.result.output, tuple(self._values(used)), shared, gradients, told)

    def _rewritten(self, equations: Iterable[Equation]) -> tuple[Equation, ...]:
        return tuple(each._replace(expression=self.rewritten(each.expression)) for each in equations)

    def _write_values(self) -> None:
        """What stands for each value: its name, or what it is made of."""
        graph = self.graph
        for slot in range(graph.first_node):
            self.written[slot] = self.formulas.expression(slot)
        for number, node in enumerate(graph.nodes):
            slot = graph.first_node + number
            is_named = not node.output.startswith("(") and not self.expand
            self.written[slot] = Name(node.output) if is_named else self._readable(number, self._call(number))

    def _call(self, number: int) -> Expression:
        node = self.graph.nodes[number]
        operands = tuple(self.written[source] for source in self.graph.sources[number])
        return Call(node.spec.name, operands, tuple(node.parameters.items()))

    def _readable(self, number: int, expression: Expression) -> Expression:
        """The expression. Raises DomainError if it is too long."""
        if is_longer(expression, _MOST):
            node = self.graph.nodes[number]
            message = f"{node.label}: written out, a formula takes more than {_MOST:,} operations"
            hint = "leave out --expand" if self.expand else "name the values of some steps in between"
            raise DomainError(node.problem(message, hint=hint))
        return expression

    def _values(self, used: set[str]) -> Iterator[Equation]:
        """The named values that formulas use, and those that these are made of."""
        needed: list[Equation] = []
        for number in range(len(self.graph.nodes) - 1, -1, -1):
            node = self.graph.nodes[number]
            if node.output in used and not self.expand:
                equation = Equation(node.output, self._call(number))
                used |= set(names_in(equation.expression))
                needed.append(equation)
        yield from reversed(needed)

    def _dout(self) -> tuple[Expression, str | None]:
        dout = self.result.dout
        if not self.numbers.shape(dout):
            text = number_text(self.numbers.numbers(dout), None)
            return Number(text), None if text == "1" else text
        return Name(DOUT), f"an array of shape {self.numbers.shape(dout)}"

    def _behind(self) -> set[int]:
        """The slots that lead to a value whose gradient is asked for."""
        found = {self.graph.slot(name) for name in self.wanted}
        for number, sources in enumerate(self.graph.sources):
            if not found.isdisjoint(sources):
                found.add(self.graph.first_node + number)
        return found

    def _go_back(self, number: int, behind: set[int]) -> None:
        """Add what a layer gives back to the terms of its inputs."""
        graph, slot = self.graph, self.graph.first_node + number
        contributions = self.run.contributions[number]
        ports = [
            port
            for port, source in enumerate(graph.sources[number])
            if source in behind and port < len(contributions) and contributions[port] is not None
        ]
        if slot not in self.terms or not ports:
            return
        upstream = self._upstream(slot, len(ports))
        for port in ports:
            source = graph.sources[number][port]
            self.terms.setdefault(source, []).append(self._contribution(number, port, upstream))

    def _upstream(self, slot: int, uses: int) -> Expression:
        """The gradient of a value, by its name where it would be written out several times."""
        found = self._sum(slot)
        name = self.graph.name_of(slot)
        if self.expand or name.startswith("("):
            return self._readable(slot - self.graph.first_node, found)
        if not is_longer(found, _LONGEST if uses == 1 else _LONGEST_SHARED):
            return found
        self.shared.append(Equation(name, found))
        return derivative(self.result.output, name)

    def _sum(self, slot: int) -> Expression:
        shape = self.numbers.shape(self.run.values[slot])
        found = total(self.terms[slot])
        if not self.numbers.is_scalar:
            found = in_shape(found, shape, self.shapes)
        return self._simplified(found)

    def _simplified(self, expression: Expression) -> Expression:
        return simplified(expression, is_of_numbers=self.numbers.is_scalar)

    def _gradient(self, slot: int) -> Expression:
        return self._sum(slot) if slot in self.terms else Number("0")

    def _contribution(self, number: int, port: int, upstream: Expression) -> Expression:
        node = self.graph.nodes[number]
        lines = self.formulas.lines(number)
        worked = self.formulas.contribution(number, port, lines)
        if worked is None:
            message = f"{node.label}: its gradient is no formula"
            raise DomainError(node.problem(message, hint="'backprop explain' shows it in numbers"))
        names: dict[str, Expression] = {
            self.graph.name_of(source): self.written[source] for source in self.graph.sources[number]
        }
        names[node.output] = self.written[self.graph.first_node + number]
        expression = worked.expression
        for part in reversed(worked.parts):
            expression = substituted(expression, {part.name: part.expression})
        found = _placed(expression, names, upstream)
        if self.formulas.locals.is_of_numbers(number):
            return self._simplified(found)
        written = self.numbers.shape(lines.values[gradient_name(node, port)])
        own = self.numbers.shape(self.run.values[self.graph.sources[number][port]])
        return self._simplified(_fitted(found, written, own))


def _without_derivatives(expression: Expression) -> Expression:
    """The expression without the names in symbols of derivatives."""
    return fold(
        expression,
        lambda leaf: leaf,
        lambda call, operands: _ONE if call.layer == DERIVATIVE else Call(call.layer, tuple(operands), call.parameters),
    )


def _placed(expression: Expression, names: Mapping[str, Expression], upstream: Expression) -> Expression:
    """The expression with what is written for the names in it, and for the symbol of the upstream gradient.

    Both are put in whole and looked into no further: they may be as long as the graph is.
    """
    return fold(
        expression,
        lambda leaf: names.get(leaf.text, leaf) if isinstance(leaf, Name) else leaf,
        lambda call, operands: (
            upstream if call.layer == GRADIENT else Call(call.layer, tuple(operands), call.parameters)
        ),
    )


def _fitted(expression: Expression, written: Shape, own: Shape) -> Expression:
    """The expression of one shape as a gradient of another: summed over axes, repeated, or in another order."""
    if written == own:
        return expression
    if prod(written) == prod(own):
        return Call("reshape", (expression,), (("shape", own),))
    lacking = len(written) - len(own)
    summed = [a for a, n in enumerate(written) if a < lacking or (n > 1 and own[a - lacking] == 1)]
    if not own and written:
        return Call("sum", (expression,))
    for axis in reversed(summed):
        keeps = axis >= lacking
        parameters: tuple[tuple[str, object], ...] = (("axis", axis), *((("keepdims", True),) if keeps else ()))
        expression = Call("sum", (expression,), parameters)
    left = tuple(1 if a in summed else n for a, n in enumerate(written) if a >= lacking) if lacking >= 0 else written
    return expression if left == own else Call("broadcast", (expression,), (("shape", own),))
