"""How much memory a command may take, and where that is too little for NumPy."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

from backpropcli.errors import BackpropError

_PATIENCE = 5  # seconds


def limit_memory() -> None:
    """Let requests for more than half of the memory fail: if all of it is used, the system kills what it likes.

    Where the process has limits already, NumPy is tried before it is imported.
    """
    try:
        from resource import RLIM_INFINITY, RLIMIT_AS, RLIMIT_DATA, getrlimit, setrlimit

        half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        limit, most = getrlimit(RLIMIT_DATA)
        if limit != RLIM_INFINITY or getrlimit(RLIMIT_AS)[0] != RLIM_INFINITY:
            finders: list[Any] = sys.meta_path
            finders.insert(0, _TryNumPy())
        if limit == RLIM_INFINITY:
            setrlimit(RLIMIT_DATA, (half, most))
    except (ImportError, OSError, ValueError):
        return  # a system without such a limit


def give_memory_back() -> None:
    """Have pyarrow, before it is imported, take memory from the system's allocator; its own keeps much for later."""
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def lift_memory_limit() -> None:
    """Take the limit back, for a process that is started and has limits of its own."""
    with suppress(ImportError, OSError, ValueError):
        from resource import RLIMIT_DATA, getrlimit, setrlimit

        _, most = getrlimit(RLIMIT_DATA)
        setrlimit(RLIMIT_DATA, (most, most))


class _TryNumPy:
    """Has NumPy imported by a child first: its OpenBLAS ends the process where it gets too little memory."""

    def find_spec(self, fullname: str, _path: Any, _target: Any = None) -> None:
        """Nothing is found here. Raises BackpropError if the child cannot import NumPy."""
        if fullname != "numpy":
            return
        finders: list[Any] = sys.meta_path
        finders.remove(self)
        if (child := os.fork()) == 0:
            _import_quietly()
        if os.waitpid(child, 0)[1] != 0:
            raise BackpropError("there is too little memory to load NumPy, which arrays need")


def _import_quietly() -> NoReturn:
    """Import NumPy without a message, and end this process: with 0 if that is possible."""
    try:
        signal.alarm(_PATIENCE)  # some versions of OpenBLAS wait at their end for threads that they could not have
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        import_module("numpy")
        import_module("ctypes").CDLL(None).exit(0)  # as the process itself will end
    finally:
        os._exit(1)  # whatever was raised
