"""Files for results: each is there whole at the end, or as it was before."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE
from typing import IO, Any

from backpropcli.errors import OutputError, Problem
from backpropcli.sources.files_read import was_read

_DRAFT = ".backprop.{}{}.tmp"
_MOST_LINKS = 40  # that Linux follows


@contextmanager
def written(path: Path, *, is_text: bool) -> Iterator[IO[bytes]]:
    """A stream whose bytes are the file's once the block has ended; an exception leaves the file as it was.

    What cannot be replaced, a device, a pipe or a file that is open already, is written to where it is. Raises
    OutputError for a file that was read, and for bytes that are no text on their way to a terminal.
    """
    old = _status(path)
    if old is not None and was_read(old):
        message = f"cannot write {path}: the result was computed from this file"
        raise OutputError(Problem(message, hint="choose another name"))
    if is_open_already(path):
        with path.open("ab") as stream:
            if not is_text:
                refuse_terminal(stream)
            yield stream
        return
    path = path.resolve()  # through a link: its target is replaced, not the link
    draft = path.with_name(_DRAFT.format(os.getpid(), path.suffix))  # two files of two kinds may be written at once
    try:
        with _open_draft(draft, None if old is None else S_IMODE(old.st_mode)) as stream:
            yield stream
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def remove_drafts(folder: Path) -> None:
    """Remove what runs that were killed have left in a folder."""
    for draft in folder.glob(_DRAFT.format("*", "")):
        process = draft.name.split(".")[2]
        if process.isdecimal() and not _is_alive(int(process)):
            draft.unlink(missing_ok=True)


def refuse_terminal(stream: IO[Any] | None) -> None:
    """Raise OutputError if binary output would go to a terminal, which would obey it."""
    if stream is not None and stream.isatty():
        raise OutputError(
            Problem("refusing to write binary output to a terminal", hint="write it to a file with -o, or pipe it")
        )


def _open_draft(draft: Path, mode: int | None) -> IO[bytes]:
    """A new file, of that mode before there is anything in it that some may not read."""
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode & 0o600)
    if mode is not None:
        draft.chmod(mode)
    return os.fdopen(descriptor, "wb")


def _status(path: Path) -> os.stat_result | None:
    """What the system knows of a file, through links; None if there is none yet."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def is_open_already(path: Path) -> bool:
    """Whether a name stands for a device, a pipe or a descriptor of an open file: none of them can be replaced."""
    return (path.exists() and not path.is_file()) or _is_descriptor(path)


def _is_descriptor(path: Path) -> bool:
    """Whether a name leads to one like /dev/fd/1, as /dev/stdout does, whose file must be written to where it is."""
    for _ in range(_MOST_LINKS):
        if re.fullmatch(r"/dev/fd|/proc/\d+(/task/\d+)?/fd", os.path.realpath(path.parent)):
            return True
        if not path.is_symlink():
            return False
        path = path.parent / path.readlink()
    return False


def _is_alive(process: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
    return True
