"""What can be wrong with a user's own layer: with its class, and with the gradients that its backward returns."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from backpropcli.catalogue.spec import LayerSpec
from backpropcli.catalogue.user_code import definition
from backpropcli.domains import Value, namespace
from backpropcli.errors import Problem
from backpropcli.layers.base import Layer

_RETURN = "does it end with a return?"


def class_problems(spec: LayerSpec) -> list[Problem]:
    """Everything for which the spec's class cannot be a layer."""
    return [p._replace(message=f"{spec.cls.__name__}: {p.message}") for p in _method_problems(spec)]


def gradient_problem(
    spec: LayerSpec, layer: Layer, inputs: Sequence[Value], gradients: Sequence[Value | None]
) -> Problem | None:
    """What is wrong with the first of the gradients that is wrong, besides its numbers."""
    place = definition(spec.cls.backward)
    if miscount := count_problem(spec, inputs, gradients):
        return miscount._replace(place=place)
    for number, (gradient, x) in enumerate(zip(gradients, inputs, strict=True)):
        name = spec.input_name(number)
        if gradient is None:
            if not _is_optional(layer, number, name):
                message = f"backward returned None as the gradient of {name}"
                return Problem(message, place, _RETURN)
        elif (found := namespace(gradient).shape(gradient)) != (shape := namespace(x).shape(x)):
            message = f"the gradient of {name} is {found}, but {name} is {shape}"
            return Problem(message, place, "a gradient has the shape of its input")
    return None


def count_problem(spec: LayerSpec, inputs: Sequence[Value], gradients: Sequence[Value | None]) -> Problem | None:
    """What is wrong with the number of the gradients."""
    if len(gradients) == len(inputs):
        return None
    if len(gradients) == 1 and gradients[0] is None:
        return Problem(f"backward returned None for {len(inputs)} inputs", hint=_RETURN)
    message = f"backward returned {_count(gradients, 'gradient')} for {_count(inputs, 'input')}"
    names = ", ".join(f"d{spec.input_name(number)}" for number in range(len(inputs)))
    return Problem(message, hint=None if spec.is_variadic else f"return {names}")


def _method_problems(spec: LayerSpec) -> Iterator[Problem]:
    cls: Any = spec.cls
    for name in ("forward", "backward"):
        method = inspect.getattr_static(cls, name)
        if isinstance(method, staticmethod | classmethod) or not hasattr(method, "__get__"):
            message = f"{name} must be a method whose first argument is self"
            yield Problem(message, definition(getattr(cls, name)))
            return
    if not spec.inputs:
        yield Problem("forward takes no inputs", definition(cls.forward), "write forward(self, x)")
    keywords = [
        a.name
        for a in inspect.signature(cls.forward).parameters.values()
        if a.kind is a.KEYWORD_ONLY and a.default is a.empty
    ]
    if keywords:
        message = f"forward needs {', '.join(keywords)} by keyword; inputs are given by position"
        yield Problem(message, definition(cls.forward))
    try:
        inspect.signature(cls.backward).bind("self", "dout")
    except TypeError:
        message = "backward must take one argument, the upstream gradient"
        yield Problem(message, definition(cls.backward), "write backward(self, dout)")


def _is_optional(layer: Layer, number: int, name: str) -> bool:
    """Whether backward may return None for an input: it is constant, or nobody asks for its gradient."""
    is_unasked = layer.needs_gradient is not None and not layer.needs_gradient[number]
    return is_unasked or name in layer.constant_inputs


def _count(items: Sequence[object], word: str) -> str:
    return f"1 {word}" if len(items) == 1 else f"{len(items)} {word}s"
