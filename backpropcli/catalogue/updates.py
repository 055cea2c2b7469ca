"""Gradients of weights that a backward does not leave behind, but subtracts: `self.W -= learning_rate * dW`.

They are read off a step with a learning rate of 1 that a copy of the object takes; the object itself stays as it is. A
step that is not proportional to dout, as one with weight decay or by Adam, is no gradient, and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from backpropcli.catalogue.arguments import RATES, fresh
from backpropcli.catalogue.held import all_kept, is_numeric

UPDATES = "_updates"
"""The attribute with what was subtracted from each weight, by its name."""
CHANGED_BY_UPDATE = "_changed_by_update"
"""The attribute that tells whether backward gives something else when it updates the weights."""
RATE = "_learning_rate"
"""The attribute with the learning rate that a backward is given which takes one."""
_RATE_ATTRIBUTES = ("lr", "_lr", "learning_rate", "_learning_rate", "learn_rate")
_NEARLY = 1e-6


def rate_of(arguments: Iterable[str]) -> dict[str, float]:
    """What a class has whose backward takes a learning rate among these arguments."""
    return {RATE: 0.0} if any(name.lower() in RATES for name in arguments) else {}


def at_rate(layer: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments for a backward, with the learning rate that it runs at."""
    return {**fresh(arguments), **{name: getattr(layer, RATE) for name in arguments if name.lower() in RATES}}


def run_backward(layer: Any, dout: Any, run: Callable[[Any, Any], Any]) -> Any:
    """What `run` gives of a layer and a dout, at a learning rate of 0; what it subtracts at 1 is left on the object.

    Of a layer without a learning rate it is what `run` gives; one that does not read updates is not copied.
    """
    rates = [name for name in _RATE_ATTRIBUTES if type(getattr(layer, name, None)) in {int, float}]
    if not rates:
        return run(layer, dout)
    if not getattr(layer, "reads_updates", True):
        return _at(0.0, rates, layer, dout, run)
    try:
        others = deepcopy(layer), deepcopy(layer)
    except Exception:  # noqa: BLE001 - copying runs the methods of whatever stands there, a user's own too
        return _at(0.0, rates, layer, dout, run)
    douts = 1 * dout, 2 * dout
    found = _at(0.0, rates, layer, dout, run)
    found_too, _ = (_at(1.0, rates, other, times, run) for other, times in zip(others, douts, strict=True))
    once, twice = (dict(all_kept(other)) for other in others)
    steps = {
        path[-1]: value - once[path]
        for path, value in all_kept(layer)
        if _are_alike(value, once.get(path)) and not _equal(value, once[path])
        if _equal(2 * (value - once[path]), value - twice[path])
    }
    setattr(layer, UPDATES, steps)
    setattr(layer, CHANGED_BY_UPDATE, _are_alike(found, found_too) and not _equal(found, found_too))
    return found


def _at(rate: float, names: Sequence[str], layer: Any, dout: Any, run: Callable[[Any, Any], Any]) -> Any:
    before = {name: getattr(layer, name) for name in names}
    try:
        for name in names:
            setattr(layer, name, rate)
        return run(layer, dout)
    finally:
        for name, value in before.items():
            setattr(layer, name, value)


def _are_alike(one: Any, other: Any) -> bool:
    """Whether two values are numbers, or arrays of one shape."""
    return is_numeric(one) and is_numeric(other) and getattr(one, "shape", ()) == getattr(other, "shape", ())


def _equal(one: Any, other: Any) -> bool:
    is_near = abs(one - other) <= _NEARLY * abs(other)
    return bool(is_near.all() if hasattr(is_near, "all") else is_near)
