"""What the rooms of formulas say of an expression: its text, and why it cannot stand where it does."""

from __future__ import annotations

import ast
from collections.abc import Callable

TextOf = Callable[[ast.expr], str]
"""The text that an expression was parsed from."""

_LONGEST_SHOWN = 40


class ExpressionError(Exception):
    """An expression that cannot stand where it does, and why; the compiler turns it into an error with a place."""

    def __init__(self, expression: ast.expr, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.expression = expression
        self.message = message
        self.hint = hint


def shown(text: str) -> str:
    """A stretch of a formula for a message, cut short."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
