"""Values as people read them in a table: small arrays whole, large ones by shape and a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from backpropcli.domains import Value, namespace
from backpropcli.render import Options
from backpropcli.render.values import python_numbers, value_text
from backpropcli.text.numbers import number_text

_LARGE = 32  # numbers

NOTE = "Large arrays are summarised; -f json, csv or tsv shows every number."


class Block(NamedTuple):
    """A value as lines of text: a number's text, an array's texts in nested lists, or lines that are fixed."""

    texts: Any
    fixed: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether it is one number, to be aligned with those above and below it."""
        return isinstance(self.texts, str) and not self.fixed

    def lines(self, width: int | None = None) -> list[str]:
        """The lines, no wider than `width` where that is possible without breaking a number."""
        if self.fixed:
            return list(self.fixed)
        return [self.texts] if isinstance(self.texts, str) else _array_lines(self.texts, width)


def is_large(value: Value) -> bool:
    """Whether `value` holds too many numbers for a table."""
    return namespace(value).size(value) > _LARGE


def line(value: Value, options: Options) -> str:
    """The value on one line."""
    if is_large(value):
        return "  ".join((_kind(value), *(f"{name} {text}" for name, text in _summary(value, options))))
    return value_text(value, _precision(value, options))


def block(value: Value, options: Options) -> Block:
    """The value on one line or more: an array's rows one below the other, with their columns aligned."""
    if is_large(value):
        names, texts = zip(*_summary(value, options), strict=True)
        return Block("", (_kind(value), *map("{:<4} {}".format, names, map(str.rstrip, at_the_point(texts)))))
    return Block(_texts(python_numbers(value), _precision(value, options)))


def at_the_point(numbers: Sequence[str]) -> list[str]:
    """Numbers filled up with spaces so that their decimal points stand below each other.

    >>> at_the_point(["110", "2.25", "-1e-07"])
    ['110    ', '  2.25 ', ' -1e-07']
    """
    heads = [_before_the_point(number) for number in numbers]
    head = max(heads, default=0)
    tail = max((len(number) - own for number, own in zip(numbers, heads, strict=True)), default=0)
    return [(" " * (head - own) + number).ljust(head + tail) for number, own in zip(numbers, heads, strict=True)]


def _before_the_point(number: str) -> int:
    """How many characters stand before the decimal point, or before what stands in its place."""
    return next((place for place, character in enumerate(number) if character in ".e"), len(number))


def _precision(value: Value, options: Options) -> int | None:
    """The digits of a value: fewer for the elements of an array than for a number, unless they are exact."""
    domain = namespace(value)
    return options.element_precision if domain.shape(value) and not domain.is_exact else options.precision


def _kind(value: Value) -> str:
    domain = namespace(value)
    return f"{domain.type_name(value)} {domain.shape(value)}"


def _summary(value: Value, options: Options) -> list[tuple[str, str]]:
    domain, precision = namespace(value), _precision(value, options)
    with domain.quiet():
        mean = domain.sum(value) / domain.size(value)
        found = {"min": domain.amin(value), "mean": mean, "max": domain.amax(value)}
    return [(name, value_text(number, precision)) for name, number in found.items()]


def _texts(numbers: Any, precision: int | None) -> Any:
    if isinstance(numbers, list):
        return [_texts(row, precision) for row in numbers]
    return number_text(numbers, precision)


def _array_lines(texts: list[Any], width: int | None) -> list[str]:
    """The lines of an array with as many numbers in each as fit, evenly distributed."""
    longest = max((len(row) for row in _innermost(texts)), default=0)
    lines = _with_columns(texts, max(longest, 1))
    if width is None or _width(lines) <= width:
        return lines
    for count in range(longest - 1, 0, -1):
        parts = -(-longest // count)
        even = _with_columns(texts, -(-longest // parts))
        lines = even if _width(even) <= width else _with_columns(texts, count)
        if _width(lines) <= width:
            break
    return lines


def _width(lines: Sequence[str]) -> int:
    return max(map(len, lines))


def _with_columns(texts: list[Any], count: int) -> list[str]:
    """The lines of an array with `count` numbers in each, those of a column aligned at the point."""
    rows = list(_innermost(texts))
    columns = [at_the_point([text for row in rows for text in row[start::count]]) for start in range(count)]
    filled = [iter(column) for column in columns]
    return _bracketed(texts, filled, count)


def _bracketed(texts: list[Any], filled: Sequence[Iterator[str]], count: int) -> list[str]:
    """The lines of a nested list; each number is the next one of its column in `filled`."""
    if texts and isinstance(texts[0], list):
        parts = [_bracketed(row, filled, count) for row in texts]
        lines = [line for part in parts[:-1] for line in (*part[:-1], f"{part[-1]},")] + parts[-1]
    else:
        numbers = [next(filled[place % count]) for place in range(len(texts))]
        lines = [_joined(numbers[start : start + count]) for start in range(0, len(numbers), count)] or [""]
        lines[:-1] = [f"{line}," for line in lines[:-1]]
    lines = [f"[{lines[0]}", *(f" {line}" for line in lines[1:])]
    lines[-1] += "]"
    return lines


def _joined(numbers: Sequence[str]) -> str:
    """The numbers of a line with commas; what one is filled up with stands behind its comma."""
    commas = (f"{number.rstrip()}, ".ljust(len(number) + 2) for number in numbers[:-1])
    return "".join(commas) + numbers[-1].rstrip()


def _innermost(texts: list[Any]) -> Iterator[list[str]]:
    if texts and isinstance(texts[0], list):
        for row in texts:
            yield from _innermost(row)
    else:
        yield texts
