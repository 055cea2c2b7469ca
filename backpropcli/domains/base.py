"""What a number system offers to layers, to the executor and to the renderers.

Glossary: `x`, `y` values; `like` a value whose shape counts; `axis` None (all), a number, or a tuple of numbers.
Functions follow NumPy and IEEE 754 wherever the domain can: `divide(1, 0)` is inf, `log(-1)` is nan, nothing raises.
A function that a domain lacks raises DomainError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

Value = Any  # a number of some domain: layers never look at its type, and neither can the type checker
Axis = int | tuple[int, ...] | None
Shape = tuple[int, ...]


class Domain(Protocol):
    """The functions of one number system; a module is one."""

    name: str
    guard: Callable[[Value], None] | None
    """Refuses a value that has grown too large to go on with; None where values cannot grow."""

    def number(self, text: str, /) -> Value:
        """The value of a number as text, in the grammar of `literals.NUMBER`."""

    def constants(self, texts: Iterable[str], inputs: Iterable[Value], /) -> list[Value]:
        """The values of the numbers in formulas, no wider than the `inputs` that they meet."""

    def convert(self, value: Value, /, dtype: str = "float64") -> Value:
        """A value that Python code hands in (an int, a list, ...) as a value of this domain; `dtype` is for arrays."""

    def quiet(self) -> AbstractContextManager[object]:
        """A context in which arithmetic gives inf and nan without warnings."""

    def is_finite(self, x: Value, /) -> bool:
        """Whether no part of `x` is infinite or nan."""

    def shape(self, x: Value, /) -> Shape:
        """The lengths of the axes; () for a number."""

    def size(self, x: Value, /) -> int:
        """How many numbers `x` holds."""

    def exp(self, x: Value, /) -> Value:
        """The base e to the power of x."""

    def log(self, x: Value, /) -> Value:
        """The natural logarithm."""

    def sqrt(self, x: Value, /) -> Value:
        """The square root that is not negative."""

    def tanh(self, x: Value, /) -> Value:
        """The hyperbolic tangent."""

    def divide(self, x: Value, y: Value, /) -> Value:
        """The quotient x / y, also where y is 0."""

    def power(self, x: Value, y: Value, /) -> Value:
        """The power x ** y; nan where the result is not real."""

    def maximum(self, x: Value, y: Value, /) -> Value:
        """The larger of x and y; nan where either is nan."""

    def minimum(self, x: Value, y: Value, /) -> Value:
        """The smaller of x and y; nan where either is nan."""

    def where(self, condition: Value, x: Value, y: Value, /) -> Value:
        """Either x where the condition holds or y elsewhere, both already computed; a constant has the other's type."""

    def ones_like(self, x: Value, /) -> Value:
        """Ones in the shape of x."""

    def zeros_like(self, x: Value, /) -> Value:
        """Zeros in the shape of x."""

    def matmul(self, x: Value, y: Value, /) -> Value:
        """The matrix product over the last two axes, stacked over the others."""

    def transpose(self, x: Value, /) -> Value:
        """The last two axes swapped."""

    def expand_dims(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """New axes of length 1 at the positions that they will have."""

    def squeeze(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """The given axes, of length 1, taken away."""

    def sum(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The sum over the axes, which go, or stay with length 1 when `keepdims` holds."""

    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """The value x repeated to the shape."""

    def unbroadcast(self, gradient: Value, like: Value, /) -> Value:
        """The gradient summed over the axes along which `like` was broadcast."""
