"""The right gradient with the digits of a smaller float."""

from __future__ import annotations

import struct
from typing import NamedTuple

from backpropcli.gradcheck.evidence import Evidence


class Float(NamedTuple):
    """A kind of float: its code in `struct`, its relative rounding, and its digits."""

    name: str
    code: str
    epsilon: float
    digits: int


FLOATS = (Float("float32", "f", 2.0**-23, 7), Float("float16", "e", 2.0**-10, 3))
ROUNDINGS = 8  # so many may add up


def low_precision(evidence: Evidence) -> str | None:
    """Numbers that a smaller float holds exactly, and that are right but for its rounding."""
    if not evidence.has_shape or evidence.trial is None:
        return None
    flat = evidence.numbers.elements
    found, right = ([float(x) for x in flat(value)] for value in (evidence.found, evidence.right))
    douts = [float(x) for x in flat(evidence.trial.dout)] if evidence.trial.keeps_shape else [1.0] * len(found)
    for kind in FLOATS:
        pairs = zip(found, right, strict=True)
        if not all(abs(a - b) <= ROUNDINGS * kind.epsilon * abs(b) for a, b in pairs):
            continue
        slopes = [a / d if d else 0.0 for a, d in zip(found, douts, strict=True)]
        if any(all(is_held(x, kind) for x in numbers) for numbers in (found, slopes)):
            return f"it is computed in {kind.name}, which has {kind.digits} digits"
    return None


def is_held(x: float, kind: Float) -> bool:
    """Whether a number is one of the smaller float, but for float64's own rounding."""
    try:
        held: float = struct.unpack(kind.code, struct.pack(kind.code, x))[0]
    except OverflowError:
        return False
    return abs(held - x) <= 2.0**-51 * abs(x)
