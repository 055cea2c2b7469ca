"""Numbers and arrays in a scenario file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from backpropcli.scenario.model import NOT_ANSWERED
from backpropcli.scenario.report import Report, describe
from backpropcli.scenario.scalars import is_null, is_number, is_text
from backpropcli.scenario.tree import Mapping, Node, Scalar, Sequence
from backpropcli.sources import literals
from backpropcli.sources.literals import MAX_DEPTH, ArrayFile, Literal

# What names a part of a file, and what to write for files of the other kind.
_PARTS = {
    "column": ("a column of a table", "write array: for an array of a .npz file"),
    "array": ("an array of a .npz file", "write column: for a column of a table"),
}


def read_value(node: Node, what: str, report: Report, directory: Path | None = None) -> Literal | None:
    """The number, list of numbers or file in `directory` that a node is; None, and a note, if it is none of them."""
    if is_number(node):
        return node.value
    if isinstance(node, Sequence):
        found = _read_array(node, what, report, MAX_DEPTH, _number)
        return found[0] if found else None
    if isinstance(node, Mapping) and directory is not None:
        return _read_mapping(node, what, report, directory)
    _refuse(node, what, report, directory)
    return None


def read_answer(node: Node, what: str, report: Report) -> Literal | None:
    """The number or the list of numbers that a node is, `NOT_ANSWERED` for null; None, and a note, if it is none."""
    if isinstance(node, Sequence):
        found = _read_array(node, what, report, MAX_DEPTH, _number_or_null)
        return found[0] if found else None
    text = _number_or_null(node)
    if text is None:
        _refuse(node, what, report, None)
    return text


def _number(node: Node) -> str | None:
    return node.value if is_number(node) else None


def _number_or_null(node: Node) -> str | None:
    return NOT_ANSWERED if is_null(node) else _number(node)


def _refuse(node: Node, what: str, report: Report, directory: Path | None) -> None:
    forms = "a number, a list of numbers or {file: ...}" if directory is not None else "a number or a list of numbers"
    report.add(node, f"{what} must be {forms}, not {describe(node)}", _unquote(node) or _decimal_comma(node))


def _read_array(
    node: Sequence, what: str, report: Report, depth: int, number: Callable[[Node], str | None]
) -> tuple[Literal, tuple[int, ...]] | None:
    """The nested list that a node is, and its shape. It recurses no deeper than an array can have axes."""
    if depth == 0:
        report.add(node, f"an array has at most {MAX_DEPTH} axes")
        return None
    entries: list[Literal] = []
    entry: Literal
    shape: tuple[int, ...]
    first_shape: tuple[int, ...] | None = None
    for item in node.items:
        text = number(item)
        if text is not None:
            entry, shape = text, ()
        elif isinstance(item, Sequence):
            found = _read_array(item, what, report, depth - 1, number)
            if found is None:
                return None
            entry, shape = found
        else:
            report.add(item, f"{what} must contain numbers, not {describe(item)}", _unquote(item))
            return None
        if first_shape is None:
            first_shape = shape
        elif shape != first_shape:
            report.add(item, _difference(shape, first_shape), "all rows of an array must have the same shape")
            return None
        entries.append(entry)
    return entries, (len(entries), *(first_shape or ()))


def _difference(shape: tuple[int, ...], first_shape: tuple[int, ...]) -> str:
    if not shape:
        return "a number among lists"
    if not first_shape:
        return "a list among numbers"
    if len(shape) == len(first_shape) == 1:
        return f"this row has length {shape[0]}, the first has length {first_shape[0]}"
    return f"this part of the array is {shape}, the first is {first_shape}"


def _read_mapping(node: Mapping, what: str, report: Report, directory: Path) -> Literal | None:
    from backpropcli.scenario.made_values import MAKERS, read_made  # most values are written out

    if makers := MAKERS.keys() & node.values.keys():
        return read_made(node, min(makers), what, report)
    report.check_keys(node, ("file", *_PARTS, *MAKERS), what)
    path = node.values.get("file")
    if path is None:
        if node.values.keys() <= _PARTS.keys():
            report.add(node, f"{what} is a mapping without 'file'", "write {file: x.npy}")
        return None
    if not is_text(path) or not path.value.isprintable():
        report.add(path, f"file must be the name of a file, not {describe(path)}")
        return None
    return ArrayFile(str(directory / path.value), _read_part(node, path.value, report))


def _read_part(node: Mapping, path: str, report: Report) -> str | None:
    """The column or the array of a file that is meant, if one is named."""
    part = None
    for key, (meaning, otherwise) in _PARTS.items():
        name = node.values.get(key)
        if name is None:
            continue
        if path.lower().endswith(".npz") != (key == "array"):
            report.add(node.key(key), f"{key} names {meaning}, which {path} is not", otherwise)
        elif isinstance(name, Scalar) and not is_null(name):
            part = name.value
        else:
            report.add(name, f"{key} must be a name, not {describe(name)}")
    return part


def _unquote(node: Node) -> str | None:
    """The hint for a number in quotes."""
    quoted = isinstance(node, Scalar) and not node.plain and literals.is_number(node.value)
    return "remove the quotes" if quoted else None


def _decimal_comma(node: Node) -> str | None:
    """The hint for a number with a comma for its point."""
    if isinstance(node, Scalar) and re.fullmatch(r"[-+]?\d+,\d+", node.value):
        return f"write {node.value.replace(',', '.')}, or [{node.value.replace(',', ', ')}] for two numbers"
    return None
