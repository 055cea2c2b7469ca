"""The program: runs a command, and turns whatever happens into messages on stderr and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from io import UnsupportedOperation
from typing import TYPE_CHECKING

from backpropcli.cli.interrupts import EXIT_INTERRUPTED, end_at_once, raise_exception
from backpropcli.cli.memory import limit_memory
from backpropcli.cli.terminal import prepare_streams

if TYPE_CHECKING:
    from backpropcli.cli.options import ErrorDisplay

EXIT_ERROR = 2
EXIT_BUG = 70


def main() -> int:
    """Run the command line and return the exit code."""
    gc.disable()  # a command lives for milliseconds: looking for garbage costs more than all it would free
    limit_memory()
    prepare_streams()
    try:
        raise_exception()  # from now on there may be a draft to remove
        return _run()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except MemoryError:  # too little even for a report
        sys.stderr.write("error: there is too little memory\n")
        return EXIT_ERROR
    finally:
        end_at_once()


def _run() -> int:
    from backpropcli.cli.app import EXIT_CLOSED_PIPE, build_app
    from backpropcli.cli.options import ErrorDisplay

    display = ErrorDisplay()
    try:
        with _completion():
            code = build_app().main(prog_name="backprop", standalone_mode=False, obj=display)
        sys.stdout.flush()
    except BrokenPipeError:
        code = EXIT_CLOSED_PIPE
    except Exception as error:  # noqa: BLE001 - whatever happens ends in a message, not in a traceback
        return _report(error, display)
    if code == EXIT_CLOSED_PIPE:
        _discard_output()
    return code if isinstance(code, int) else 0


def _completion() -> AbstractContextManager[object]:
    """The context that a completion needs, if one is asked for: bash's."""
    if os.environ.get("_BACKPROP_COMPLETE") != "complete_bash":
        return nullcontext()
    from backpropcli.cli.completion import whole_words_in_bash

    return whole_words_in_bash()


def _report(error: Exception, display: ErrorDisplay) -> int:
    """Report what went wrong, and return the exit code."""
    from backpropcli.cli import report
    from backpropcli.errors import BackpropError

    if isinstance(error, BackpropError):
        report.user_error(error, display)
        return error.exit_code
    if isinstance(error, report.CommandLineError):
        report.usage_error(error, display)
        return EXIT_ERROR
    if isinstance(error, OSError):
        _discard_output()
        report.system_error(error, display)
        return EXIT_ERROR
    if isinstance(error, MemoryError):
        report.out_of_memory(error, display)
        return EXIT_ERROR
    report.bug(error, display)
    return EXIT_BUG


def _discard_output() -> None:
    """Discard what is still buffered for stdout, so that the interpreter's last flush cannot fail again."""
    with suppress(UnsupportedOperation):  # of a closed one, which has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
