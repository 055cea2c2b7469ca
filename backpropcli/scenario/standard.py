"""How close answers must be: the `tolerance` or the `digits` of `expect`."""

from __future__ import annotations

from contextlib import suppress

from backpropcli.errors import DataError
from backpropcli.scenario.report import Report, describe
from backpropcli.scenario.scalars import is_number
from backpropcli.scenario.tree import Mapping
from backpropcli.sources.literals import to_float

MOST_DIGITS = 17  # that a float64 has


def read_standard(expect: Mapping, report: Report) -> tuple[float | None, int | None]:
    """The tolerance and the digits, with a note of what is wrong with them."""
    tolerance, digits = _tolerance(expect, report), _digits(expect, report)
    if "tolerance" in expect.values and "digits" in expect.values:
        report.add(expect.key("digits"), "expect has both a tolerance and digits", "keep one of them")
    return tolerance, digits


def _tolerance(expect: Mapping, report: Report) -> float | None:
    node = expect.values.get("tolerance")
    if node is None:
        return None
    if is_number(node):
        with suppress(DataError):  # too large
            found = to_float(node.value)
            if 0 < found < 1:
                return found
    report.add(node, f"the tolerance must be a number between 0 and 1, not {describe(node)}", "it is relative: 1e-3")
    return None


def _digits(expect: Mapping, report: Report) -> int | None:
    node = expect.values.get("digits")
    if node is None:
        return None
    if is_number(node) and node.value.isdecimal() and 1 <= int(node.value[:4]) <= MOST_DIGITS:
        return int(node.value)
    message = f"digits must be a whole number from 1 to {MOST_DIGITS}, not {describe(node)}"
    report.add(node, message, "they are significant digits")
    return None
