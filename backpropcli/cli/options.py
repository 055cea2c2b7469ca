"""The options that commands share, declared once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from backpropcli.errors import Problem, UsageError
from backpropcli.render import FORMATS
from backpropcli.text.formats import Format as FormatRecord
from backpropcli.text.formats import format_called

if TYPE_CHECKING:
    from backpropcli.cli.varying import Varied
    from backpropcli.result import Asked


def completed_by(name: str) -> Callable[..., list[str]]:
    """A function of cli/completion.py that offers words to a shell: the module is imported for a completion only."""
    return lambda ctx, incomplete: list(
        getattr(import_module("backpropcli.cli.completion"), name)(ctx, incomplete)  # unannotated, for Typer's sake
    )


def scenario_argument(metavar: str, help_text: str, completion: str = "complete_scenario") -> Any:
    """The argument of a command that takes scenario files."""
    return typer.Argument(metavar=metavar, help=help_text, autocompletion=completed_by(completion), show_default=False)


def format_option(
    formats: Mapping[str, FormatRecord[...]], *, on_a_terminal: str = "table", in_a_pipe: str = "tsv"
) -> Any:
    """The option -f of a command that writes these formats; without it, one is chosen by where they go."""
    is_same = on_a_terminal == in_a_pipe
    otherwise = in_a_pipe if is_same else f"{on_a_terminal} on a terminal and {in_a_pipe} in a pipe"

    def complete(incomplete: str) -> list[str]:
        return [name for name in formats if name.startswith(incomplete)]

    def check(name: str | None) -> str | None:
        if name is not None:
            format_called(name, formats)
        return name

    return typer.Option(
        "-f",
        "--format",
        metavar="FORMAT",
        help=f"One of {', '.join(formats)}; by default chosen by FILE's extension, else {otherwise}.",
        callback=check,
        autocompletion=complete,
        show_default=False,
    )


def assignments_option(option: str, help_text: str) -> Any:
    """An option that takes NAME=VALUE, and may be repeated."""
    return typer.Option(
        option,
        metavar="NAME=VALUE",
        help=help_text,
        autocompletion=completed_by("complete_assignment"),
        show_default=False,
    )


def _check_precision(text: str | None) -> str | None:
    if text not in {None, "full"} and not (text.isascii() and text.isdecimal() and 0 < int(text[:4]) <= MAX_PRECISION):
        raise UsageError(f"--precision must be a whole number from 1 to {MAX_PRECISION}, or full, not '{text}'")
    return text


def precision_option(by_default: str) -> Any:
    """The option --precision of a command that shows so many digits without it."""
    return typer.Option(
        metavar="N",
        help=f"Significant digits, or full for all of them; by default {by_default}.",
        callback=_check_precision,
        show_default=False,
    )


class ErrorDisplay:
    """How to show errors, as far as the command line has been read: an error may come before its end."""

    def __init__(self) -> None:
        self.debug = False
        self.color = "auto"
        self.command = "backprop"


def _note_debug(ctx: typer.Context, asked: bool) -> bool:
    display = ctx.ensure_object(ErrorDisplay)
    display.debug = display.debug or asked  # it may stand before the command or after it
    return asked


def _note_color(ctx: typer.Context, choice: str) -> str:
    ctx.ensure_object(ErrorDisplay).color = choice
    return choice


def _stdout_for_dash(file: str | None) -> str | None:
    return None if file == "-" else file


MAX_PRECISION = 100

Format = Annotated[str | None, format_option(FORMATS)]
Json = Annotated[bool, typer.Option("--json", help="The same as -f json.")]
OutputFile = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to FILE, whole or not at all; - is stdout.",
        callback=_stdout_for_dash,
        show_default=False,
    ),
]
Precision = Annotated[str | None, precision_option("12, and 6 for the elements of arrays in tables")]
# These two are eager, so that they are known when another option is wrong.
Color = Annotated[
    Literal["auto", "always", "never"], typer.Option(help="When to use colour.", callback=_note_color, is_eager=True)
]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show the traceback of an error.", callback=_note_debug, is_eager=True)
]
Scale = Annotated[
    float | None,
    typer.Option(
        metavar="X", help="How many times as large a PNG is, by default 2.", min=0.1, max=100, show_default=False
    ),
]
Exact = Annotated[bool, typer.Option("--exact", help="Compute with exact fractions: 1.1 is 11/10.")]
Steps = Annotated[bool, typer.Option("--steps", help="Show every layer's inputs, value and gradient too.")]
Long = Annotated[bool, typer.Option("--long", help="With -f csv or tsv, a row for each element of an array.")]
Relative = Annotated[
    bool, typer.Option("--relative", help="Show gradients as per cent of the output per cent of the input, too.")
]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=FROM:TO:COUNT",
        help="Run again for each of several values of an input, and print a row for each.",
        autocompletion=completed_by("complete_assignment"),
        show_default=False,
    ),
]
Dout = Annotated[
    str | None,
    typer.Option(
        metavar="VALUE",
        help="The upstream gradient of the output; ones by default.",
        autocompletion=completed_by("complete_value"),
        show_default=False,
    ),
]
Gradients = Annotated[
    str | None,
    typer.Option(
        metavar="NAME,NAME",
        help="Which gradients to show, in this order.",
        autocompletion=completed_by("complete_names"),
        show_default=False,
    ),
]
ShowValue = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        metavar="NAME",
        help="Print only this value.",
        autocompletion=completed_by("complete_name"),
        show_default=False,
    ),
]
ShowGradient = Annotated[
    list[str] | None,
    typer.Option(
        "--grad",
        metavar="NAME",
        help="Print only this gradient.",
        autocompletion=completed_by("complete_name"),
        show_default=False,
    ),
]
Set = Annotated[list[str] | None, assignments_option("--set", "Set an input to another value; may be repeated.")]
Formula = Annotated[
    str | None,
    typer.Option(
        "-e",
        "--formula",
        metavar="FORMULA",
        help="A formula in place of scenarios; its values follow as NAME=VALUE.",
        show_default=False,
    ),
]
Layers = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE",
        help="Add the layers that a Python file defines to the catalogue; may be repeated.",
        show_default=False,
    ),
]


def only(option: str, given: list[str] | None) -> str | None:
    """What was given to an option that prints one number. Raises UsageError if it was given twice."""
    if given and len(given) > 1:
        hint = "for several numbers: -f json, or --gradients a,b -f plain"
        raise UsageError(Problem(f"{option} is given twice, and prints one number", hint=hint))
    return given[0] if given else None


def _watch(ctx: typer.Context, asked: bool) -> bool:
    if asked and not ctx.resilient_parsing:
        from backpropcli.cli.watch import again_on_changes  # a loop that few ask for

        again_on_changes()
    return asked


Watch = Annotated[
    bool,
    typer.Option(
        "--watch",
        help="Run again whenever a file changes that was read, until Ctrl-C.",
        callback=_watch,
        is_eager=True,
        show_default=False,
    ),
]


def read_vary(given: list[str]) -> Varied:
    """What was given to --vary. Raises UsageError for another form, and if it was given twice."""
    from backpropcli.cli.varying import COUNT, read_vary  # few runs vary an input

    return read_vary(given, COUNT)


class Output(NamedTuple):
    """How a command's results are to be written; to stdout where there is no file."""

    format: str | None = None
    json: bool = False
    file: str | None = None
    precision: str | None = None
    color: str = "auto"
    steps: bool = False
    value: str | None = None
    grad: str | None = None
    long: bool = False
    rounding: bool = False
    varied: str | None = None
    """The input that takes a value after the other, of which the results are."""
    asked: Asked | None = None
    """The derivatives beside the gradients."""
    relative: bool = False
    sigma: Mapping[str, Any] | None = None
    """The standard uncertainties of inputs."""
