"""Values of our own making: their operators are functions of their domain.

An operand has the operators that `base` declares and refuses all else that Python would do with a number: what decides
by `if`, rounds by `float` or compares by `==` would look behind a value that may stand for many, or for none yet.
"""

from __future__ import annotations

import operator
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

from backpropcli.domains.base import Domain, Value
from backpropcli.errors import DomainError

Operator = Callable[..., Any]  # a function of the module `operator`


class OperandDomain(Domain):
    """A domain whose values are operands."""

    @abstractmethod
    def unary(self, function: Operator, x: Value, /) -> Value:
        """An operator of one value: neg or abs."""

    @abstractmethod
    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """An operator of two values, a comparison, or `&` or `|` of two conditions."""

    def element(self, _x: Value, _key: Any, /) -> Value:
        """The part of x that a key stands for."""
        raise TypeError(f"{self.title} have no places to index")


class Operand:
    """A value that knows its domain."""

    __slots__ = ("domain",)
    __hash__: ClassVar[None]  # type: ignore[assignment] # equal numbers may be different values
    __array_ufunc__ = None  # so that NumPy leaves `array + operand` to the operand

    domain: OperandDomain

    def __neg__(self) -> Value:
        return self.domain.unary(operator.neg, self)

    def __abs__(self) -> Value:
        return self.domain.unary(operator.abs, self)

    def __add__(self, other: Value) -> Value:
        return self.domain.binary(operator.add, self, other)

    def __radd__(self, other: Value) -> Value:
        return self.domain.binary(operator.add, other, self)

    def __sub__(self, other: Value) -> Value:
        return self.domain.binary(operator.sub, self, other)

    def __rsub__(self, other: Value) -> Value:
        return self.domain.binary(operator.sub, other, self)

    def __mul__(self, other: Value) -> Value:
        return self.domain.binary(operator.mul, self, other)

    def __rmul__(self, other: Value) -> Value:
        return self.domain.binary(operator.mul, other, self)

    def __truediv__(self, other: Value) -> Value:
        return self.domain.binary(operator.truediv, self, other)

    def __rtruediv__(self, other: Value) -> Value:
        return self.domain.binary(operator.truediv, other, self)

    def __mod__(self, other: Value) -> Value:
        return self.domain.binary(operator.mod, self, other)

    def __rmod__(self, other: Value) -> Value:
        return self.domain.binary(operator.mod, other, self)

    def __pow__(self, other: Value) -> Value:
        return self.domain.power(self, other)

    def __rpow__(self, other: Value) -> Value:
        return self.domain.power(other, self)

    def __lt__(self, other: Value) -> Value:
        return self.domain.binary(operator.lt, self, other)

    def __le__(self, other: Value) -> Value:
        return self.domain.binary(operator.le, self, other)

    def __gt__(self, other: Value) -> Value:
        return self.domain.binary(operator.gt, self, other)

    def __ge__(self, other: Value) -> Value:
        return self.domain.binary(operator.ge, self, other)

    def __and__(self, other: Value) -> Value:
        return self.domain.binary(operator.and_, self, other)

    def __rand__(self, other: Value) -> Value:
        return self.domain.binary(operator.and_, other, self)

    def __or__(self, other: Value) -> Value:
        return self.domain.binary(operator.or_, self, other)

    def __ror__(self, other: Value) -> Value:
        return self.domain.binary(operator.or_, other, self)

    def __getitem__(self, key: Any) -> Value:
        return self.domain.element(self, key)

    __iter__ = None  # or Python would try 0, 1, 2, ... as keys

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("values are compared by namespace(x, y).equal(x, y)")

    def __ne__(self, other: object) -> NoReturn:
        raise TypeError("values are compared by namespace(x, y).equal(x, y)")

    def __bool__(self) -> NoReturn:
        raise DomainError(f"{self.domain.title} decide nothing in Python")

    def __float__(self) -> NoReturn:
        raise DomainError(f"{self.domain.title} are no floats")
