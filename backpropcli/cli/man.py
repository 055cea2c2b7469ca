"""The man page, from the texts of the help: `backprop --man`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from backpropcli.cli.commands import COMMANDS

_ENVIRONMENT = {
    "NO_COLOR": "no colour, whatever stands in it",
    "FORCE_COLOR, CLICOLOR_FORCE": "colour also where there is no terminal",
    "COLUMNS": "the width of tables",
}


def man_page(group: Any, context: Any, version: str) -> str:
    """The page as roff, of a group of commands in its context."""
    return "".join(f"{line}\n" for line in _page(group, context, version))


def _page(group: Any, context: Any, version: str) -> Iterator[str]:
    yield f'.TH BACKPROP 1 "" "backprop {version}" "User Commands"'
    yield ".SH NAME"
    yield "backprop \\- a backpropagation calculator"
    yield ".SH SYNOPSIS"
    yield ".B backprop"
    yield "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGS\\fR]..."
    yield ".SH DESCRIPTION"
    yield from _text(group.help)
    yield ".SH OPTIONS"
    yield from _options(group, context)
    yield ".SH COMMANDS"
    for name in COMMANDS:
        command = group.get_command(context, name)
        own = command.make_context(name, [], parent=context, resilient_parsing=True)
        usage = re.sub("[{}]", "", " ".join(command.collect_usage_pieces(own)))
        yield f".SS backprop {name} {_escaped(usage)}"
        yield from _text(command.help)
        yield from _options(command, own)
    yield ".SH LAYERS"
    yield from _text("Each layer is also a command, with an option for each of its inputs and parameters.")
    yield from _text("Run 'backprop layers' to list them, and 'backprop layers NAME' to read of one.")
    yield ".SH ENVIRONMENT"
    for variable, meaning in _ENVIRONMENT.items():
        yield from (".TP", f".B {_escaped(variable)}", _escaped(meaning))
    yield ".SH EXIT STATUS"
    for code, meaning in re.findall(r"^  (\d+)  (.+)$", group.epilog, re.MULTILINE):
        yield from (".TP", f".B {code}", _escaped(meaning))


def _options(command: Any, context: Any) -> Iterator[str]:
    for parameter in command.get_params(context):
        if (record := parameter.get_help_record(context)) is not None:
            head, text = _alike(record[0]), record[1]
            yield from (".TP", f".B {_escaped(head)}", _escaped(" ".join(text.split())))


def _alike(head: str) -> str:
    """The name of an argument or option as every version of Typer writes it."""
    bare = re.fullmatch(r"[\[{](.*)[\]}]", head)
    return re.sub(r"\[(\w+(?:\|\w+)+)\]", r"<\1>", bare[1] if bare else head)


def _text(text: str) -> Iterator[str]:
    """Paragraphs; those that begin with a backspace are examples, line by line."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        if lines[0].strip() == "\b":
            yield from (".RS 2", ".nf", *(_escaped(line.strip()) for line in lines[1:]), ".fi", ".RE")
        else:
            yield from (".PP", _escaped(" ".join(line.strip() for line in lines)))


def _escaped(text: str) -> str:
    """Text as roff prints it as it is."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return f"\\&{escaped}" if escaped.startswith(".") else escaped
