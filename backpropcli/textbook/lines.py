"""The lines of a layer as its docstring has them: sections of clauses, each a guard and the statements behind it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from backpropcli.catalogue.docstrings import split_clause
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import BackpropError
from backpropcli.formula.compiler import compile_assignment
from backpropcli.formula.text import FormulaText
from backpropcli.graph import Node
from backpropcli.sources.literals import Constant, is_number
from backpropcli.textbook.counts import Shape, is_count
from backpropcli.textbook.guards import Case, Condition, read_conditions

PRIMITIVES = frozenset(
    (
        *("add", "sub", "mul", "div", "neg", "pow", "matmul"),
        *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "where"),
        *("exp", "log", "sqrt", "sin", "cos", "atan", "erf", "floor"),
        *("sum", "cumsum", "prod", "max", "reshape", "transpose", "broadcast"),
    )
)
"""The layers that are not made of others. A line may call them, and layers that stand before its own in `LAYERS`."""

_STATEMENT = re.compile(r"(\w+) = (.+)")


@dataclass(frozen=True)
class Statement:
    """A line: `name = formula`."""

    name: str
    formula: str

    @cached_property
    def tree(self) -> ast.expr:
        """The formula as Python's parser has it."""
        return FormulaText(self.formula, 0, _nowhere).parse()

    @cached_property
    def names(self) -> frozenset[str]:
        """What the formula is made of."""
        return frozenset(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))

    def nodes(self, argument: Callable[[ast.expr], Any]) -> list[Node]:
        """The nodes of the formula, none if it is a name, a number or a count.

        `argument` gives the values of parameters that are not written out.
        """
        return self._compiled(argument) if self._fixed_nodes is None else self._fixed_nodes

    @cached_property
    def _fixed_nodes(self) -> list[Node] | None:
        """The nodes, if all parameters are written out: they are compiled once, for all nodes of long chains."""
        asked: list[ast.expr] = []
        nodes = self._compiled(asked.append)
        return None if asked else nodes

    def _compiled(self, argument: Callable[[ast.expr], Any]) -> list[Node]:
        tree = self.tree
        if isinstance(tree, ast.Name | ast.Constant) or is_count(tree):
            return []
        return compile_assignment(f"{self.name} = {self.formula}", 1, _nowhere, argument)


@dataclass(frozen=True)
class Clause:
    """The statements behind a guard; None where they are in words."""

    guard: str
    conditions: tuple[Condition, ...]
    statements: tuple[Statement, ...] | None


@dataclass(frozen=True)
class Section:
    """Math or Gradient: rows of clauses, of each of which the first counts whose conditions hold."""

    rows: tuple[tuple[Clause, ...], ...]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses of all rows."""
        return tuple(clause for row in self.rows for clause in row)

    @property
    def is_complete(self) -> bool:
        """Whether all of it is formulas."""
        return all(clause.statements is not None for clause in self.clauses)

    def statements(self, case: Case) -> tuple[Statement, ...] | None:
        """The statements for a case, in their order; None if some of them are in words, or there are none for it."""
        found: list[Statement] = []
        for row in self.rows:
            chosen = next((clause for clause in row if all(c.holds(case) for c in clause.conditions)), None)
            if chosen is None or chosen.statements is None:
                return None
            found += chosen.statements
        return tuple(found)


@dataclass(frozen=True)
class Textbook:
    """The lines of one layer; None for a section that is not made of lines."""

    spec: LayerSpec
    math: Section | None
    gradient: Section | None

    def case(self, shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Case:
        """The case of inputs of these shapes; parameters that are not given have their defaults."""
        defaults = {name: parameter.default for name, parameter in self.spec.parameters.items()}
        return Case({**defaults, **parameters}, dict(zip(self.spec.inputs, shapes, strict=False)))


@cache
def textbook(spec: LayerSpec) -> Textbook:
    """The lines in a layer's docstring."""
    names = {*spec.inputs, *spec.parameters}
    math = _section(spec, ("Math", "Reduction"), names)
    if math is not None and math.is_complete and "out" not in names:
        math = None
    return Textbook(spec, math, _section(spec, ("Gradient",), {*names, "out", "dout"}))


def _section(spec: LayerSpec, titles: Sequence[str], names: set[str]) -> Section | None:
    """The lines of the sections of these titles; None if there are none, or if they are prose.

    Their formulas may use `names`, to which they add what they define.
    """
    texts = [spec.sections[title] for title in titles if title in spec.sections]
    try:
        rows = [row for text in texts for row in _rows(_clause(line, spec, names) for line in _lines(text))]
    except (BackpropError, ValueError):
        return None
    return Section(tuple(rows)) if texts else None


def _lines(text: str) -> list[str]:
    return [] if text == "none" else text.splitlines()


def _rows(clauses: Iterable[Clause]) -> Iterator[tuple[Clause, ...]]:
    """Clauses by rows: those with `when` that follow one another, with the `otherwise` behind them."""
    row: list[Clause] = []
    for clause in clauses:
        if row and clause.guard in {"", "then"}:
            yield tuple(row)
            row = []
        row.append(clause)
        if not clause.conditions:
            yield tuple(row)
            row = []
    if row:
        yield tuple(row)


def _clause(line: str, spec: LayerSpec, names: set[str]) -> Clause:
    """The clause on a line. Raises ValueError or BackpropError for what is none."""
    guard, texts = split_clause(line)
    guard = guard.removesuffix(":")
    return Clause(guard, read_conditions(guard, spec), tuple(_statement(text, names) for text in texts) or None)


def _statement(text: str, names: set[str]) -> Statement:
    match = _STATEMENT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    statement = Statement(match[1], match[2])
    tree = statement.tree
    if isinstance(tree, ast.Constant) and not is_number(statement.formula):
        raise ValueError(text)
    used = [tree.id] if isinstance(tree, ast.Name) else _names(statement.nodes(lambda _: None))
    if not names.issuperset(used):
        raise ValueError(text)
    names.add(statement.name)
    return statement


def _names(nodes: Iterable[Node]) -> Iterator[str]:
    """The names that nodes use and do not define."""
    for node in nodes:
        yield from (name for name in node.inputs if not isinstance(name, Constant) and not name.startswith("("))


def _nowhere(_start: int, _end: int) -> None:
    """No place: a line of a layer is right, or it is prose."""
