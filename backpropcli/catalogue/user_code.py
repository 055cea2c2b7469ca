"""Where something stands in a user's own code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backpropcli.errors import Place


def raising_line(error: BaseException, file: str | None) -> Place | None:
    """The last line of a file that an exception went through, or None if it did not."""
    from traceback import extract_tb

    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == file]
    return _place(file, lines[-1]) if file is not None and lines and lines[-1] is not None else None


def definition(function: Callable[..., Any]) -> Place | None:
    """The line on which a function's definition begins, or None if its code is not Python's."""
    from inspect import unwrap

    code = getattr(unwrap(function), "__code__", None)
    return None if code is None else _place(code.co_filename, code.co_firstlineno)


def _place(file: str, line: int) -> Place:
    from linecache import checkcache, getline

    checkcache(file)  # the file may have been edited since its lines were last read
    text = getline(file, line).rstrip()
    start = len(text) - len(text.lstrip())
    return Place(file, line, start + 1, max(len(text) - start, 1), text)
