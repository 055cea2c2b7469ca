"""What the output is written to: whether it takes colour, how wide it is, which characters it has."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, redirect_stdout
from shutil import get_terminal_size
from typing import IO, Any, TextIO


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether a person reads the stream as it is written."""
    return stream is not None and stream.isatty()


def wants_color(stream: TextIO | None, choice: str = "auto") -> bool:
    """Whether to colour: `--color` decides, then NO_COLOR, then FORCE_COLOR or CLICOLOR_FORCE, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The columns of the terminal; COLUMNS, or 80, where there is none."""
    return get_terminal_size().columns


def is_ascii(stream: TextIO | None) -> bool:
    """Whether the stream's encoding lacks the characters of a table's frame."""
    try:
        "─│┌┐└┘├┤┬┴┼".encode(getattr(stream, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return True
    return False


def prints_to_stderr() -> AbstractContextManager[object]:
    """A context in which what a user's layers print goes to stderr, not into the results on stdout."""
    return redirect_stdout(sys.stderr)


def prepare_streams() -> None:
    """Write a character that a stream's encoding lacks as an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
