"""The text of a scenario: YAML, a line for each input and each step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

_LARGEST_SHORT = 10**15


class Step(NamedTuple):
    """One entry of `layers:`."""

    layer: str
    inputs: tuple[str, ...]
    output: str
    parameters: dict[str, Any]
    name: str | None


def scenario_text(
    *, title: str, inputs: Mapping[str, str], constants: Mapping[str, str], steps: Sequence[Step], output: str
) -> str:
    """The whole file, where values are written already."""
    lines = [f"title: {quoted(title)}"]
    for key, values in {"inputs": inputs, "constants": constants}.items():
        if values:
            lines += [f"{key}:", *(f"  {name}: {value}" for name, value in values.items())]
    lines += ["layers:", *(f"  - {{{', '.join(_entries(step))}}}" for step in steps), f"output: {output}"]
    return "".join(f"{line}\n" for line in lines)


def _entries(step: Step) -> Iterator[str]:
    if step.name is not None:
        yield f"name: {step.name}"
    yield f"type: {step.layer}"
    yield f"inputs: [{', '.join(step.inputs)}]"
    yield f"output: {step.output}"
    for name, value in step.parameters.items():
        yield f"{name}: {_parameter(value)}"


def _parameter(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return array_text(list(value))
        case float():
            return number_text(value)
        case _:
            return str(value)


def number_text(number: float) -> str:
    """A number as short as it can be read back.

    >>> number_text(2.0), number_text(0.1), number_text(-1e300)
    ('2', '0.1', '-1e+300')
    """
    return str(int(number)) if abs(number) < _LARGEST_SHORT and number == int(number) else repr(number)


def array_text(numbers: list[Any]) -> str:
    """Nested lists of numbers."""
    return f"[{', '.join(array_text(n) if isinstance(n, list) else number_text(n) for n in numbers)}]"


def file_text(file: str, array: str) -> str:
    """One array of a file."""
    return f"{{file: {quoted(file)}, array: {array}}}"


def quoted(text: str) -> str:
    """A printable text as YAML reads it, in quotes where it needs them.

    >>> quoted("model.npz"), quoted("it's: a"), quoted("1.5")
    ('model.npz', "'it''s: a'", "'1.5'")
    """
    is_plain = re.fullmatch(r"[a-z_][\w-]*(\.[a-z]\w*)+", text, re.ASCII | re.IGNORECASE) is not None
    return text if is_plain else "'" + text.replace("'", "''") + "'"
