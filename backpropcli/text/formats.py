"""What a command can write: a table of formats, from which one is chosen by name or by a file's extension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import PurePath
from typing import Generic, NamedTuple, ParamSpec

from backpropcli.errors import Problem, UsageError, did_you_mean

Rendered = ParamSpec("Rendered")
"""What a format is given to render, and how it is to look."""


class Format(NamedTuple, Generic[Rendered]):
    """One format of a command.

    `suffix` is the extension of its files, with the dot; None if no extension stands for it. `render` returns text, or
    bytes if the format is binary; it imports what it needs when it is called.
    """

    name: str
    suffix: str | None
    render: Callable[Rendered, str | bytes]
    is_binary: bool = False


def in_module(module: str) -> Callable[Rendered, str | bytes]:
    """The function `render` of a module, which is imported when it is first called."""

    def render(*arguments: Rendered.args, **keywords: Rendered.kwargs) -> str | bytes:
        rendered: str | bytes = import_module(module).render(*arguments, **keywords)
        return rendered

    return render


def by_name(*formats: Format[Rendered]) -> dict[str, Format[Rendered]]:
    """The table of a command's formats, in the order in which its help lists them."""
    return {each.name: each for each in formats}


def format_called(name: str, formats: Mapping[str, Format[Rendered]]) -> Format[Rendered]:
    """The format of that name. Raises UsageError if there is none."""
    if name not in formats:
        hint = did_you_mean(name, formats) or f"one of {', '.join(formats)}"
        raise UsageError(Problem(f"unknown format '{name}'", hint=hint))
    return formats[name]


def format_of_file(file: str, formats: Mapping[str, Format[Rendered]]) -> Format[Rendered]:
    """The format that a file's extension stands for, in any case. Raises UsageError if it stands for none."""
    suffix = PurePath(file).suffix
    for each in formats.values():
        if each.suffix == suffix.lower():
            return each
    known = ", ".join(each.suffix for each in formats.values() if each.suffix is not None)
    problem = f"no format has the extension '{suffix}'" if suffix else "it has no extension to choose a format by"
    raise UsageError(Problem(f"cannot write '{file}': {problem}", hint=f"use one of {known}, or choose one with -f"))
