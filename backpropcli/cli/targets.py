"""What `backprop check` is given: scenario files, directories of them, `-` for stdin, and layers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from backpropcli.catalogue.registry import is_layer, layer_names, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.cli.layers import complete_layer
from backpropcli.cli.run import SCENARIO_SUFFIXES, complete_scenario
from backpropcli.errors import BackpropError, Problem, UsageError, did_you_mean


class Target(NamedTuple):
    """One thing to check: a layer, or else a scenario file, or `-` for the scenario on stdin."""

    word: str
    layer: LayerSpec | None = None


def find_targets(words: Sequence[str]) -> list[Target]:
    """The targets that the words of a command line stand for; a layer's name is the layer, `./name` a file.

    Raises UsageError with every word that is none of these.
    """
    found: list[Target] = []
    problems: list[Problem] = []
    for word in words:
        try:
            found += _targets(word)
        except BackpropError as error:
            problems += error.problems
    if problems:
        raise UsageError(*problems)
    return found


def complete_target(incomplete: str) -> list[str]:
    """The scenario files, the folders and the layers that begin like this."""
    return [*complete_scenario(incomplete), *complete_layer(incomplete)]


def _targets(word: str) -> Iterator[Target]:
    if not word:
        raise UsageError("a target is empty: expected a scenario file, a directory or a layer")
    if word.isidentifier() and is_layer(word):
        yield Target(word, layer_spec(word))
    elif Path(word).is_dir():
        yield from map(Target, _scenario_files(word))
    elif word.endswith(".py"):
        hint = f"to check a layer in it: backprop check --layers {word} NAME"
        raise UsageError(Problem(f"{word} is a Python file, not a scenario", hint=hint))
    elif word == "-" or Path(word).exists():
        yield Target(word)
    else:
        raise UsageError(_unknown(word))


def _scenario_files(folder: str) -> list[str]:
    """Every scenario file below a folder, sorted, without what is hidden."""
    found = []
    for path, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = (name for name in files if not name.startswith("."))
        found += [str(Path(path, name)) for name in visible if name.endswith(SCENARIO_SUFFIXES)]
    if not found:
        raise UsageError(f"no scenario files (*.yaml, *.yml) found in {folder}")
    return sorted(found)


def _refuse(error: OSError) -> NoReturn:
    raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error


def _unknown(word: str) -> Problem:
    neighbours = complete_scenario(word[: word.rfind("/") + 1])
    hint = did_you_mean(word, [*layer_names(), *neighbours]) or "run 'backprop layers' to list the layers"
    return Problem(f"no scenario file, directory or layer is named '{word}'", hint=hint)
