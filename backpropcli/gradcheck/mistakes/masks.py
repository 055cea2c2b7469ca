"""An elementwise layer whose slope hangs on a mask: the wrong way round, of another value, or not applied.

Glossary: a *slope* is a number of the gradient over its number of dout.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from backpropcli.errors import BackpropError
from backpropcli.gradcheck.evidence import ENOUGH, Evidence

POWERS = range(-10, 7, 2)  # of 2, for numbers of all sizes


class Element(NamedTuple):
    """One number of the input, its dout, and the slope there: found and right."""

    x: float
    dout: float
    found: float
    right: float


def inverted_mask(evidence: Evidence) -> str | None:
    """Dout where nothing of it belongs, and nothing where it does."""
    elements = _elements(evidence)
    if _passes_the_same(elements) and all((e.found == 0) != (e.right == 0) for e in elements):
        return "the mask is inverted: dout is passed on where the derivative is 0, and only there"
    return None


def missing_mask(evidence: Evidence) -> str | None:
    """Dout where it belongs, and where it does not."""
    elements = _elements(evidence)
    if not _passes_the_same(elements) or any(e.right and not e.found for e in elements):
        return None
    if all(e.found != 0 for e in elements) and not _is_blocked_somewhere(evidence):
        return "the mask is missing: dout is passed on where the derivative is 0, too"
    return "the mask lets too much pass: dout is passed on in some elements where the derivative is 0"


def mask_of_dout(evidence: Evidence) -> str | None:
    """The slope that the sign of dout chooses, where that of the input must."""
    elements = _elements(evidence)
    if not all(e.x and e.dout for e in elements):
        return None
    chosen = {(e.x > 0): e.right for e in elements}
    if len(chosen) < 2 or _are_near([chosen[True]], [chosen[False]]):
        return None
    found, right = ([getattr(e, name) for e in elements] for name in ("found", "right"))
    is_of_x = _are_near(right, [chosen[e.x > 0] for e in elements])
    if is_of_x and _are_near(found, [chosen[e.dout > 0] for e in elements]):
        return f"the mask is that of dout, where that of {evidence.name} is needed"
    return None


def _is_blocked_somewhere(evidence: Evidence) -> bool:
    """Whether backward blocks a dout at numbers of some size, as by a mask of another threshold."""
    trial = evidence.small_trial
    if trial is None:
        return False
    ones = trial.numbers.ones_like(trial.x)
    for number in (0.0, *(sign * 2.0**power for power in POWERS for sign in (1, -1))):
        with suppress(BackpropError):
            there = trial.with_input(trial.number, number * ones)
            found = there.isolated.gradients(ones)[trial.number]
            if found is not None and not all(trial.numbers.flat(found)):
                return True
    return False


def _elements(evidence: Evidence) -> list[Element]:
    """The numbers of an elementwise layer; none of another layer, or where nothing is passed on."""
    trial = evidence.small_trial
    if trial is None or not trial.is_elementwise:
        return []
    columns = (map(float, trial.numbers.elements(x)) for x in (trial.x, trial.dout, evidence.found, evidence.right))
    elements = [Element(x, d, f / d, r / d) for x, d, f, r in zip(*columns, strict=True) if d]
    return elements if any(e.found for e in elements) and any(e.right for e in elements) else []


def _passes_the_same(elements: Sequence[Element]) -> bool:
    """Whether every slope, found or right, is 0 or one and the same, and the right one is 0 somewhere."""
    slopes = [slope for e in elements for slope in (e.found, e.right) if slope]
    return any(e.right == 0 for e in elements) and _are_near(slopes, slopes[:1] * len(slopes))


def _are_near(found: Sequence[float], right: Sequence[float]) -> bool:
    """Whether numbers are the same but for rounding."""
    return all(abs(f - r) <= ENOUGH * abs(r) for f, r in zip(found, right, strict=True))
