"""Whether printed digits are right: beside reals of many digits, of which literals are read from their text."""

from __future__ import annotations

import re
from typing import Any

from mpmath import mp, mpf, workdps

from backpropcli.domains import Value, arrays_of, domain, namespace
from backpropcli.domains.reals import Reals, working_digits
from backpropcli.sources.literals import nested_numbers

TRUE_DIGITS = 400  # of the truth
_EXACT = domain("exact")


class TrueReals(Reals):
    """Reals that take 0.1 for a tenth."""

    def number(self, text: str, /) -> Value:
        if text in {"pi", "e"}:
            one = self.convert(1)
            return 4 * self.atan(one) if text == "pi" else self.exp(one)
        if text.endswith(("inf", "nan")):
            return super().number(text)
        fraction = _EXACT.number(text)
        return self.convert(fraction.numerator) / self.convert(fraction.denominator)

    def convert(self, value: Value, /, dtype: str = "float64") -> Value:
        if isinstance(value, int) and abs(value) > 2**53:
            return super().convert(value >> 53) * 2**53 + super().convert(value % 2**53)
        return super().convert(value, dtype)


TRUE = TrueReals()


def texts_of(value: Value) -> list[str]:
    """The printed digits of each element."""
    return [number.text for number in namespace(value).flat(value)]


def are_right(text: str, truth: Any, digits: int) -> bool:
    """Whether the printed digits are those of the truth, and as many as they have to be."""
    with workdps(TRUE_DIGITS):
        truth = mpf(truth)
        if not mp.isfinite(truth):
            return text == {"+inf": "inf"}.get(mp.nstr(truth), mp.nstr(truth))
        if text.startswith("0e"):
            return bool(abs(truth) <= max(mpf(text.replace("0e", "1e")), mpf(10) ** (20 - TRUE_DIGITS)))
        mantissa, _, exponent = text.partition("e")
        printed, last = mpf(text), mpf(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
        count = len(re.sub(r"^0+", "", re.sub(r"[-.]", "", mantissa)))
        if count < digits or "." not in mantissa:  # printed as what is exact
            return bool(abs(printed - truth) <= abs(truth) * mpf(10) ** (-TRUE_DIGITS / 2))
        return bool(count == digits and abs(printed - truth) <= last * mpf("0.5000001"))


def as_texts(value: Any) -> Any:
    """Numbers, or nested lists, as the texts of which they are read."""
    if isinstance(value, str):
        return value
    return [as_texts(item) for item in value] if isinstance(value, (list, tuple)) else repr(value)


def true_values(inputs: list[Any]) -> list[Value]:
    """Inputs as reals, or as arrays of them if any has axes."""
    numbers = arrays_of(TRUE) if any(isinstance(x, list) for x in inputs) else TRUE
    with working_digits(TRUE_DIGITS):
        return [numbers.convert(nested_numbers(x, TRUE.number)) for x in inputs]
