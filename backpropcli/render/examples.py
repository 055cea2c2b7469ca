"""The shipped scenarios as a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from backpropcli.render import Options
from backpropcli.text.formats import Format, by_name
from backpropcli.text.width import wrapped


class Example(NamedTuple):
    """A shipped scenario: what it is called, and what it is about."""

    name: str
    title: str


def _table(examples: Sequence[Example], options: Options) -> str:
    margin = max((len(example.name) for example in examples), default=0) + 2
    room = max(options.width - margin, 1)
    titles = [wrapped(example.title, room).split("\n") for example in examples]
    rows = [
        f"{name.ljust(margin)}{line}".rstrip()
        for example, lines in zip(examples, titles, strict=True)
        for name, line in zip([example.name, *[""] * len(lines)], lines, strict=False)
    ]
    return "".join(f"{row}\n" for row in rows)


def _tsv(examples: Sequence[Example], _options: Options) -> str:
    return "".join("\t".join(row) + "\n" for row in (Example._fields, *examples))


EXAMPLE_FORMATS: dict[str, Format[[Sequence[Example], Options]]] = by_name(
    Format("table", None, _table),
    Format("tsv", ".tsv", _tsv),
)
