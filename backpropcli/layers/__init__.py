"""Layers: the contract in `base`, and families of layers by meaning.

The classes of all families are attributes of this package too, the book's `MulLayer` and `AddLayer` among them:

>>> from backpropcli.layers import AddLayer, MulLayer, Relu, Sigmoid
>>> MulLayer().forward(100, 2)
200
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from backpropcli.layers.base import Layer, Sample, sample

if TYPE_CHECKING:
    from typing import Any

__all__ = ["Layer", "Sample", "sample"]


def __getattr__(name: str) -> Any:
    if name[:1].isupper():
        for classes in _families():
            if name in classes:
                return classes[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(name for classes in _families() for name in classes)})


def _families() -> Iterator[dict[str, type[Layer]]]:
    """The layers of each family, under the names that it gives them; a family is imported when its turn comes."""
    from pkgutil import iter_modules  # a command asks for no class by its name

    for module in iter_modules(__path__):
        found = vars(import_module(f"{__name__}.{module.name}"))
        yield {name: value for name, value in found.items() if _is_layer(name, value)}


def _is_layer(name: str, value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Layer) and not name.startswith("_")
