"""The generators of random numbers that a user's layer may draw from, and whether it did."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

ENOUGH_USES = 3


def generator_states(layer: object) -> list[bytes]:
    """The states of the global generators, and of those that the layer, its class or its module has."""
    states = [_state(generator) for generator in _global_generators()]
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
    except Exception:  # noqa: BLE001 - pickling runs the methods of whatever stands there, a user's own objects too
        return b""


class RepeatedDraws:
    """Lets the global generators begin at the same place each time; to be used within `generators_kept`.

    A generator from which nothing is drawn for the first few times is left alone afterwards.
    """

    def __init__(self) -> None:
        self._uses = 0
        self._drawn_from: set[Any] = set()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns; what it draws is drawn again by the next call."""
        is_known = self._uses >= ENOUGH_USES
        generators = self._drawn_from if is_known else _global_generators()
        for generator in generators:
            generator.seed(0)
        if is_known:
            return function(*arguments)
        before = [(generator, _place(generator)) for generator in generators]
        try:
            return function(*arguments)
        finally:
            self._uses += 1
            self._drawn_from.update(generator for generator, place in before if _place(generator) != place)


@contextmanager
def generators_kept() -> Iterator[None]:
    """The global generators go on afterwards as if nothing had been drawn within."""
    states = [(generator, _state(generator)) for generator in _global_generators()]
    try:
        yield
    finally:
        for generator, state in states:
            (generator.setstate if generator is random else generator.set_state)(state)


def _global_generators() -> list[ModuleType]:
    numpy: Any = sys.modules.get("numpy")
    return [random, *([numpy.random] if numpy else [])]


def _state(generator: Any) -> Any:
    return generator.getstate() if generator is random else generator.get_state()


def _place(generator: Any) -> bytes:
    """How far a global generator is."""
    return _frozen(_state(generator))
