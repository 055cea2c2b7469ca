"""What a number system offers to layers, to the executor and to the renderers.

Glossary: `x`, `y` values; `like` a value whose shape counts; `axis` None (all), a number, or a tuple of numbers.
Functions follow NumPy and IEEE 754 wherever the domain can: `divide(1, 0)` is inf, `log(-1)` is nan, nothing raises.
A function that a domain lacks raises DomainError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to a single number."""

    def is_finite(self, x: Value, /) -> bool:
        """Whether no part of `x` is infinite or nan."""

    def shape(self, x: Value, /) -> Shape:
        """The lengths of the axes; () for a number."""

    def size(self, x: Value, /) -> int:
        """How many numbers `x` holds."""

    def exp(self, x: Value, /) -> Value:
        """The base e to the power of x."""

    def expm1(self, x: Value, /) -> Value:
        """The exponential minus 1, exact also for a small x."""

    def log(self, x: Value, /) -> Value:
        """The natural logarithm."""

    def log1p(self, x: Value, /) -> Value:
        """The natural logarithm of 1 + x, exact also for a small x."""

    def sqrt(self, x: Value, /) -> Value:
        """The square root that is not negative."""

    def power_of_two(self, x: Value, /) -> Value:
        """A power of two near |x|, to scale by without rounding: |x| is less than twice as large; 0.5 where x is 0.

        In a domain whose numbers neither overflow nor vanish it is 1.
        """

    def sin(self, x: Value, /) -> Value:
        """The sine of x radians; nan where x is infinite."""

    def cos(self, x: Value, /) -> Value:
        """The cosine of x radians; nan where x is infinite."""

    def tanh(self, x: Value, /) -> Value:
        """The hyperbolic tangent."""

    def erf(self, x: Value, /) -> Value:
        """The error function."""

    def divide(self, x: Value, y: Value, /) -> Value:
        """The quotient x / y, also where y is 0."""

    def power(self, x: Value, y: Value, /) -> Value:
        """The power x ** y; nan where the result is not real."""

    def maximum(self, x: Value, y: Value, /) -> Value:
        """The larger of x and y; nan where either is nan."""

    def minimum(self, x: Value, y: Value, /) -> Value:
        """The smaller of x and y; nan where either is nan."""

    def equal(self, x: Value, y: Value, /) -> Value:
        """Whether x and y are the same number, as a condition; nan is equal to nothing."""

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

    def permute_dims(self, x: Value, axes: tuple[int, ...], /) -> Value:
        """The axes in another order: axis i of the result is axis axes[i] of x."""

    def reshape(self, x: Value, shape: Shape, /) -> Value:
        """The numbers of x, row by row, in another shape, one length of which may be -1: what is left."""

    def concat(self, xs: Sequence[Value], axis: int, /) -> Value:
        """The values one after the other along an axis."""

    def add_at(self, x: Value, key: Any, values: Value, /) -> Value:
        """A copy of x with the values added at `x[key]`, as often as a place occurs in it."""

    def expand_dims(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """New axes of length 1 at the positions that they will have."""

    def squeeze(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """The given axes, of length 1, taken away."""

    def sum(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The sum over the axes, which go, or stay with length 1 when `keepdims` holds."""

    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number along the axes; nan where any is nan, -inf where there is none."""

    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number along the axes; nan where any is nan, inf where there is none."""

    def cumsum(self, x: Value, axis: int, /) -> Value:
        """The running sum along the axis."""

    def pad(self, x: Value, widths: tuple[tuple[int, int], ...], fill: float, /) -> Value:
        """The value x with so many `fill`s before and after it along each axis."""

    def tril(self, x: Value, /) -> Value:
        """The lower triangle of the last two axes, with its diagonal; zeros above."""

    def unfold(self, x: Value, kernel: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The windows that slide over the last two axes: (..., kernel height, kernel width, rows, columns)."""

    def fold(self, windows: Value, shape: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The sum of windows over the places that they came from: the transpose of unfold."""

    def as_indices(self, x: Value, count: int, name: str, /) -> Value:
        """Whole numbers from 0 to count - 1, to index with; DataError says which `name` is none."""

    def one_hot(self, labels: Value, count: int, axis: int, /) -> Value:
        """Class numbers as ones among zeros along a new axis of length `count`; DataError names one out of range."""

    def as_mask(self, x: Value, name: str, /) -> Value:
        """Zeros and ones as a condition; DataError if `name` holds another number."""

    def random_like(self, x: Value, seed: int, /) -> Value:
        """Numbers drawn evenly from [0, 1) in the shape of x; the same for the same seed."""

    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """The value x repeated to the shape. Raises ValueError when it does not fit."""

    def unbroadcast(self, gradient: Value, like: Value, /) -> Value:
        """The gradient summed over the axes along which `like` was broadcast."""
