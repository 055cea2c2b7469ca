"""A user's class as a layer of the catalogue.

A class that derives from Layer runs on every domain, as the catalogue's own do. Any other class with `forward` and
`backward`, written as in the book, is taken for NumPy code: its methods are handed arrays, and give arrays or numbers.

That its methods return numbers is checked here, so that a mistake is told where it was made. Nothing that a class does
to its arguments or to its state is hidden, for that is what `backprop check` looks for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from backpropcli.catalogue.adapter_faults import class_problems
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.catalogue.user_code import definition, raising_line
from backpropcli.domains import Value, namespace
from backpropcli.errors import DataError, DomainError, LayerError, Problem
from backpropcli.layers.base import Layer


def foreign_spec(name: str, cls: type, origin: str, file: str | None) -> LayerSpec:
    """The spec of a user's class; `origin` says in words where it comes from, `file` is its Python file.

    Raises LayerError with everything for which the class cannot be a layer.
    """
    written = LayerSpec(name, cls, origin=origin, file=file)
    if problems := class_problems(written):
        raise LayerError(*problems)
    return LayerSpec(name, _checked(written), origin=origin, file=file, needs_arrays=not issubclass(cls, Layer))


def _checked(spec: LayerSpec) -> type[Layer]:
    """A subclass of the spec's class that takes and gives values of a domain."""
    cls: Any = spec.cls
    is_layer = issubclass(cls, Layer)
    hand_over, take_back = (_as_it_is, _of_its_domain) if is_layer else _numpy_exchange()

    def call(method: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return method(*arguments)
        except SystemExit as error:
            place = raising_line(error, spec.file)
            raise LayerError(Problem(f"{method.__name__} exits the program", place)) from error

    def taken(method: Callable[..., Any], found: object) -> Value:
        try:
            return take_back(found)
        except (DataError, DomainError) as error:
            message = f"{method.__name__} returned {_described(found)}; it must return real numbers, or arrays of them"
            raise LayerError(Problem(message, definition(method), _hint(method.__name__, found))) from error

    @wraps(cls.forward)
    def forward(self: Any, *inputs: Value) -> Value:
        return taken(cls.forward, call(cls.forward, self, *map(hand_over, inputs)))

    @wraps(cls.backward)
    def backward(self: Any, dout: Value) -> tuple[Value | None, ...]:
        found = call(cls.backward, self, hand_over(dout))
        gradients = found if isinstance(found, tuple) else (found,)
        return tuple(None if gradient is None else taken(cls.backward, gradient) for gradient in gradients)

    described = {name: getattr(cls, name) for name in ("__doc__", "__module__", "__qualname__")}
    bases = (cls,) if is_layer else (cls, Layer)
    return cast("type[Layer]", type(cls)(cls.__name__, bases, {"forward": forward, "backward": backward, **described}))


def _described(found: object) -> str:
    if found is None:
        return "None"
    dtype = getattr(found, "dtype", None)
    return f"a value of type {type(found).__qualname__}" if dtype is None else f"an array of {dtype}"


def _hint(method: str, found: object) -> str | None:
    if found is None:
        return f"does {method} end with a return?"
    if isinstance(found, tuple):
        return "is there a comma after the value?" if len(found) == 1 else "a layer returns a single value"
    if isinstance(found, list):
        return "return dx, dy, without brackets" if method == "backward" else "return it without brackets"
    return None


def _as_it_is(value: Value) -> Value:
    return value


def _of_its_domain(found: Any) -> Value:
    """What a method returned, if it belongs to a domain."""
    if namespace(found).name != "arrays":
        return found
    from backpropcli.domains.exchange import taken_back  # imports NumPy

    return taken_back(found)


def _numpy_exchange() -> tuple[Callable[[Any], Value], Callable[[Any], Value]]:
    from backpropcli.domains.exchange import handed_over, taken_back  # imports NumPy

    return handed_over, taken_back
