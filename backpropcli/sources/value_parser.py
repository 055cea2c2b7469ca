"""A value as one text, as on the command line: a number, numbers with commas, nested brackets, or @ and a file."""

from __future__ import annotations

import re

from backpropcli.sources.literals import ARRAY_SUFFIXES, ArrayFile, Literal, is_number

_SHORT = 40  # characters of a list that is looked at item by item


def parse_value(text: str, source: str = "command line") -> Literal:
    """The literal that `text` is. Raises DataError with the place of the mistake; `source` is what it calls the text.

    >>> parse_value("1,-0.5")
    ['1', '-0.5']
    >>> parse_value("[[1. 2.] [3. 4.]]")
    [['1.', '2.'], ['3.', '4.']]
    >>> parse_value("@x.csv:price")
    ArrayFile(path='x.csv', part='price', content=None)
    """
    if "/" in text and not text.lstrip().startswith("@"):
        text = re.sub(r"(?<=\d)[ ]*/[ ]*(?=\d)", "/", text)
    stripped = text.strip()
    if is_number(stripped):
        return stripped
    if stripped.startswith("@") and stripped != "@":
        suffixes = "|".join(map(re.escape, ARRAY_SUFFIXES))
        found = re.fullmatch(rf"@(.+?(?:{suffixes})):(.+)", stripped, re.IGNORECASE | re.DOTALL)
        return ArrayFile(found[1], found[2]) if found else ArrayFile(stripped[1:])
    if len(stripped) <= _SHORT and all(map(is_number, items := [item.strip() for item in stripped.split(",")])):
        return list(items)
    from backpropcli.sources.list_parser import parse_list  # whose patterns take as long as a whole command

    return parse_list(text, source)
