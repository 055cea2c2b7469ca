"""What the tests of a user's own layers share."""

from __future__ import annotations

import sys

import pytest

from backpropcli.catalogue import registry


@pytest.fixture
def own_catalogue(monkeypatch):
    """A catalogue whose additions go with the test."""
    monkeypatch.setattr(registry, "_of_files", {})
    monkeypatch.setattr(registry, "_unusable", {})
    modules = set(sys.modules)
    yield
    for cached in ("_of_packages", "_package_spec"):
        vars(registry)[cached].cache_clear()
    for name in set(sys.modules) - modules:
        if name.startswith(("_backprop_layers_", "sibling", "tiny_layers")):
            del sys.modules[name]


@pytest.fixture
def write(tmp_path):
    """Write a Python file and return its path."""

    def written(source, name="my_layers.py"):
        path = tmp_path / name
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return path

    return written
