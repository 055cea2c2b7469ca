"""The catalogue: every layer's name, and the class that it is.

A family is imported when one of its layers is first used, so the length of this table costs a command nothing.
The classes are attributes of this package too, the book's `MulLayer` and `AddLayer` among them:

>>> from backpropcli.layers import AddLayer, MulLayer, Relu, Sigmoid
>>> MulLayer().forward(100, 2)
200
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from backpropcli.layers.base import Layer, Sample, sample

if TYPE_CHECKING:
    from typing import Any

__all__ = ["LAYERS", "Layer", "Sample", "layer_class", "sample"]

# name -> module of this package, class
LAYERS: dict[str, tuple[str, str]] = {
    "add": ("arithmetic", "Add"),
    "sub": ("arithmetic", "Sub"),
    "mul": ("arithmetic", "Mul"),
    "div": ("arithmetic", "Div"),
    "neg": ("arithmetic", "Neg"),
    "pow": ("arithmetic", "Pow"),
    "exp": ("elementary", "Exp"),
    "log": ("elementary", "Log"),
    "sqrt": ("elementary", "Sqrt"),
    "square": ("elementary", "Square"),
    "abs": ("elementary", "Abs"),
    "reciprocal": ("elementary", "Reciprocal"),
    "matmul": ("linear", "Matmul"),
    "sum": ("reductions", "Sum"),
    "mean": ("reductions", "Mean"),
    "maximum": ("extrema", "Maximum"),
    "minimum": ("extrema", "Minimum"),
    "relu": ("activations", "Relu"),
    "sigmoid": ("activations", "Sigmoid"),
    "tanh": ("activations", "Tanh"),
}

_ALIASES = {"AddLayer": "Add", "MulLayer": "Mul"}


def layer_class(name: str) -> type[Layer]:
    """The class of the layer called `name` in the catalogue."""
    family, attribute = LAYERS[name]
    found: type[Layer] = getattr(import_module(f"{__name__}.{family}"), attribute)
    return found


def __getattr__(attribute: str) -> Any:
    wanted = _ALIASES.get(attribute, attribute)
    for family, name in LAYERS.values():
        if name == wanted:
            return getattr(import_module(f"{__name__}.{family}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {attribute!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_ALIASES, *(name for _, name in LAYERS.values())})
