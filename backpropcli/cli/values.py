"""Values and NAME=VALUE pairs on the command line; `-` reads a value from stdin, `-:price` a column of a table."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from backpropcli.cli.suffixes import SCENARIO_SUFFIXES
from backpropcli.errors import DataError, Problem, UsageError
from backpropcli.graph import canonical_name
from backpropcli.sources.files_read import note_read
from backpropcli.sources.literals import NPY_START, NPZ_START, ArrayFile, Literal

_STDIN = "standard input"
_TABLE = r"\n|;|[^\s,]\s+[^\s,]"  # several lines, or a separator that a typed value does not have


def read_value(text: str, source: str) -> Literal:
    """The value that a word of the command line stands for; `source` is what messages call it."""
    from backpropcli.sources.value_parser import parse_value  # most commands are given no value

    word, colon, column = text.strip().partition(":")
    if word == "-" and bool(colon) == bool(column):
        return _read_from_stdin(column or None)
    return parse_value(text, source)


def _read_from_stdin(part: str | None) -> Literal:
    """What stdin holds: a value as it is typed, or what a file may hold."""
    from backpropcli.sources.text_tables import decoded, read_numbers
    from backpropcli.sources.value_parser import parse_value

    content = read_stdin()
    if content.startswith((NPY_START, NPZ_START)):
        return ArrayFile(_STDIN, part, content)
    text = decoded(content, _STDIN).strip()
    if part is None and re.search(_TABLE, text) is None:
        return parse_value(text, _STDIN)
    found: Literal = read_numbers(text, _STDIN, str, part)
    return found


def read_assignments(words: Iterable[str]) -> dict[str, Literal]:
    """The values by name of words like `a=1`."""
    found: dict[str, Literal] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = canonical_name(name.strip())
        if not equals or not name.isidentifier():
            hint = "-e takes the place of a scenario" if word.endswith(SCENARIO_SUFFIXES) else None
            raise UsageError(Problem(f"expected NAME=VALUE, not '{word}'", hint=hint))
        if name in found:
            raise UsageError(f"'{name}' is given twice")
        found[name] = read_value(text, name)
    return found


def read_names(text: str) -> list[str]:
    """The names of a list like `a,b`. Raises UsageError for a name given twice."""
    names = [canonical_name(name) for name in (part.strip() for part in text.split(",")) if name]
    found: set[str] = set()
    for name in names:
        if name in found:
            raise UsageError(f"'{name}' is given twice")
        found.add(name)
    return names


def read_stdin() -> bytes:
    """Everything on stdin, which can be read only once."""
    if sys.stdin is None or sys.stdin.closed:
        raise DataError("standard input is closed or has already been read")
    with sys.stdin:
        note_read(sys.stdin.fileno())
        return sys.stdin.buffer.read()
