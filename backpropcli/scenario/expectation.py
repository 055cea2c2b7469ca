"""The key `expect`: answers by name, and the `tolerance` or the `digits` that say how close they must be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from backpropcli.errors import DataError, Place
from backpropcli.scenario.model import Expectation
from backpropcli.scenario.report import Report, describe
from backpropcli.scenario.scalars import is_number
from backpropcli.scenario.tree import Mapping, Node
from backpropcli.scenario.values import read_answer
from backpropcli.sources.literals import Literal, to_float

MOST_DIGITS = 17  # that a float64 has


def read_expectation(node: Node | None, report: Report, known_name: Callable[[Node], str | None]) -> Expectation:
    """The answers, with a note of what is wrong with them; `known_name` is the name that a key is, if it is one."""
    expect = report.mapping(node, "expect")
    report.check_keys(expect, ("values", "gradients", "tolerance", "digits"), "expect")
    values, value_places = _answers(expect, "values", report, known_name)
    gradients, gradient_places = _answers(expect, "gradients", report, known_name)
    tolerance, digits = _tolerance(expect, report), _digits(expect, report)
    if "tolerance" in expect.values and "digits" in expect.values:
        report.add(expect.key("digits"), "expect has both a tolerance and digits", "keep one of them")
    return Expectation(values, gradients, value_places, gradient_places, tolerance, digits)


def _answers(
    expect: Mapping, kind: str, report: Report, known_name: Callable[[Node], str | None]
) -> tuple[dict[str, Literal], dict[str, Place]]:
    found: dict[str, Literal] = {}
    places: dict[str, Place] = {}
    mapping = report.mapping(expect.values.get(kind), f"the {kind} of expect")
    for key in report.names(mapping):
        name = known_name(key)
        node = mapping.values[key.value]
        value = read_answer(node, f"the answer for {key.value}", report)
        if name is not None and value is not None:
            found[name] = value
            places[name] = report.document.place(node.start, node.end)
    return found, places


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
