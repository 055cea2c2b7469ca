"""Traced numbers: values that record the operations that made them on a tape.

A tape is a list of operations in the order of evaluation. Each has a slot, its place on the tape; the same operation on
the same slots is recorded once (hash-consing), and one on constants is computed at once (folding). Every slot also
holds the number that it had in this run, which nothing may decide by: a layer that needs it, to index with or as a
mask, fixes the inputs that it came from, and the tape says which.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from backpropcli.domains.base import Domain, Over, Value
from backpropcli.domains.operands import NAMES, Operand, OperandDomain, Operator
from backpropcli.domains.ranges import scaling_by_functions, times
from backpropcli.domains.scalars import ScalarDomain
from backpropcli.errors import DomainError, Problem

MAX_OPERATIONS = 200_000
INPUT, CONSTANT = "input", "constant"


Rewriting = Callable[..., Value]
"""A function of a tape and of operands that does an operation by others."""


class Operation(NamedTuple):
    """What made the number of a slot: the name of an operator or of a function of domains, and the slots it took.

    An input has the place it is at (its name and its index) in `label`, a constant the number itself.
    """

    name: str
    operands: tuple[int, ...]
    label: Any = None


class Traced(Operand):
    """The number in a slot of a tape."""

    __slots__ = ("slot",)
    domain: Tape

    def __init__(self, domain: Tape, slot: int) -> None:
        self.domain = domain
        self.slot = slot

    def __repr__(self) -> str:
        return f"Traced({self.domain.operations[self.slot].name}, {self.domain.values[self.slot]!r})"


class Tape(OperandDomain, ScalarDomain):
    """Traced numbers over the scalar domain `inner`; each tape is a domain of its own.

    `rewritings` are for operations that a language lacks, by name: others are recorded in their place. A program that
    `reaches_limits` has all that it takes for numbers near the ends of the range, which is several times as much.

    >>> from backpropcli.domains import domain
    >>> tape = Tape(domain("floats"))
    >>> x = tape.input("x", (), 3.0)
    >>> x * x + 2 * 3, [operation.name for operation in tape.operations]
    (Traced(add, 15.0), ['input', 'mul', 'constant', 'add'])
    """

    name = "traced"
    title = "traced numbers"

    def __init__(
        self, inner: Domain, rewritings: Mapping[str, Rewriting] | None = None, *, reaches_limits: bool = False
    ) -> None:
        self.inner = inner
        self.rewritings = rewritings or {}
        self.reaches_limits = reaches_limits
        self.is_exact = inner.is_exact
        self.epsilon = inner.epsilon
        self.operations: list[Operation] = []
        self.values: list[Value] = []
        self.fixed: set[int] = set()
        """The slots of the inputs whose numbers of this run the program keeps."""
        self._slots: dict[Operation, int] = {}

    def __reduce__(self) -> tuple[Callable[..., Domain], tuple[Any, ...]]:
        raise TypeError("a tape stays in the process that records on it")

    def input(self, name: str, index: tuple[int, ...], value: Value) -> Traced:
        """A number that the program is a function of: the one at `index` in the input of that name."""
        return self._kept(Operation(INPUT, (), (name, index)), value)

    def includes(self, other: Domain) -> bool:
        """Whether they are inner numbers, or go along with them."""
        return other is self.inner or self.inner.includes(other)

    def number(self, text: str, /) -> Value:
        """A number of the inner domain: it depends on nothing."""
        return self.inner.number(text)

    def constants(self, texts: Iterable[str], _inputs: Iterable[Value], /) -> list[Value]:
        """The numbers as constants of the program."""
        return [self.convert(self.inner.number(text)) for text in texts]

    def convert(self, value: Value, /, _dtype: str = "float64") -> Traced:
        """A traced number as it is; any other as a constant."""
        if isinstance(value, Traced) and value.domain is self:
            return value
        return self._constant(self.inner.convert(value))

    def quiet(self) -> AbstractContextManager[object]:
        """As quiet as the inner domain."""
        return self.inner.quiet()

    def numbers(self, x: Value, /) -> Any:
        """The number of this run."""
        return self.inner.numbers(self._value(x))

    def type_name(self, x: Value, /) -> str:
        """What the inner numbers are called."""
        return self.inner.type_name(self._value(x))

    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to the number of this run, which fixes the inputs that it came from."""
        self._fix(x)
        return self.inner.rounded(self._value(x))

    def is_finite(self, _x: Value, /) -> bool:
        """A program has no numbers yet that could be infinite."""
        return True

    def nears_limits(self, _x: Value, /) -> bool:
        """Whether a number may be near the ends of the range in some run that counts."""
        return self.reaches_limits

    def times(self, *factors: Value | Over) -> Value:
        """The product, where the program reaches the limits, as if the exponents had none until the end."""
        return times(self, scaling_by_functions(self), factors) if self.reaches_limits else super().times(*factors)

    def unary(self, function: Operator, x: Value, /) -> Value:
        """The operator, recorded."""
        return self._record(NAMES[function], function, x)

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """The operator, recorded; division as of a domain, which does not raise at 0."""
        return self._record(NAMES[function], self.inner.divide if function is operator.truediv else function, x, y)

    def elementwise(self, function: str, /, *xs: Value) -> Value:
        """The function, recorded."""
        return self._record(function, getattr(self.inner, function), *xs)

    def where(self, condition: Value, x: Value, y: Value, /) -> Value:
        """Recorded, but for a condition that is constant, and for two values that are one."""
        chooser = condition if isinstance(condition, Traced) else self._constant(condition)
        x, y = self.convert(x), self.convert(y)
        if x.slot == y.slot:
            return x
        if self.operations[chooser.slot].name == CONSTANT:
            return x if self.values[chooser.slot] else y
        return self.elementwise("where", chooser, x, y)

    def ones_like(self, _x: Value, /) -> Value:
        """The constant 1."""
        return self._constant(self.inner.number("1"))

    def zeros_like(self, _x: Value, /) -> Value:
        """The constant 0."""
        return self._constant(self.inner.number("0"))

    def random_like(self, x: Value, seed: int, /) -> Value:
        """The number of this seed, as a constant."""
        return self._constant(self.inner.random_like(x, seed))

    def as_mask(self, x: Value, name: str, /) -> Value:
        """The condition of this run, which fixes the inputs that it came from."""
        self._fix(x)
        return self.inner.as_mask(self._value(x), name)

    def _value(self, x: Value) -> Value:
        """The number of this run."""
        return self.values[x.slot] if isinstance(x, Traced) else x

    def _constant(self, value: Value) -> Traced:
        key = (type(value), repr(value))  # 0.0 and -0.0 are two constants, nan and nan one
        return self._kept(Operation(CONSTANT, (), key), value)

    def _record(self, name: str, function: Callable[..., Value], *operands: Value) -> Traced:
        """The result of an operation, recorded unless it is so already, or its operands are all constants."""
        taken = [x if isinstance(x, Traced) else self._constant(self._plain(x)) for x in operands]
        value = function(*(self.values[x.slot] for x in taken))
        if all(self.operations[x.slot].name == CONSTANT for x in taken):
            return self._constant(value)
        if (same := self._factor_beside_one(name, taken)) is not None:
            return same
        if (rewriting := self.rewritings.get(name)) is not None:
            return self.convert(rewriting(self, *taken))
        return self._kept(Operation(name, tuple(x.slot for x in taken)), value)

    def _factor_beside_one(self, name: str, operands: Sequence[Traced]) -> Traced | None:
        """The factor that a product with 1, or a quotient by it, is."""
        if name not in {"mul", "divide"}:
            return None
        x, y = operands
        if self._is_one(y):
            return x
        return y if name == "mul" and self._is_one(x) else None

    def _is_one(self, x: Traced) -> bool:
        return self.operations[x.slot].name == CONSTANT and self.values[x.slot] == 1

    def _plain(self, x: Value) -> Value:
        """A Python number as one of the inner domain, a condition as it is."""
        return x if isinstance(x, bool) else self.inner.convert(x)

    def _kept(self, operation: Operation, value: Value) -> Traced:
        slot = self._slots.get(operation)
        if slot is None:
            slot = self._slots[operation] = len(self.operations)
            if slot >= MAX_OPERATIONS:
                message = f"the run takes more than {MAX_OPERATIONS:,} operations, the most that are recorded"
                raise DomainError(Problem(message, hint="arrays of fewer numbers take fewer operations"))
            self.operations.append(operation)
            self.values.append(value)
        return Traced(self, slot)

    def _fix(self, x: Value) -> None:
        """Keep the numbers of the inputs that a number came from."""
        todo = [x.slot] if isinstance(x, Traced) else []
        seen = set(todo)
        while todo:
            slot = todo.pop()
            operation = self.operations[slot]
            if operation.name == INPUT:
                self.fixed.add(slot)
            new = set(operation.operands) - seen
            seen |= new
            todo += new
