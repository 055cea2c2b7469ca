"""Text from files and command lines, made safe to show."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""`text` with every character that a terminal would obey, or not show, as an escape.

    Control characters, marks that turn the direction of writing and line separators are such; spaces and every
    visible character stay as they are.

    >>> print(printable("red \x1b[31m, tab \t, turned \u202e"))
    red \x1b[31m, tab \t, turned \u202e
    """
    if text.isprintable():
        return text
    from unicodedata import category

    return "".join(c if c.isprintable() or category(c) == "Zs" else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
