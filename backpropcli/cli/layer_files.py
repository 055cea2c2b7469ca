"""Python files of a user's own layers, given on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from backpropcli.cli import report, terminal
from backpropcli.cli.commands import COMMANDS
from backpropcli.errors import LayerError, Problem

if TYPE_CHECKING:
    from backpropcli.catalogue.own_layers import UserLayers


def use_layers(files: Iterable[str] | None) -> None:
    """Add the layers of Python files to the catalogue. Raises LayerError with everything that is wrong with them."""
    problems: list[Problem] = []
    for file in files or ():
        try:
            load_layers(file)
        except LayerError as error:
            problems += error.problems
    if problems:
        raise LayerError(*problems)


def load_layers(file: str) -> UserLayers:
    """Add the layers of a Python file to the catalogue; what of the file was not run is told on stderr."""
    from backpropcli.catalogue.registry import add_layers

    with terminal.prints_to_stderr():
        found = add_layers(file)
    report.warnings([*filter(None, [found.note]), *map(_named_like_a_command, sorted(found.specs.keys() & COMMANDS))])
    return found


def _named_like_a_command(name: str) -> Problem:
    return Problem(f"the layer '{name}' is called as a command is: it is a layer in formulas and scenarios only")
