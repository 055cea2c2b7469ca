"""What one number of a gradient is beside the numeric derivative."""

from __future__ import annotations

from math import inf, isfinite, isinf, isnan
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.probes import Probe
from backpropcli.gradcheck.report import Verdict
from backpropcli.gradcheck.slope import SUBNORMAL, TOO_LARGE, UNDEFINED, Slope

CERTAIN = 16  # so many times the uncertainty is no chance
SEEN = 1e-2  # a derivative with a larger relative uncertainty confirms nothing
UNCERTAIN = "the numeric derivative is too uncertain to judge by"
CLIFF = "the value jumps here, perhaps by an infinite slope"
SEVERAL = 8  # roundings of the point itself, as a right rule may make them


class Judgement(NamedTuple):
    """The verdict on a gradient: `difference` and `uncertainty` are those of the number that is furthest off."""

    verdict: Verdict
    difference: float | None = None
    uncertainty: float | None = None
    note: str | None = None


class Terms(NamedTuple):
    """What a gradient is made of: the `scale` of the terms that it sums, and the `noise` that rounding leaves in it.

    `of_output` is the noise that rounding on the way leaves in the weighted output.
    """

    scale: Value = 0.0
    noise: Value = 0.0
    of_output: float = 0.0

    def along(self, probe: Probe, numbers: Domain) -> Terms:
        """The same for the derivative along a probe."""
        direction = abs(probe.direction)
        scale, noise = (numbers.rounded(numbers.sum(direction * value)) for value in self[:2])
        return Terms(scale, noise, self.of_output)


NOTHING = Terms()


def judged(found: float, slope: Slope, tolerance: float, terms: Terms = NOTHING) -> Judgement:
    """Whether a number is the derivative, within a tolerance relative to the size of its terms."""
    if slope.reason is not None:
        return _without_derivative(found, slope)
    uncertainty = slope.uncertainty
    if not isfinite(found):
        is_cliff = isinf(found) and slope.is_jump
        return Judgement(Verdict.UNCHECKED, note=CLIFF) if is_cliff else Judgement(Verdict.WRONG, inf, uncertainty)
    scale = max(abs(found), abs(slope.value), slope.scale, terms.scale)
    allowed = max(4 * uncertainty, tolerance * scale, terms.noise, 4 * SUBNORMAL)
    if slope.is_kink:
        outside = abs(found - nearest(found, slope))
        return Judgement(Verdict.WRONG if outside > allowed else Verdict.KINK, outside, uncertainty)
    difference = abs(found - slope.value)
    if difference > max(allowed, SEVERAL * slope.bend):
        verdict = Verdict.WRONG if difference > CERTAIN * uncertainty else Verdict.UNCHECKED
        return Judgement(verdict, difference, uncertainty, None if verdict is Verdict.WRONG else UNCERTAIN)
    seen = max(abs(found), slope.scale, terms.scale)
    if difference > 0 and uncertainty > max(SEEN * seen, 4 * SUBNORMAL):
        return Judgement(Verdict.UNCHECKED, difference, uncertainty, "too small next to the value to be seen")
    return Judgement(Verdict.RIGHT, difference, uncertainty)


def _without_derivative(found: float, slope: Slope) -> Judgement:
    if slope.reason == UNDEFINED and isnan(found):
        return Judgement(Verdict.RIGHT, note="there is no derivative, as nan says: the function is undefined nearby")
    if slope.reason == TOO_LARGE and found == slope.value and isinf(found):
        return Judgement(Verdict.RIGHT, note=slope.reason)
    return Judgement(Verdict.UNCHECKED, note=slope.reason)


def nearest(found: float, slope: Slope) -> float:
    """The derivative; at a kink, the number between the two slopes that is nearest to a given one, halfway to nan."""
    if not slope.is_kink:
        return slope.value
    low, high = sorted((slope.left, slope.right))
    return min(max((low + high) / 2 if isnan(found) else found, low), high)
