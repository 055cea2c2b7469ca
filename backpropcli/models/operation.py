"""One node of a model as translations see it, and the layers that they make of it."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple


class Type(NamedTuple):
    """What is known of a value before a run: its kind, and its shape, if that does not depend on data.

    The kind is `float`, `int`, `bool`, or `other` for what cannot be imported, such as text.
    """

    kind: str
    shape: tuple[int, ...] | None


class UnknownOperationError(Exception):
    """Why a node cannot be imported, to be said after its type; no more than that where the type itself is not known.

    It is counted, and the next node is looked at.
    """


class Call(NamedTuple):
    """A layer applied to operands: the model's names of values, numbers, and other calls."""

    layer: str
    operands: tuple[Operand, ...]
    parameters: dict[str, Any]


Value = str | Call
"""What an output is: a value that has a name already, or what a layer makes."""
Operand = Value | float


def call(layer: str, *operands: Operand | None, **parameters: Any) -> Call:
    """A Call; operands and parameters that are None are left out."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return Call(layer, tuple(operand for operand in operands if operand is not None), given)


class Operation:
    """One node: its type, its attributes, the names of its inputs and outputs ("" is none), and what is known of them.

    `types` has the type of every value that has one, `known` the arrays that are the same in every run, weights
    included.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        attributes: Mapping[str, Any],
        version: int,
        types: Mapping[str, Type],
        known: Mapping[str, Any],
    ) -> None:
        self.kind = kind
        self.name = name
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.version = version
        self._attributes = attributes
        self._types = types
        self._known = known

    def has(self, number: int) -> bool:
        """Whether there is an input of that number."""
        return number < len(self.inputs) and self.inputs[number] != ""

    def operand(self, number: int) -> str | None:
        """The name of an input; None if it was left out."""
        return self.inputs[number] if self.has(number) else None

    def x(self, number: int = 0) -> str:
        """The name of an input that is needed."""
        if not self.has(number):
            raise UnknownOperationError(f"without its input {number + 1}")
        return self.inputs[number]

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute, or its default. A number with a point is the shortest that ONNX's float32 stands for."""
        value = self._attributes.get(name, default)
        return as_written(value) if isinstance(value, float) else value

    def type(self, number: int) -> Type:
        """The type of an input."""
        return self._types.get(self.x(number), Type("other", None))

    def shape(self, number: int = 0) -> tuple[int, ...]:
        """The shape of an input."""
        return _static(self.type(number))

    def length(self, axis: int) -> int:
        """The length of the first input along an axis."""
        shape = self.shape()
        if axis >= len(shape):
            raise UnknownOperationError(f"of an input without axis {axis}")
        return shape[axis]

    def out_shape(self, number: int = 0) -> tuple[int, ...]:
        """The shape of an output."""
        return _static(self._types.get(self.outputs[number], Type("other", None)))

    def out_kind(self) -> str:
        """Of which kind the first output is."""
        return self._types.get(self.outputs[0], Type("other", None)).kind

    def axis(self, default: int | None = None) -> int:
        """The attribute `axis`, counted from the first axis of the first input."""
        axis: int = self.attribute("axis", default)
        return axis + len(self.shape()) if axis < 0 else axis

    def is_known(self, number: int) -> bool:
        """Whether an input is the same in every run."""
        return self.operand(number) in self._known

    def constant(self, number: int, what: str) -> Any:
        """The array that an input is. Raises UnknownOperationError if it is known only in a run."""
        if not self.is_known(number):
            raise UnknownOperationError(f"with computed {what}")
        return self._known[self.x(number)]

    def integers(self, what: str, number: int) -> list[int] | None:
        """Whole numbers that are an attribute or, in later versions, an input; None if they are left out."""
        if self.has(number):
            return [int(value) for value in self.constant(number, what).reshape(-1).tolist()]
        found = self.attribute(what)
        return None if found is None else list(found)

    def number(self, what: str, number: int, default: float | None = None) -> float | None:
        """A number that is an attribute or, in later versions, an input."""
        if self.has(number):
            values = self.constant(number, what).reshape(-1).tolist()
            if len(values) != 1:
                raise UnknownOperationError(f"with {len(values)} numbers as {what}")
            return float(values[0])
        found: float | None = self.attribute(what, default)
        return found


def _static(kind: Type) -> tuple[int, ...]:
    if kind.shape is None:
        raise UnknownOperationError("of a shape that is known only in a run")
    return kind.shape


def as_written(value: float) -> float:
    """The shortest number whose float32 a value is: what its author wrote, since ONNX has no other attributes.

    >>> as_written(0.009999999776482582)
    0.01
    """
    if math.isfinite(value):
        for digits in range(1, 10):
            short = float(f"{value:.{digits}g}")
            if struct.unpack("f", struct.pack("f", short))[0] == value:
                return short
    return value


Translation = Callable[[Operation], Value | list[Value]]
"""What makes of a node its first output, or all of them."""
