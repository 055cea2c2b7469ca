"""Values as text, in full: arrays are nested lists.

A float32 counts as the shortest decimal that reads back as it: 0.1, not 0.10000000149.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backpropcli.domains import namespace
from backpropcli.text.numbers import nested_text

if TYPE_CHECKING:
    from backpropcli.domains import Value


def value_text(value: Value, precision: int | None, separator: str = ", ") -> str:
    """A number, or an array as nested lists.

    >>> value_text(715.0000000000001, 12), value_text(715.0000000000001, None)
    ('715', '715.0000000000001')
    """
    return nested_text(python_numbers(value), precision, separator)


def python_numbers(value: Value) -> Any:
    """A value as a Python number, or an array as nested lists of them."""
    return namespace(value).numbers(value)
