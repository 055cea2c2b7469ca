"""The options that commands share, declared once."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import typer

from backpropcli.errors import Problem, UsageError, did_you_mean
from backpropcli.render import FORMATS


def _complete_format(incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def _check_format(name: str | None) -> str | None:
    if name is not None and name not in FORMATS:
        hint = did_you_mean(name, FORMATS) or f"the formats are {', '.join(FORMATS)}"
        raise UsageError(Problem(f"unknown format '{name}'", hint=hint))
    return name


def _check_precision(text: str) -> str:
    if text != "full" and not (text.isascii() and text.isdecimal() and 0 < int(text[:4]) <= MAX_PRECISION):
        raise UsageError(f"--precision must be a number of digits from 1 to {MAX_PRECISION}, or full, not '{text}'")
    return text


MAX_PRECISION = 100

Format = Annotated[
    str | None,
    typer.Option(
        "-f",
        "--format",
        metavar="FORMAT",
        help=f"One of {', '.join(FORMATS)}; by default table on a terminal and tsv in a pipe.",
        callback=_check_format,
        autocompletion=_complete_format,
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="The same as -f json.")]
OutputFile = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write to FILE, whole or not at all.", show_default=False),
]
Precision = Annotated[
    str,
    typer.Option(metavar="N", help="Significant digits, or full for all of them.", callback=_check_precision),
]
Color = Annotated[Literal["auto", "always", "never"], typer.Option(help="Colour the output.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Exact = Annotated[bool, typer.Option("--exact", help="Compute with exact fractions: 1.1 is 11/10.")]
Steps = Annotated[bool, typer.Option("--steps", help="Show every layer's inputs, value and gradient too.")]
Dout = Annotated[
    str | None,
    typer.Option(metavar="VALUE", help="The upstream gradient of the output; ones by default.", show_default=False),
]
Gradients = Annotated[
    str | None,
    typer.Option(metavar="NAME,NAME", help="Which gradients, in which order.", show_default=False),
]
ShowValue = Annotated[
    str | None, typer.Option("--value", metavar="NAME", help="Print only this value.", show_default=False)
]
ShowGradient = Annotated[
    str | None, typer.Option("--grad", metavar="NAME", help="Print only this gradient.", show_default=False)
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Give an input another value; may be repeated.", show_default=False
    ),
]


class Output(NamedTuple):
    """How a command's results are to be written."""

    format: str | None = None
    json: bool = False
    file: str | None = None
    precision: str = "12"
    color: str = "auto"
    steps: bool = False
    value: str | None = None
    grad: str | None = None
