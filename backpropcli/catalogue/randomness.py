"""The generators of random numbers that a user's layer may draw from, and whether it did."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def generator_states(layer: object) -> list[bytes]:
    """The states of the global generators, and of those that the layer, its class or its module has."""
    numpy = sys.modules.get("numpy")
    states: list[Any] = [random.getstate(), *([numpy.random.get_state()] if numpy else [])]
    module = sys.modules.get(type(layer).__module__)
    homes = [vars(layer), *map(vars, type(layer).__mro__), vars(module) if module else {}]
    kinds = (random.Random, *((numpy.random.Generator, numpy.random.RandomState) if numpy else ()))
    states += [value for home in homes for value in home.values() if isinstance(value, kinds)]
    return [_frozen(state) for state in states]


def _frozen(state: Any) -> bytes:
    try:
        return pickle.dumps(state)
    except Exception:  # noqa: BLE001 - a generator may refuse in any way, as that of the operating system, which has none
        return b""


@contextmanager
def drawing_again() -> Iterator[None]:
    """The global generators begin at the same place each time, and go on afterwards as if nothing had been drawn."""
    numpy: Any = sys.modules.get("numpy")
    state, numpy_state = random.getstate(), numpy and numpy.random.get_state()
    random.seed(0)
    if numpy:
        numpy.random.seed(0)
    try:
        yield
    finally:
        random.setstate(state)
        if numpy:
            numpy.random.set_state(numpy_state)
