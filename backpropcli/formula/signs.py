"""Signs of mathematics that a formula may hold, written out as the operators that they mean."""

from __future__ import annotations

import re

_OPERATORS = {"×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "−": "-"}
_EXPONENTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SIGNS = re.compile(f"[{''.join(_OPERATORS)}]|[{_EXPONENTS}]+")
_DIGITS = str.maketrans(_EXPONENTS, "0123456789")


def written_out(text: str) -> tuple[str, list[int]]:
    """The text with operators for signs, and for each of its characters, and its end, the offset where it stood.

    >>> written_out("2 × x³")
    ('2 * x**3', [0, 1, 2, 3, 4, 5, 5, 5, 6])
    """
    parts: list[str] = []
    offsets: list[int] = []
    end = 0
    for sign in _SIGNS.finditer(text):
        operator = _OPERATORS.get(sign[0]) or f"**{sign[0].translate(_DIGITS)}"
        parts += text[end : sign.start()], operator
        offsets += range(end, sign.start())
        offsets += [sign.start()] * len(operator)
        end = sign.end()
    return "".join([*parts, text[end:]]), [*offsets, *range(end, len(text) + 1)]
