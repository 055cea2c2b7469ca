"""Numbers and arrays as text: the one grammar for scenario files, formulas and the command line.

A `Literal` keeps the text of its numbers, so that the domain that is chosen later reads them in its own way: `1.1` is
the nearest float64 for floats and the fraction 11/10 for exact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from backpropcli.errors import DataError

MAX_DEPTH = 64  # the axes that a NumPy array can have
ARRAY_SUFFIXES = (".npy", ".npz", ".csv", ".tsv", ".txt")
NPY_START = b"\x93NUMPY"
NPZ_START = b"PK\x03\x04"
_LONGEST_SHOWN = 40

# YAML 1.2 core schema, with `inf` and `nan` also without their dot, and with fractions of whole numbers.
NUMBER = re.compile(
    r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9]+/0*[1-9][0-9]*"
    r"|0x[0-9a-fA-F]+|0o[0-7]+"
    r"|[-+]?\.?(?:inf|Inf|INF)|\.?(?:nan|NaN|NAN)",
    re.ASCII,
)


class Constant(NamedTuple):
    """A number that stands in a formula or a parameter, as its text."""

    text: str


class ArrayFile(NamedTuple):
    """An array that stands in a file of its own, or that a program writes to standard input.

    `part` is the name of a column of a table, or of one array of several; `content` is what has been read already.
    """

    path: str
    part: str | None = None
    content: bytes | None = None


Literal = str | list["Literal"] | ArrayFile


def is_number(text: str) -> bool:
    """Whether `text` is a number as a whole.

    >>> [is_number(text) for text in ("1e-3", "010", ".5", "0x1F", "-inf", "-1/3", "1/0", "1_000", "1e", "")]
    [True, True, True, True, True, True, False, False, False, False]
    """
    return NUMBER.fullmatch(text) is not None


def without_blanks(text: str) -> str:
    """A fraction without the blanks around its stroke; any other text as it is.

    >>> [without_blanks(text) for text in ("1 / 3", "-1/ 3", "1 / x", "x / 3")]
    ['1/3', '-1/3', '1 / x', 'x / 3']
    """
    above, _, below = (part.strip() for part in text.partition("/"))
    return f"{above}/{below}" if is_number(f"{above}/{below}") else text


def is_based(text: str) -> bool:
    """Whether a number in lower case is a whole number in hexadecimal or octal digits; in a formula it has a sign."""
    return text.lstrip("+-").startswith(("0x", "0o"))


def to_float(text: str) -> float:
    """The float64 nearest to a number as text. Raises DataError for what is none, or too large.

    >>> to_float("1e-3"), to_float("-0x10"), to_float("-.inf"), to_float("3/4")
    (0.001, -16.0, -inf, 0.75)
    """
    lower = text.lower()
    try:
        if "/" in text:
            above, _, below = text.partition("/")
            return int(above) / int(below)  # rounded once, of whole numbers of any length
        if is_based(lower):
            return float(int(text, 0))
        if lower.endswith(("inf", "nan")):
            return float(text.replace(".", ""))
        value = float(text)
    except ValueError:
        raise DataError(f"'{text}' is not a number") from None
    except OverflowError:
        raise DataError("an integer is too large for a float64") from None
    if math.isinf(value):
        raise DataError(f"{text if len(text) <= _LONGEST_SHOWN else 'the number'} is too large for a float64")
    return value


def nested_numbers(literal: Literal, number: Callable[[str], Any], depth: int = 0) -> Any:
    """The literal with numbers in place of their texts. Raises DataError for what is not text, or lists of it."""
    if isinstance(literal, str):
        return number(literal)
    if isinstance(literal, ArrayFile):
        raise DataError("an array file cannot be inside a list")
    if not isinstance(literal, list):
        raise DataError(f"a value of type {type(literal).__qualname__} cannot be mixed with text")
    if depth == MAX_DEPTH:
        raise DataError(f"lists are nested more than {MAX_DEPTH} deep")
    return [number(item) if isinstance(item, str) else nested_numbers(item, number, depth + 1) for item in literal]
