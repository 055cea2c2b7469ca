"""Sums over all rows, correctly rounded: what a batch's sum loses is added up as well."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum, isfinite
from typing import Any


class Sums:
    """The sums of columns, by name, and how many rows they are of."""

    def __init__(self) -> None:
        self.count = 0
        self.parts: dict[str, list[float]] = {}
        """What the sums are made of, by name: numbers to be added exactly."""

    def add(self, columns: Mapping[str, Any], count: int) -> None:
        """Add rows: an array of numbers for each name."""
        self.count += count
        for name, array in columns.items():
            numbers = array.tolist()
            parts = self.parts.setdefault(name, [])
            total = _sum(numbers)
            parts.append(total)
            if isfinite(total):
                parts.append(fsum([-total, *numbers]))

    def merge(self, parts: Mapping[str, list[float]], count: int) -> None:
        """Add what other sums are made of."""
        self.count += count
        for name, numbers in parts.items():
            self.parts.setdefault(name, []).extend(numbers)

    def total(self, name: str) -> float:
        """The sum of a column."""
        return _sum(self.parts.get(name, []))

    def mean(self, name: str) -> float:
        """Its mean; nan of no rows."""
        return self.total(name) / self.count if self.count else float("nan")


def _sum(numbers: list[float]) -> float:
    try:
        return fsum(numbers)
    except ValueError:  # infinities of both signs
        return float("nan")
    except OverflowError:  # on the way, or at the end
        return fsum([number * 2.0**-64 for number in numbers]) * 2.0**64
