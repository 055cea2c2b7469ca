"""Every layer that can be used: those of this package, of a user's own files, and of installed packages.

A layer of a file takes the place of the one of the same name, whoever's that is. An installed package offers layers by
entry points of the group `backpropcli.layers`; packages are looked through only for a name that is found nowhere else,
or to list all names.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from backpropcli.catalogue import ALIASES, LAYERS, layer_class
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import GraphError, LayerError, Problem, did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from backpropcli.catalogue.own_layers import UserLayers

_of_files: dict[str, LayerSpec] = {}
_unusable: dict[str, tuple[Problem, ...]] = {}


def add_layers(path: str | Path) -> UserLayers:
    """Add the layers of a Python file, whose definitions are run; a layer takes the place of another of its name.

    One that cannot be used is complained of when it is asked for. Raises LayerError if the file cannot be imported, or
    has no layer that can be used.
    """
    from backpropcli.catalogue.own_layers import load_layers

    found = load_layers(path)
    for name in (*found.specs, *found.unusable):
        _of_files.pop(name, None)
        _unusable.pop(name, None)
    _of_files.update(found.specs)
    _unusable.update(found.unusable)
    return found


def is_layer(name: str) -> bool:
    """Whether a layer is called `name`."""
    return any(name in table for table in (LAYERS, _of_files, _unusable, ALIASES)) or name in _of_packages()


def layer_names() -> list[str]:
    """The names of all layers, without aliases: first the catalogue's own."""
    return list(dict.fromkeys([*LAYERS, *_of_files, *_unusable, *_of_packages()]))


def layer_spec(name: str) -> LayerSpec:
    """The spec of a layer.

    >>> layer_spec("mul").inputs
    ('x', 'y')

    Raises GraphError for an unknown name, LayerError if a layer of a file or of an installed package cannot be used.
    """
    if name in _of_files:
        return _of_files[name]
    if name in _unusable:
        raise LayerError(*_unusable[name])
    if name in LAYERS:
        return catalogue_spec(name)
    if name in ALIASES:
        return layer_spec(ALIASES[name])
    if name in _of_packages():
        return _package_spec(name)
    raise GraphError(Problem(f"unknown layer type '{name}'", hint=did_you_mean(name, layer_names())))


def all_layers() -> tuple[list[LayerSpec], list[Problem]]:
    """The specs of all layers, and why some of files or of installed packages cannot be used."""
    specs: list[LayerSpec] = []
    problems: list[Problem] = []
    for name in layer_names():
        try:
            specs.append(layer_spec(name))
        except LayerError as error:
            problems += error.problems
    return specs, problems


@cache
def catalogue_spec(name: str) -> LayerSpec:
    """The spec of a layer of this package, even if a file has put another of its name in its place."""
    return LayerSpec(name, layer_class(name))


@cache
def _package_spec(name: str) -> LayerSpec:
    from backpropcli.catalogue.own_layers import load_entry_point

    return load_entry_point(_of_packages()[name])


@cache
def _of_packages() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # takes longer than to run a scenario

    return {point.name: point for point in entry_points(group="backpropcli.layers")}
