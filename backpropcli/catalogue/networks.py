"""Networks whose method `loss(X, y)` returns the loss and a dictionary of the gradients of the weights, as classes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from backpropcli.catalogue.arguments import LABELS
from backpropcli.catalogue.conventions import has_layer_methods
from backpropcli.catalogue.spec import set_signature

_GRADIENTS = {"grads", "gradients", "grad"}


def networks(values: Mapping[str, Any], tree: ast.Module) -> Iterator[tuple[str, type]]:
    """The networks of a module, by their names; `values` is what it holds, and `tree` is its source's."""
    for node in tree.body:
        cls = values.get(node.name) if isinstance(node, ast.ClassDef) else None
        if isinstance(node, ast.ClassDef) and isinstance(cls, type) and not has_layer_methods(cls):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "loss"]
            if any(map(_returns_gradients, methods)):
                yield node.name, _of_network(cls)


def _returns_gradients(method: ast.FunctionDef) -> bool:
    returned = [node.value for node in ast.walk(method) if isinstance(node, ast.Return)]
    pairs = [value.elts for value in returned if isinstance(value, ast.Tuple) and len(value.elts) == 2]
    return any(isinstance(second, ast.Name) and second.id in _GRADIENTS for _, second in pairs)


def _of_network(cls: Any) -> type:
    """A class with a loss and, by itself, the gradients."""

    def loss(self: Any, *given: Any, **named: Any) -> Any:
        return cls.loss(self, *given, **named)[0]

    def gradient(self: Any, *given: Any, **named: Any) -> Any:
        return cls.loss(self, *given, **named)[1]

    arguments = list(inspect.signature(cls.loss).parameters.values())
    inputs = [a for a in arguments if a.default is a.empty or a.name.lower() in LABELS | {"y"}]
    signature = inspect.Signature([argument.replace(default=argument.empty) for argument in inputs])
    for method in (loss, gradient):
        set_signature(method, signature)
    made: type = type(cls)(cls.__name__, (cls,), {"loss": loss, "gradient": gradient, "__doc__": cls.__doc__})
    return made
