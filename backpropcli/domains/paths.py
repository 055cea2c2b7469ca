"""Gradients that know where no path leads: pairs of a gradient and a mark, over any other domain.

A zero is *structural* where nothing of what comes out depends on a number: a branch that `where` does not take, an
element that is not selected. It is no path at all, so that whatever slope lies behind it stays out of the gradient, an
infinite one too; but a 0 that was computed, times inf, is nan. In floats both are 0, and here they are told apart.

The companion of a gradient is its *mark*: 1 where a path leads from the output, and 0 where none does. What is no
gradient, as a value of the forward pass, has none. So a structural zero comes to be where a layer's backward chooses,
by `where`, a number that is not made of dout in place of one that is; it ends where a sum adds a path to it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce

from backpropcli.domains.base import Axis, Domain, Over, Value
from backpropcli.domains.operands import COMPARISONS, Operator
from backpropcli.domains.pairs import Pair, Pairs

_SUMS: set[Operator] = {operator.add, operator.sub}


class Marked(Pair):
    """A value and its mark."""

    __slots__ = ()


class Paths(Pairs):
    """Gradients over the domain `inner`, and among them its values.

    >>> from backpropcli.domains import domain
    >>> paths = Paths(domain("floats"))
    >>> dout = paths.gradient(1.0)
    >>> paths.where(True, 0, dout) * float("inf"), paths.where(True, 0 * dout, dout) * float("inf")
    (Marked(0.0, 0.0), Marked(nan, 1.0))
    """

    name = "paths"
    kind = Marked

    def __init__(self, inner: Domain) -> None:
        super().__init__(inner)
        self.title = f"gradients over {inner.title}"

    def gradient(self, value: Value) -> Pair:
        """A gradient that a path leads to everywhere."""
        return self.pair(value, self.inner.ones_like(value))

    def unmarked(self, gradient: Value | None) -> Value | None:
        """A gradient as a value of the inner domain."""
        return None if gradient is None else self.value(gradient)

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The operator; the mark stays."""
        value, mark = self.parts(x)
        return self.pair(function(value), mark)

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """The operator; comparisons, which no gradient flows through, give inner conditions."""
        if function in COMPARISONS:
            return function(self.value(x), self.value(y))
        return self._combined(function, x, y, is_sum=function in _SUMS)

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """The function, which is not linear but for the division."""
        apply = getattr(self.inner, function)
        if len(xs) == 2:
            return self._combined(apply, *xs, is_sum=False)
        value, mark = self.parts(xs[0])
        return self.pair(apply(value), mark)

    def times(self, *factors: Value | Over) -> Value:
        """The product as of the inner domain."""
        parts = [self.parts(each.divisor if isinstance(each, Over) else each) for each in factors]
        marks = [mark for _, mark in parts]
        values = [
            self._spared(value, self._product_of(marks[:place] + marks[place + 1 :]))
            for place, (value, _) in enumerate(parts)
        ]
        over = [Over(x) if isinstance(each, Over) else x for each, x in zip(factors, values, strict=True)]
        found, mark = self.inner.times(*over), self._product_of(marks)
        return self.pair(found, None if mark is None else self.fitted(mark, found))

    def zeros_like(self, x: Value, /) -> Value:
        """Zeros; those in place of a gradient are computed, so that its mark stays."""
        value, mark = self.parts(x)
        return self.pair(self.inner.zeros_like(value), mark)

    def matmul(self, x: Value, y: Value, /) -> Value:
        """The product, in which no path leads through a structural zero."""
        (a, of_a), (b, of_b) = self.parts(x), self.parts(y)
        inner = self.inner
        found = inner.matmul(a, b)
        if of_a is None and of_b is None:
            return self.pair(found)
        ones_or = [inner.ones_like(v) if mark is None else mark for v, mark in ((a, of_a), (b, of_b))]
        mark = inner.matmul(*ones_or)
        if not inner.is_finite(found):
            is_kept = inner.equal(found - found, 0)
            found = inner.where(is_kept, found, self._sum_of_products(x, y))
        return self.pair(found, self._once(mark))

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number, marked if any is."""
        return self.linear(lambda part: self.inner.amax(part, axis, keepdims), x)

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number, marked if any is."""
        value, mark = self.parts(x)
        of_any = None if mark is None else self.inner.amax(mark, axis, keepdims)
        return self.pair(self.inner.amin(value, axis, keepdims), of_any)

    def linear(self, function: Callable[[Value], Value], x: Value) -> Value:
        """The same of both parts; a sum is marked if anything in it is."""
        found = super().linear(function, x)
        value, mark = self.parts(found)
        return found if mark is None else self.pair(value, self._once(mark))

    def _combined(self, function: Callable[..., Value], x: Value, y: Value, *, is_sum: bool) -> Pair:
        (a, of_a), (b, of_b) = self.parts(x), self.parts(y)
        if of_a is None and of_b is None:
            return self.pair(function(a, b))
        if not is_sum:
            found = function(self._spared(a, of_b), self._spared(b, of_a))
            mark = of_b if of_a is None else of_a if of_b is None else of_a * of_b
            return self.pair(found, self.fitted(mark, found))
        found = function(a, b)
        mark = self.fitted(of_b if of_a is None else of_a if of_b is None else self._once(of_a + of_b), found)
        # What was chosen where no path leads may be a bound, as the largest of no numbers is.
        return self.pair(self.inner.where(self.inner.equal(mark, 0), 0, found), mark)

    def _product_of(self, marks: Sequence[Value | None]) -> Value | None:
        """The mark of a product of what has these marks."""
        known = [mark for mark in marks if mark is not None]
        return reduce(operator.mul, known) if known else None

    def _spared(self, factor: Value, mark: Value | None) -> Value:
        """The factor of a gradient with 1 for it where no path leads, so that it makes no nan of the 0."""
        if mark is None or (type(factor) in {int, float} and not self.inner.is_scalar):
            return factor  # a constant of a layer among arrays, which has no places
        return self.inner.where(self.inner.equal(mark, 0), 1, factor)

    def _sum_of_products(self, x: Value, y: Value) -> Value:
        """The matrix product, term by term."""
        count = self.inner.shape(self.value(x))[-1]
        terms = [x[..., k : k + 1] * y[..., k : k + 1, :] for k in range(count)]
        return self.value(sum(terms[1:], terms[0]))

    def _once(self, mark: Value) -> Value:
        """The mark of a sum of marks."""
        return self.inner.where(self.inner.equal(mark, 0), 0, self.inner.ones_like(mark))
