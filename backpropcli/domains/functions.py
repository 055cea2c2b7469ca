"""The elementwise functions of a domain: each number of the result depends on the numbers at its own place alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

Value = Any  # of some domain: layers never look at its type, and neither can the type checker


class Functions(ABC):
    """What every domain computes number by number, as NumPy and IEEE 754 do wherever it can; nothing raises."""

    @abstractmethod
    def exp(self, x: Value, /) -> Value:
        """The base e to the power of x."""

    @abstractmethod
    def expm1(self, x: Value, /) -> Value:
        """The exponential minus 1, exact also for a small x."""

    @abstractmethod
    def log(self, x: Value, /) -> Value:
        """The natural logarithm: -inf at 0, nan below."""

    @abstractmethod
    def log1p(self, x: Value, /) -> Value:
        """The natural logarithm of 1 + x, exact also for a small x: -inf at -1, nan below."""

    @abstractmethod
    def logaddexp(self, x: Value, y: Value, /) -> Value:
        """The natural logarithm of exp(x) + exp(y), exact also where it is near 0."""

    @abstractmethod
    def log2(self, x: Value, /) -> Value:
        """The logarithm to the base 2, a whole number of a power of two: -inf at 0, nan below."""

    @abstractmethod
    def log10(self, x: Value, /) -> Value:
        """The logarithm to the base 10, a whole number of a power of ten: -inf at 0, nan below."""

    @abstractmethod
    def sqrt(self, x: Value, /) -> Value:
        """The square root that is not negative: nan below 0."""

    @abstractmethod
    def power_of_two(self, x: Value, /) -> Value:
        """A power of two near |x|, to scale by without rounding: |x| is less than twice as large; 0.5 where x is 0.

        In a domain whose numbers neither overflow nor vanish it is 1.
        """

    @abstractmethod
    def sin(self, x: Value, /) -> Value:
        """The sine of x radians; nan where x is infinite."""

    @abstractmethod
    def cos(self, x: Value, /) -> Value:
        """The cosine of x radians; nan where x is infinite."""

    @abstractmethod
    def asin(self, x: Value, /) -> Value:
        """The angle from -pi/2 to pi/2 whose sine is x; nan where |x| is above 1."""

    @abstractmethod
    def acos(self, x: Value, /) -> Value:
        """The angle from 0 to pi whose cosine is x; nan where |x| is above 1."""

    @abstractmethod
    def atan(self, x: Value, /) -> Value:
        """The angle from -pi/2 to pi/2 whose tangent is x."""

    @abstractmethod
    def atan2(self, y: Value, x: Value, /) -> Value:
        """The angle from -pi to pi of the point (x, y), 0 where both are 0; the sign of a zero y tells its side."""

    @abstractmethod
    def asinh(self, x: Value, /) -> Value:
        """The number whose hyperbolic sine is x."""

    @abstractmethod
    def acosh(self, x: Value, /) -> Value:
        """The number from 0 on whose hyperbolic cosine is x; nan where x is below 1."""

    @abstractmethod
    def atanh(self, x: Value, /) -> Value:
        """The number whose hyperbolic tangent is x: an infinity where |x| is 1, nan above."""

    @abstractmethod
    def tanh(self, x: Value, /) -> Value:
        """The hyperbolic tangent."""

    @abstractmethod
    def erf(self, x: Value, /) -> Value:
        """The error function."""

    @abstractmethod
    def floor(self, x: Value, /) -> Value:
        """The largest whole number that is not above x; infinities and nan are themselves."""

    @abstractmethod
    def divide(self, x: Value, y: Value, /) -> Value:
        """The quotient x / y, also where y is 0: signed infinity, or nan for 0 / 0."""

    @abstractmethod
    def power(self, x: Value, y: Value, /) -> Value:
        """The power x ** y: 0**0 is 1, 0**-1 is inf; nan where the result is not real."""

    @abstractmethod
    def maximum(self, x: Value, y: Value, /) -> Value:
        """The larger of x and y; nan where either is nan."""

    @abstractmethod
    def minimum(self, x: Value, y: Value, /) -> Value:
        """The smaller of x and y; nan where either is nan."""

    @abstractmethod
    def equal(self, x: Value, y: Value, /) -> Value:
        """The condition that x and y are the same number; nan is none."""

    @abstractmethod
    def is_nan(self, x: Value, /) -> Value:
        """The condition that x is nan."""

    @abstractmethod
    def where(self, condition: Value, x: Value, y: Value, /) -> Value:
        """Either x where the condition holds or y elsewhere, both already computed; a constant has the other's type."""

    def detached(self, x: Value, /) -> Value:
        """The value x as a constant: one that no derivative looks behind."""
        return x
