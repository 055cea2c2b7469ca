"""What went wrong, on stderr."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from backpropcli.cli import terminal
from backpropcli.cli.options import ErrorDisplay
from backpropcli.errors import BackpropError, Problem, did_you_mean
from backpropcli.render import Options

_WIDTH_IN_A_LOG = 160
_OUR_WORDS = {
    r"option '(.+)' requires an argument": r"\1 needs a value",
    r"option '(.+)' does not take a value": r"\1 takes no value",
    r"invalid value for '(.+?)': (.*) is not one of (.+)": r"\1 must be one of \3, not \2",
    r"got unexpected extra argument\(s\) \((.+)\)": r"unexpected argument: \1",
}


@runtime_checkable
class CommandLineError(Protocol):
    """What Typer raises for a command line that it cannot read.

    Before version 0.28 Typer exports no class of all these errors; what they have in common is this method.
    """

    def format_message(self) -> str:
        """The message for the user."""


def from_source(source: str | None, problems: Sequence[Problem]) -> list[Problem]:
    """The problems of one scenario out of several; those without a place name the scenario."""
    return [p if p.place else p._replace(message=f"{source}: {p.message}") for p in problems]


def warnings(problems: Sequence[Problem], color: str = "auto") -> None:
    """Report what the user should know although the run succeeded."""
    _tell(problems, "warning", color)


def note(message: str, hint: str | None, color: str = "auto") -> None:
    """Tell what may surprise the user and is neither a warning nor an error."""
    _tell([Problem(message, hint=hint)], "note", color)


def user_error(error: BackpropError, display: ErrorDisplay) -> None:
    """Report every problem of an error that the input caused."""
    _error(error, display, *error.problems)


def usage_error(error: CommandLineError, display: ErrorDisplay) -> None:
    """Report what Typer found wrong with the command line."""
    message = re.sub(r" \W*\(Possible options.*", "", error.format_message()).rstrip(".")
    message = message[:1].lower() + message[1:]
    for theirs, ours in _OUR_WORDS.items():
        message = re.sub(theirs, ours, message)
    near = None
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if context and option and message.startswith("no such option"):
        known = [name for parameter in context.command.get_params(context) for name in parameter.opts]
        near = did_you_mean(option, known)
    _error(error, display, Problem(message, hint=near or f"try '{display.command} --help'"))


def system_error(error: OSError, display: ErrorDisplay) -> None:
    """Report what the operating system refused."""
    where = f"{error.filename}: " if error.filename else ""
    _error(error, display, Problem(f"{where}{error.strerror or error}"))


def out_of_memory(error: MemoryError, display: ErrorDisplay) -> None:
    """Report that a result is too large."""
    problem = Problem("the result does not fit into memory", hint="backprop uses at most half of the machine's memory")
    _error(error, display, problem)


def bug(error: Exception, display: ErrorDisplay) -> None:
    """Report a bug in backprop, and how to pass it on."""
    where = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    message = f"a bug in backprop: {type(error).__name__}: {error}{where}"
    hint = "please report it, with the command, its input, and the traceback that --debug shows"
    _error(error, display, Problem(message, hint=hint))


def _error(error: Any, display: ErrorDisplay, *problems: Problem) -> None:
    if display.debug and sys.stderr is not None:
        import traceback

        traceback.print_exception(error)
    _tell(problems, "error", display.color)


def _tell(problems: Sequence[Problem], kind: str, color: str) -> None:
    if not problems or sys.stderr is None:
        return
    from backpropcli.render.frames import frames

    options = Options(
        color=terminal.wants_color(sys.stderr, color),
        width=terminal.width() if terminal.is_terminal(sys.stderr) else _WIDTH_IN_A_LOG,
        ascii=terminal.is_ascii(sys.stderr),
    )
    try:
        print(frames(problems, options, kind), end="", file=sys.stderr, flush=True)
    except OSError:
        return  # stderr is full or closed: there is nowhere left to report it
