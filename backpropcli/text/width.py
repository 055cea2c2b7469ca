"""How wide a terminal shows a text."""

from __future__ import annotations


def text_width(text: str) -> int:
    """How many columns of a terminal the text takes: two for a wide character, none for a combining mark.

    >>> text_width("漢字"), text_width("na\u0308")
    (4, 2)
    """
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in {"W", "F"} else 1 for c in text)
