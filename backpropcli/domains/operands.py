"""Values of our own making: their operators are functions of their domain.

An operand has the operators that `base` declares and refuses all else that Python would do with a number: what decides
by `if`, rounds by `float` or compares by `==` would look behind a value that may stand for many, or for none yet.
"""

from __future__ import annotations

import operator
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, NoReturn

from backpropcli.domains.base import Domain, Value
from backpropcli.errors import DomainError

Operator = Callable[..., Any]  # a function of the module `operator`
NAMES: dict[Operator, str] = {
    operator.neg: "neg",
    operator.abs: "abs",
    operator.add: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.truediv: "divide",
    operator.mod: "mod",
    operator.lt: "lt",
    operator.le: "le",
    operator.gt: "gt",
    operator.ge: "ge",
    operator.and_: "and",
    operator.or_: "or",
}
"""What domains that keep a record of operators call them."""
COMPARISONS: set[Operator] = {operator.lt, operator.le, operator.gt, operator.ge}


def _elementwise(function: str) -> Callable[..., Value]:
    """The method for an elementwise function."""

    def apply(self: OperandDomain, *xs: Value) -> Value:
        return self.elementwise(function, *xs)

    return apply


class OperandDomain(Domain):
    """A domain whose values are operands."""

    @abstractmethod
    def unary(self, function: Operator, x: Value, /) -> Value:
        """An operator of one value: neg or abs."""

    @abstractmethod
    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """An operator of two values, a comparison, or `&` or `|` of two conditions."""

    @abstractmethod
    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """An elementwise function by its name: exp, maximum, where."""

    exp, expm1 = _elementwise("exp"), _elementwise("expm1")
    log, log1p = _elementwise("log"), _elementwise("log1p")
    logaddexp, log2, log10 = _elementwise("logaddexp"), _elementwise("log2"), _elementwise("log10")
    sqrt, power_of_two = _elementwise("sqrt"), _elementwise("power_of_two")
    sin, cos = _elementwise("sin"), _elementwise("cos")
    asin, acos, atan = _elementwise("asin"), _elementwise("acos"), _elementwise("atan")
    atan2, floor = _elementwise("atan2"), _elementwise("floor")
    asinh, acosh, atanh = _elementwise("asinh"), _elementwise("acosh"), _elementwise("atanh")
    tanh, erf = _elementwise("tanh"), _elementwise("erf")
    divide, power = _elementwise("divide"), _elementwise("power")
    maximum, minimum = _elementwise("maximum"), _elementwise("minimum")
    equal, is_nan = _elementwise("equal"), _elementwise("is_nan")
    where = _elementwise("where")

    def element(self, _x: Value, _key: Any, /) -> Value:
        """The part of x that a key stands for."""
        raise TypeError(f"{self.title} have no places to index")


def _left(function: Operator) -> Callable[[Operand, Value], Value]:
    """The operator with the operand on its left."""

    def operate(self: Operand, other: Value) -> Value:
        return self.domain_with(other).binary(function, self, other)

    return operate


def _right(function: Operator) -> Callable[[Operand, Value], Value]:
    """The operator with the operand on its right."""

    def operate(self: Operand, other: Value) -> Value:
        return self.domain_with(other).binary(function, other, self)

    return operate


class Operand:
    """A value that knows its domain."""

    __slots__ = ("domain",)
    __array_ufunc__ = None  # so that NumPy leaves `array + operand` to the operand
    __iter__ = None  # or Python would try 0, 1, 2, ... as keys

    domain: OperandDomain

    def domain_with(self, other: Value) -> OperandDomain:
        """The domain of an operation on both: the one that is built on the other. Raises DomainError if none is."""
        if not isinstance(other, Operand) or self.domain.includes(other.domain):
            return self.domain
        if other.domain is not self.domain and not other.domain.includes(self.domain):
            raise DomainError(f"{self.domain.title} and {other.domain.title} cannot be mixed")
        return other.domain

    def __neg__(self) -> Value:
        return self.domain.unary(operator.neg, self)

    def __abs__(self) -> Value:
        return self.domain.unary(operator.abs, self)

    __add__, __radd__ = _left(operator.add), _right(operator.add)
    __sub__, __rsub__ = _left(operator.sub), _right(operator.sub)
    __mul__, __rmul__ = _left(operator.mul), _right(operator.mul)
    __truediv__, __rtruediv__ = _left(operator.truediv), _right(operator.truediv)
    __mod__, __rmod__ = _left(operator.mod), _right(operator.mod)
    __and__, __rand__ = _left(operator.and_), _right(operator.and_)
    __or__, __ror__ = _left(operator.or_), _right(operator.or_)
    __lt__, __le__ = _left(operator.lt), _left(operator.le)
    __gt__, __ge__ = _left(operator.gt), _left(operator.ge)

    def __pow__(self, other: Value) -> Value:
        return self.domain_with(other).power(self, other)

    def __rpow__(self, other: Value) -> Value:
        return self.domain_with(other).power(other, self)

    def __getitem__(self, key: Any) -> Value:
        return self.domain.element(self, key)

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("values are compared by namespace(x, y).equal(x, y)")

    def __ne__(self, other: object) -> NoReturn:
        raise TypeError("values are compared by namespace(x, y).equal(x, y)")

    def __hash__(self) -> NoReturn:
        raise TypeError(f"unhashable type: {type(self).__name__}, whose == tells nothing")

    def __bool__(self) -> NoReturn:
        raise DomainError(f"{self.domain.title} decide nothing in Python")

    def __float__(self) -> NoReturn:
        raise DomainError(f"{self.domain.title} are no floats")
