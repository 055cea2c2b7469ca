"""The shipped scenarios as a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backpropcli.render import Options
from backpropcli.text.formats import Format, by_name


class Example(NamedTuple):
    """A shipped scenario: what it is called, and what it is about."""

    name: str
    title: str


def _table(examples: Sequence[Example], _options: Options) -> str:
    margin = max((len(example.name) for example in examples), default=0) + 2
    return "".join(f"{example.name.ljust(margin)}{example.title}".rstrip() + "\n" for example in examples)


def _tsv(examples: Sequence[Example], _options: Options) -> str:
    return "".join("\t".join(row) + "\n" for row in (Example._fields, *examples))


EXAMPLE_FORMATS: dict[str, Format[[Sequence[Example], Options]]] = by_name(
    Format("table", None, _table),
    Format("tsv", ".tsv", _tsv),
)
