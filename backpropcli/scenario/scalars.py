"""What a scalar stands for, by YAML 1.2's core schema: `no` is a text, `010` is ten, `1e-3` is a number."""

from __future__ import annotations

from typing import TypeGuard

from backpropcli.scenario.tree import Node, Scalar
from backpropcli.sources import literals

TRUE = frozenset(("true", "True", "TRUE"))
FALSE = frozenset(("false", "False", "FALSE"))
NULL = frozenset(("null", "Null", "NULL", "~", ""))


def is_number(node: Node) -> TypeGuard[Scalar]:
    """Whether a node is a number."""
    return type(node) is Scalar and node.plain and literals.is_number(node.value)


def is_null(node: Node) -> TypeGuard[Scalar]:
    """Whether a node says that there is nothing."""
    return type(node) is Scalar and node.plain and node.value in NULL


def is_boolean(node: Node) -> TypeGuard[Scalar]:
    """Whether a node is true or false."""
    return type(node) is Scalar and node.plain and (node.value in TRUE or node.value in FALSE)


def is_text(node: Node) -> TypeGuard[Scalar]:
    """Whether a node is a text: quoted, or neither a number nor true, false or null."""
    return type(node) is Scalar and not (is_number(node) or is_boolean(node) or is_null(node))
