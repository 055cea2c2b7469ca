"""Values as people read them in a table: small arrays whole, large ones by shape and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backpropcli.domains import Value, namespace
from backpropcli.render.values import python_numbers, value_text
from backpropcli.text.numbers import number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGE = 32  # numbers
_LINE = 36  # columns

NOTE = "Large arrays are summarised; -f json, csv or tsv shows every number."


def is_large(value: Value) -> bool:
    """Whether `value` holds too many numbers for a table."""
    return namespace(value).size(value) > _LARGE


def line(value: Value, precision: int | None) -> str:
    """The value on one line."""
    return "  ".join(_summary(value, precision)) if is_large(value) else value_text(value, precision)


def block(value: Value, precision: int | None) -> str:
    """The value on one line or more: an array's rows one below the other, with their columns aligned."""
    return "\n".join(_summary(value, precision) if is_large(value) else _rows(value, precision))


def _summary(value: Value, precision: int | None) -> list[str]:
    domain = namespace(value)
    with domain.quiet():
        mean = domain.sum(value) / domain.size(value)
        found = {"min": domain.amin(value), "mean": mean, "max": domain.amax(value)}
    told = (f"{name} {value_text(number, precision)}" for name, number in found.items())
    return [f"{domain.type_name(value)} {domain.shape(value)}", *told]


def _rows(value: Value, precision: int | None) -> list[str]:
    text = value_text(value, precision)
    if not text.startswith("[") or (len(text) <= _LINE and not text.startswith("[[")):
        return [text]
    texts = _texts(python_numbers(value), precision)
    return _bracketed(texts, max((len(text) for text in _leaves(texts)), default=0))


def _bracketed(texts: list[Any], width: int) -> list[str]:
    """The lines of a nested list of texts, each text filled up to `width`."""
    if texts and isinstance(texts[0], list):
        parts = [_bracketed(row, width) for row in texts]
    else:
        count = max(1, _LINE // (width + 2))
        filled = [text.rjust(width) for text in texts]
        parts = [[", ".join(filled[start : start + count])] for start in range(0, len(filled), count)] or [[""]]
    lines = [line for part in parts[:-1] for line in (*part[:-1], part[-1] + ",")] + parts[-1]
    lines = [f"[{lines[0]}", *(f" {line}" for line in lines[1:])]
    lines[-1] += "]"
    return lines


def _texts(numbers: Any, precision: int | None) -> Any:
    if isinstance(numbers, list):
        return [_texts(row, precision) for row in numbers]
    return number_text(numbers, precision)


def _leaves(texts: Any) -> Iterator[str]:
    if isinstance(texts, list):
        for row in texts:
            yield from _leaves(row)
    else:
        yield texts
