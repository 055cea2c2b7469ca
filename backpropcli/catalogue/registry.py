"""Every layer that can be used: those of this package, of a user's own files, and of installed packages.

A layer of a file takes the place of the one of the same name, whoever's that is. An installed package offers layers by
entry points of the group `backpropcli.layers`; packages are looked through only for a name that is found nowhere else,
or to list all names.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import GraphError, LayerError, Problem, did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from pathlib import Path

_of_files: dict[str, LayerSpec] = {}


def add_layers(path: str | Path) -> None:
    """Add the layer classes of a Python file, which is run; a layer takes the place of another of its name.

    Raises LayerError if the file cannot be imported, or has no layers or wrong ones.
    """
    from backpropcli.catalogue.own_layers import load_layers

    _of_files.update(load_layers(path))


def is_layer(name: str) -> bool:
    """Whether a layer is called `name`."""
    return name in LAYERS or name in _of_files or name in _of_packages()


def layer_names() -> list[str]:
    """The names of all layers: first the catalogue's own."""
    return list(dict.fromkeys([*LAYERS, *_of_files, *_of_packages()]))


def layer_spec(name: str) -> LayerSpec:
    """The spec of a layer.

    >>> layer_spec("mul").inputs
    ('x', 'y')

    Raises GraphError for an unknown name, LayerError if the layer of an installed package cannot be used.
    """
    if name in _of_files:
        return _of_files[name]
    if name in LAYERS:
        return catalogue_spec(name)
    if name in _of_packages():
        return _package_spec(name)
    raise GraphError(Problem(f"unknown layer type '{name}'", hint=did_you_mean(name, layer_names())))


def all_layers() -> tuple[list[LayerSpec], list[Problem]]:
    """The specs of all layers, and why some that installed packages offer cannot be used."""
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
