"""Results as text. A format is a module of this package with a function `render(results, options) -> str`.

Nothing here prints, and a format is imported when it is first asked for. Adding one: the module, and a line in
`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from backpropcli.errors import Problem, UsageError, did_you_mean

if TYPE_CHECKING:
    from backpropcli.result import Result

__all__ = ["DEFAULT_PRECISION", "FORMATS", "Options", "render", "unknown_format"]

DEFAULT_PRECISION = 12

# name -> module of this package
FORMATS = {
    "table": "table",
    "tsv": "tsv",
    "plain": "plain",
    "json": "json",
    "jsonl": "jsonl",
    "csv": "csv",
    "markdown": "markdown",
    "latex": "latex",
}


class Options(NamedTuple):
    """How text is to look.

    `precision` is the number of significant digits, None for all of them; at the default, exact fractions are shown
    exactly. `steps` adds every layer. `color`, `width` (in columns) and `ascii` (no other characters in lines and
    marks) say what the terminal can do.
    """

    precision: int | None = DEFAULT_PRECISION
    steps: bool = False
    color: bool = False
    width: int = 80
    ascii: bool = False


def render(results: Sequence[Result], format_name: str, options: Options) -> str:
    """The text of results in a format of `FORMATS`; it ends with a newline. Raises UsageError for an unknown format."""
    if format_name not in FORMATS:
        raise unknown_format(format_name, FORMATS)
    text: str = import_module(f"{__name__}.{FORMATS[format_name]}").render(results, options)
    return text


def unknown_format(name: str, known: Collection[str]) -> UsageError:
    """The error for a format that is not one of `known`."""
    hint = did_you_mean(name, known) or f"one of {', '.join(known)}"
    return UsageError(Problem(f"unknown format '{name}'", hint=hint))
