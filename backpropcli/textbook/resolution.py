"""What textbook lines say in one case: their guards decided, and all that counts counted."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from backpropcli.graph import Node
from backpropcli.sources.literals import Constant
from backpropcli.textbook.counts import Shape, count, is_count
from backpropcli.textbook.lines import Statement


class Definition(NamedTuple):
    """A name and what it stands for: the nodes of a formula, another name, or a number."""

    name: str
    formula: Sequence[Node] | str | Constant


def used_statements(statements: Sequence[Statement], names: Iterable[str]) -> list[Statement]:
    """Those of the statements that what has these names is made of."""
    used, found = set(names), []
    for statement in reversed(statements):
        if statement.name in used:
            used |= statement.names
            found.append(statement)
    return found[::-1]


def definitions(
    statements: Iterable[Statement], counts: dict[str, Any], shape_of: Callable[[str], Shape]
) -> Iterator[Definition]:
    """The definitions that statements make, one after the other.

    `counts` are the parameters; the numbers that statements count are added to them, and are no definitions. The shapes
    of what has been defined are asked for as they are needed.
    """
    for statement in statements:
        tree = statement.tree
        if is_count(tree):
            counts[statement.name] = count(tree, counts, shape_of)
        elif isinstance(tree, ast.Name):
            yield Definition(statement.name, tree.id)
        elif isinstance(tree, ast.Constant):
            yield Definition(statement.name, Constant(statement.formula))
        else:
            yield Definition(statement.name, statement.nodes(lambda part: count(part, counts, shape_of)))
