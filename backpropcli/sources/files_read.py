"""A note of every file that was read: no result is ever written over what it was computed from, and all are watched."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

_Identity = tuple[int, int]
"""The device and the inode: one file has the same under all of its names."""

_read: set[_Identity] = set()
_listeners: list[Callable[[Path | int], None]] = []


def tell(listener: Callable[[Path | int], None]) -> None:
    """From now on, tell the listener of each file, by its name or its descriptor, before it is read."""
    _listeners.append(listener)


def note_read(file: Path | int) -> None:
    """Note a file, given by its name or by its descriptor. What is no file, a pipe or a terminal, may be both."""
    for listener in _listeners:
        listener(file)
    with suppress(OSError, ValueError):  # whoever reads it will say so
        status = os.fstat(file) if isinstance(file, int) else file.stat()
        if S_ISREG(status.st_mode):
            _read.add(_identity(status))


def was_read(status: os.stat_result) -> bool:
    """Whether a file is one of those that were read."""
    return _identity(status) in _read


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino
