"""The program: runs a command, and turns whatever happens into messages on stderr and an exit code."""

from __future__ import annotations

import gc
import os
import sys

from backpropcli.cli.terminal import prepare_streams

EXIT_ERROR = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


def main() -> int:
    """Run the command line and return the exit code."""
    # A command lives for milliseconds: looking for garbage, now or at exit, costs more than all it would free.
    gc.disable()
    _limit_memory()
    prepare_streams()
    try:
        return _run()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    finally:
        gc.freeze()


def _limit_memory() -> None:
    """Let more than half of the machine's memory be refused: asked for all of it, the system ends what it likes."""
    try:
        from resource import RLIM_INFINITY, RLIMIT_DATA, getrlimit, setrlimit

        half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
        limit, most = getrlimit(RLIMIT_DATA)
        if limit == RLIM_INFINITY:
            setrlimit(RLIMIT_DATA, (half, most))
    except (ImportError, OSError, ValueError):
        return  # a system that has no such limit


def _run() -> int:
    import typer

    from backpropcli.cli.app import EXIT_CLOSED_PIPE, build_app
    from backpropcli.errors import BackpropError

    usage_error = typer.BadParameter.__mro__[1]  # Typer does not export the class of all errors in options
    try:
        code = build_app().main(prog_name="backprop", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        code = EXIT_CLOSED_PIPE
    except Exception as error:  # noqa: BLE001 - whatever happens ends in a message, not in a traceback
        from backpropcli.cli import report

        if isinstance(error, BackpropError):
            report.user_error(error)
            return error.exit_code
        if isinstance(error, usage_error):
            report.usage_error(error)
            return EXIT_ERROR
        if isinstance(error, OSError):
            _discard_output()
            report.system_error(error)
            return EXIT_ERROR
        if isinstance(error, MemoryError):
            report.out_of_memory(error)
            return EXIT_ERROR
        report.bug(error)
        return EXIT_BUG
    if code == EXIT_CLOSED_PIPE:
        _discard_output()
    return code if isinstance(code, int) else 0


def _discard_output() -> None:
    """Let what is still buffered for stdout go nowhere, so that the interpreter's last flush cannot fail again."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
