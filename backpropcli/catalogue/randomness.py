"""The generators of random numbers that a user's layer may draw from, and whether it did."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

ENOUGH_USES = 6  # three constructions, three times forward


def generator_states(layer: object) -> list[bytes]:
    """The states of the global generators, and of those that the layer, its class or its module has."""
    numpy = sys.modules.get("numpy")
    states: list[Any] = [random.getstate(), *([numpy.random.get_state()] if numpy else [])]
    module = sys.modules.get(type(layer).__module__)
    homes = [vars(layer), *map(vars, type(layer).__mro__), vars(module) if module else {}]
    states += [value for home in homes for value in home.values() if isinstance(value, _generators())]
    return [_frozen(state) for state in states]


def shared_state(layer: object) -> list[bytes]:
    """What is kept on the layer's class and module, besides generators: what one object may change for the next."""
    module = sys.modules.get(type(layer).__module__)
    homes = [*map(vars, type(layer).__mro__), vars(module) if module else {}]
    kept = [value for home in homes for value in home.values() if not isinstance(value, _generators())]
    return [_frozen(value) for value in kept if not callable(value) and not isinstance(value, ModuleType)]


def _generators() -> tuple[type, ...]:
    numpy: Any = sys.modules.get("numpy")
    return (random.Random, *((numpy.random.Generator, numpy.random.RandomState) if numpy else ()))


def _frozen(state: Any) -> bytes:
    try:
        return pickle.dumps(state)
    except Exception:  # noqa: BLE001 - a generator may refuse in any way, as that of the operating system, which has none
        return b""


class RepeatedDraws:
    """Lets the global generators begin at the same place each time, and go on afterwards as if nothing had been drawn.

    What has not drawn for a few times is taken not to draw at all.
    """

    def __init__(self) -> None:
        self._quiet_uses = 0

    @contextmanager
    def again(self) -> Iterator[None]:
        """What is drawn within is drawn again by the next use."""
        if self._quiet_uses > ENOUGH_USES:
            yield
            return
        numpy: Any = sys.modules.get("numpy")
        state, numpy_state = random.getstate(), numpy and numpy.random.get_state(legacy=False)
        random.seed(0)
        if numpy:
            numpy.random.seed(0)
        before = _places(numpy)
        try:
            yield
        finally:
            self._quiet_uses = self._quiet_uses + 1 if _places(numpy) == before else -sys.maxsize
            random.setstate(state)
            if numpy:
                numpy.random.set_state(numpy_state)


def _places(numpy: Any) -> tuple[object, object]:
    """How far the global generators are."""
    return hash(random.getstate()), numpy and _frozen(numpy.random.get_state())
