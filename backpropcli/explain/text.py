"""Explanations for terminals: formulas in the grammar of scenario files, with their numbers behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backpropcli.explain import Options
from backpropcli.explain.filling import Filling, without_repeats
from backpropcli.explain.model import Edge, Explanation, Layer, Local, Pass, Path, Paths, Total
from backpropcli.explain.paths import counted
from backpropcli.symbolic.expressions import Expression, gradient_of, total
from backpropcli.symbolic.graph_formulas import Worked
from backpropcli.symbolic.text import condition_text, text
from backpropcli.text.escape import printable
from backpropcli.text.width import text_width, wrapped

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_MARGIN, _INNER_MARGIN = "  ", "       "
_GAP = "   "
_FEW = 1 / 4  # of the rows of two columns may be too wide for them


def render(explanation: Explanation, options: Options) -> str:
    """The explanation as lines of text."""
    writer = _Text(explanation, options)
    lines = writer.of_paths(explanation) if isinstance(explanation, Paths) else writer.of_pass(explanation)
    shown = "".join(f"{line.rstrip()}\n" for line in lines)
    return shown.replace("∂", "d") if options.ascii else shown


class _Equation(NamedTuple):
    """Equal terms behind a head, and what is to be said beside them."""

    head: str
    terms: Sequence[str]
    remarks: Sequence[str] = ()

    @property
    def line(self) -> str:
        return ", ".join([self.head + " = ".join(self.terms), *self.remarks])


class _Text:
    """An explanation on its way to text."""

    def __init__(self, explanation: Explanation, options: Options) -> None:
        self.width = options.width
        self.color = options.color
        self.output = explanation.output
        self.filling = Filling(explanation.numbers, explanation.dout, options)

    def of_paths(self, found: Paths) -> Iterator[str]:
        """The paths from one value to the output."""
        yield from self._title(found.title)
        if found.name == found.output:
            yield f"{self._gradient(found.name)} = {self.filling.text(found.gradient)}"
            return
        places = ((found.name, found.value), (found.output, found.output_value))
        values = ", ".join(f"{name} = {self.filling.text(value)}" for name, value in places)
        yield self._heading(f"How {found.output} changes with {found.name}, at {values}")
        for number, path in enumerate(found.paths, 1):
            yield ""
            if found.number_of_paths > 1:
                yield self._heading(f"Path {number} of {counted(found.number_of_paths)}")
            yield from self._path(path)
            if found.number_of_paths > 1:
                terms = without_repeats(_texts(self.filling.product(path)))
                yield from self._lines(_Equation(f"{_MARGIN}adds ", terms, list(filter(None, [path.remark]))))
        yield ""
        yield from self._sum_of_paths(found)
        yield from self._sentences(found.zeros)

    def of_pass(self, found: Pass) -> Iterator[str]:
        """The forward and the backward pass."""
        yield from self._title(found.title)
        yield self._heading("Forward")
        for layer in found.layers:
            terms = [*_texts(self.filling.forward(layer)), self.filling.text(layer.value)]
            yield from self._lines(_Equation(_made(layer), without_repeats(terms), self._remarks(layer.math)))
        yield ""
        is_one = all(number == 1 for number in self.filling.numbers.flat(found.dout))
        start = f"d{found.output}/d{found.output} =" if is_one else "an upstream gradient of"
        yield self._heading(f"Backward, from {start} {self.filling.text(found.dout)}")
        for layer in reversed(found.layers):
            if layer.edges and layer.upstream is not None:
                yield from self._layer_backward(layer)
        yield ""
        yield self._heading("Gradients")
        for gradient in found.totals:
            yield from self._total(gradient)
        yield from self._sentences(found.zeros)

    def _sentences(self, sentences: Sequence[str]) -> Iterator[str]:
        if sentences:
            yield ""
        for sentence in sentences:
            yield from self._wrapped("", sentence)

    def _title(self, title: str | None) -> Iterator[str]:
        if title:
            yield self._heading(printable(title))
            yield ""

    def _heading(self, line: str) -> str:
        return f"{_BOLD}{line}{_PLAIN}" if self.color else line

    def _gradient(self, name: str) -> str:
        """What the gradient of a value is called: with another dout than 1 it is no derivative of the output."""
        return f"d{self.output}/d{name}" if self.filling.is_dout_one else f"gradient of {name}"

    def _path(self, path: Path) -> Iterator[str]:
        """The layers on a path beside their local derivatives."""
        yield from self._side_by_side(
            [(_Equation(_made(layer), [text(layer.call)]), self._slope(layer, local)) for layer, local in path.steps]
        )

    def _slope(self, layer: Layer, local: Local) -> _Equation:
        symbol, *forms = _texts(self.filling.local(layer, local))
        return _Equation(f"{symbol} = ", without_repeats(forms), self._remarks(local.formula))

    def _sum_of_paths(self, found: Paths) -> Iterator[str]:
        head = f"{self._gradient(found.name)} = "
        gradient = self.filling.text(found.gradient)
        if not found.number_of_paths:
            yield f"{head}0: {found.output} does not depend on {found.name}"
        elif found.number_of_paths == 1:
            (path,) = found.paths
            symbols = _texts([self.filling.symbols(path)] if len(path.steps) > 1 and self.filling.is_dout_one else [])
            terms = [*symbols, *_texts(self.filling.product(path)), gradient]
            yield from self._lines(_Equation(head, without_repeats(terms), list(filter(None, [path.remark]))))
        else:
            if found.rest is not None:
                others = counted(found.number_of_paths - len(found.paths))
                yield f"The other {others} paths add {self.filling.text(found.rest)} together."
            yield from self._lines(_Equation(head, [text(self.filling.sum_of(found)), gradient]))

    def _layer_backward(self, layer: Layer) -> Iterator[str]:
        """A layer, and below it what each of its inputs gets."""
        upstream = self.filling.text(layer.upstream)
        if layer.is_upstream_named:
            upstream = f"{text(gradient_of(layer.output, self.output))} = {upstream}"
        made = _Equation(_made(layer), [text(layer.call)], [f"upstream {upstream}"])
        if self._fits(made.line):
            yield made.line
        else:
            yield from self._lines(made._replace(remarks=()))
            yield from self._wrapped(f"{_INNER_MARGIN}upstream ", upstream)
        rows = []
        for edge in layer.edges:
            gets = f"{edge.name} gets "
            if edge.local is not None:
                slope = self._slope(layer, edge.local)
                given = _Equation(gets, _texts(self.filling.contribution(layer, edge, edge.local)))
                rows.append((slope._replace(head=f"{_INNER_MARGIN}{slope.head}"), given))
            else:
                terms = [self._formula_of_arrays(layer, edge), self.filling.text(edge.contribution)]
                yield from self._lines(_Equation(f"{_INNER_MARGIN}{gets}", terms, self._remarks(edge.formula)))
        yield from self._side_by_side(rows)

    def _formula_of_arrays(self, layer: Layer, edge: Edge) -> str:
        if edge.formula is None:
            return f"{text(gradient_of(layer.output, self.output))} through {layer.name}'"
        return f"{text(edge.formula.expression)} {edge.what_happens_then}".rstrip()

    def _total(self, found: Total) -> Iterator[str]:
        """A gradient, and the sum that it is if it comes from several layers."""
        if found.gradient is None:
            yield f"{_MARGIN}{found.name} has no gradient"
            return
        head = f"{_MARGIN}{self._gradient(found.name)} = "
        if not found.is_used:
            yield f"{head}0: {self.output} does not depend on {found.name}"
            return
        parts = [contribution for _, contribution in found.contributions]
        if len(parts) < 2:
            yield from self._lines(_Equation(head, [self.filling.text(found.gradient)]))
            return
        layers = [f"({number})" for number, _ in found.contributions]
        origin = f"from {', '.join(layers[:-1])} and {layers[-1]}"
        if not self.filling.numbers.shape(found.gradient):
            terms = [text(total(list(map(self.filling.number, parts))))]
        else:
            terms = [" + ".join(map(self.filling.text, parts))] if all(map(self.filling.is_written_out, parts)) else []
        yield from self._lines(_Equation(head, [*terms, self.filling.text(found.gradient)], [origin]))

    def _remarks(self, worked: Worked | None) -> list[str]:
        """What is to be said beside a formula: what its parts are, and why its choices went as they did."""
        if worked is None:
            return []
        found = []
        for part in worked.parts:
            value = [] if part.value is None else [self.filling.text(part.value)]
            found.append(f"with {' = '.join([part.name, text(part.expression), *value])}")
        if worked.relations:
            found.append(f"as {' and '.join(map(condition_text, worked.relations))}")
        return found

    def _side_by_side(self, rows: Sequence[tuple[_Equation, _Equation]]) -> Iterator[str]:
        """Equations in two columns; below each other where they are too wide, all of them if that is true of many."""
        column = max((text_width(left.line) for left, _ in rows), default=0)
        lines = [f"{left.line}{' ' * (column - text_width(left.line))}{_GAP}{right.line}" for left, right in rows]
        is_beside = [self._fits(line) for line in lines]
        has_columns = is_beside.count(False) <= _FEW * len(rows)
        for line, fits, (left, right) in zip(lines, is_beside, rows, strict=True):
            if has_columns and fits:
                yield line
            else:
                yield from self._lines(left)
                yield from self._lines(right._replace(head=f"{_INNER_MARGIN}{_MARGIN}{right.head}"))

    def _lines(self, equation: _Equation) -> Iterator[str]:
        """An equation on one line, or its terms and remarks below each other where that is too wide."""
        if self._fits(equation.line):
            yield equation.line
            return
        margin = " " * text_width(equation.head.removesuffix("= "))
        for number, term in enumerate(equation.terms):
            start = equation.head if number == 0 else f"{margin}= "
            yield from self._wrapped(start, term)
        for remark in equation.remarks:
            yield from self._wrapped(margin, remark)

    def _fits(self, line: str) -> bool:
        return self.width is None or text_width(line) <= self.width

    def _wrapped(self, start: str, words: str) -> Iterator[str]:
        """Words behind the start of a line, broken at spaces if they are too wide."""
        if self._fits(start + words):
            yield start + words
            return
        indent = " " * text_width(start)
        first, *others = wrapped(words, max(self.width or 0, len(indent) + 20), indent).split("\n")
        yield start + first[len(indent) :]
        yield from others


def _made(layer: Layer) -> str:
    """The number of a layer, and the name of its value unless that is the number."""
    number = f"({layer.number})"
    return f"{_MARGIN}{number} = " if layer.output == number else f"{_MARGIN}{number}  {layer.output} = "


def _texts(expressions: Sequence[Expression]) -> list[str]:
    return list(map(text, expressions))
