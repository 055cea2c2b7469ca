"""Numbers and arrays as text: the one grammar for scenario files, formulas and the command line.

A `Literal` keeps the text of its numbers, so that the domain that is chosen later reads them in its own way: `1.1` is
the nearest float64 for floats and the fraction 11/10 for exact.
"""

from __future__ import annotations

import re
from typing import NamedTuple

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
