"""What a number claims by the way it is written.

A number with decimals claims them: it stands for all that are rounded to it (0.3333 for 1/3, 3.3 for 10/3, 0.00 for
0.000968, 4e-4 for 0.00044). A whole number claims to be exact (715, 2, 0), and so does a fraction (1/3).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from backpropcli.domains import Domain, Value, exact
from backpropcli.errors import BackpropError
from backpropcli.sources.literals import to_float

if TYPE_CHECKING:
    from fractions import Fraction

_EXACT = exact.DOMAIN
LOST = 1e-9
NOTHING = 1e-12
DECIMAL = 10


def nearest_float(number: float | Fraction) -> float:
    """The float64 nearest to a number of any domain: an infinity beyond the largest."""
    return number if isinstance(number, float) else _EXACT.rounded(number)


class Closeness(NamedTuple):
    """How close to the computed number an answer may be, where it is not that number as rounded.

    Either within a relative `tolerance`, or so that `digits` significant digits are right. `lost` is what computing
    with floats may have lost, in parts of the largest number nearby.
    """

    tolerance: float | None = None
    digits: int | None = None
    lost: float = LOST

    def allowance(self, computed: float | Fraction) -> float | Fraction:
        """The largest difference from a computed number that is asked to be forgiven."""
        if self.tolerance is not None:
            return self.tolerance * abs(nearest_float(computed))
        if self.digits is None or computed == 0:
            return 0.0
        above, below = computed.as_integer_ratio()
        first_place = math.floor(math.log10(abs(above)) - math.log10(below))
        return _EXACT.convert(DECIMAL) ** (first_place + 1 - self.digits) / 2


AS_WRITTEN = Closeness()


def agrees(text: str, computed: float | Fraction, size: float, closeness: Closeness = AS_WRITTEN) -> bool:
    """Whether a number as written is the computed one.

    Floats lose digits in computing: what is lost of `size`, the largest number nearby, and 1e-12 beside a zero, are
    forgiven.

    >>> [agrees(text, 1 / 3, 0.0) for text in ("0.3333", "0.33", "1/3", "0.3334", "0")]
    [True, True, True, False, False]
    """
    try:
        difference, allowed = abs(_EXACT.convert(computed) - _EXACT.number(text)), half_of_last_place(text)
        is_zero = bool(_EXACT.number(text) == 0)
    except BackpropError:  # an infinity, or nan, or more digits than any result has
        return _is_float(text, computed)
    if difference <= allowed or difference <= closeness.allowance(computed):
        return True
    lost = closeness.lost
    return isinstance(computed, float) and difference <= max(lost * size, lost * abs(computed), NOTHING * is_zero)


def _is_float(text: str, computed: float | Fraction) -> bool:
    try:
        return repr(to_float(text)) == repr(computed)
    except BackpropError:
        return False


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


def last_place(text: str) -> int | None:
    """The power of ten of the last digit that is written; None for what claims to be exact.

    >>> [last_place(text) for text in ("3.3", "2.50e-3", "4e-4", "1.5e3", "0.00", "715", "2.", "1/3")]
    [-1, -5, -4, 2, -2, None, None, None]
    """
    mantissa, _, exponent = text.lower().partition("e")
    _, _, decimals = mantissa.partition(".")
    if not mantissa.strip("+-").replace(".", "", 1).isdecimal():  # a fraction, or a whole number in another base
        return None
    power = int(exponent or 0) - len(decimals)
    return power if decimals or power < 0 else None


def half_of_last_place(text: str) -> Fraction:
    """How far a number may be from the way it is written, when it was rounded.

    >>> [float(half_of_last_place(text)) for text in ("3.3", "2.50e-3", "715", "0.00")]
    [0.05, 5e-06, 0.0, 0.005]
    """
    power = last_place(text)
    is_exact = power is None or abs(power) > exact.MAX_DIGITS  # or so far out that it may count as exact
    return _EXACT.number("0" if is_exact else f"0.5e{power}")


def relative_rounding(text: str) -> float:
    """How far a number may be from the way it is written, in parts of it; 0 for zero, which has no parts."""
    half = half_of_last_place(text)
    number = abs(_EXACT.number(text)) if half else half
    return float(half / number) if number else 0.0
