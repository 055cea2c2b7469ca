"""Dual numbers: pairs of a value and its derivative along one direction, over any other domain.

Glossary: the *value* part and the *tangent*, its derivative; a tangent of None is a structural zero, of what does not
depend on the direction. Running a layer's forward and backward on dual values differentiates backward: the tangents of
the gradients are the Hessian times the direction. Over dual values they are third derivatives, and so on.

Where there is no derivative the one from the right is taken: 1 for abs at 0; at a tie the first argument of maximum,
and the second of minimum, which layers write as the bound. So what is written with `exp(-abs(x))` is right at 0.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from backpropcli.domains.base import Axis, Domain, Shape, Value
from backpropcli.domains.derivatives import RULES, SLOPES
from backpropcli.domains.operands import Operand, OperandDomain, Operator

_COMPARISONS = {operator.lt, operator.le, operator.gt, operator.ge}


class DualValue(Operand):
    """A value and its tangent."""

    __slots__ = ("tangent", "value")

    def __init__(self, domain: Dual, value: Value, tangent: Value | None = None) -> None:
        self.domain = domain
        self.value = value
        self.tangent = tangent

    def __repr__(self) -> str:
        return f"DualValue({self.value!r}, {self.tangent!r})"


class Dual(OperandDomain):
    """Pairs over the domain `inner`.

    >>> from backpropcli.domains import domain
    >>> dual = Dual(domain("floats"))
    >>> x = dual.pair(3.0, 1.0)
    >>> x * x
    DualValue(9.0, 6.0)
    """

    name = "dual"

    def __init__(self, inner: Domain) -> None:
        self.inner = inner
        self.title = f"dual numbers over {inner.title}"
        self.is_scalar = inner.is_scalar
        self.is_exact = inner.is_exact
        self.epsilon = inner.epsilon

    def __reduce__(self) -> tuple[Callable[..., Domain], tuple[Any, ...]]:
        return Dual, (self.inner,)

    def pair(self, value: Value, tangent: Value | None = None) -> DualValue:
        """A value of the inner domain with its tangent."""
        return DualValue(self, value, tangent)

    def _parts(self, x: Value) -> tuple[Value, Value | None]:
        """The value and the tangent; an inner value or a Python number has none."""
        return (x.value, x.tangent) if self._is_own(x) else (x, None)

    def _is_own(self, x: Value) -> bool:
        return isinstance(x, DualValue) and x.domain is self

    def tangent(self, x: Value) -> Value:
        """The tangent of a value, zeros if it does not depend on the direction."""
        value, tangent = self._parts(x)
        return self.inner.zeros_like(value) if tangent is None else tangent

    def includes(self, other: Domain) -> bool:
        """Whether they are inner values, or go along with them."""
        return other is self.inner or self.inner.includes(other)

    def number(self, text: str, /) -> Value:
        """A number of the inner domain: it depends on nothing."""
        return self.inner.number(text)

    def constants(self, texts: Iterable[str], inputs: Iterable[Value], /) -> list[Value]:
        """Constants of the inner domain, without tangents."""
        return [self.pair(found) for found in self.inner.constants(texts, [self._parts(x)[0] for x in inputs])]

    def convert(self, value: Value, /, dtype: str = "float64") -> DualValue:
        """A dual value as it is, but copied; anything else without a tangent."""
        value, tangent = self._parts(value)
        copy = None if tangent is None else self.inner.convert(tangent, dtype)
        return self.pair(self.inner.convert(value, dtype), copy)

    def quiet(self) -> AbstractContextManager[object]:
        """As quiet as the inner domain."""
        return self.inner.quiet()

    def nears_limits(self, x: Value, /) -> bool:
        """Whether a value part does."""
        return self.inner.nears_limits(self._parts(x)[0])

    # Operators.

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The unary minus, and the absolute value, whose slope at 0 is 1."""
        value, tangent = self._parts(x)
        found = function(value)
        if tangent is not None:
            tangent = -tangent if function is operator.neg else self.inner.where(value < 0, -tangent, tangent)
        return self.pair(found, tangent)

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """Arithmetic with its rule; comparisons, whose result depends on nothing, give inner conditions."""
        found = function(self._parts(x)[0], self._parts(y)[0])
        return found if function in _COMPARISONS else self._combined(function, found, x, y)

    def element(self, x: Value, key: Any, /) -> Value:
        """The parts at the places of the key."""
        return self._linear(lambda part: part[key], x)

    def _combined(self, function: Operator | str, found: Value, x: Value, y: Value) -> DualValue:
        """The result of an operator or a function of two values, with its tangent."""
        tangents = RULES[function](self.inner, *self._parts(x), *self._parts(y), found)
        return self.pair(found, self._sum(found, *tangents))

    def _sum(self, found: Value, da: Value | None, db: Value | None) -> Value | None:
        """The sum of two tangents, in the shape of the value."""
        if da is None or db is None:
            known = db if da is None else da
            if known is None:
                return None
            shape = self.inner.shape(found)
            return known if self.inner.shape(known) == shape else self.inner.broadcast_to(known, shape)
        return da + db

    def _linear(self, function: Callable[[Value], Value], x: Value) -> Value:
        """What is linear does the same to both parts; an inner value, as a condition is, stays one."""
        if not self._is_own(x):
            return function(x)
        value, tangent = self._parts(x)
        return self.pair(function(value), None if tangent is None else function(tangent))

    # What a value holds is what its value part holds.

    def shape(self, x: Value, /) -> Shape:
        """The lengths of the axes."""
        return self.inner.shape(self._parts(x)[0])

    def size(self, x: Value, /) -> int:
        """How many pairs there are."""
        return self.inner.size(self._parts(x)[0])

    def numbers(self, x: Value, /) -> Any:
        """The numbers of the value part."""
        return self.inner.numbers(self._parts(x)[0])

    def elements(self, x: Value, /) -> list[Value]:
        """The single pairs."""
        values, tangents = self.inner.elements(self._parts(x)[0]), self.inner.elements(self.tangent(x))
        return [self.pair(*parts) for parts in zip(values, tangents, strict=True)]

    def type_name(self, x: Value, /) -> str:
        """What the inner numbers are called."""
        return self.inner.type_name(self._parts(x)[0])

    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to the value part."""
        return self.inner.rounded(self._parts(x)[0])

    def is_finite(self, x: Value, /) -> bool:
        """Whether both parts are finite."""
        return all(part is None or self.inner.is_finite(part) for part in self._parts(x))

    def equal(self, x: Value, y: Value, /) -> Value:
        """The inner condition that the value parts are equal."""
        return self.inner.equal(self._parts(x)[0], self._parts(y)[0])

    def is_nan(self, x: Value, /) -> Value:
        """The inner condition that the value part is nan."""
        return self.inner.is_nan(self._parts(x)[0])

    # Elementwise functions.

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """By the chain rule."""
        found = getattr(self.inner, function)(*(self._parts(x)[0] for x in xs))
        if len(xs) == 2:
            return self._combined(function, found, *xs)
        value, tangent = self._parts(xs[0])
        return self.pair(found, None if tangent is None else tangent * SLOPES[function](self.inner, value, found))

    def power_of_two(self, x: Value, /) -> Value:
        """A scale depends on nothing."""
        return self.pair(self.inner.power_of_two(self._parts(x)[0]))

    def maximum(self, x: Value, y: Value, /) -> Value:
        """The tangent of the larger."""
        a, b = self._parts(x)[0], self._parts(y)[0]
        return self._chosen(self.inner.maximum(a, b), a >= b, x, y)

    def minimum(self, x: Value, y: Value, /) -> Value:
        """The tangent of the smaller."""
        a, b = self._parts(x)[0], self._parts(y)[0]
        return self._chosen(self.inner.minimum(a, b), a < b, x, y)

    def where(self, condition: Value, x: Value, y: Value, /) -> Value:
        """The parts of either."""
        return self._chosen(self.inner.where(condition, self._parts(x)[0], self._parts(y)[0]), condition, x, y)

    def _chosen(self, found: Value, condition: Value, x: Value, y: Value) -> DualValue:
        da, db = self._parts(x)[1], self._parts(y)[1]
        if da is None and db is None:
            return self.pair(found)
        chosen = self.inner.where(condition, 0 if da is None else da, 0 if db is None else db)
        return self.pair(found, self._sum(found, chosen, None))

    def ones_like(self, x: Value, /) -> Value:
        """Ones depend on nothing."""
        return self.pair(self.inner.ones_like(self._parts(x)[0]))

    def zeros_like(self, x: Value, /) -> Value:
        """Zeros depend on nothing."""
        return self.pair(self.inner.zeros_like(self._parts(x)[0]))

    def random_like(self, x: Value, seed: int, /) -> Value:
        """Random numbers depend on nothing."""
        return self.pair(self.inner.random_like(self._parts(x)[0], seed))

    # Axes: all linear but for the product and the extremes.

    def matmul(self, x: Value, y: Value, /) -> Value:
        """The product rule."""
        (a, da), (b, db) = self._parts(x), self._parts(y)
        matmul = self.inner.matmul
        found = matmul(a, b)
        da = None if da is None else matmul(da, b)
        db = None if db is None else matmul(a, db)
        return self.pair(found, self._sum(found, da, db))

    def transpose(self, x: Value, /) -> Value:
        """The last two axes swapped."""
        return self._linear(self.inner.transpose, x)

    def permute_dims(self, x: Value, axes: tuple[int, ...], /) -> Value:
        """The axes in another order."""
        return self._linear(lambda part: self.inner.permute_dims(part, axes), x)

    def reshape(self, x: Value, shape: Shape, /) -> Value:
        """The pairs in another shape."""
        return self._linear(lambda part: self.inner.reshape(part, shape), x)

    def concat(self, xs: Sequence[Value], axis: int, /) -> Value:
        """The values one after the other."""
        values = self.inner.concat([self._parts(x)[0] for x in xs], axis)
        if all(self._parts(x)[1] is None for x in xs):
            return self.pair(values)
        return self.pair(values, self.inner.concat([self.tangent(x) for x in xs], axis))

    def add_at(self, x: Value, key: Any, values: Value, /) -> Value:
        """The sums of both parts."""
        (a, da), (b, db) = self._parts(x), self._parts(values)
        found = self.inner.add_at(a, key, b)
        if da is None and db is None:
            return self.pair(found)
        return self.pair(found, self.inner.add_at(self.tangent(x), key, self.tangent(values)))

    def expand_dims(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """New axes."""
        return self._linear(lambda part: self.inner.expand_dims(part, axis), x)

    def squeeze(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """Fewer axes."""
        return self._linear(lambda part: self.inner.squeeze(part, axis), x)

    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """The pairs repeated."""
        return self._linear(lambda part: self.inner.broadcast_to(part, shape), x)

    def unbroadcast(self, gradient: Value, like: Value, /) -> Value:
        """The pairs summed."""
        return self._linear(lambda part: self.inner.unbroadcast(part, self._parts(like)[0]), gradient)

    def sum(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The sum of the pairs."""
        return self._linear(lambda part: self.inner.sum(part, axis, keepdims), x)

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number; numbers that tie share the tangent evenly."""
        return self._extreme(self.inner.amax, x, axis, keepdims=keepdims)

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number; numbers that tie share the tangent evenly."""
        return self._extreme(self.inner.amin, x, axis, keepdims=keepdims)

    def _extreme(self, extreme: Callable[..., Value], x: Value, axis: Axis, *, keepdims: bool) -> DualValue:
        value, tangent = self._parts(x)
        found = extreme(value, axis, keepdims)
        if tangent is None:
            return self.pair(found)
        inner = self.inner
        is_extreme = inner.equal(value, extreme(value, axis, True))
        count = inner.sum(inner.where(is_extreme, inner.ones_like(value), 0), axis, keepdims)
        return self.pair(found, inner.divide(inner.sum(inner.where(is_extreme, tangent, 0), axis, keepdims), count))

    def cumsum(self, x: Value, axis: int, /) -> Value:
        """The running sum of the pairs."""
        return self._linear(lambda part: self.inner.cumsum(part, axis), x)

    def pad(self, x: Value, widths: tuple[tuple[int, int], ...], fill: float, /) -> Value:
        """The pairs in a frame that depends on nothing."""
        value, tangent = self._parts(x)
        padded = None if tangent is None else self.inner.pad(tangent, widths, 0)
        return self.pair(self.inner.pad(value, widths, fill), padded)

    def tril(self, x: Value, /) -> Value:
        """The lower triangle."""
        return self._linear(self.inner.tril, x)

    def unfold(self, x: Value, kernel: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The windows of both parts."""
        return self._linear(lambda part: self.inner.unfold(part, kernel, stride, dilation), x)

    def fold(self, windows: Value, shape: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The images of both parts."""
        return self._linear(lambda part: self.inner.fold(part, shape, stride, dilation), windows)

    # What chooses depends on nothing.

    def as_indices(self, x: Value, count: int, name: str, /) -> Value:
        """The indices of the value part."""
        return self.inner.as_indices(self._parts(x)[0], count, name)

    def one_hot(self, labels: Value, count: int, axis: int, /) -> Value:
        """The labels of the value part, without a tangent."""
        return self.pair(self.inner.one_hot(self._parts(labels)[0], count, axis))

    def as_mask(self, x: Value, name: str, /) -> Value:
        """The inner condition."""
        return self.inner.as_mask(self._parts(x)[0], name)
