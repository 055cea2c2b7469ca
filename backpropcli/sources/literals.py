"""Numbers and arrays as text: the one grammar for scenario files, formulas and the command line.

A `Literal` keeps the text of its numbers, so that the domain that is chosen later reads them in its own way: `1.1` is
the nearest float64 for floats and the fraction 11/10 for exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from backpropcli.errors import DataError

if TYPE_CHECKING:
    from backpropcli.domains.base import Domain, Value

MAX_DEPTH = 64  # the axes that a NumPy array can have

# YAML 1.2 core schema, with `inf` and `nan` also without their dot.
NUMBER = re.compile(
    r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    r"|0x[0-9a-fA-F]+|0o[0-7]+"
    r"|[-+]?\.?(?:inf|Inf|INF)|\.?(?:nan|NaN|NAN)",
    re.ASCII,
)


class Constant(NamedTuple):
    """A number that stands in a formula or a parameter, as its text."""

    text: str


class ArrayFile(NamedTuple):
    """An array that stands in a file of its own (.npy or .csv)."""

    path: str


Literal = str | list["Literal"] | ArrayFile


def is_number(text: str) -> bool:
    """Whether `text` is a number as a whole.

    >>> [is_number(text) for text in ("1e-3", "010", ".5", "0x1F", "-inf", "1_000", "1e", "")]
    [True, True, True, True, True, False, False, False]
    """
    return NUMBER.fullmatch(text) is not None


def read(literal: Literal, domain: Domain, dtype: str = "float64") -> Value:
    """The value of a literal in a domain; `dtype` is that of an array.

    Raises DataError for what is no number, for rows that differ in length, and for an array outside of arrays.
    """
    if domain.name != "arrays":
        if isinstance(literal, str):
            return domain.number(literal)
        raise DataError(f"{domain.name} works on numbers; this is an array")
    from backpropcli.domains import arrays

    if not isinstance(literal, ArrayFile):
        return arrays.convert(_numbers(literal, arrays.number), dtype)
    from pathlib import Path

    from backpropcli.sources.array_files import load_file

    return arrays.convert(load_file(Path(literal.path)), dtype)


def _numbers(literal: Literal, number: Callable[[str], float], depth: int = 0) -> object:
    """The literal with numbers in place of their texts."""
    if isinstance(literal, str):
        return number(literal)
    if isinstance(literal, ArrayFile):
        raise DataError("an array file cannot be inside a list")
    if not isinstance(literal, list):
        raise DataError(f"a value of type {type(literal).__qualname__} cannot be mixed with text")
    if depth == MAX_DEPTH:
        raise DataError(f"lists are nested more than {MAX_DEPTH} deep")
    return [number(item) if isinstance(item, str) else _numbers(item, number, depth + 1) for item in literal]
