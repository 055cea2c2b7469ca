"""How people lay out a layer, and each layout as a class with `forward(self, *inputs)` and `backward(self, dout)`.

What is accepted: a class with two methods under one of several pairs of names; static methods with a `ctx`, as of
`torch.autograd.Function`; a pair of functions such as `affine_forward(x, w, b) -> (out, cache)` and
`affine_backward(dout, cache) -> (dx, dw, db)`. Results may be left on the object, as `self.output` and `self.dinputs`.
Arguments that are no inputs are given something that does no harm: `training` is True, a learning rate is 0.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any

from backpropcli.catalogue.spec import set_signature
from backpropcli.errors import LayerError
from backpropcli.layers.base import Layer

PAIRS = (
    ("forward", "backward"),
    ("forward_pass", "backward_pass"),
    ("forward_propagation", "backward_propagation"),
    ("forward_prop", "backward_prop"),
    ("fprop", "bprop"),
    ("feed_forward", "back_propagate"),
    ("forward", "backprop"),
    ("forward", "backward_pass"),
    ("__call__", "backward"),
    ("__call__", "backprop"),
)
VALUES = ("output", "out", "outputs", "y", "a", "activation", "result", "value")
GRADIENTS = ("dinputs", "dinput", "dx", "dX", "d_input", "d_inputs", "grad_input", "input_gradient", "grad")
_MODES = {
    "train": True,
    "training": True,
    "train_flg": True,
    "train_flag": True,
    "is_train": True,
    "is_training": True,
    "mode": "train",
}
_RATES = {"learning_rate", "lr", "rate", "eta", "alpha", "step_size"}
_SETTINGS = ("param", "params", "config")
# What a dictionary of settings such as `conv_param` or `bn_param` is asked for, at its plainest.
_PLAIN = {"mode": "train", "stride": 1, "pad": 1, "pool_height": 2, "pool_width": 2, "p": 0.5, "dropout_param": None}
_UPSTREAM = ("dout", "dy", "dz", "da", "d_out", "dloss", "dvalues", "upstream", "delta", "error")

_KEPT = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def has_layer_methods(cls: type) -> bool:
    """Whether a class has a pair of methods that PAIRS lists."""
    return _names_of(cls) is not None


def layer_class_of(cls: type) -> type:
    """A class that is laid out in one of the ways as a class with plain `forward` and `backward`.

    It is the class itself if there is nothing to adapt.
    """
    names = _names_of(cls)
    if names is None:
        raise TypeError(cls)
    if all(isinstance(inspect.getattr_static(cls, name), staticmethod) for name in names):
        return _with_context(cls)
    forward, backward = (getattr(cls, name) for name in names)
    extra_inputs, extra = _harmless(forward, 1), _harmless(backward, 2)
    if names == PAIRS[0] and not extra_inputs and not extra:
        return cls

    @_with_inputs_of(forward, extra_inputs)
    def run_forward(self: Any, *inputs: Any) -> Any:
        return forward(self, *inputs, **_fresh(extra_inputs))

    @wraps(backward)
    def run_backward(self: Any, dout: Any) -> Any:
        return backward(self, dout, **_fresh(extra))

    set_signature(run_backward, _DOUT)
    return type(cls)(cls.__name__, (cls,), {"forward": run_forward, "backward": run_backward, "__doc__": cls.__doc__})


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


def left_on(layer: object, names: Sequence[str], before: Mapping[str, Any]) -> Any:
    """What a method that returned nothing left on its object under one of these names; None if nothing.

    What it has put there goes before what stood there `before`, into which it may have written.
    """
    kept = {name: found for name in names if (found := vars(layer).get(name)) is not None}
    new = [found for name, found in kept.items() if found is not before.get(name)]
    return next(iter([*new, *kept.values()]), None)


_DOUT = inspect.Signature([inspect.Parameter(name, _KEPT[1]) for name in ("self", "dout")])


def _names_of(cls: type) -> tuple[str, str] | None:
    for pair in PAIRS:
        if all(callable(getattr(cls, name, None)) and name in _own_names(cls) for name in pair):
            return pair
    return None


def _own_names(cls: type) -> set[str]:
    """The names that a class or its bases define, other than `object`, the base of our layers and PyTorch's classes."""
    bases = (base for base in cls.__mro__ if base not in {object, Layer} and not base.__module__.startswith("torch."))
    return {name for base in bases for name in vars(base)}


def _harmless(function: Callable[..., Any], inputs: int) -> dict[str, Any]:
    """Arguments without a default that are no values, and what to give for them; the first `inputs` are values."""
    found = {}
    for number, argument in enumerate(inspect.signature(function).parameters.values()):
        if argument.default is not argument.empty or number < inputs:
            continue
        name = argument.name.lower()
        if name in _MODES:
            found[argument.name] = _MODES[name]
        elif name in _RATES and inputs > 1:
            found[argument.name] = 0.0
        elif name.endswith(_SETTINGS) and name not in {"param", "params"}:
            found[argument.name] = _PLAIN
    return found


def _fresh(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, dictionaries copied: a layer may keep its running means there."""
    return {name: dict(value) if isinstance(value, dict) else value for name, value in arguments.items()}


def _with_inputs_of(
    function: Callable[..., Any], left_out: Mapping[str, Any], skipped: int = 0
) -> Callable[[Any], Any]:
    """A decorator: passes for a function, whose `left_out` arguments and first `skipped` are no inputs."""
    arguments = [a for a in inspect.signature(function).parameters.values() if a.name not in left_out][skipped:]
    if skipped or not arguments or arguments[0].name != "self":
        arguments = [inspect.Parameter("self", _KEPT[1]), *(a for a in arguments if a.name != "self")]

    def decorate(method: Any) -> Any:
        method = wraps(function)(method)
        set_signature(method, inspect.Signature(arguments))
        return method

    return decorate


class Context:
    """What static methods with a `ctx` keep things on between forward and backward."""

    saved_tensors: tuple[Any, ...] = ()
    needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *values: Any) -> None:
        """Keep values for backward."""
        self.saved_tensors = (*self.saved_tensors, *values)

    def mark_non_differentiable(self, *_: Any) -> None:
        """Nothing to do: what has no gradient is found by its numbers."""

    def set_materialize_grads(self, _: bool) -> None:
        """Nothing to do: dout is always there."""


def _with_context(cls: Any) -> type:
    hand_over, take_back = _exchange(cls)
    sets_up = "setup_context" in _own_names(cls)

    @_with_inputs_of(cls.forward, {}, skipped=0 if sets_up else 1)
    def forward(self: Any, *inputs: Any) -> Any:
        self.ctx = Context()
        self.ctx.needs_input_grad = (True,) * len(inputs)
        handed = [hand_over(x) for x in inputs]
        out = cls.forward(*handed) if sets_up else cls.forward(self.ctx, *handed)
        if sets_up:
            cls.setup_context(self.ctx, tuple(handed), out)
        return take_back(out)

    @wraps(cls.backward)
    def backward(self: Any, dout: Any) -> Any:
        found = cls.backward(self.ctx, hand_over(dout))
        return tuple(map(take_back, found)) if isinstance(found, tuple) else take_back(found)

    set_signature(backward, _DOUT)
    return type(cls.__name__, (), {"forward": forward, "backward": backward, "__doc__": cls.__doc__})


def _is_of_torch(cls: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(cls, torch.autograd.Function)


def _exchange(cls: type) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """What makes tensors of arrays for a function of PyTorch, and arrays of tensors; nothing for any other class."""
    if not _is_of_torch(cls):
        return (lambda x: x), (lambda x: x)
    torch = sys.modules["torch"]
    return torch.from_numpy, (lambda x: x.detach().numpy() if isinstance(x, torch.Tensor) else x)


def _of_functions(name: str, run_forward: Any, run_backward: Any) -> type:
    """A class of a pair of functions, with what forward returns beside its value as the cache."""
    extra = _harmless(run_forward, 0)
    takes = [a.name for a in inspect.signature(run_backward).parameters.values() if a.default is a.empty]
    is_upstream = [word.lower() in _UPSTREAM or word.lower().startswith(("dout", "grad", "upstream")) for word in takes]
    dout_comes_last = len(takes) > 1 and not is_upstream[0] and is_upstream[-1]

    @_with_inputs_of(run_forward, extra)
    def forward(self: Any, *inputs: Any) -> Any:
        self.found = run_forward(*inputs, **_fresh(extra))
        self.inputs = inputs
        return self.found[0] if isinstance(self.found, tuple) else self.found

    @wraps(run_backward)
    def backward(self: Any, dout: Any) -> Any:
        cache = self.found[1:] if isinstance(self.found, tuple) else self.inputs
        if len(takes) != 1 + len(cache):
            raise LayerError(f"{run_backward.__name__} takes {', '.join(takes)}; expected dout and what {name} kept")
        found = run_backward(*cache, dout) if dout_comes_last else run_backward(dout, *cache)
        return tuple(found) if isinstance(found, list) else found

    set_signature(backward, _DOUT)
    return type(name, (), {"forward": forward, "backward": backward, "__doc__": run_forward.__doc__})
