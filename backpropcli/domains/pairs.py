"""Pairs: a value of any other domain with a companion that says something about each of its numbers.

Glossary: the *value* part and its *companion*, another value of the same shape; a companion of None is that of what has
nothing to say, and counts as zeros among others. What is linear does the same to both parts, and what chooses takes
both from one place; a subclass says what arithmetic makes of companions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from backpropcli.domains.base import Axis, Domain, Shape, Value
from backpropcli.domains.operands import Operand, OperandDomain


class Pair(Operand):
    """A value and its companion."""

    __slots__ = ("companion", "value")

    def __init__(self, domain: Pairs, value: Value, companion: Value | None = None) -> None:
        self.domain = domain
        self.value = value
        self.companion = companion

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r}, {self.companion!r})"


class Pairs(OperandDomain):
    """Pairs over the domain `inner`."""

    kind: type[Pair] = Pair

    def __init__(self, inner: Domain) -> None:
        self.inner = inner
        self.is_scalar = inner.is_scalar
        self.is_exact = inner.is_exact
        self.epsilon = inner.epsilon
        if inner.guard is not None:
            self.guard = self._guard_parts
        self.computes_by_lines = inner.computes_by_lines

    def __reduce__(self) -> tuple[Callable[..., Domain], tuple[Any, ...]]:
        return type(self), (self.inner,)

    def pair(self, value: Value, companion: Value | None = None) -> Pair:
        """A value of the inner domain with its companion."""
        return self.kind(self, value, companion)

    def parts(self, x: Value) -> tuple[Value, Value | None]:
        """The value and its companion; an inner value or a Python number has none."""
        return (x.value, x.companion) if self._is_own(x) else (x, None)

    def value(self, x: Value) -> Value:
        """The value part."""
        return x.value if self._is_own(x) else x

    def companion(self, x: Value) -> Value:
        """The companion, zeros if there is none."""
        value, companion = self.parts(x)
        return self.inner.zeros_like(value) if companion is None else companion

    def linear(self, function: Callable[[Value], Value], x: Value) -> Value:
        """What is linear does the same to both parts; an inner value, as a condition is, stays one."""
        if not self._is_own(x):
            return function(x)
        value, companion = self.parts(x)
        return self.pair(function(value), None if companion is None else function(companion))

    def chosen(self, found: Value, condition: Value, x: Value, y: Value) -> Pair:
        """The value that was found, with the companion of x where the condition holds and that of y elsewhere."""
        of_x, of_y = self.parts(x)[1], self.parts(y)[1]
        if of_x is None and of_y is None:
            return self.pair(found)
        chosen = self.inner.where(condition, 0 if of_x is None else of_x, 0 if of_y is None else of_y)
        return self.pair(found, self.fitted(chosen, found))

    def fitted(self, companion: Value, value: Value) -> Value:
        """The companion in the shape of the value."""
        shape = self.inner.shape(value)
        return companion if self.inner.shape(companion) == shape else self.inner.broadcast_to(companion, shape)

    def _is_own(self, x: Value) -> bool:
        return isinstance(x, Pair) and x.domain is self

    def _guard_parts(self, x: Value) -> None:
        for part in self.parts(x):
            if self.inner.guard is not None and part is not None:
                self.inner.guard(part)

    # How pairs come to be.

    def includes(self, other: Domain) -> bool:
        """Whether they are inner values, or go along with them."""
        return other is self.inner or self.inner.includes(other)

    def number(self, text: str, /) -> Value:
        """A number of the inner domain."""
        return self.inner.number(text)

    def constants(self, texts: Iterable[str], inputs: Iterable[Value], /) -> list[Value]:
        """Constants of the inner domain, without companions."""
        return [self.pair(found) for found in self.inner.constants(texts, [self.value(x) for x in inputs])]

    def convert(self, value: Value, /, dtype: str = "float64") -> Pair:
        """A pair as it is, but copied; anything else without a companion."""
        value, companion = self.parts(value)
        copy = None if companion is None else self.inner.convert(companion, dtype)
        return self.pair(self.inner.convert(value, dtype), copy)

    def quiet(self) -> AbstractContextManager[object]:
        """As quiet as the inner domain."""
        return self.inner.quiet()

    def nears_limits(self, x: Value, /) -> bool:
        """Whether a value part does."""
        return self.inner.nears_limits(self.value(x))

    # What a pair holds is what its value part holds.

    def shape(self, x: Value, /) -> Shape:
        """The lengths of the axes."""
        return self.inner.shape(self.value(x))

    def size(self, x: Value, /) -> int:
        """How many pairs there are."""
        return self.inner.size(self.value(x))

    def numbers(self, x: Value, /) -> Any:
        """The numbers of the value part."""
        return self.inner.numbers(self.value(x))

    def elements(self, x: Value, /) -> list[Value]:
        """The single pairs."""
        values, companions = self.inner.elements(self.value(x)), self.inner.elements(self.companion(x))
        return [self.pair(*parts) for parts in zip(values, companions, strict=True)]

    def type_name(self, x: Value, /) -> str:
        """What the inner numbers are called."""
        return self.inner.type_name(self.value(x))

    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to the value part."""
        return self.inner.rounded(self.value(x))

    def is_finite(self, x: Value, /) -> bool:
        """Whether both parts are finite."""
        return all(part is None or self.inner.is_finite(part) for part in self.parts(x))

    def equal(self, x: Value, y: Value, /) -> Value:
        """The inner condition that the value parts are equal."""
        return self.inner.equal(self.value(x), self.value(y))

    def is_nan(self, x: Value, /) -> Value:
        """The inner condition that the value part is nan."""
        return self.inner.is_nan(self.value(x))

    # What depends on nothing.

    def power_of_two(self, x: Value, /) -> Value:
        """A scale, without a companion."""
        return self.pair(self.inner.power_of_two(self.value(x)))

    def detached(self, x: Value, /) -> Value:
        """The value part, detached."""
        return self.pair(self.inner.detached(self.value(x)))

    def ones_like(self, x: Value, /) -> Value:
        """Ones without companions."""
        return self.pair(self.inner.ones_like(self.value(x)))

    def zeros_like(self, x: Value, /) -> Value:
        """Zeros without companions."""
        return self.pair(self.inner.zeros_like(self.value(x)))

    def random_like(self, x: Value, seed: int, /) -> Value:
        """Random numbers without companions."""
        return self.pair(self.inner.random_like(self.value(x), seed))

    def as_indices(self, x: Value, count: int, name: str, /) -> Value:
        """The indices of the value part."""
        return self.inner.as_indices(self.value(x), count, name)

    def one_hot(self, labels: Value, count: int, axis: int, /) -> Value:
        """The labels of the value part, without a companion."""
        return self.pair(self.inner.one_hot(self.value(labels), count, axis))

    def as_mask(self, x: Value, name: str, /) -> Value:
        """The inner condition."""
        return self.inner.as_mask(self.value(x), name)

    # What chooses.

    def where(self, condition: Value, x: Value, y: Value, /) -> Value:
        """The parts of either."""
        return self.chosen(self.inner.where(condition, self.value(x), self.value(y)), condition, x, y)

    def maximum(self, x: Value, y: Value, /) -> Value:
        """The companion of the larger, of the first at a tie."""
        a, b = self.value(x), self.value(y)
        return self.chosen(self.inner.maximum(a, b), a >= b, x, y)

    def minimum(self, x: Value, y: Value, /) -> Value:
        """The companion of the smaller, of the second at a tie."""
        a, b = self.value(x), self.value(y)
        return self.chosen(self.inner.minimum(a, b), a < b, x, y)

    # What is linear.

    def element(self, x: Value, key: Any, /) -> Value:
        """The parts at the places of the key."""
        return self.linear(lambda part: part[key], x)

    def transpose(self, x: Value, /) -> Value:
        """The last two axes swapped."""
        return self.linear(self.inner.transpose, x)

    def permute_dims(self, x: Value, axes: tuple[int, ...], /) -> Value:
        """The axes in another order."""
        return self.linear(lambda part: self.inner.permute_dims(part, axes), x)

    def reshape(self, x: Value, shape: Shape, /) -> Value:
        """The pairs in another shape."""
        return self.linear(lambda part: self.inner.reshape(part, shape), x)

    def concat(self, xs: Sequence[Value], axis: int, /) -> Value:
        """The values one after the other."""
        values = self.inner.concat([self.value(x) for x in xs], axis)
        if all(self.parts(x)[1] is None for x in xs):
            return self.pair(values)
        return self.pair(values, self.inner.concat([self.companion(x) for x in xs], axis))

    def add_at(self, x: Value, key: Any, values: Value, /) -> Value:
        """The sums of both parts."""
        (a, of_a), (b, of_b) = self.parts(x), self.parts(values)
        found = self.inner.add_at(a, key, b)
        if of_a is None and of_b is None:
            return self.pair(found)
        return self.pair(found, self.inner.add_at(self.companion(x), key, self.companion(values)))

    def expand_dims(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """New axes."""
        return self.linear(lambda part: self.inner.expand_dims(part, axis), x)

    def squeeze(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """Fewer axes."""
        return self.linear(lambda part: self.inner.squeeze(part, axis), x)

    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """The pairs repeated."""
        return self.linear(lambda part: self.inner.broadcast_to(part, shape), x)

    def unbroadcast(self, gradient: Value, like: Value, /) -> Value:
        """The pairs summed."""
        return self.linear(lambda part: self.inner.unbroadcast(part, self.value(like)), gradient)

    def sum(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The sum of the pairs."""
        return self.linear(lambda part: self.inner.sum(part, axis, keepdims), x)

    def cumsum(self, x: Value, axis: int, /) -> Value:
        """The running sum of the pairs."""
        return self.linear(lambda part: self.inner.cumsum(part, axis), x)

    def pad(self, x: Value, widths: tuple[tuple[int, int], ...], fill: float, /) -> Value:
        """The pairs in a frame that has nothing to say."""
        value, companion = self.parts(x)
        padded = None if companion is None else self.inner.pad(companion, widths, 0)
        return self.pair(self.inner.pad(value, widths, fill), padded)

    def tril(self, x: Value, /) -> Value:
        """The lower triangle."""
        return self.linear(self.inner.tril, x)

    def unfold(self, x: Value, kernel: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The windows of both parts."""
        return self.linear(lambda part: self.inner.unfold(part, kernel, stride, dilation), x)

    def fold(self, windows: Value, shape: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The images of both parts."""
        return self.linear(lambda part: self.inner.fold(part, shape, stride, dilation), windows)
