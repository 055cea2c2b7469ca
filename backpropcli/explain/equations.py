"""Explanations as blocks of aligned equations in LaTeX's math mode, which Markdown can have as well.

Matrices and choices need the package amsmath.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.explain import Options
from backpropcli.explain.filling import Filling, without_repeats
from backpropcli.explain.model import Edge, Explanation, Layer, Local, Pass, Path, Paths, Total
from backpropcli.explain.paths import counted
from backpropcli.symbolic.expressions import GRADIENT, Call, Expression, Name, fold, gradient_of, total
from backpropcli.symbolic.graph_formulas import Worked
from backpropcli.symbolic.latex import latex, latex_condition, latex_name
from backpropcli.symbolic.text import text
from backpropcli.text.escape import escape_latex
from backpropcli.text.numbers import latex_numbers, number_text

_MOST_COLUMNS = 10  # of a matrix in amsmath
_NEXT_ROW = r" \\ "


class Block(NamedTuple):
    """Rows of equations below a heading, if it has one; cells are divided by &."""

    heading: str
    rows: list[str]


def blocks(explanation: Explanation, options: Options) -> Iterator[Block]:
    """The explanation without its title."""
    writer = _Equations(explanation, options)
    yield from writer.of_paths(explanation) if isinstance(explanation, Paths) else writer.of_pass(explanation)


class _Equations:
    """An explanation on its way to equations."""

    def __init__(self, explanation: Explanation, options: Options) -> None:
        self.output = explanation.output
        self.filling = Filling(explanation.numbers, explanation.dout, options)

    def of_paths(self, found: Paths) -> Iterator[Block]:
        """The paths from one value to the output."""
        for number, path in enumerate(found.paths, 1):
            rows = [f"{self._made(layer)} & {self._local(layer, local)}" for layer, local in path.steps]
            if found.number_of_paths > 1:
                rows.append(f"&& {_words('adds')} &{_equal(self.filling.product(path))}{self._blocked(path)}")
            yield Block(f"Path {number} of {counted(found.number_of_paths)}" if found.number_of_paths > 1 else "", rows)
        yield Block("", list(self._sum_of_paths(found)))

    def of_pass(self, found: Pass) -> Iterator[Block]:
        """The forward and the backward pass."""
        rows = []
        for layer in found.layers:
            terms = [*map(latex, self.filling.forward(layer)), self._value(layer.value)]
            rows.append(f"{self._head(layer)} &= {' = '.join(without_repeats(terms))}{self._remarks(layer.math)}")
        yield Block("Forward", rows)
        heading = "Backward"
        for layer in reversed(found.layers):
            if layer.edges and layer.upstream is not None:
                upstream = self._value(layer.upstream)
                if layer.is_upstream_named:
                    upstream = f"{self._upstream(layer)} = {upstream}"
                rows = [f"{self._made(layer)} && {_words('upstream')} {upstream}"]
                rows += [self._edge(layer, edge) for edge in layer.edges]
                yield Block(heading, rows)
                heading = ""
        yield Block("Gradients", [self._total(each) for each in found.totals])

    def _head(self, layer: Layer) -> str:
        number = f"({layer.number})"
        return number if layer.output == number else rf"{number} \quad {latex_name(layer.output)}"

    def _made(self, layer: Layer) -> str:
        return f"{self._head(layer)} &= {latex(layer.call)}"

    def _local(self, layer: Layer, local: Local) -> str:
        symbol, *forms = map(latex, self.filling.local(layer, local))
        return f"{symbol} &= {' = '.join(without_repeats(forms))}{self._remarks(local.formula)}"

    def _edge(self, layer: Layer, edge: Edge) -> str:
        gets = rf"{latex_name(edge.name)} {_words('gets')}"
        if edge.local is not None:
            contribution = _equal(self.filling.contribution(layer, edge, edge.local))
            return f"{self._local(layer, edge.local)} && {gets} {contribution}"
        contribution = self._value(edge.contribution)
        return f"{gets} &{self._formula_of_arrays(layer, edge)} = {contribution}{self._remarks(edge.formula)}"

    def _formula_of_arrays(self, layer: Layer, edge: Edge) -> str:
        if edge.formula is None:
            return rf"{self._upstream(layer)} {_words('through')} \operatorname{{{escape_latex(layer.name)}}}'"
        found = latex(self._in_symbols(edge.formula.expression))
        return f"{found} {_words(edge.what_happens_then)}" if edge.what_happens_then else found

    def _upstream(self, layer: Layer) -> str:
        """The gradient of a layer's output."""
        return latex(self._in_symbols(gradient_of(layer.output, self.output)))

    def _in_symbols(self, expression: Expression) -> Expression:
        """With another dout than 1, gradients are no derivatives of the output: they are names then, `dx`."""
        if self.filling.is_dout_one:
            return expression

        def call(part: Call, operands: list[Expression]) -> Expression:
            if part.layer == GRADIENT:
                return Name(text(part))
            return Call(part.layer, tuple(operands), part.parameters)

        return fold(expression, lambda leaf: leaf, call)

    def _sum_of_paths(self, found: Paths) -> Iterator[str]:
        head, gradient = self._gradient(found.name), self._value(found.gradient)
        if not found.number_of_paths:
            reason = f"{self.output} does not depend on {found.name}"
            yield f"{head} &= 0 {_words(f'as {reason}')}"
        elif found.number_of_paths == 1:
            (path,) = found.paths
            symbols = [self.filling.symbols(path)] if len(path.steps) > 1 and self.filling.is_dout_one else []
            terms = without_repeats([*map(latex, [*symbols, *self.filling.product(path)]), gradient])
            yield f"{head} &= {terms[0]}"
            yield from (f"&= {term}" for term in terms[1:])
            if path.remark:
                yield f"&{self._blocked(path)}"
        else:
            others = ""
            if found.rest is not None:
                others = f"the last term is of {counted(found.number_of_paths - len(found.paths))} other paths"
            yield f"{head} &= {latex(self.filling.sum_of(found))} = {gradient}{others and _words(others)}"

    def _total(self, found: Total) -> str:
        if found.gradient is None:
            return f"{latex_name(found.name)} &{_words('has no gradient')}"
        head = self._gradient(found.name)
        if not found.is_used:
            return f"{head} &= 0 {_words(f'as {self.output} does not depend on {found.name}')}"
        parts = [contribution for _, contribution in found.contributions]
        terms = [self._value(found.gradient)]
        if len(parts) > 1 and not self.filling.numbers.shape(found.gradient):
            terms = [latex(total(list(map(self.filling.number, parts)))), *terms]
        elif len(parts) > 1 and all(map(self._is_written_out, parts)):
            terms = [" + ".join(map(self._value, parts)), *terms]
        return f"{head} &= {' = '.join(terms)}"

    def _gradient(self, name: str) -> str:
        symbol = latex(gradient_of(name, self.output))
        return symbol if self.filling.is_dout_one else rf"{_words('gradient of')} {latex_name(name)}"

    def _value(self, value: Value) -> str:
        """A number, a small matrix, or a shape in words."""
        shape = self.filling.numbers.shape(value)
        if not shape:
            return latex(self.filling.number(value))
        if not self._is_written_out(value):
            return _words(f"an array of shape {shape}")
        precision = self.filling.options.element_precision
        numbers = self.filling.numbers.numbers(value)
        rows = numbers if len(shape) > 1 else [numbers]
        cells = (" & ".join(latex_numbers(number_text(number, precision)) for number in row) for row in rows)
        return rf"\begin{{pmatrix}} {_NEXT_ROW.join(cells)} \end{{pmatrix}}"

    def _is_written_out(self, value: Value) -> bool:
        """Whether a value is small enough for a matrix."""
        shape = self.filling.numbers.shape(value)
        return self.filling.is_written_out(value) and len(shape) <= 2 and all(shape) and shape[-1] <= _MOST_COLUMNS

    def _blocked(self, path: Path) -> str:
        return path.remark and f" {_words(path.remark)}"

    def _remarks(self, worked: Worked | None) -> str:
        if worked is None:
            return ""
        found = ""
        for part in worked.parts:
            value = [] if part.value is None else [self._value(part.value)]
            meaning = " = ".join([latex_name(part.name), latex(part.expression), *value])
            found += f" {_words('with')} {meaning}"
        if worked.relations:
            found += f" {_words('as')} {_words('and').join(map(latex_condition, worked.relations))}"
        return found


def _equal(terms: Sequence[Expression]) -> str:
    return " = ".join(without_repeats(list(map(latex, terms))))


def _words(words: str) -> str:
    """Words between formulas."""
    return rf"\quad \text{{{escape_latex(words)}}} \quad"
