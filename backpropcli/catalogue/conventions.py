"""How people lay out a layer, and each layout as a class with `forward(self, *inputs)` and `backward(self, dout)`.

What is accepted: a class with two methods under one of several pairs of names; static methods with a `ctx`, as of
`torch.autograd.Function`. Results may be left on the object, as `self.output` and `self.dinputs`. A backward may be
given inputs of forward again, as in `backward(dout, x)`; that of a loss may have no dout: `backward(y_pred, y_true)`,
or `backward()`. A function may stand beside its slope.
Layers that are functions stand in `function_layers` and `derivative_functions`, networks that return a dictionary of
gradients with their loss in `networks`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial, wraps
from typing import Any, cast

from backpropcli.catalogue.arguments import (
    DOUT,
    LABELS,
    arranged,
    constructor_of,
    fresh,
    harmless,
    is_upstream,
    labels_among,
    required,
    settings,
    with_inputs_of,
)
from backpropcli.catalogue.several_values import joined, parted, upstream_names, values_of
from backpropcli.catalogue.spec import set_signature
from backpropcli.catalogue.updates import at_rate, rate_of
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
    ("loss", "grad"),
    ("loss", "gradient"),
)
SLOPES = (
    ("fn", "grad"),
    ("fn", "derivative"),
    ("func", "derivative"),
    ("forward", "derivative"),
    ("activate", "derivative"),
    ("__call__", "derivative"),
    ("__call__", "gradient"),
)
"""Pairs of which the second is the slope of an elementwise function, and takes its input, not a dout."""
VALUES = ("output", "out", "outputs", "y", "a", "activation", "result", "value")
GRADIENTS = ("dinputs", "dinput", "dx", "dX", "d_input", "d_inputs", "grad_input", "input_gradient", "grad")


def has_layer_methods(cls: type) -> bool:
    """Whether a class has a pair of methods that PAIRS or SLOPES lists."""
    return _names_of(cls, PAIRS) is not None or _is_with_slope(cls)


def layer_class_of(cls: type) -> type:
    """A class that is laid out in one of the ways as a class with plain `forward` and `backward`.

    It is the class itself if there is nothing to adapt.
    """
    names = _names_of(cls, PAIRS)
    if names is None:
        return _of_slope(cls)
    if _are_static(cls, names):
        return _with_context(cls) if names == PAIRS[0] else layer_class_of(_with_self(cls, names))
    forward, backward = (getattr(cls, name) for name in names)
    extra_inputs, extra = harmless(forward, 1), harmless(backward, 2)
    inputs = [name for name in required(forward)[1:] if name not in extra_inputs]
    takes = [name for name in required(backward)[1:] if name not in extra]
    several = tuple(name for name in upstream_names(takes) if name not in inputs)
    if len(several) > 1:
        return _of_several_values(cls, (forward, backward), several)
    remembers = len(inspect.signature(backward).parameters) == 1 and len(inputs) > 1
    has_dout = not remembers and _has_dout(takes, inputs)
    again = [name for name in (takes[1:] if has_dout else takes) if name in inputs]
    if names == PAIRS[0] and has_dout and not extra_inputs and not extra and not again:
        return cls

    @with_inputs_of(forward, extra_inputs)
    def run_forward(self: Any, *given: Any) -> Any:
        self._given = given
        return forward(self, *given, **fresh(extra_inputs))

    @wraps(backward)
    def run_backward(self: Any, dout: Any) -> Any:
        repeated = {name: self._given[inputs.index(name)] for name in again}
        if has_dout:
            return backward(self, dout, **repeated, **at_rate(self, extra))
        if len(again) < len(takes):
            repeated[takes[0]] = _prediction(self, self._given[0])
        found = backward(self, **repeated, **at_rate(self, extra))
        if isinstance(found, dict):  # of a network's weights
            self.grads = found
            return (None,) * len(self._given)
        return _beside_labels(found, inputs)

    set_signature(run_backward, DOUT)
    methods = {"forward": run_forward, "backward": run_backward, "__doc__": cls.__doc__, "has_dout": has_dout}
    return type(cls)(cls.__name__, (cls,), {**methods, **rate_of(extra)})


def _of_several_values(cls: Any, methods: tuple[Any, Any], names: tuple[str, ...]) -> type:
    """A class whose forward returns several values, as one that returns them in one row."""
    forward, backward = methods
    extra_inputs, extra = harmless(forward, 1), harmless(backward, len(names) + 1)

    @with_inputs_of(forward, extra_inputs)
    def run_forward(self: Any, *given: Any) -> Any:
        found = forward(self, *given, **fresh(extra_inputs))
        value, self._shapes_of_values = joined(values_of(found, names, forward.__name__))
        return value

    @wraps(backward)
    def run_backward(self: Any, dout: Any) -> Any:
        return backward(self, *parted(dout, self._shapes_of_values), **at_rate(self, extra))

    set_signature(run_backward, DOUT)
    own = {"forward": run_forward, "backward": run_backward, "__doc__": cls.__doc__, "several_values": names}
    made: type = type(cls)(cls.__name__, (cls,), {**own, **rate_of(extra)})
    return made


def _has_dout(takes: Sequence[str], inputs: Sequence[str]) -> bool:
    """Whether backward takes an upstream gradient, and not, as a loss may, the prediction and the labels again."""
    if not takes or (is_upstream(takes[0]) and takes[0] != "dvalues"):  # as which a loss has its prediction, too
        return True
    if takes == inputs and len(takes) > 1:
        return False
    is_given_labels = any(name in inputs and name.lower() in LABELS for name in takes[1:])
    return not is_given_labels and (len(takes) == 1 or takes[0] not in inputs)


def _beside_labels(found: Any, inputs: Sequence[str]) -> Any:
    """The gradients that a loss returned, each in the place of its input: labels have none."""
    labels = labels_among(inputs)
    gradients = found if isinstance(found, tuple) else (found,)
    if found is None or not labels or len(gradients) != len(inputs) - len(labels):
        return found
    rest = iter(gradients)
    return tuple(None if name in labels else next(rest) for name in inputs)


def _prediction(layer: object, first: Any) -> Any:
    """What a loss is taken of: the output of an activation that forward has kept, or else its first input."""
    outputs = (vars(layer).get(name) for name in VALUES)
    return next((x for x in outputs if getattr(x, "shape", None) == first.shape), first)


def left_on(layer: object, names: Sequence[str], before: Mapping[str, Any]) -> Any:
    """What a method that returned nothing left on its object under one of these names; None if nothing.

    What it has put there goes before what stood there `before`, into which it may have written.
    """
    kept = {name: found for name in names if (found := vars(layer).get(name)) is not None}
    new = [found for name, found in kept.items() if found is not before.get(name)]
    return next(iter([*new, *kept.values()]), None)


def _is_with_slope(cls: Any) -> bool:
    """Whether it is a function of one argument, with its slope there, which does not take a dout."""
    names = _names_of(cls, SLOPES) or ()
    taken = [required(getattr(cls, name))[not _are_static(cls, names) :] for name in names]
    if not taken or any(len(each) != 1 for each in taken):
        return False
    (x,), (of,) = taken
    return of == x or not (is_upstream(of) or of.startswith("d"))


def _of_slope(cls: Any) -> type:
    """A class of a function and its slope, as one with a backward."""
    names = _names_of(cls, SLOPES)
    if names is None:
        raise TypeError(cls)
    if _are_static(cls, names):
        return _of_slope(_with_self(cls, names))
    function, slope = (getattr(cls, name) for name in names)

    @with_inputs_of(function, {})
    def run_forward(self: Any, x: Any) -> Any:
        self._given = (x,)
        return function(self, x)

    @wraps(slope)
    def run_backward(self: Any, dout: Any) -> Any:
        return dout * slope(self, *self._given)

    set_signature(run_backward, DOUT)
    made: type = type(cls)(cls.__name__, (cls,), {"forward": run_forward, "backward": run_backward})
    made.__doc__ = cls.__doc__
    return made


def _names_of(cls: type, pairs: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    for pair in pairs:
        if all(callable(getattr(cls, name, None)) and name in _own_names(cls) for name in pair):
            return pair
    return None


def _are_static(cls: type, names: Sequence[str]) -> bool:
    return all(isinstance(inspect.getattr_static(cls, name), staticmethod) for name in names)


def _own_names(cls: type) -> set[str]:
    """The names that a class or its bases define, other than `object`, the base of our layers and PyTorch's classes."""
    bases = (base for base in cls.__mro__ if base not in {object, Layer} and not base.__module__.startswith("torch."))
    return {name for base in bases for name in vars(base)}


def _with_self(cls: Any, names: Sequence[str]) -> type:
    """A class of static methods that keep nothing, as one with methods."""
    methods = {name: _method_of(getattr(cls, name)) for name in names}
    made: type = type(cls)(cls.__name__, (cls,), {**methods, "__doc__": cls.__doc__})
    return made


def _method_of(function: Callable[..., Any]) -> Callable[..., Any]:
    @with_inputs_of(function, {})
    def method(_: object, *given: Any, **named: Any) -> Any:
        return function(*given, **named)

    return cast("Callable[..., Any]", method)


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


def _with_context(cls: Any, more: Collection[str] = ()) -> type:
    """A class of static methods with a `ctx`; `more` are the names of arguments that are settings, too."""
    hand_over, take_back = _exchange(cls)
    sets_up = "setup_context" in _own_names(cls)
    skipped = 0 if sets_up else 1
    own = settings(cls.forward, skipped, more)
    names = list(inspect.signature(cls.forward).parameters)[skipped:]

    @with_inputs_of(cls.forward, own, skipped)
    def forward(self: Any, *inputs: Any) -> Any:
        self.ctx = Context()
        handed, rest = arranged(cls.forward, [hand_over(x) for x in inputs], self.settings, skipped)
        self.ctx.needs_input_grad = (True,) * (len(handed) + len(rest))
        out = cls.forward(*([] if sets_up else [self.ctx]), *handed, **rest)
        if sets_up:
            cls.setup_context(self.ctx, (*handed, *rest.values()), out)
        return take_back(out)

    @wraps(cls.backward)
    def backward(self: Any, dout: Any) -> Any:
        found = cls.backward(self.ctx, hand_over(dout))
        if not isinstance(found, tuple):
            return take_back(found)
        has_all = len(found) == len(names)  # None for settings, too
        return tuple(take_back(x) for number, x in enumerate(found) if not (has_all and names[number] in own))

    set_signature(backward, DOUT)
    methods = {"__init__": constructor_of(own), "forward": forward, "backward": backward}
    with_settings = staticmethod(partial(_with_context, cls))
    return type(cls.__name__, (), {**methods, "with_settings": with_settings, "__doc__": cls.__doc__})


def _is_of_torch(cls: type) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and issubclass(cls, torch.autograd.Function)


def _exchange(cls: type) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """What makes tensors of arrays for a function of PyTorch, and arrays of tensors; nothing for any other class."""
    if not _is_of_torch(cls):
        return (lambda x: x), (lambda x: x)
    torch = sys.modules["torch"]
    return torch.from_numpy, (lambda x: x.detach().numpy() if isinstance(x, torch.Tensor) else x)
