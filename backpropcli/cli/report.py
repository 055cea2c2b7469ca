"""What went wrong, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from backpropcli.cli import terminal
from backpropcli.errors import BackpropError, Problem
from backpropcli.render import Options

_WIDTH_IN_A_LOG = 160


def from_source(source: str | None, problems: Sequence[Problem]) -> list[Problem]:
    """The problems of one scenario out of several: those without a place say which."""
    return [p if p.place else p._replace(message=f"{source}: {p.message}") for p in problems]


def warnings(problems: Sequence[Problem]) -> None:
    """Tell what the user should know though the run went well."""
    _tell(problems, "warning")


def user_error(error: BackpropError) -> None:
    """Tell every problem of an error that the input caused."""
    _traceback(error)
    _tell(error.problems, "error")


def usage_error(error: Any) -> None:
    """Tell what Typer found wrong with the command line."""
    _traceback(error)
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "backprop"
    _tell([Problem(error.format_message().rstrip("."), hint=f"{command} --help shows the usage")], "error")


def system_error(error: OSError) -> None:
    """Tell what the operating system refused."""
    _traceback(error)
    where = f"{error.filename}: " if error.filename else ""
    _tell([Problem(f"{where}{error.strerror or error}")], "error")


def out_of_memory(error: MemoryError) -> None:
    """Tell that a result is too large."""
    _traceback(error)
    _tell([Problem("the result does not fit into memory", hint="half of the machine's memory is the most")], "error")


def bug(error: Exception) -> None:
    """Tell of a fault of our own, and how to report it."""
    _traceback(error)
    message = f"a bug of backprop: {type(error).__name__}: {error}"
    hint = "please report it to the developers, with the command, its input, and the traceback that --debug shows"
    _tell([Problem(message, hint=hint)], "error")


def _traceback(error: Exception) -> None:
    if "--debug" in sys.argv and sys.stderr is not None:
        import traceback

        traceback.print_exception(error)


def _tell(problems: Sequence[Problem], kind: str) -> None:
    if not problems or sys.stderr is None:
        return
    from backpropcli.render.frames import frames

    options = Options(
        color=terminal.wants_color(sys.stderr, _color_choice(sys.argv)),
        width=terminal.width() if terminal.is_terminal(sys.stderr) else _WIDTH_IN_A_LOG,
        ascii=terminal.is_ascii(sys.stderr),
    )
    try:
        print(frames(problems, options, kind), end="", file=sys.stderr, flush=True)
    except OSError:
        return  # stderr is full or gone: there is nowhere left to tell it


def _color_choice(arguments: list[str]) -> str:
    """What `--color` says: read from the arguments, because an error may come before they are parsed."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        choice = following if argument == "--color" else argument.removeprefix("--color=")
        if choice in {"always", "never"} and argument.startswith("--color"):
            return choice
    return "auto"
