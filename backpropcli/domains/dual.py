"""Dual numbers: pairs of a value and its derivative along one direction, over any other domain.

Glossary: the companion of a value is its *tangent*, its derivative; a tangent of None is a structural zero, of what
does not depend on the direction. Running a layer's forward and backward on dual values differentiates backward: the
tangents of the gradients are the Hessian times the direction. Over dual values they are third derivatives, and so on.

Where there is no derivative the one from the right is taken: 1 for abs at 0; at a tie the first argument of maximum,
and the second of minimum, which layers write as the bound. So what is written with `exp(-abs(x))` is right at 0.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from backpropcli.domains.base import Axis, Domain, Value
from backpropcli.domains.derivatives import RULES, SLOPES
from backpropcli.domains.operands import COMPARISONS, Operator
from backpropcli.domains.pairs import Pair, Pairs


class DualValue(Pair):
    """A value and its tangent."""

    __slots__ = ()

    @property
    def tangent(self) -> Value | None:
        """The derivative along the direction."""
        return self.companion


class Dual(Pairs):
    """Pairs over the domain `inner`.

    >>> from backpropcli.domains import domain
    >>> dual = Dual(domain("floats"))
    >>> x = dual.pair(3.0, 1.0)
    >>> x * x
    DualValue(9.0, 6.0)
    """

    name = "dual"
    kind = DualValue

    def __init__(self, inner: Domain) -> None:
        super().__init__(inner)
        self.title = f"dual numbers over {inner.title}"

    def tangent(self, x: Value) -> Value:
        """The tangent of a value, zeros if it does not depend on the direction."""
        return self.companion(x)

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The unary minus, and the absolute value, whose slope at 0 is 1."""
        value, tangent = self.parts(x)
        found = function(value)
        if tangent is not None:
            tangent = -tangent if function is operator.neg else self.inner.where(value < 0, -tangent, tangent)
        return self.pair(found, tangent)

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """Arithmetic with its rule; comparisons, whose result depends on nothing, give inner conditions."""
        found = function(self.value(x), self.value(y))
        return found if function in COMPARISONS else self._combined(function, found, x, y)

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """By the chain rule."""
        found = getattr(self.inner, function)(*(self.value(x) for x in xs))
        if len(xs) == 2:
            return self._combined(function, found, *xs)
        value, tangent = self.parts(xs[0])
        return self.pair(found, None if tangent is None else tangent * SLOPES[function](self.inner, value, found))

    def _combined(self, function: Operator | str, found: Value, x: Value, y: Value) -> Pair:
        """The result of an operator or a function of two values, with its tangent."""
        tangents = RULES[function](self.inner, *self.parts(x), *self.parts(y), found)
        return self.pair(found, self._sum(found, *tangents))

    def _sum(self, found: Value, da: Value | None, db: Value | None) -> Value | None:
        """The sum of two tangents, in the shape of the value."""
        if da is None or db is None:
            known = db if da is None else da
            return None if known is None else self.fitted(known, found)
        return da + db

    # Axes: all linear but for the product and the extremes.

    def matmul(self, x: Value, y: Value, /) -> Value:
        """The product rule."""
        (a, da), (b, db) = self.parts(x), self.parts(y)
        matmul = self.inner.matmul
        found = matmul(a, b)
        da = None if da is None else matmul(da, b)
        db = None if db is None else matmul(a, db)
        return self.pair(found, self._sum(found, da, db))

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number; numbers that tie share the tangent evenly."""
        return self._extreme(self.inner.amax, x, axis, keepdims=keepdims)

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number; numbers that tie share the tangent evenly."""
        return self._extreme(self.inner.amin, x, axis, keepdims=keepdims)

    def _extreme(self, extreme: Callable[..., Value], x: Value, axis: Axis, *, keepdims: bool) -> Pair:
        value, tangent = self.parts(x)
        found = extreme(value, axis, keepdims)
        if tangent is None:
            return self.pair(found)
        inner = self.inner
        is_extreme = inner.equal(value, extreme(value, axis, True))
        count = inner.sum(inner.where(is_extreme, inner.ones_like(value), 0), axis, keepdims)
        return self.pair(found, inner.divide(inner.sum(inner.where(is_extreme, tangent, 0), axis, keepdims), count))
