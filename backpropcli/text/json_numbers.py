"""Numbers as JSON can hold them: what it has no number for is a string."""

from __future__ import annotations

from math import isfinite, isnan
from typing import Any

from backpropcli.text.numbers import fraction_text


def json_numbers(numbers: Any) -> Any:
    """Python numbers, or nested lists of them, for a JSON document.

    >>> json_numbers([1.5, float("inf"), float("nan")])
    [1.5, 'Infinity', 'NaN']
    """
    if isinstance(numbers, list):
        return [json_numbers(row) for row in numbers]
    if not isinstance(numbers, int | float):
        return fraction_text(numbers)
    if isfinite(numbers):
        return getattr(numbers, "text", numbers)  # digits that are certain are text, too
    return "NaN" if isnan(numbers) else "Infinity" if numbers > 0 else "-Infinity"
