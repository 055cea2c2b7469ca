"""Names of values: identifiers as in Python, so that each can stand in a formula."""

from __future__ import annotations

from keyword import kwlist

from backpropcli.graph import canonical_name
from backpropcli.scenario.report import Report, describe
from backpropcli.scenario.scalars import FALSE, NULL, TRUE, is_null, is_number
from backpropcli.scenario.tree import Node, Scalar

_RESERVED = frozenset((*kwlist, *TRUE, *FALSE, *NULL, "inf", "Inf", "INF", "nan", "NaN", "NAN"))


def is_name(text: str) -> bool:
    """Whether `text` can be the name of a value, as it is written.

    >>> [is_name(text) for text in ("apple_num", "2nd", "lambda", "nan")]
    [True, False, False, False]
    """
    return text.isidentifier() and text not in _RESERVED


def read_name(node: Node, report: Report) -> str | None:
    """The name that a node is; None, and a note, if it is not a name."""
    if type(node) is Scalar:
        name = canonical_name(node.value)
        if is_name(name):
            return name
    report.add(node, *what_is_wrong(node))
    return None


def what_is_wrong(node: Node) -> tuple[str, str | None]:
    """The message and the hint for a node that is not a name."""
    if not isinstance(node, Scalar) or is_null(node):
        return f"expected a name, not {describe(node)}", None
    if node.value in kwlist:
        return f"'{node.value}' is a reserved word and cannot be a name", f"use '{node.value}_'"
    if is_number(node):
        return f"{describe(node)} is a number, not a name", None
    return (
        f"{describe(node)} is not a valid name",
        "a name consists of letters, digits and _, and does not begin with a digit",
    )
