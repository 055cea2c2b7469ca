"""What `backprop check` is given: scenario files, directories of them, `-` for stdin, Python files, and layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from backpropcli.catalogue.registry import is_layer, layer_names, layer_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.cli.layer_files import load_layers
from backpropcli.cli.scenarios import scenario_files
from backpropcli.cli.suffixes import LAYER_SUFFIX, SCENARIO_SUFFIXES
from backpropcli.errors import BackpropError, LayerError, Problem, UsageError, did_you_mean
from backpropcli.scenario import Scenario


class Target(NamedTuple):
    """One thing to check: a layer, or else a scenario file, or `-` for the scenario on stdin.

    `problems` say why a layer cannot be used; `file` is the Python file whose layers are all checked; `scenario` is
    one that stands in no file.
    """

    word: str
    layer: LayerSpec | None = None
    problems: tuple[Problem, ...] = ()
    file: str | None = None
    scenario: Scenario | None = None

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer, also one that cannot be used."""
        return self.layer is not None or bool(self.problems)


def find_targets(words: Sequence[str]) -> list[Target]:
    """The targets that the words of a command line stand for; a layer's name is the layer, `./name` a file.

    A Python file stands for all of its layers, which are added to the catalogue.

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


def _targets(word: str) -> Iterator[Target]:
    if not word:
        raise UsageError("a target is empty: expected a scenario file, a directory or a layer")
    if word.isidentifier() and is_layer(word):
        yield _layer(word)
    elif Path(word).is_dir():
        yield from map(Target, scenario_files(word))
    elif word.endswith(LAYER_SUFFIX):
        found = load_layers(word)
        yield from (Target(name, spec, file=word) for name, spec in found.specs.items())
        yield from (Target(name, problems=problems, file=word) for name, problems in found.unusable.items())
    elif word == "-" or Path(word).exists():
        yield Target(word)
    else:
        raise UsageError(_unknown(word))


def _layer(name: str) -> Target:
    try:
        return Target(name, layer_spec(name))
    except LayerError as error:
        return Target(name, problems=error.problems)


def _unknown(word: str) -> Problem:
    from backpropcli.cli.completion import complete_file  # most targets are there

    neighbours = complete_file(word[: word.rfind("/") + 1], SCENARIO_SUFFIXES)
    hint = did_you_mean(word, [*layer_names(), *neighbours]) or "run 'backprop layers' to list the layers"
    return Problem(f"no scenario file, directory or layer is named '{word}'", hint=hint)
