"""Numbers as the digits of them that are certain.

A number that is known exactly, and has no more digits than are asked for, is written as it is: 0.3. Any other has all
the digits that are asked for, also where the last are zeros, each of them right: the last is rounded to nearest. Where
fewer are certain there are fewer; and `0e-60` stands for a number of which it is certain only that its size is at most
1e-60.
"""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal, Inexact
from typing import Self

from backpropcli.errors import DomainError
from backpropcli.text.numbers import decimal_text

_WIDEST = Context(prec=100_000, Emax=MAX_EMAX, Emin=MIN_EMIN)


class CertainNumber(float):
    """A number that is shown by the digits that are certain; as a float it is the nearest one."""

    text: str

    def __new__(cls, number: float, text: str) -> Self:
        """A float with its text."""
        made = super().__new__(cls, number)
        made.text = text
        return made


def exact_text(numerator: int, denominator: int, digits: int) -> str:
    """A fraction as a decimal: exactly if it has no more digits, else rounded to so many.

    >>> exact_text(3, 10, 5), exact_text(1, 3, 5), exact_text(123456, 1, 5)
    ('0.3', '0.33333', '1.2346e+05')
    """
    context = _rounding_to(digits)
    found = context.divide(Decimal(numerator), Decimal(denominator))
    is_exact = not context.flags[Inexact]
    return decimal_text(found.normalize(context) if is_exact else found, digits)


def decimal_bounds(text: str, precision: int) -> tuple[Decimal, Decimal]:
    """The bounds of a number that is written as a middle and how far it may be away, rounded outwards.

    >>> decimal_bounds("[0.25 +/- 1e-3]", 5), decimal_bounds("[+/- 2e-60]", 5), decimal_bounds("7.5", 5)
    ((Decimal('0.249'), Decimal('0.251')), (Decimal('-2E-60'), Decimal('2E-60')), (Decimal('7.5'), Decimal('7.5')))

    Raises DomainError for an exponent that decimals do not have.
    """
    middle, _, distance = text.strip("[]").partition("+/- ")
    down, up = (Context(precision, rounding, MIN_EMIN, MAX_EMAX) for rounding in (ROUND_FLOOR, ROUND_CEILING))
    try:
        around, away = (_WIDEST.create_decimal(part.strip() or "0") for part in (middle, distance))
    except ArithmeticError:
        raise DomainError("a number is too large or too small to be written as a decimal") from None
    return down.subtract(around, away), up.add(around, away)


def certain_text(low: Decimal, high: Decimal, digits: int) -> str:
    """The digits that are certain of a number between two decimals, at most so many.

    >>> certain_text(Decimal("0.314159"), Decimal("0.314161"), 3), certain_text(Decimal("0.49999"), Decimal("0.5"), 9)
    ('0.314', '0.5000')
    >>> certain_text(Decimal("-1e-60"), Decimal("1e-60"), 9)
    '0e-60'
    """
    size = max(low.copy_abs(), high.copy_abs())
    most = min(digits, size.adjusted() - (_WIDEST.subtract(high, low)).adjusted() + 1) if high != low else digits
    for count in range(most, 0, -1):
        if (found := _agreed(low, high, count)) is not None:
            return decimal_text(found, count)
    exponent = size.adjusted() + (size != Decimal((0, (1,), size.adjusted())))
    return f"0e{exponent:+03d}"


def has_all_digits(low: Decimal, high: Decimal, digits: int) -> bool:
    """Whether so many digits are certain."""
    return _agreed(low, high, digits) is not None


def _agreed(low: Decimal, high: Decimal, digits: int) -> Decimal | None:
    """What both decimals are, rounded to so many digits; None where they differ."""
    context = _rounding_to(digits)
    below, above = context.plus(low), context.plus(high)
    if below != above or below == 0:
        return None
    return below.quantize(Decimal((0, (1,), below.adjusted() - digits + 1)), context=context)


def _rounding_to(digits: int) -> Context:
    return Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)
