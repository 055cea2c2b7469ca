"""Lines of code, no longer than they can be read."""

from __future__ import annotations

WIDTH = 100
_INDENT = "    "


def wrapped(line: str) -> str:
    """A line that is broken after commas where it is too long; each comma must stand where code may go on.

    >>> print(wrapped("x = [" + ", ".join(["1234567890"] * 9) + "]"))
    x = [1234567890, 1234567890, 1234567890, 1234567890, 1234567890, 1234567890, 1234567890,
        1234567890, 1234567890]
    """
    if len(line) <= WIDTH:
        return line
    own = line[: len(line) - len(line.lstrip())]
    rows: list[list[str]] = [[]]
    length = 0
    for part in line.split(", "):
        length += len(part) + 2
        if rows[-1] and length > WIDTH:
            rows.append([])
            length = len(own) + len(_INDENT) + len(part) + 2
        rows[-1].append(part)
    return f",\n{own}{_INDENT}".join(", ".join(row) for row in rows)
