"""The right gradient with the digits of a smaller float."""

from __future__ import annotations

import struct
from typing import NamedTuple

from backpropcli.domains import Value
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.trial import Trial


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
    pairs = [(float(a), float(b)) for a, b in zip(flat(evidence.found), flat(evidence.right), strict=True)]
    for kind in _holding(evidence.found, evidence.trial):
        if all(abs(a - b) <= ROUNDINGS * kind.epsilon * abs(b) for a, b in pairs):
            return f"it is computed in {kind.name}, which has {kind.digits} digits"
    return None


def may_be_of_few_digits(found: Value, trial: Trial) -> bool:
    """Whether a smaller float holds the numbers of a gradient, which is sooner known than what is right."""
    return bool(_holding(found, trial))


def _holding(found: Value, trial: Trial) -> list[Float]:
    """The smaller floats that hold a gradient, or its slopes beside dout."""
    gradient = [float(x) for x in trial.numbers.elements(found)]
    douts = [float(x) for x in trial.numbers.elements(trial.dout)] if trial.keeps_shape else [1.0] * len(gradient)
    slopes = [a / d if d else 0.0 for a, d in zip(gradient, douts, strict=True)]
    return [kind for kind in FLOATS if any(all(is_held(x, kind) for x in numbers) for numbers in (gradient, slopes))]


def is_held(x: float, kind: Float) -> bool:
    """Whether a number is one of the smaller float, but for float64's own rounding."""
    try:
        held: float = struct.unpack(kind.code, struct.pack(kind.code, x))[0]
    except OverflowError:
        return False
    return abs(held - x) <= 2.0**-51 * abs(x)
