"""Layers that are functions, as classes: a forward and a backward with a cache, a loss that returns its gradient too.

A pair is `affine_forward(x, w, b) -> (out, cache)` and `affine_backward(dout, cache) -> (dx, dw, db)`; a loss is
`softmax_loss(x, y) -> (loss, dx)`. Arguments that are settings, such as `G` or `conv_param`, are given to the class.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial, wraps
from typing import Any

from backpropcli.catalogue.arguments import (
    DOUT,
    arranged,
    constructor_of,
    is_upstream,
    required,
    settings,
    with_inputs_of,
)
from backpropcli.catalogue.several_values import joined, parted, upstream_names, values_of
from backpropcli.catalogue.spec import set_signature
from backpropcli.errors import LayerError, Problem

_LOSSES = {"loss", "cost", "error", "objective", "l", "j"}
_OF_THE_FIRST = {"grad", "gradient", "dx"}


def named_pairs(
    functions: Mapping[str, Callable[..., Any]],
) -> Iterator[tuple[str, Callable[..., Any], Callable[..., Any]]]:
    """The pairs of functions that are a layer's forward and backward by their names, behind the layer's name."""
    for name, forward in functions.items():
        words = name.split("_")
        backward = functions.get(name.replace("forward", "backward"))
        if "forward" in words and len(words) > 1 and backward is not None:
            yield "_".join(word for word in words if word != "forward"), forward, backward
        backward = functions.get(f"{name}_backward")
        if backward is not None and f"{name}_forward" not in functions:
            yield name, forward, backward


def pair_with_cache(name: str, run_forward: Any, run_backward: Any, more: Collection[str] = ()) -> type:
    """A class of a pair of functions, with what forward returns beside its values as the cache.

    `more` are the names of arguments that are settings though they do not look so.
    """
    own = settings(run_forward, more=more)
    takes = required(run_backward)
    upstream = upstream_names(takes)
    dout_comes_last = len(takes) > 1 and not upstream and is_upstream(takes[-1])
    count = max(len(upstream), 1)
    several = tuple(upstream) if count > 1 else ()

    @with_inputs_of(run_forward, own)
    def forward(self: Any, *inputs: Any) -> Any:
        given, rest = arranged(run_forward, inputs, self.settings)
        found = run_forward(*given, **rest)
        self.cache = found[count:] if isinstance(found, tuple) else inputs
        if several:
            value, self.shapes = joined(values_of(found, several, run_forward.__name__))
            return value
        return found[0] if isinstance(found, tuple) else found

    @wraps(run_backward)
    def backward(self: Any, dout: Any) -> Any:
        needed = len(takes) - count
        if len(self.cache) < needed:
            message = f"{run_backward.__name__} takes {', '.join(takes)}; expected dout and what {name} kept"
            raise LayerError(Problem(message, hint="let forward return (out, cache), and backward take (dout, cache)"))
        kept = self.cache[:needed]
        douts = parted(dout, self.shapes) if several else [dout]
        return run_backward(*kept, *douts) if dout_comes_last else run_backward(*douts, *kept)

    set_signature(backward, DOUT)
    methods = {"__init__": constructor_of(own), "forward": forward, "backward": backward, "several_values": several}
    with_settings = staticmethod(partial(pair_with_cache, name, run_forward, run_backward))
    return type(name, (), {**methods, "with_settings": with_settings, "__doc__": run_forward.__doc__})


def losses(functions: Mapping[str, Callable[..., Any]], tree: ast.Module) -> Iterator[tuple[str, type]]:
    """The functions that return a loss and its gradients, by their names, as classes; `tree` is their module's."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (function := functions.get(node.name)) is not None:
            arguments = [name for name in required(function) if name not in settings(function)]
            if numbers := _gradients_returned(node, arguments):
                yield node.name, _of_loss(function, numbers)


def _gradients_returned(function: ast.FunctionDef, arguments: list[str]) -> list[int]:
    """The numbers of the arguments whose gradients a function returns behind a loss; none if it is no such function."""
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    if len(returned) != 1 or not isinstance(returned[0], ast.Tuple) or not arguments:
        return []
    loss, *gradients = ([node.id for node in ast.walk(part) if isinstance(node, ast.Name)] for part in returned[0].elts)
    if _LOSSES.isdisjoint([*map(str.lower, loss), *function.name.lower().split("_")]):
        return []
    by_name = {
        bare_name(name): number
        for number, argument in reversed(list(enumerate(arguments)))
        for name in (f"d_{argument}", f"grad_{argument}", f"{argument}_grad")
    }
    by_name = {**dict.fromkeys(_OF_THE_FIRST, 0), **by_name}
    found = [{by_name[bare] for name in names if (bare := bare_name(name)) in by_name} for names in gradients]
    return [number for numbers in found for number in numbers] if all(len(each) == 1 for each in found) else []


def bare_name(name: str) -> str:
    """A name without what people write in one way or another: `d_x` and `dX` are one.

    >>> bare_name("d_X")
    'dx'
    """
    return name.replace("_", "").lower()


def _of_loss(run: Callable[..., Any], numbers: list[int]) -> type:
    """A class of a function that returns a loss and the gradients of the inputs of these numbers."""
    own = settings(run)
    inputs = [name for name in required(run) if name not in own]

    @with_inputs_of(run, own)
    def forward(self: Any, *given: Any) -> Any:
        by_position, rest = arranged(run, given, self.settings)
        loss, *self.gradients = run(*by_position, **rest)
        return loss

    @wraps(run)
    def backward(self: Any, dout: Any) -> Any:
        found = dict(zip(numbers, self.gradients, strict=True))
        return tuple(dout * found[number] if number in found else None for number in range(len(inputs)))

    set_signature(backward, DOUT)
    constant = frozenset(name for number, name in enumerate(inputs) if number not in numbers)
    methods = {"__init__": constructor_of(own), "forward": forward, "backward": backward, "constant_inputs": constant}
    return type(run.__name__, (), {**methods, "__doc__": run.__doc__})
