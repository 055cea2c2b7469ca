"""What a domain (a kind of value) offers to layers, to the executor, and to whoever shows or compares values.

Glossary: `x`, `y` values; `like` a value whose shape counts; `axis` None (all), a number, or a tuple of numbers; a
*condition* is what a comparison gives: true or false, for each element where there are several.

Values have the operators `+ - * / % **`, the unary minus, `abs`, the comparisons `< <= > >=` and indexing; conditions
have `&` and `|`. Nothing else may be asked of them: a value may refuse `bool()`, `float()`, hashing and `==`, which are
about Python objects and not about numbers; for the last there is `equal`. A layer that divides by what may be 0 calls
`divide`, as the operator may raise. Python numbers go along with the values of every domain.

Functions follow NumPy and IEEE 754 wherever the domain can: `divide(1, 0)` is inf, `log(-1)` is nan, nothing raises.
A function that a domain lacks raises DomainError. What none overrides is written here once, from the others.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

from backpropcli.domains.functions import Functions, Value

__all__ = ["Axis", "Domain", "Over", "Shape", "Value"]

Axis = int | tuple[int, ...] | None
Shape = tuple[int, ...]


class Over(NamedTuple):
    """A divisor among the factors of `Domain.times`."""

    divisor: Value


class Domain(Functions):
    """The functions of one kind of value. An object may have state: a domain that it is built on, a tape."""

    name: str
    """What the domain is asked for by: `exact`."""
    title: str
    """What messages call the values: `exact fractions`."""
    guard: Callable[[Value], None] | None = None
    """Refuses a value that has grown too large to go on with; None where values cannot grow."""
    is_scalar: bool = False
    """Whether every value is a single number, without axes."""
    array_domain: Domain | None = None
    """The domain of arrays of these numbers, once somebody has asked for it."""
    is_exact: bool = False
    """Whether arithmetic never rounds."""
    shows_text: bool = False
    """Whether the numbers to show are more than a float can hold, so that JSON has them as text."""
    computes_by_lines: bool = False
    """Whether layers compute by their textbook lines, as the code of their classes is made for float64."""
    epsilon: float = 2.0**-52
    """The relative error of one operation; 0 where arithmetic is exact."""

    # How values come to be.

    @abstractmethod
    def number(self, text: str, /) -> Value:
        """The plain number that a text is, in the grammar of `literals.NUMBER`, or `pi` or `e`; Python may compare it.

        Raises DataError for another text, DomainError for a number that the domain cannot hold.
        """

    @abstractmethod
    def constants(self, texts: Iterable[str], inputs: Iterable[Value], /) -> list[Value]:
        """The values of the numbers in formulas, no wider than the `inputs` that they meet."""

    @abstractmethod
    def convert(self, value: Value, /, dtype: str = "float64") -> Value:
        """A value that Python code hands in (an int, a list, ...) as a value of this domain; `dtype` is for arrays.

        What is a value of this domain already is copied if it can be changed in place.
        """

    def lent(self, _value: Value, /, _dtype: str = "float64") -> Value | None:
        """A value to be read where it is, if it need not be converted; it may be changed once the run is over."""
        return None

    def apart(self, found: Sequence[Value | None], _lent: Iterable[Value], /) -> Sequence[Value | None]:
        """What was found, with copies in place of what would change with one of the lent values."""
        return found

    def accept(self, value: Value, /) -> Value:
        """What a user's own layer returned, as layers take it. Raises DataError for what holds no real numbers."""
        return value

    def __reduce__(self) -> tuple[Callable[..., Domain], tuple[Any, ...]]:
        """Go to another process by name; a domain with state says how it is made."""
        from backpropcli.domains import domain

        return domain, (self.name,)

    def includes(self, other: Domain) -> bool:
        """Whether values of another domain may stand among those of this one."""
        return other.is_python

    is_python: bool = False
    """Whether the values are Python's own numbers."""

    def quiet(self) -> AbstractContextManager[object]:
        """A context in which arithmetic gives inf and nan without warnings."""
        return nullcontext()

    # What a value holds.

    @abstractmethod
    def shape(self, x: Value, /) -> Shape:
        """The lengths of the axes; () for a number."""

    @abstractmethod
    def size(self, x: Value, /) -> int:
        """How many numbers `x` holds."""

    @abstractmethod
    def numbers(self, x: Value, /) -> Any:
        """The numbers to show: a float or a fraction, or nested lists of them."""

    @abstractmethod
    def type_name(self, x: Value, /) -> str:
        """What the numbers of `x` are called: float64, fraction."""

    @abstractmethod
    def elements(self, x: Value, /) -> list[Value]:
        """The single values that x holds, row by row."""

    def flat(self, x: Value, /) -> list[Any]:
        """The numbers to show, row by row."""
        numbers = self.numbers(self.reshape(x, (-1,))) if self.shape(x) else [self.numbers(x)]
        return list(numbers)

    @abstractmethod
    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to a single number."""

    @abstractmethod
    def is_finite(self, x: Value, /) -> bool:
        """Whether no part of `x` is infinite or nan."""

    def proves_finite(self, x: Value, /) -> bool:
        """Whether what layers that carry inf and nan made `x` of must be finite: it has numbers, and all are."""
        return self.size(x) > 0 and self.is_finite(x)

    # The range and the precision of the numbers; those that have no limits need nothing of this.

    def nears_limits(self, _x: Value, /) -> bool:
        """Whether a part of x is so large or so small that a product with it may leave the range."""
        return False

    def times(self, *factors: Value | Over) -> Value:
        """The product of the factors, from the left, also where parts of it leave the range; what is `Over` divides."""
        found, *others = factors
        for factor in others:
            found = self.divide(found, factor.divisor) if isinstance(factor, Over) else found * factor
        return found

    def wide(self, x: Value, /) -> Value:
        """The value x with more digits to compute with, where the domain has any."""
        return x

    def narrow(self, x: Value, _like: Value, /) -> Value:
        """The value x rounded to the digits that `like` has."""
        return x

    # Values in the shape of others.

    @abstractmethod
    def ones_like(self, x: Value, /) -> Value:
        """Ones in the shape of x."""

    @abstractmethod
    def zeros_like(self, x: Value, /) -> Value:
        """Zeros in the shape of x."""

    @abstractmethod
    def random_like(self, x: Value, seed: int, /) -> Value:
        """Numbers drawn evenly from [0, 1) in the shape of x; the same for the same seed."""

    # Axes.

    @abstractmethod
    def matmul(self, x: Value, y: Value, /) -> Value:
        """The matrix product over the last two axes, stacked over the others."""

    @abstractmethod
    def transpose(self, x: Value, /) -> Value:
        """The last two axes swapped."""

    @abstractmethod
    def permute_dims(self, x: Value, axes: tuple[int, ...], /) -> Value:
        """The axes in another order: axis i of the result is axis axes[i] of x."""

    @abstractmethod
    def reshape(self, x: Value, shape: Shape, /) -> Value:
        """The numbers of x, row by row, in another shape, one length of which may be -1: what is left."""

    @abstractmethod
    def concat(self, xs: Sequence[Value], axis: int, /) -> Value:
        """The values one after the other along an axis."""

    @abstractmethod
    def add_at(self, x: Value, key: Any, values: Value, /) -> Value:
        """A copy of x with the values added at `x[key]`, as often as a place occurs in it."""

    @abstractmethod
    def expand_dims(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """New axes of length 1 at the positions that they will have."""

    @abstractmethod
    def squeeze(self, x: Value, axis: int | tuple[int, ...], /) -> Value:
        """The given axes, of length 1, taken away."""

    @abstractmethod
    def broadcast_to(self, x: Value, shape: Shape, /) -> Value:
        """The value x repeated to the shape. Raises ValueError when it does not fit."""

    @abstractmethod
    def unbroadcast(self, gradient: Value, like: Value, /) -> Value:
        """The gradient summed over the axes along which `like` was broadcast."""

    @abstractmethod
    def sum(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The sum over the axes, which go, or stay with length 1 when `keepdims` holds."""

    @abstractmethod
    def amax(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The largest number along the axes; nan where any is nan, -inf where there is none."""

    @abstractmethod
    def amin(self, x: Value, axis: Axis = None, keepdims: bool = False, /) -> Value:
        """The smallest number along the axes; nan where any is nan, inf where there is none."""

    @abstractmethod
    def cumsum(self, x: Value, axis: int, /) -> Value:
        """The running sum along the axis."""

    @abstractmethod
    def pad(self, x: Value, widths: tuple[tuple[int, int], ...], fill: float, /) -> Value:
        """The value x with so many `fill`s before and after it along each axis."""

    @abstractmethod
    def tril(self, x: Value, /) -> Value:
        """The lower triangle of the last two axes, with its diagonal; zeros above."""

    @abstractmethod
    def unfold(self, x: Value, kernel: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The windows that slide over the last two axes: (..., kernel height, kernel width, rows, columns)."""

    @abstractmethod
    def fold(self, windows: Value, shape: Shape, stride: Shape, dilation: Shape, /) -> Value:
        """The sum of windows over the places that they came from: the transpose of unfold."""

    # Values that are no quantities: they choose, and have no gradient.

    @abstractmethod
    def as_indices(self, x: Value, count: int, name: str, /) -> Value:
        """Whole numbers from 0 to count - 1, to index with; DataError says which `name` is none."""

    @abstractmethod
    def one_hot(self, labels: Value, count: int, axis: int, /) -> Value:
        """Class numbers as ones among zeros along a new axis of length `count`; DataError names one out of range."""

    @abstractmethod
    def as_mask(self, x: Value, name: str, /) -> Value:
        """Zeros and ones as a condition; DataError if `name` holds another number."""
