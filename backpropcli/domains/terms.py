"""Sizes of terms: pairs of a value and what it would be if nothing in it had cancelled.

The companion of a value is the same sum with the sizes of its terms in place of the terms: of 3 - 3 it is 6. Rounding
errors of a sum are as large as its terms are, however small the sum: two programs that add in another order may differ
by so much. What is no sum is its own term.
"""

from __future__ import annotations

import operator

from backpropcli.domains.base import Axis, Domain, Value
from backpropcli.domains.operands import COMPARISONS, Operator
from backpropcli.domains.pairs import Pair, Pairs

_SUMS: set[Operator] = {operator.add, operator.sub}


class Term(Pair):
    """A value and the size of its terms."""

    __slots__ = ()


class Terms(Pairs):
    """Values of the domain `inner` with the sizes of their terms.

    >>> from backpropcli.domains import domain
    >>> terms = Terms(domain("floats"))
    >>> x = terms.pair(3.0)
    >>> (x - x) * 2, x * 2 - x
    (Term(0.0, 12.0), Term(3.0, 9.0))
    """

    name = "terms"
    kind = Term

    def __init__(self, inner: Domain) -> None:
        super().__init__(inner)
        self.title = f"terms of {inner.title}"

    def pair(self, value: Value, companion: Value | None = None) -> Pair:
        """A value with the size of its terms, by default its own."""
        return super().pair(value, abs(value) if companion is None else companion)

    def companion(self, x: Value) -> Value:
        """The size of the terms; of a constant its own."""
        value, companion = self.parts(x)
        return abs(value) if companion is None else companion

    def chosen(self, found: Value, condition: Value, x: Value, y: Value) -> Pair:
        """The value that was found, with the terms of x where the condition holds and those of y elsewhere."""
        return self.pair(found, self.fitted(self.inner.where(condition, self.companion(x), self.companion(y)), found))

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The operator; the terms have the same sizes."""
        value, companion = self.parts(x)
        return self.pair(function(value), companion)

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """The operator; comparisons give inner conditions."""
        a, b = self.value(x), self.value(y)
        if function in COMPARISONS:
            return function(a, b)
        if function is operator.truediv:
            return self.divide(x, y)
        found = function(a, b)
        if function in _SUMS:
            return self.pair(found, self.companion(x) + self.companion(y))
        return self.pair(found, self.companion(x) * self.companion(y) if function is operator.mul else None)

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """The function; what is no quotient is a term of its own."""
        found = getattr(self.inner, function)(*map(self.value, xs))
        if function != "divide":
            return self.pair(found)
        x, y = xs
        return self.pair(found, self.inner.divide(self.companion(x), abs(self.value(y))))

    def matmul(self, x: Value, y: Value, /) -> Value:
        """The product, and that of the terms."""
        found = self.inner.matmul(self.value(x), self.value(y))
        return self.pair(found, self.inner.matmul(self.companion(x), self.companion(y)))

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number, which has the terms of any."""
        return self.pair(self.inner.amax(self.value(x), axis, keepdims), self._largest_terms(x, axis, keepdims))

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number, which has the terms of any."""
        return self.pair(self.inner.amin(self.value(x), axis, keepdims), self._largest_terms(x, axis, keepdims))

    def _largest_terms(self, x: Value, axis: Axis, keepdims: bool) -> Value:
        """Without those of infinities, which layers have in place of what is not to be chosen."""
        is_infinite = self.inner.equal(abs(self.value(x)), float("inf"))
        return self.inner.amax(self.inner.where(is_infinite, 0, self.companion(x)), axis, keepdims)
