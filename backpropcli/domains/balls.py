"""Balls: real numbers between bounds that are certain, by python-flint; short fractions are exact.

A ball is a fraction, or an `arb`: a midpoint, and a radius that grows with every rounding. What a function makes of
balls encloses what it makes of the numbers in them, so that the digits on which both bounds agree are right. A branch
is taken only where the bounds decide it; where they do not, more digits may.

The only module that imports flint (the extra `certified`).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from backpropcli.domains import exact, floats
from backpropcli.domains.base import Value
from backpropcli.domains.operands import COMPARISONS, Operand, Operator
from backpropcli.domains.real_functions import RealFunctions
from backpropcli.errors import DomainError, Problem
from backpropcli.sources.literals import to_float
from backpropcli.text.certain import CertainNumber, certain_text, decimal_bounds, exact_text, has_all_digits

try:
    from flint import arb, ctx, fmpq
except ImportError:
    hint = "pip install 'backpropcli[certified]'"
    raise DomainError(Problem("digits that are certain need the package python-flint", hint=hint)) from None

BITS_OF_A_DIGIT = math.log2(10)
_SPARE_BITS = 10  # which no digit needs to be certain
_SPARE_DIGITS = 15  # of decimals that are yet to be rounded
_LONGEST = 4  # times the working precision, that a fraction may have: a longer one becomes a ball

Real = Any
"""A `fmpq`, an `arb` with finite bounds, or a float that is infinite or nan."""

_NEGATED = {
    operator.lt: operator.ge,
    operator.le: operator.gt,
    operator.gt: operator.le,
    operator.ge: operator.lt,
}
_FLOATS = floats.DOMAIN


class UndecidedError(DomainError):
    """A branch that the balls do not decide."""


class Ball(Operand):
    """A number of which bounds are known."""

    __slots__ = ("real",)
    domain: Balls

    def __init__(self, domain: Balls, real: Real) -> None:
        self.domain = domain
        self.real = real

    def __eq__(self, other: object) -> Any:
        """Whether they are the same number: a parameter is compared by Python."""
        return self.domain.equal(self, other)

    def __hash__(self) -> NoReturn:
        raise TypeError("unhashable type: Ball, of which equality may be undecided")

    def __str__(self) -> str:
        return self.domain.numbers(self).text

    def __repr__(self) -> str:
        return f"Ball({self})"


class Balls(RealFunctions):
    """Numbers of which `digits` are shown, computed with `working_digits`.

    >>> balls = Balls(20, 30)
    >>> with balls.quiet():
    ...     print(balls.numbers(balls.exp(balls.number("0.1"))).text, balls.numbers(balls.number("0.1") * 3).text)
    1.1051709180756476248 0.3
    """

    name = "balls"
    title = "certified digits"
    shows_text = True
    computes_by_lines = True

    def __init__(self, digits: int, working_digits: int) -> None:
        self.digits = digits
        self.working_digits = working_digits
        self.bits = int(working_digits * BITS_OF_A_DIGIT) + _SPARE_BITS
        self.epsilon = 2.0 ** -min(self.bits, 1000)
        self._constants: dict[str, Ball] = {}

    def __reduce__(self) -> tuple[Callable[..., Balls], tuple[Any, ...]]:
        return Balls, (self.digits, self.working_digits)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """A context in which flint computes with the digits of this domain."""
        before, ctx.prec = ctx.prec, self.bits
        try:
            yield
        finally:
            ctx.prec = before

    def number(self, text: str, /) -> Ball:
        """The number that a text is, not the float64 nearest to it."""
        lower = text.lower()
        if lower in {"pi", "e"}:
            return self._constant(lower)
        if lower.endswith(("inf", "nan")):
            return Ball(self, to_float(text))
        try:
            return self.convert(exact.DOMAIN.number(text))
        except DomainError:  # too long for a fraction, of which flint knows no bars
            if "/" in text:
                raise
        with self.quiet():
            return self._ball(arb(lower))

    def _constant(self, name: str) -> Ball:
        """The constant as one object, which is equal to itself."""
        if name not in self._constants:
            with self.quiet():
                self._constants[name] = Ball(self, arb.pi() if name == "pi" else arb.const_e())
        return self._constants[name]

    def convert(self, value: Value, /, _dtype: str = "float64") -> Ball:
        """A ball as it is; an int, a fraction or a float with exactly the value that it has."""
        if isinstance(value, Ball):
            return value
        value = value.item() if getattr(value, "shape", None) == () else value
        if isinstance(value, Fraction):
            return Ball(self, fmpq(value.numerator, value.denominator))
        value = value if isinstance(value, int) else _FLOATS.convert(value)
        return Ball(self, _as_real(value))

    def _real(self, x: Value) -> Real:
        return x.real if type(x) is Ball else self.convert(x).real

    def _ball(self, found: Real) -> Ball:
        """What was found: exact if it is, and a ball if it is exact and long.

        Raises DomainError for what has bounds at infinity.
        """
        if type(found) is arb:
            if not found.is_finite():
                raise DomainError("a number leaves the range in which digits can be certain")
            if found.is_exact():
                found = _as_fraction(found, _LONGEST * self.bits)
        elif type(found) is fmpq:
            if max(found.p.bit_length(), found.q.bit_length()) > _LONGEST * self.bits:
                found = arb(found)
        else:
            found = _as_real(found)
        return Ball(self, found)

    # What a number shows.

    def numbers(self, x: Value, /) -> CertainNumber:
        """The digits that are certain, and the float64 nearest to them."""
        with self.quiet():
            return CertainNumber(self.rounded(x), self._text(self._real(x)))

    def _text(self, x: Real) -> str:
        if type(x) is float:
            return repr(x)
        if type(x) is fmpq:
            return exact_text(int(x.p), int(x.q), self.digits)
        return certain_text(*self._bounds(x), self.digits)

    def _bounds(self, x: Real) -> tuple[Decimal, Decimal]:
        """Decimals between which x is, and hardly less near to each other than its own bounds."""
        return decimal_bounds(x.str(self.digits + _SPARE_DIGITS), self.digits + 2 * _SPARE_DIGITS)

    def is_certain(self, x: Value, /) -> bool:
        """Whether all the digits that are to be shown are certain."""
        real = self._real(x)
        if type(real) is not arb:
            return True
        with self.quiet():
            return has_all_digits(*self._bounds(real), self.digits)

    def type_name(self, _x: Value, /) -> str:
        """What people call these numbers."""
        return "certified"

    def rounded(self, x: Value, /) -> float:
        """The float64 nearest to the number, as far as it is known; 0 for none but 0."""
        real = self._real(x)
        if type(real) is float:
            return real
        found = float(arb(real))
        if found == 0 and not (type(real) is fmpq and real == 0):
            return math.copysign(5e-324, -1.0 if real < 0 else 1.0)
        return found

    def is_finite(self, x: Value, /) -> bool:
        """Whether x is neither infinite nor nan."""
        return type(self._real(x)) is not float

    def is_nan(self, x: Value, /) -> bool:
        """Whether x is nan."""
        real = self._real(x)
        return type(real) is float and math.isnan(real)

    # Arithmetic and comparisons.

    def unary(self, function: Operator, x: Value, /) -> Ball:
        """The operator."""
        return self._ball(function(self._real(x)))

    def binary(self, function: Operator, x: Value, y: Value, /) -> Value:
        """The operator; comparisons give Python's true or false, or raise UndecidedError."""
        a, b = self._real(x), self._real(y)
        if function in COMPARISONS:
            return self._holds(function, a, b)
        if function is operator.mod:
            return x - y * self.floor(self.divide(x, y))
        if not _are_finite(a, b):
            return self._ball(self._at_infinity(function, a, b))
        if function is operator.truediv:
            return self.divide(x, y)
        if a is b and function is operator.sub:
            return Ball(self, fmpq(0))
        return self._ball(function(a, b))

    def _holds(self, comparison: Operator, a: Real, b: Real) -> bool:
        """Whether a comparison holds of all numbers between the bounds."""
        if not (_is_number(a) and _is_number(b)):
            return False
        if a is b:
            return comparison in {operator.le, operator.ge}
        if type(a) is fmpq and type(b) is fmpq:
            return bool(comparison(a, b))
        a, b = arb(a), arb(b)
        if comparison(a, b):
            return True
        if not _NEGATED[comparison](a, b):
            self._refuse(a, b)
        return False

    def equal(self, x: Value, y: Value, /) -> bool:
        """Whether x and y are the same number."""
        a, b = self._real(x), self._real(y)
        if a is b:
            return _is_number(a)
        if type(a) is not arb and type(b) is not arb:
            return bool(a == b)
        if _are_finite(a, b) and arb(a).overlaps(arb(b)):
            self._refuse(a, b)
        return False

    def _refuse(self, a: Real, b: Real) -> NoReturn:
        shown = [str(x) if type(x) is fmpq else arb(x).str(_SHOWN) for x in (a, b)]
        raise UndecidedError(f"{shown[0]} and {shown[1]} cannot be told apart at {self.working_digits:,} digits")

    def _sign(self, x: Real) -> float:
        """1, -1 or 0 with the sign of x, or x itself where it is no finite number."""
        if type(x) is float:
            return x
        if type(x) is arb and x.contains(0):
            self._refuse(x, fmpq(0))
        return 1.0 if x > 0 else -1.0 if x < 0 else 0.0

    def _at_infinity(self, function: Operator, a: Real, b: Real) -> float:
        """What an operator makes of numbers one of which is infinite or nan: the sign of the other tells."""
        if function in {operator.add, operator.sub}:
            return float(function(a if type(a) is float else 0.0, b if type(b) is float else 0.0))
        x, y = self._sign(a), self._sign(b)
        return _FLOATS.divide(x, y) if function is operator.truediv else float(function(x, y))

    def divide(self, x: Value, y: Value, /) -> Ball:
        """The quotient x / y: infinity with the sign of x at y = 0, as there is one zero."""
        a, b = self._real(x), self._real(y)
        if not _are_finite(a, b):
            return self._ball(self._at_infinity(operator.truediv, a, b))
        if self._sign(b) == 0:
            return self._ball(_FLOATS.divide(self._sign(a), 0.0))
        return self._ball(fmpq(1) if a is b else a / b)

    def power(self, x: Value, y: Value, /) -> Ball:
        """The power x ** y: nan for an infinite exponent."""
        a, b = self._real(x), self._real(y)
        if not _are_finite(a, b):
            return self._ball(math.nan if type(b) is float else _FLOATS.power(a, self.rounded(y)))
        is_whole = type(b) is fmpq and b.q == 1
        if is_whole and b >= 0:
            is_short = type(a) is fmpq and b * max(a.p.bit_length(), a.q.bit_length()) <= _LONGEST * self.bits
            return self._ball(a ** int(b.p) if is_short else arb(a) ** arb(b))
        if is_whole:
            return self.divide(1, self.power(x, -self.convert(y))) if self._sign(a) else self._ball(math.inf)
        sign = self._sign(a)
        if sign > 0:
            return self._ball(arb(a) ** arb(b))
        if sign == 0:
            return self._ball(0.0 if self._sign(b) > 0 else math.inf)
        if type(b) is arb and b.floor().rad() > 0:
            self._refuse(b, b.floor())  # it may be whole
        return self._ball(math.nan)

    # Functions. Of what is infinite or nan they are those of floats.

    def elementwise(self, function: str, /, *xs: Value) -> Ball:
        """A function of one number that flint has by the same name, at a point where it is real."""
        [real] = map(self._real, xs)
        if type(real) is float:
            return self._ball(getattr(_FLOATS, function)(real))
        return self._ball(getattr(arb(real), function)())

    def sqrt(self, x: Value, /) -> Value:
        """The square root, exact where it is rational."""
        real = self._real(x)
        if type(real) is fmpq and real >= 0:
            above, below = (math.isqrt(int(part)) for part in (real.p, real.q))
            if above * above == real.p and below * below == real.q:
                return self._ball(fmpq(above, below))
        return self._within("sqrt", x, is_inside=self.convert(x) >= 0)

    def power_of_two(self, _x: Value, /) -> Ball:
        """One: balls have exponents enough to need no scaling."""
        return Ball(self, fmpq(1))

    def floor(self, x: Value, /) -> Ball:
        """The largest whole number that is not above x."""
        real = self._real(x)
        if type(real) is fmpq:
            return self._ball(fmpq(real.floor()))
        found = self.elementwise("floor", x)
        if type(found.real) is arb:
            self._refuse(real, arb(real.upper().floor()))
        return found

    def maximum(self, x: Value, y: Value, /) -> Ball:
        """The larger of x and y itself, or bounds of both where it is open which one that is."""
        return self._extreme(operator.ge, "max", x, y)

    def minimum(self, x: Value, y: Value, /) -> Ball:
        """The smaller of x and y itself, or bounds of both where it is open which one that is."""
        return self._extreme(operator.le, "min", x, y)

    def _extreme(self, comparison: Operator, function: str, x: Value, y: Value) -> Ball:
        try:
            return self.where(comparison(self.convert(x), y) or self.is_nan(x), x, y)
        except UndecidedError:
            return self._ball(getattr(arb(self._real(x)), function)(arb(self._real(y))))

    def where(self, condition: bool, x: Value, y: Value, /) -> Ball:
        """Either x if the condition holds or else y."""
        return self.convert(x if condition else y)

    def ones_like(self, _x: Value, /) -> Ball:
        """One."""
        return Ball(self, fmpq(1))

    def zeros_like(self, _x: Value, /) -> Ball:
        """Zero."""
        return Ball(self, fmpq(0))

    def random_like(self, _x: Value, seed: int, /) -> Ball:
        """The same number from [0, 1) as of floats."""
        return self.convert(_FLOATS.random_like(0.0, seed))


_SHOWN = 6  # digits of numbers in a message


def _as_real(number: float) -> Real:
    """An int or a float."""
    if isinstance(number, int):
        return fmpq(number)
    return fmpq(*number.as_integer_ratio()) if math.isfinite(number) else number


def _are_finite(a: Real, b: Real) -> bool:
    return type(a) is not float and type(b) is not float


def _is_number(x: Real) -> bool:
    return not (type(x) is float and math.isnan(x))


def _as_fraction(x: arb, most_bits: int) -> Real:
    """An exact ball as a fraction, if that has no more bits."""
    mantissa, exponent = x.man_exp()
    if mantissa.bit_length() + abs(exponent) > most_bits:
        return x
    return fmpq(mantissa << int(exponent)) if exponent >= 0 else fmpq(mantissa, 1 << int(-exponent))
