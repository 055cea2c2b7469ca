"""Numbers as text.

Floats are shown with `precision` significant digits like C's `%g`, so 715.0000000000001 is 715; with precision None
as the shortest text that reads back as the same float, without the `.0` of a whole number. Exact fractions are shown
exactly, as a decimal (3.3) if that has at most 12 digits after the point, else as p/q; with a precision other than
the default they are rounded to it from their exact value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

DEFAULT_PRECISION = 12
ELEMENT_PRECISION = 6  # of arrays' elements in tables, where many stand side by side
MOST_DIGITS = 10_000  # that can be asked to be certain
_DECIMALS = 12
_SMALLEST_EXPONENT = -4  # below it, %g and decimals alike are shown with an exponent


def number_text(number: float | Fraction, precision: int | None) -> str:
    """One Python number.

    >>> number_text(-0.0, 12), number_text(-0.0, None), number_text(110.0, None)
    ('0', '-0', '110')
    """
    if not isinstance(number, float):
        return _exact_text(number, precision)
    if (text := getattr(number, "text", None)) is not None:  # digits that are certain
        return str(text)
    if precision is None:
        return repr(number).removesuffix(".0")
    text = f"{number:.{precision}g}"
    return "0" if text == "-0" else text


def nested_text(numbers: Any, precision: int | None, separator: str = ", ") -> str:
    """One Python number, or nested lists of them.

    >>> nested_text([[1.0, 2.5], [3.0, 4.0]], 12)
    '[[1, 2.5], [3, 4]]'
    """
    if not isinstance(numbers, list):
        return number_text(numbers, precision)
    if numbers and isinstance(numbers[0], list):
        return f"[{separator.join([nested_text(row, precision, separator) for row in numbers])}]"
    return f"[{separator.join([number_text(number, precision) for number in numbers])}]"


def fraction_text(number: Fraction | int) -> str:
    """An exact number as p/q, or as p alone when q is 1."""
    numerator = _digits(number.numerator)
    return numerator if number.denominator == 1 else f"{numerator}/{_digits(number.denominator)}"


def latex_numbers(text: str) -> str:
    r"""The numbers of a text as LaTeX writes them in math mode.

    >>> print(latex_numbers("-1.5e-07"), latex_numbers("[2, inf]"))
    -1.5 \times 10^{-7} [2, \infty]
    """
    import re

    text = re.sub(r"e\+?(-?)0*(\d+)", r" \\times 10^{\1\2}", text)
    return text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")


def _exact_text(number: Fraction | int, precision: int | None) -> str:
    if precision is not None and precision != DEFAULT_PRECISION:
        return _rounded_text(number, precision)
    scaled, rest = divmod(abs(number.numerator) * 10**_DECIMALS, number.denominator)
    if rest:
        return fraction_text(number)
    whole, decimals = divmod(scaled, 10**_DECIMALS)
    sign = "-" if number < 0 else ""
    return f"{sign}{_digits(whole)}.{decimals:0{_DECIMALS}d}".rstrip("0").rstrip(".")


def _rounded_text(number: Fraction | int, precision: int) -> str:
    """The exact number rounded once, to nearest and ties to even, in the layout of %g."""
    from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

    context = Context(prec=precision, Emax=MAX_EMAX, Emin=MIN_EMIN)
    rounded = context.divide(Decimal(number.numerator), Decimal(number.denominator)).normalize(context)
    return decimal_text(rounded, precision)


def decimal_text(number: Decimal, precision: int) -> str:
    """All digits of a decimal, of which there are at most `precision`, in the layout of %g."""
    exponent = number.adjusted()
    if _SMALLEST_EXPONENT <= exponent < precision:
        return f"{number:f}"
    mantissa = f"{number:e}".partition("e")[0]
    return f"{mantissa}e{exponent:+03d}"


def _digits(number: int) -> str:
    """All digits of a whole number; `str` refuses to write more than 4300."""
    try:
        return str(number)
    except ValueError:
        from decimal import Decimal

        return str(Decimal(number))
