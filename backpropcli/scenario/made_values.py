"""Values that a scenario describes and does not write out: `{linspace: [0, 1, 5]}`, `{zeros: [2, 3]}`, `{ones: 4}`."""

from __future__ import annotations

from math import prod

from backpropcli.domains.spacing import evenly_spaced
from backpropcli.errors import BackpropError
from backpropcli.scenario.report import Report, describe
from backpropcli.scenario.scalars import is_number
from backpropcli.scenario.tree import Mapping, Node, Scalar, Sequence
from backpropcli.sources.literals import MAX_DEPTH, Literal

MAKERS = {
    "linspace": "numbers at equal distances: the first, the last, and how many",
    "zeros": "an array of zeros: its length, or its shape",
    "ones": "an array of ones: its length, or its shape",
}
LONGEST_NUMBER = 18
MOST_MADE = 1_000_000  # numbers; more belong into a file


def read_made(node: Mapping, maker: str, what: str, report: Report) -> Literal | None:
    """The value that a mapping describes; None, and a note, if it describes none."""
    for key in node.keys:
        if key.value in MAKERS and key.value != maker:
            report.add(key, f"{what} is made in two ways: {maker} and {key.value}", "keep one of them")
        elif key.value != maker:
            report.unknown_key(key, (maker,), what)
    said = node.values[maker]
    return _linspace(said, report) if maker == "linspace" else _filled(said, "1" if maker == "ones" else "0", report)


def _linspace(node: Node, report: Report) -> Literal | None:
    items = node.items if isinstance(node, Sequence) else []
    count = _whole_number(items[2]) if len(items) == 3 else None
    if count is None or not all(is_number(item) for item in items):
        instead = "" if isinstance(node, Sequence) else f", not {describe(node)}"
        message = f"linspace must be [first, last, count]{instead}"
        report.add(node, message, "{linspace: [0, 1, 5]} is 0, 0.25, 0.5, 0.75, 1")
        return None
    if _are_too_many(node, count, report):
        return None
    first, last = (item.value for item in items[:2] if isinstance(item, Scalar))
    try:
        return evenly_spaced(first, last, count)
    except BackpropError:
        report.add(node, "linspace needs finite numbers")
        return None


def _filled(node: Node, number: str, report: Report) -> Literal | None:
    lengths = [_whole_number(item) for item in (node.items if isinstance(node, Sequence) else [node])]
    shape = [length for length in lengths if length is not None]
    if len(shape) < len(lengths) or not shape:
        report.add(node, "expected a length or a shape of whole numbers from 1", "write 3, or [2, 3]")
        return None
    if len(shape) > MAX_DEPTH:
        report.add(node, f"an array has at most {MAX_DEPTH} axes")
        return None
    if _are_too_many(node, prod(shape), report):
        return None
    value: Literal = number
    for length in reversed(shape):
        value = [value] * length
    return value


def _whole_number(node: Node) -> int | None:
    """The positive number that a node is, if it is one that an array can be as long as."""
    text = node.value if isinstance(node, Scalar) else ""
    return int(text) or None if text.isdecimal() and len(text) < LONGEST_NUMBER else None


def _are_too_many(node: Node, count: int, report: Report) -> bool:
    if count > MOST_MADE:
        report.add(node, f"{count:,} numbers; at most {MOST_MADE:,} are made", "put them into a file")
    return count > MOST_MADE
