"""What a number claims by the way it is written.

A number with a decimal point claims its digits: it stands for all that are rounded to it (0.3333 for 1/3, 3.3 for
10/3). A whole number claims to be exact (715, 2), and so does zero, which has no digits (0.0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backpropcli.domains import Domain, Value, exact
from backpropcli.errors import BackpropError
from backpropcli.sources.literals import to_float

if TYPE_CHECKING:
    from fractions import Fraction

_EXACT = exact.DOMAIN
LOST = 1e-9
NOTHING = 1e-12


def agrees(text: str, computed: float | Fraction, size: float) -> bool:
    """Whether a number as written is the computed one.

    Float64 loses digits in computing: 1e-9 of `size`, the largest number nearby, and 1e-12 beside a zero, are forgiven.

    >>> [agrees(text, 1 / 3, 0.0) for text in ("0.3333", "0.33", "0.3334", "0")]
    [True, True, False, False]
    """
    try:
        difference, allowed = abs(_EXACT.convert(computed) - _EXACT.number(text)), half_of_last_place(text)
        is_zero = bool(_EXACT.number(text) == 0)
    except BackpropError:  # an infinity, or nan, or more digits than any result has
        return repr(to_float(text)) == repr(computed)
    if difference <= allowed:
        return True
    return isinstance(computed, float) and difference <= max(LOST * size, LOST * abs(computed), NOTHING * is_zero)


def written(value: Value, numbers: Domain) -> str:
    """A value as people write it.

    >>> from backpropcli.domains import domain
    >>> arrays = domain("arrays")
    >>> written(arrays.convert([[1, 2.5], [0.1, 3]]), arrays)
    '[[1, 2.5], [0.1, 3]]'
    """
    return _nested(numbers.numbers(value))


def _nested(value: Any) -> str:
    return f"[{', '.join(map(_nested, value))}]" if isinstance(value, list) else f"{float(value):.12g}"


def half_of_last_place(text: str) -> Fraction:
    """How far a number may be from the way it is written, when it was rounded.

    >>> [float(half_of_last_place(text)) for text in ("3.3", "2.50e-3", "715", "0.0")]
    [0.05, 5e-06, 0.0, 0.0]
    """
    mantissa, _, exponent = text.lower().partition("e")
    _, point, digits = mantissa.partition(".")
    if not point or _EXACT.number(mantissa) == 0:
        return _EXACT.number("0")
    return _EXACT.number(f"0.5e{int(exponent or 0) - len(digits)}")


def relative_rounding(text: str) -> float:
    """How far a number may be from the way it is written, in parts of it."""
    half = half_of_last_place(text)
    return float(half / abs(_EXACT.number(text))) if half else 0.0
