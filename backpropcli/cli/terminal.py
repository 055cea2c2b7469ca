"""What the output is written to: whether it takes colour, how wide it is, which characters it has."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, redirect_stdout
from io import TextIOBase
from shutil import get_terminal_size
from typing import IO, Any, TextIO

from backpropcli.errors import OutputError


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
    return is_without("─│┌┐└┘├┤┬┴┼", stream)


def is_without(characters: str, stream: TextIO | None) -> bool:
    """Whether the stream's encoding lacks one of some characters."""
    try:
        characters.encode(getattr(stream, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return True
    return False


def prints_to_stderr() -> AbstractContextManager[object]:
    """A context in which what a user's layers print goes to stderr, not into the results on stdout."""
    return redirect_stdout(sys.stderr)


class ClosedOutput(TextIOBase):
    """A standard output that was closed before the program began: Python has None there and prints nothing to it."""

    def write(self, _text: str) -> int:
        """Fail, so that what cannot be printed is no success."""
        raise OutputError("cannot write the result: standard output is closed")


def prepare_streams() -> None:
    """Write a character that a stream's encoding lacks as an escape instead of failing; to a closed stdout, fail."""
    if sys.stdout is None:
        sys.stdout = ClosedOutput()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
