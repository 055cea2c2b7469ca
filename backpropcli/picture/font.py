"""The widths of DejaVu Sans, which is as wide as Verdana and wider than other sans-serif fonts."""

from __future__ import annotations

_PER_EM = 2048
_FIRST = " "
# The advance widths of the characters from the space to the tilde.
_ADVANCES = (
    *(651, 821, 942, 1716, 1303, 1946, 1597, 563, 799, 799, 1024, 1716, 651, 739, 651, 690),
    *(1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 1303, 690, 690, 1716, 1716, 1716, 1087),
    *(2048, 1401, 1405, 1430, 1577, 1294, 1178, 1587, 1540, 604, 604, 1343, 1141, 1767, 1532, 1612),
    *(1235, 1612, 1423, 1300, 1251, 1499, 1401, 2025, 1403, 1251, 1403, 799, 690, 799, 1716, 1024),
    *(1024, 1255, 1300, 1126, 1300, 1260, 721, 1300, 1298, 569, 569, 1186, 569, 1995, 1298, 1253),
    *(1300, 1300, 842, 1067, 803, 1298, 1212, 1675, 1212, 1212, 1075, 1303, 690, 1303, 1716),
)
_OTHER = 1716  # of most letters and signs, no more
_WIDE = 2048  # of what is as wide as it is high


def text_width(text: str, size: float) -> float:
    """The width of a text in a size, in the unit of the size.

    >>> round(text_width("715", 13), 1)
    24.8
    """
    return sum(map(_advance, text)) * size / _PER_EM


def _advance(character: str) -> int:
    number = ord(character) - ord(_FIRST)
    if 0 <= number < len(_ADVANCES):
        return _ADVANCES[number]
    from unicodedata import combining, east_asian_width

    return 0 if combining(character) else _WIDE if east_asian_width(character) in {"W", "F"} else _OTHER
