"""The textbook lines of a layer as expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from backpropcli.sources.literals import Constant
from backpropcli.symbolic.expressions import Call, Expression, Name, Number, expression_of, names_in, substituted
from backpropcli.symbolic.text import parameter_text
from backpropcli.textbook import Case, Textbook
from backpropcli.textbook.counts import Shape
from backpropcli.textbook.lines import Section
from backpropcli.textbook.resolution import definitions


class LayerFormulas(NamedTuple):
    """What everything is in the lines of a layer, by name, each after what it is made of.

    The names of inputs and `dout` stand for themselves; parameters and counts are numbers.
    """

    math: dict[str, Expression]
    gradient: dict[str, Expression] | None
    """None where the gradient is in words."""

    @property
    def known(self) -> dict[str, Expression]:
        """Everything, each after what it is made of."""
        return {**self.math, **(self.gradient or {})}


class Formula(NamedTuple):
    """An expression, and what the names in it are that stand for parts of it, each after what it is made of."""

    expression: Expression
    parts: dict[str, Expression]


def layer_formulas(
    book: Textbook, shapes: Sequence[Shape], parameters: Mapping[str, Any], shape_of: Callable[[str], Shape]
) -> LayerFormulas | None:
    """The formulas of a layer on inputs of these shapes; None where Math is in words.

    `shape_of` tells the shape of everything that has a name in the lines. Parameters are as a node has them; those that
    are not given have their defaults.
    """
    case = book.case(shapes, parameters)
    counts = dict(case.parameters)
    math = _expressions(book.math, case, counts, shape_of)
    return None if math is None else LayerFormulas(math, _expressions(book.gradient, case, counts, shape_of))


def _expressions(
    section: Section | None, case: Case, counts: dict[str, Any], shape_of: Callable[[str], Shape]
) -> dict[str, Expression] | None:
    statements = section.statements(case) if section else None
    if statements is None:
        return None
    found: dict[str, Expression] = {}
    for name, formula in definitions(statements, counts, shape_of):
        if isinstance(formula, str):
            found[name] = Name(formula)
        elif isinstance(formula, Constant):
            found[name] = Number(formula.text)
        else:
            found[name] = expression_of(formula)
        found[name] = substituted(found[name], _numbers(counts))
    return found


def _numbers(counts: Mapping[str, Any]) -> dict[str, Expression]:
    """Parameters and counts that formulas may use as numbers."""
    return {name: Number(parameter_text(v)) for name, v in counts.items() if isinstance(v, Constant | int | float)}


def in_parts(expression: Expression, known: Mapping[str, Expression]) -> Formula:
    """The expression with what its names stand for written out, but for what is long and occurs several times.

    `known` are the names that may be written out, each after what it is made of.
    """
    parts: dict[str, Expression] = {}
    for name, meaning in reversed(list(known.items())):
        uses = sum(used == name for whole in (expression, *parts.values()) for used in names_in(whole))
        if uses == 1 or (uses and is_short(meaning)):
            expression = substituted(expression, {name: meaning})
            parts = {part: substituted(whole, {name: meaning}) for part, whole in parts.items()}
        elif uses:
            parts[name] = meaning
    return Formula(expression, dict(reversed(parts.items())))


def is_short(expression: Expression) -> bool:
    """Whether an expression is a name, a number, or a layer applied to such."""
    return not isinstance(expression, Call) or not any(isinstance(part, Call) for part in expression.operands)
