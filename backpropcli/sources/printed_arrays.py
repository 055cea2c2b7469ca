"""What other programs print around arrays and numbers: NumPy's `array([1., 2.])`, JSON's `"Infinity"`."""

from __future__ import annotations

import re

from backpropcli.sources.literals import NUMBER

_CALL = re.compile(r"\s*(?:(?:np|numpy|jnp|torch)\.)?(?:array|asarray|Array|tensor)\(")
_END_OF_CALL = re.compile(r"\s*+(?:,\s*+(?:\w++\s*+=\s*+[\w.:'\"<>]++\s*+)?+)*+\)\s*+")
_CALLED_NUMBER = re.compile(rf"(?P<type>(?:np|numpy)\.(?:float|int|uint)[0-9]+\()(?P<number>{NUMBER.pattern})\)")
_INFINITY = re.compile(r"\bInfinity\b")
_QUOTED_NUMBER = re.compile(rf'"((?:{NUMBER.pattern}) *+)"')


def is_in_brackets(text: str) -> bool:
    """Whether a text is a list in brackets, or an array as Python prints it.

    >>> [is_in_brackets(text) for text in ("[1. 2.]", "array([1., 2.])", "1,2")]
    [True, True, False]
    """
    return text.lstrip().startswith("[") or _CALL.match(text) is not None


def without_dress(text: str) -> str:
    """The text with spaces for what other programs print around arrays and numbers; every number keeps its place."""
    opening = _CALL.match(text)
    if opening:
        inside = max(text.rfind("]") + 1, opening.end())
        if inside == opening.end():
            inside = min((i for i in (text.find(c, inside) for c in ",)") if i >= 0), default=inside)
        if _END_OF_CALL.fullmatch(text, inside):
            text = " " * opening.end() + text[opening.end() : inside]
    if "(" in text:
        text = _CALLED_NUMBER.sub(lambda call: f"{' ' * len(call['type'])}{call['number']} ", text)
    if "Infinity" in text:
        text = _INFINITY.sub("inf     ", text)
    return _QUOTED_NUMBER.sub(r" \1 ", text) if '"' in text else text
