"""How wide a terminal shows a text, and lines that fit it."""

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


def wrapped(text: str, width: int, margin: str = "") -> str:
    """The text on lines behind a margin that are broken at spaces only, so that no number is broken in two.

    >>> print(wrapped("14 checks, 2 wrong", 12, "  "))
      14 checks,
      2 wrong
    """
    if len(margin) + len(text) <= width:
        return margin + text
    from textwrap import fill

    return fill(
        text,
        max(width, len(margin) + 1),
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
