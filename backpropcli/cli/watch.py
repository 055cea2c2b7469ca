"""`--watch`: the command again, in a process of its own, whenever a file changes that it has read."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

import typer

from backpropcli.cli import terminal
from backpropcli.errors import UsageError
from backpropcli.sources.files_read import tell

_PAUSE = 0.2  # seconds between two looks at the files
_PATIENCE = 10  # looks at a file that an editor is just replacing
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_END = b"\0"

_State = tuple[int, int, int] | None
"""What changes when a file does: its time, its size, and which file it is; None if there is none."""


def again_on_changes() -> None:
    """Return in a child process that goes on with the command, and in another one whenever a file has changed.

    This process never returns: it ends by an interrupt, or as the first child did if that has read no file. Raises
    UsageError on a system that cannot make such a child.
    """
    if not hasattr(os, "fork"):
        raise UsageError("--watch is not possible on this system")
    states: dict[Path, _State] = {}
    while True:
        states = {path: _state(path) for path in states}
        if terminal.is_terminal(sys.stdout):
            sys.stdout.write(_CLEAR)
        sys.stdout.flush()
        sys.stderr.flush()
        source, sink = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(source)
            tell(partial(_tell, sink))
            return
        os.close(sink)
        states |= _heard(source)
        _, status = os.waitpid(child, 0)
        if not states:
            raise typer.Exit(os.waitstatus_to_exitcode(status))
        _wait_for_change(states)


def _tell(sink: int, file: Path | int) -> None:
    if isinstance(file, int):
        raise UsageError("--watch needs files: standard input can be read only once")
    if (state := _state(file)) is not None:
        os.write(sink, f"{' '.join(map(str, state))} {file.absolute()}".encode(errors="surrogateescape") + _END)


def _heard(source: int) -> dict[Path, _State]:
    """The files that the child reads, as they were then."""
    with os.fdopen(source, "rb") as stream:
        parts = stream.read().split(_END)[:-1]
    states: dict[Path, _State] = {}
    for part in parts:
        changed, size, inode, name = part.decode(errors="surrogateescape").split(" ", 3)
        states.setdefault(Path(name), (int(changed), int(size), int(inode)))
    return states


def _wait_for_change(states: dict[Path, _State]) -> None:
    """Wait until a file is another one than it was, and as it is for some time."""
    while (now := {path: _state(path) for path in states}) == states:
        time.sleep(_PAUSE)
    for _ in range(_PATIENCE):
        before = now
        time.sleep(_PAUSE)
        now = {path: _state(path) for path in states}
        if now == before and None not in now.values():
            return


def _state(path: Path) -> _State:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
