"""Functions of real numbers at the ends of where they are defined: infinities and nan stand there as in IEEE 754.

Inside, a number's own function is called by its name. A branch is taken where the number decides it.
"""

from __future__ import annotations

import math

from backpropcli.domains.base import Value
from backpropcli.domains.operands import OperandDomain
from backpropcli.domains.scalars import ScalarDomain


class RealFunctions(ScalarDomain, OperandDomain):
    """A domain of single numbers whose elementwise functions are defined where they are real."""

    def _within(self, function: str, x: Value, *, is_inside: bool) -> Value:
        """The function where it is real, else nan."""
        return self.elementwise(function, x) if is_inside else self.convert(math.nan)

    def log(self, x: Value, /) -> Value:
        """The natural logarithm."""
        return self.convert(-math.inf) if self.equal(x, 0) else self._within("log", x, is_inside=self.convert(x) > 0)

    def log1p(self, x: Value, /) -> Value:
        """The natural logarithm of 1 + x."""
        is_at_end = self.equal(x, -1)
        return self.convert(-math.inf) if is_at_end else self._within("log1p", x, is_inside=self.convert(x) > -1)

    def log2(self, x: Value, /) -> Value:
        """The logarithm to the base 2."""
        return self.divide(self.log(x), self.log(2))

    def log10(self, x: Value, /) -> Value:
        """The logarithm to the base 10."""
        return self.divide(self.log(x), self.log(10))

    def logaddexp(self, x: Value, y: Value, /) -> Value:
        """The logarithm of exp(x) + exp(y)."""
        return self.log(self.exp(x) + self.exp(y))

    def asin(self, x: Value, /) -> Value:
        """The arcsine."""
        return self._within("asin", x, is_inside=abs(self.convert(x)) <= 1)

    def acos(self, x: Value, /) -> Value:
        """The arccosine."""
        return self._within("acos", x, is_inside=abs(self.convert(x)) <= 1)

    def acosh(self, x: Value, /) -> Value:
        """The inverse hyperbolic cosine."""
        return self._within("acosh", x, is_inside=self.convert(x) >= 1)

    def atanh(self, x: Value, /) -> Value:
        """The inverse hyperbolic tangent."""
        if self.equal(abs(self.convert(x)), 1):
            return x * self.convert(math.inf)
        return self._within("atanh", x, is_inside=abs(self.convert(x)) < 1)

    def atan(self, x: Value, /) -> Value:
        """The arctangent, which is pi / 2 at infinity."""
        if self.equal(abs(self.convert(x)), math.inf):
            return self.divide(self.number("pi") if self.convert(x) > 0 else -self.number("pi"), 2)
        return self.elementwise("atan", x)

    def atan2(self, y: Value, x: Value, /) -> Value:
        """The angle of the point (x, y), from the half plane that it is in; there is one zero."""
        half_turn, x, y = self.number("pi"), self.convert(x), self.convert(y)
        if x > 0:
            return self.atan(self.divide(y, x))
        if x < 0:
            return self.atan(self.divide(y, x)) + (-half_turn if y < 0 else half_turn)
        return self.divide(half_turn if y > 0 else -half_turn if y < 0 else self.zeros_like(y), 2)
