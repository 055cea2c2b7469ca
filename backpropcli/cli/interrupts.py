"""What Ctrl-C does: a command that has something to tidy up is told by an exception, otherwise it ends at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType

EXIT_INTERRUPTED = 130


def end_at_once() -> None:
    """From now on an interrupt ends the process, without a traceback wherever it comes."""
    _let(_end)


def raise_exception() -> None:
    """From now on an interrupt is a KeyboardInterrupt."""
    _let(signal.default_int_handler)


def _let(handler: Callable[[int, FrameType | None], object]) -> None:
    if signal.getsignal(signal.SIGINT) in {signal.default_int_handler, _end}:  # and is not ignored, as under nohup
        signal.signal(signal.SIGINT, handler)


def _end(_signal: int, _frame: FrameType | None) -> None:
    os._exit(EXIT_INTERRUPTED)
