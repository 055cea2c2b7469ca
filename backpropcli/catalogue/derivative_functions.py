"""Functions beside their derivatives, as `sigmoid(z)` and `sigmoid_prime(z)`, as layers.

A derivative takes what its function takes, and an upstream gradient before that or none. It may also take the output in
place of the input, as in `x * (1 - x)` for the sigmoid: which of the two it is, a difference quotient tells. That of a
vector may be the whole Jacobian. Of a loss it is the gradient of the prediction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any, cast

from backpropcli.catalogue.arguments import DOUT, is_upstream, labels_among, required, with_inputs_of
from backpropcli.catalogue.function_layers import bare_name, named_pairs, pair_with_cache
from backpropcli.catalogue.spec import set_signature

_ENDINGS = ("prime", "derivative", "deriv", "der", "gradient", "grad")
_BEGINNINGS = ("d", "derivative", "deriv", "der", "gradient", "grad")
_STEP = 2.0**-20
_NEARLY = 1e-4


def function_pairs(functions: Mapping[str, Callable[..., Any]]) -> Iterator[tuple[str, type]]:
    """The functions for forward and for backward, by the names of their layers, as classes."""
    for name, forward, backward in named_pairs(functions):
        is_derivative = required(backward) == required(forward)
        yield name, (_of_derivative if is_derivative else pair_with_cache)(name, forward, backward)


def with_derivatives(functions: Mapping[str, Callable[..., Any]]) -> Iterator[tuple[str, type]]:
    """The functions beside which their derivatives stand, by their names, as classes."""
    for name, function in functions.items():
        derivative = derivative_of(name, functions)
        if derivative is not None and required(function):
            yield name, _of_derivative(name, function, functions[derivative])


def derivative_of(name: str, names: Iterable[str]) -> str | None:
    """The name among some that is that of a function's derivative.

    >>> derivative_of("sigmoid", ["sigmoid", "dSigmoid", "tanh_prime"])
    'dSigmoid'
    """
    bare = bare_name(name)
    by_name = {bare_name(each): each for each in names}
    wanted = [*(bare + ending for ending in _ENDINGS), *(beginning + bare for beginning in _BEGINNINGS)]
    return next((by_name[each] for each in wanted if each in by_name), None)


def _of_derivative(name: str, function: Callable[..., Any], derivative: Callable[..., Any]) -> type:
    """A class of a function and its derivative with respect to its prediction, or else to its first argument."""
    inputs, takes = required(function), required(derivative)
    if takes and is_upstream(takes[0]) and takes[0] not in inputs:
        return pair_with_cache(name, function, derivative)
    labels = labels_among(inputs)
    place = next((number for number, each in enumerate(inputs) if each not in labels), 0)

    @with_inputs_of(function, {})
    def forward(self: Any, *given: Any) -> Any:
        self.given = given
        self.out = function(*given)
        return self.out

    @wraps(derivative)
    def backward(self: Any, dout: Any) -> Any:
        is_of_one = len(self.given) == 1 and cls.remark is None
        if is_of_one and _takes_output(function, derivative, self.given[0], self.out):
            cls.remark = f"right where {derivative.__name__} is given the output of {name}"
        found = derivative(*self.given) if cls.remark is None else derivative(self.out)
        if isinstance(found, tuple):
            return tuple(_times(dout, each) for each in found)
        return tuple(_times(dout, found) if number == place else None for number in range(len(self.given)))

    set_signature(backward, DOUT)
    constant = frozenset(each for number, each in enumerate(inputs) if number != place)
    methods = {"forward": forward, "backward": backward, "constant_inputs": constant, "remark": None}
    cls: Any = type(name, (), {**methods, "__doc__": function.__doc__})
    return cast("type", cls)


def _takes_output(function: Callable[..., Any], derivative: Callable[..., Any], x: Any, out: Any) -> bool:
    """Whether a derivative is right at the output of its function, and not at the input."""
    direction = 1 + x * 0.0625
    ahead, behind = (function(x + step * direction) for step in (_STEP, -_STEP))
    change = (ahead - behind) / (2 * _STEP)

    def is_right_at(argument: Any) -> bool:
        off = _times(direction, derivative(argument + 0.0)) - change
        return bool((abs(off) <= _NEARLY * (1 + abs(change))).all())

    return not is_right_at(x) and is_right_at(out)


def _times(dout: Any, found: Any) -> Any:
    """An upstream gradient times a slope, the gradients of rows or, where it is one, a symmetric Jacobian."""
    shape, of_dout = getattr(found, "shape", ()), getattr(dout, "shape", ())
    if len(of_dout) == 1 and shape == (*of_dout, *of_dout):
        return dout @ found
    is_of_rows = 0 < len(of_dout) < len(shape) and shape[: len(of_dout)] == of_dout
    return dout.reshape(of_dout + (1,) * (len(shape) - len(of_dout))) * found if is_of_rows else dout * found
