"""What stands for a package that is not installed: only what uses it fails, and says so."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from backpropcli.errors import LayerError


class NotInstalledError(Exception):
    """An import failed by a package that is not installed, for which there is a stand-in now."""


class StandIn(ModuleType):
    """A package that is not installed, so that what imports it can be defined all the same."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by Python itself
            raise AttributeError(name)
        package = self.__name__.partition(".")[0]
        return Missing(f"{self.__name__}.{name} is used, but the package {package} is not installed")


class Missing:
    """What an import that failed stands for: whoever uses it is told so."""

    def __init__(self, reason: str) -> None:
        self.__dict__["_reason"] = reason

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by Python itself
            raise AttributeError(name)
        raise LayerError(self._reason)

    def __call__(self, *_: object, **__: object) -> Any:
        """Raise LayerError."""
        raise LayerError(self._reason)

    def __mro_entries__(self, _: object) -> Any:
        raise LayerError(self._reason)


@contextmanager
def without_what_is_not_installed(stand_ins: dict[str, ModuleType]) -> Iterator[None]:
    """The stand-ins can be imported meanwhile. Raises NotInstalledError if one was lacking.

    An import that expects to fail, within `try`, does fail: it never asks for a stand-in.
    """
    sys.modules.update(stand_ins)
    try:
        yield
    except ModuleNotFoundError as error:
        name = error.name or ""
        root = name.partition(".")[0]
        if name in stand_ins or not (root in stand_ins or (root and importlib.util.find_spec(root) is None)):
            raise
        stand_ins[name] = StandIn(name)
        raise NotInstalledError from error
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
