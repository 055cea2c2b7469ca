"""A user's class as a layer of the catalogue.

A class that derives from Layer runs on every domain, as the catalogue's own do. Any other class with `forward` and
`backward`, written as in the book, is taken for NumPy code: its methods are handed arrays, and give arrays or numbers.

What goes wrong in its methods, and what they return that does not fit, is reported from here, with the line in the
user's file. Nothing that a class does to its arguments or to its state is hidden, for that is what `backprop check`
looks for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial, wraps
from math import prod
from typing import Any, NamedTuple, cast

from backpropcli.catalogue.adapter_faults import class_problems, gradient_problem
from backpropcli.catalogue.conventions import GRADIENTS, VALUES, left_on
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.catalogue.updates import run_backward
from backpropcli.catalogue.user_code import definition, raising_line
from backpropcli.domains import Value, namespace
from backpropcli.errors import BackpropError, DataError, DomainError, LayerError, Problem
from backpropcli.layers.base import Layer


def foreign_spec(name: str, cls: type, origin: str, file: str | None) -> LayerSpec:
    """The spec of a user's class; `origin` says in words where it comes from, `file` is its Python file.

    Raises LayerError with everything for which the class cannot be a layer.
    """
    written = LayerSpec(name, cls, origin=origin, file=file)
    if problems := class_problems(written):
        raise LayerError(*problems)
    adapted = _adapted(written)
    spec = LayerSpec(
        name, _verified(written, adapted), origin=origin, file=file, needs_arrays=not issubclass(cls, Layer)
    )
    spec.graded_cls = adapted
    return spec


def settled_spec(spec: LayerSpec, names: Collection[str]) -> LayerSpec:
    """The spec of a function in which the arguments of these names are settings, where it is one of a function."""
    with_settings = getattr(spec.cls, "with_settings", None)
    settled = [name for name in spec.inputs if name in names]
    if with_settings is None or spec.origin is None or not settled:
        return spec
    return foreign_spec(spec.name, with_settings(settled), spec.origin, spec.file)


def _adapted(spec: LayerSpec) -> type[Layer]:
    """A subclass of the spec's class that takes and gives values of a domain, and says where in a file it failed."""
    cls: Any = spec.cls
    is_layer = issubclass(cls, Layer)
    code = _UserCode(spec.file, *((_as_it_is, _of_its_domain) if is_layer else _numpy_exchange()))

    @wraps(cls.__init__)
    def construct(self: Any, *arguments: Any, **keywords: Any) -> None:
        code.call(cls.__init__, self, *arguments, **keywords)

    @wraps(cls.forward)
    def forward(self: Any, *inputs: Value) -> Value:
        before = dict(vars(self))
        self._shape_of_input = getattr(inputs[0], "shape", ()) if len(inputs) == 1 else ()
        found = code.call(cls.forward, self, *map(code.hand_over, inputs))
        if found is None and not is_layer:
            found = left_on(self, VALUES, before)
        return code.taken(cls.forward, found)

    @wraps(cls.backward)
    def backward(self: Any, dout: Value) -> tuple[Value | None, ...]:
        before = dict(vars(self))
        found = run_backward(self, code.hand_over(dout), partial(code.call, cls.backward))
        if found is None and not is_layer:
            found = left_on(self, GRADIENTS, before)
        if isinstance(found, list):
            found = code.one_of_parts(cls.backward, found, self._shape_of_input)
        gradients = found if isinstance(found, tuple | list) else (found,)
        return tuple(None if gradient is None else code.taken(cls.backward, gradient) for gradient in gradients)

    methods: dict[str, Any] = {"forward": forward, "backward": backward}
    if cls.__init__ is not object.__init__:
        methods["__init__"] = construct
    return subclass(cls, (cls,) if is_layer else (cls, Layer), methods)


class _UserCode(NamedTuple):
    """Calls into a file, in which values are handed over and from which they are taken back."""

    file: str | None
    hand_over: Callable[[Any], Value]
    take_back: Callable[[Any], Value]

    def call(self, method: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        """What the method returns. Raises LayerError, with the line, for whatever it raises."""
        try:
            return method(*arguments, **keywords)
        except (BackpropError, MemoryError):
            raise
        except SystemExit as error:
            message = f"{method.__name__} exits the program"
            raise LayerError(Problem(message, raising_line(error, self.file))) from error
        except Exception as error:
            refuses = isinstance(error, ValueError) and method.__name__ == "__init__"  # a parameter, in its own words
            message = str(error) if refuses else f"{type(error).__name__}: {error}"
            raise LayerError(Problem(message, raising_line(error, self.file))) from error

    def taken(self, method: Callable[..., Any], found: object) -> Value:
        """What the method returned, as a value. Raises LayerError for what is none."""
        try:
            return self.take_back(found)
        except (DataError, DomainError) as error:
            message = f"{method.__name__} returned {_described(found)}; it must return real numbers, or arrays of them"
            raise LayerError(Problem(message, definition(method), _hint(method.__name__, found))) from error

    def one_of_parts(self, method: Callable[..., Any], parts: list[object], shape: tuple[int, ...]) -> object:
        """The gradient of an input that is taken for a list, of as many parts as it has rows; else the parts."""
        if not 1 < len(parts) == (shape or (0,))[0]:
            return parts
        taken = [self.taken(method, part) for part in parts]
        xp = namespace(*taken)
        if any(xp.size(part) != prod(shape[1:]) for part in taken):
            return parts
        return xp.concat([xp.reshape(part, (1, *shape[1:])) for part in taken], 0)


def _verified(spec: LayerSpec, adapted: type[Layer]) -> type[Layer]:
    """A subclass whose backward raises LayerError for gradients that do not fit the inputs of forward."""
    has_dout = getattr(spec.cls, "has_dout", True)

    several = getattr(spec.cls, "several_values", ())

    @wraps(adapted.forward)
    def forward(self: Any, *inputs: Value) -> Value:
        if several:
            message = f"{spec.name} gives {len(several)} values, but a layer of a graph gives one"
            hint = f"check it by itself: backprop check --layers {spec.file} {spec.name}"
            raise LayerError(Problem(message, definition(spec.cls.forward), hint))
        self._inputs_to_fit = inputs
        return adapted.forward(self, *inputs)

    @wraps(adapted.backward)
    def backward(self: Any, dout: Value) -> tuple[Value | None, ...]:
        gradients: tuple[Value | None, ...] = adapted.backward(self, dout)
        if not has_dout:
            gradients = _scaled(spec, gradients, dout)
        if problem := gradient_problem(spec, self, self._inputs_to_fit, gradients):
            raise LayerError(problem)
        return gradients

    methods = {"forward": forward, "backward": backward, "reads_updates": False}  # as only a check needs them
    return subclass(spec.cls, (adapted,), methods)


def subclass(cls: type, bases: tuple[type, ...], methods: Mapping[str, Any]) -> type[Layer]:
    """A class with these methods that passes for `cls`."""
    described = {name: getattr(cls, name) for name in ("__doc__", "__module__", "__qualname__")}
    return cast("type[Layer]", type(cls)(cls.__name__, bases, {**methods, **described}))


def _scaled(spec: LayerSpec, gradients: Sequence[Value | None], dout: Value) -> tuple[Value | None, ...]:
    """The gradients of a loss whose backward has no dout, times it. Raises LayerError if the loss is no number."""
    if namespace(dout).shape(dout) != ():
        message = f"the backward of {spec.name} has no dout, so that its forward must return one number"
        raise LayerError(Problem(message, definition(spec.cls.forward), "return the mean or the sum"))
    return tuple(None if gradient is None else dout * gradient for gradient in gradients)


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
        return "return it without brackets"
    return None


def _as_it_is(value: Value) -> Value:
    return value


def _of_its_domain(found: Any) -> Value:
    """What a method returned, if it belongs to a domain."""
    return namespace(found).accept(found)


def _numpy_exchange() -> tuple[Callable[[Any], Value], Callable[[Any], Value]]:
    from backpropcli.domains import arrays
    from backpropcli.domains.user_arrays import handed_over  # imports NumPy

    return handed_over, arrays.DOMAIN.accept
