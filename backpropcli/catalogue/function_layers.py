"""Layers that are functions, as classes: a forward and a backward with a cache, a loss that returns its gradient too.

A pair is `affine_forward(x, w, b) -> (out, cache)` and `affine_backward(dout, cache) -> (dx, dw, db)`; a loss is
`softmax_loss(x, y) -> (loss, dx)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from backpropcli.catalogue.arguments import DOUT, fresh, harmless, is_upstream, required, with_inputs_of
from backpropcli.catalogue.spec import set_signature
from backpropcli.errors import LayerError

_LOSSES = {"loss", "cost", "error", "objective", "l", "j"}
_OF_A_STATE = r"d_?((next|prev)_?)?[hcs](_?(next|prev|t))?"
_OF_THE_FIRST = {"grad", "gradient", "dx"}


def function_pairs(functions: Mapping[str, Callable[..., Any]]) -> Iterator[tuple[str, type]]:
    """The pairs of functions that are a layer's forward and backward, by the layer's name, as classes."""
    for name, forward in functions.items():
        words = name.split("_")
        backward = functions.get(name.replace("forward", "backward"))
        if "forward" in words and len(words) > 1 and backward is not None:
            layer = "_".join(word for word in words if word != "forward")
            yield layer, _of_functions(layer, forward, backward)
        backward = functions.get(f"{name}_backward")
        if backward is not None and f"{name}_forward" not in functions:
            yield name, _of_functions(name, forward, backward)


def _of_functions(name: str, run_forward: Any, run_backward: Any) -> type:
    """A class of a pair of functions, with what forward returns beside its value as the cache."""
    extra = harmless(run_forward, 0)
    takes = required(run_backward)
    upstream = [word for word in takes if re.fullmatch(_OF_A_STATE, word)]
    dout_comes_last = len(takes) > 1 and not is_upstream(takes[0]) and is_upstream(takes[-1])

    @with_inputs_of(run_forward, extra)
    def forward(self: Any, *inputs: Any) -> Any:
        self.found = run_forward(*inputs, **fresh(extra))
        self.inputs = inputs
        return self.found[0] if isinstance(self.found, tuple) else self.found

    @wraps(run_backward)
    def backward(self: Any, dout: Any) -> Any:
        if len(upstream) > 1:
            raise LayerError(
                f"{run_backward.__name__} takes {' and '.join(upstream)}, but a layer has one value, and one dout"
            )
        cache = self.found[1:] if isinstance(self.found, tuple) else self.inputs
        if len(takes) != 1 + len(cache):
            raise LayerError(f"{run_backward.__name__} takes {', '.join(takes)}; expected dout and what {name} kept")
        return run_backward(*cache, dout) if dout_comes_last else run_backward(dout, *cache)

    set_signature(backward, DOUT)
    return type(name, (), {"forward": forward, "backward": backward, "__doc__": run_forward.__doc__})


def losses(functions: Mapping[str, Callable[..., Any]], tree: ast.Module) -> Iterator[tuple[str, type]]:
    """The functions that return a loss and its gradients, by their names, as classes; `tree` is their module's."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (function := functions.get(node.name)) is not None:
            arguments = [name for name in required(function) if name not in harmless(function, 0)]
            if numbers := _gradients_returned(node, arguments):
                yield node.name, _of_loss(function, numbers)


def _gradients_returned(function: ast.FunctionDef, arguments: list[str]) -> list[int]:
    """The numbers of the arguments whose gradients a function returns behind a loss; none if it is no such function."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    if len(returned) != 1 or not isinstance(returned[0], ast.Tuple) or not arguments:
        return []
    loss, *gradients = (part.id if isinstance(part, ast.Name) else "" for part in returned[0].elts)
    if loss.lower() not in _LOSSES:
        return []
    by_name = {f"d{name}".lower(): number for number, name in reversed(list(enumerate(arguments)))}
    numbers = [by_name.get(name.lower(), 0 if name.lower() in _OF_THE_FIRST else None) for name in gradients]
    found = [number for number in numbers if number is not None]
    return found if len(found) == len(gradients) else []


def _of_loss(run: Callable[..., Any], numbers: list[int]) -> type:
    """A class of a function that returns a loss and the gradients of the inputs of these numbers."""
    extra = harmless(run, 0)
    inputs = [name for name in required(run) if name not in extra]

    @with_inputs_of(run, extra)
    def forward(self: Any, *given: Any) -> Any:
        loss, *self.gradients = run(*given, **fresh(extra))
        return loss

    @wraps(run)
    def backward(self: Any, dout: Any) -> Any:
        found = dict(zip(numbers, self.gradients, strict=True))
        return tuple(dout * found[number] if number in found else None for number in range(len(inputs)))

    set_signature(backward, DOUT)
    constant = frozenset(name for number, name in enumerate(inputs) if number not in numbers)
    methods = {"forward": forward, "backward": backward, "constant_inputs": constant, "__doc__": run.__doc__}
    return type(run.__name__, (), methods)
