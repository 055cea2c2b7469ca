"""Recorded arrays: values that keep a record of the operations on whole arrays that made them.

A record is a list of operations in the order of evaluation, each of which has a number, its place in the list; the same
operation on the same arrays is recorded once. Where `traced` numbers are recorded one by one, and hold for other
numbers than those of the run, a recorded array has the numbers of the run, and a layer may look at them as it does at
any array's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from backpropcli.domains.axes import stretched_axes
from backpropcli.domains.base import Axis, Domain, Over, Shape, Value
from backpropcli.domains.operands import NAMES, Operand, OperandDomain, Operator
from backpropcli.domains.ranges import scaling_by_functions, times

INPUT, CONSTANT = "input", "constant"


class ArrayOperation(NamedTuple):
    """A function of domains and what it was called with: recorded arrays, shapes, axes, numbers."""

    name: str
    arguments: tuple[Any, ...]


class Recorded(Operand):
    """The array that an operation of a record made."""

    __slots__ = ("array", "number")
    domain: Record

    def __init__(self, domain: Record, number: int, array: Value) -> None:
        self.domain = domain
        self.number = number
        self.array = array

    def __repr__(self) -> str:
        return f"Recorded({self.domain.operations[self.number].name}, {self.array!r})"


def _recorded(name: str) -> Callable[..., Value]:
    """The method that records a function of the inner domain."""

    def apply(self: Record, *arguments: Any) -> Value:
        return self.record(name, getattr(self.inner, name), *arguments)

    return apply


class Record(OperandDomain):
    """Recorded arrays over the domain `inner`; each record is a domain of its own.

    >>> from backpropcli.domains import domain
    >>> record = Record(domain("arrays"))
    >>> x = record.input("x", [1.0, 2.0])
    >>> record.sum(x * 3), [operation.name for operation in record.operations]
    (Recorded(sum, np.float64(9.0)), ['input', 'mul', 'sum'])
    """

    name = "recorded"
    title = "recorded arrays"

    def __init__(self, inner: Domain) -> None:
        self.inner = inner
        self.epsilon = inner.epsilon
        self.operations: list[ArrayOperation] = []
        self._made: dict[tuple[Any, ...], Recorded] = {}

    def __reduce__(self) -> tuple[Callable[..., Domain], tuple[Any, ...]]:
        raise TypeError("a record stays in the process that it is made in")

    def record(self, name: str, function: Callable[..., Value], *arguments: Any) -> Recorded:
        """What a function of the inner domain makes of the arguments, recorded."""
        key = (name, *map(_identity, arguments))
        if key not in self._made:
            self._made[key] = self._kept(ArrayOperation(name, arguments), function(*map(self._plain, arguments)))
        return self._made[key]

    def input(self, name: str, value: Value) -> Recorded:
        """An array that nothing made."""
        return self._kept(ArrayOperation(INPUT, (name,)), self.inner.convert(value))

    def _kept(self, operation: ArrayOperation, array: Value) -> Recorded:
        self.operations.append(operation)
        return Recorded(self, len(self.operations) - 1, array)

    def _plain(self, x: Any) -> Any:
        """An argument with the arrays in place of what recorded them."""
        if isinstance(x, Recorded):
            return x.array
        return type(x)(map(self._plain, x)) if type(x) in {tuple, list} else x

    # How values come to be.

    def includes(self, other: Domain) -> bool:
        """Whether they are inner arrays, or go along with them."""
        return other is self.inner or self.inner.includes(other)

    def number(self, text: str, /) -> Value:
        """A plain number."""
        return self.inner.number(text)

    def constants(self, texts: Iterable[str], inputs: Iterable[Value], /) -> list[Value]:
        """The numbers as arrays without axes."""
        found = self.inner.constants(texts, map(self._plain, inputs))
        return [self._kept(ArrayOperation(CONSTANT, (number,)), number) for number in found]

    def convert(self, value: Value, /, _dtype: str = "float64") -> Recorded:
        """A recorded array as it is; any other as a constant."""
        if isinstance(value, Recorded):
            return value
        array = self.inner.convert(value)
        return self._kept(ArrayOperation(CONSTANT, (array,)), array)

    def quiet(self) -> AbstractContextManager[object]:
        """As quiet as the inner domain."""
        return self.inner.quiet()

    # What a value holds is what its array holds.

    def shape(self, x: Value, /) -> Shape:
        """The lengths of the axes."""
        return self.inner.shape(self._plain(x))

    def size(self, x: Value, /) -> int:
        """How many numbers there are."""
        return self.inner.size(self._plain(x))

    def numbers(self, x: Value, /) -> Any:
        """The numbers of the array."""
        return self.inner.numbers(self._plain(x))

    def type_name(self, x: Value, /) -> str:
        """What the inner numbers are called."""
        return self.inner.type_name(self._plain(x))

    def elements(self, x: Value, /) -> list[Value]:
        """The elements of the array."""
        return self.inner.elements(self._plain(x))

    def rounded(self, x: Value, /) -> float:
        """The number in an array of one."""
        return self.inner.rounded(self._plain(x))

    def is_finite(self, x: Value, /) -> bool:
        """Whether every element is finite."""
        return self.inner.is_finite(self._plain(x))

    # Numbers near the ends of the range, of which 0 is none here: no digit of it can be lost.

    def nears_limits(self, x: Value, /) -> bool:
        """Whether an element is."""
        array = self._plain(x)
        return self.inner.nears_limits(self.inner.where(self.inner.equal(array, 0), 1.0, array))

    def times(self, *factors: Value | Over) -> Value:
        """The product, also where parts of it leave the range."""
        return times(self, scaling_by_functions(self), factors)

    # Elementwise.

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The operator, recorded."""
        return self.record(NAMES[function], function, x)

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """The operator, recorded; division as of the inner domain, which does not raise at 0."""
        return self.record(NAMES[function], self.inner.divide if function is operator.truediv else function, x, y)

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """The function, recorded."""
        return self.record(function, getattr(self.inner, function), *xs)

    # Arrays.

    ones_like, zeros_like, random_like = _recorded("ones_like"), _recorded("zeros_like"), _recorded("random_like")
    matmul, transpose, permute_dims = _recorded("matmul"), _recorded("transpose"), _recorded("permute_dims")
    concat, add_at = _recorded("concat"), _recorded("add_at")
    cumsum, pad, tril = _recorded("cumsum"), _recorded("pad"), _recorded("tril")
    unfold, fold = _recorded("unfold"), _recorded("fold")
    as_indices, one_hot, as_mask = _recorded("as_indices"), _recorded("one_hot"), _recorded("as_mask")

    def element(self, x: Value, key: Any, /) -> Value:
        """The part of x that a key stands for."""
        return self.record("element", operator.getitem, x, key)

    def reshape(self, x: Value, shape: Shape, /) -> Value:
        """The array in another shape; itself if it has it."""
        return x if self.shape(x) == shape else self.record("reshape", self.inner.reshape, x, shape)

    def expand_dims(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """The array with new axes; itself if there are none."""
        return x if axis == () else self.record("expand_dims", self.inner.expand_dims, x, axis)

    def squeeze(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """The array without the axes; itself if there are none."""
        return x if axis == () else self.record("squeeze", self.inner.squeeze, x, axis)

    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """The array repeated to the shape; itself if it has it."""
        return x if self.shape(x) == shape else self.record("broadcast_to", self.inner.broadcast_to, x, shape)

    def unbroadcast(self, gradient: Value, like: Value, /) -> Value:
        """The gradient itself where its shape is right."""
        found, shape = self.shape(gradient), self.shape(like)
        return gradient if found == shape else self.reshape(self.sum(gradient, stretched_axes(found, shape)), shape)

    def sum(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The sum over the axes."""
        return self.record("sum", self.inner.sum, x, axis, keepdims)

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number along the axes."""
        return self.record("amax", self.inner.amax, x, axis, keepdims)

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number along the axes."""
        return self.record("amin", self.inner.amin, x, axis, keepdims)


def _identity(argument: Any) -> Any:
    """What two arguments have in common that are the same; 0.0 and -0.0, and 1 and True, are not."""
    if isinstance(argument, Recorded):
        return argument.number
    if isinstance(argument, (tuple, list)):
        return tuple(map(_identity, argument))
    return type(argument), repr(argument)
