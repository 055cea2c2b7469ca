"""The numeric gradient of a function of one value, and what a gradient under test is beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite
from typing import NamedTuple

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.numeric import FLOAT64, REALS, STEEP, Curve, Method, Slope, differentiate, second_opinion
from backpropcli.gradcheck.probes import Probe, is_large, probes
from backpropcli.gradcheck.report import Verdict

FAST = Method(FLOAT64.exponents[1:], 3, FLOAT64.epsilon, 1e-7)  # for what would take seconds
SHOWN_SLOPES = 3  # of many numbers at a kink


class Judgement(NamedTuple):
    """The verdict on a gradient: `difference` and `uncertainty` are those of the number that is furthest off."""

    verdict: Verdict
    difference: float | None = None
    uncertainty: float | None = None
    note: str | None = None


class Reference:
    """The gradient of <dout, function(x)> with respect to x, number by number."""

    def __init__(self, function: Callable[[Value], Value], x: Value, dout: Value, numbers: Domain) -> None:
        self.function = function
        self.x = x
        self.dout = dout
        self.numbers = numbers
        self.method = REALS if numbers.epsilon < FLOAT64.epsilon else FAST if is_large(x, numbers) else FLOAT64
        with numbers.quiet():
            self.slopes = [
                (probe, differentiate(self._curve(probe), probe.position, self.method)) for probe in probes(x, numbers)
            ]

    def _curve(self, probe: Probe) -> Curve:
        """The function along the direction of a probe."""
        numbers = self.numbers

        def weigh(change: Value) -> tuple[Value, Value]:
            terms = self.dout * change
            return numbers.sum(terms), numbers.sum(abs(terms))

        return Curve(lambda t: self.function(self.x + t * probe.direction), numbers.is_finite, weigh, numbers.rounded)

    @property
    def is_precise(self) -> bool:
        """Whether the derivative has more digits than float64 can hold."""
        return self.method is REALS

    @property
    def is_whole(self) -> bool:
        """Whether every number of x was moved."""
        return not is_large(self.x, self.numbers)

    @property
    def has_settled(self) -> bool:
        """Whether there is a derivative, on both sides at least, at every number."""
        return all(slope.reason is None for _, slope in self.slopes)

    @property
    def value(self) -> Value | None:
        """The gradient in the shape of x, as floats or arrays; None for a large x, or where there is none."""
        return self._shaped([slope.value for _, slope in self.slopes])

    def beside(self, found: Value) -> Value | None:
        """The value to show beside a gradient: at a kink, the one between the two slopes that is nearest to it."""
        if self.numbers.shape(found) != self.numbers.shape(self.x):
            return self.value
        return self._shaped([_nearest(_along(found, probe, self.numbers), slope) for probe, slope in self.slopes])

    def _shaped(self, flat: list[float]) -> Value | None:
        if not self.is_whole or not self.has_settled:
            return None
        if self.numbers.is_scalar:
            return flat[0]
        return self.numbers.reshape(self.numbers.convert(flat), self.numbers.shape(self.x))

    def judge(self, found: Value, tolerance: float, convention: str | None = None) -> Judgement:
        """Whether a gradient in the shape of x is right, within a tolerance relative to the size of its terms."""
        judgements = [(probe, slope, self._judged(found, probe, slope, tolerance)) for probe, slope in self.slopes]
        verdicts = {judgement.verdict for _, _, judgement in judgements}
        for verdict in (Verdict.WRONG, Verdict.KINK, Verdict.RIGHT, Verdict.UNCHECKED):
            if verdict in verdicts:
                break
        else:
            return Judgement(Verdict.RIGHT, note="there are no numbers to check")
        furthest = max(
            (judgement for _, _, judgement in judgements if judgement.verdict is verdict),
            key=lambda judgement: judgement.difference or 0.0,
        )
        return furthest._replace(verdict=verdict, note="; ".join(self._notes(judgements, verdict, convention)) or None)

    def _judged(self, found: Value, probe: Probe, slope: Slope, tolerance: float) -> Judgement:
        said = _along(found, probe, self.numbers)
        judgement = _judge(said, slope, tolerance)
        if judgement.verdict is not Verdict.WRONG or slope.is_kink or slope.reason is not None:
            return judgement
        with self.numbers.quiet():
            return _judge(said, second_opinion(self._curve(probe), slope, self.method), tolerance)

    def _notes(
        self, judgements: list[tuple[Probe, Slope, Judgement]], verdict: Verdict, convention: str | None
    ) -> Iterator[str]:
        if not self.is_whole:
            count = sum(probe.place is not None for probe, _ in self.slopes)
            directions = len(self.slopes) - count
            yield f"{count} of {self.numbers.size(self.x):,} numbers and {directions} directions were tried"
        kinks = [(probe, slope) for probe, slope, _ in judgements if slope.is_kink]
        for probe, slope in kinks[:SHOWN_SLOPES]:
            where = f"at {_written(probe)} " if probe.place != () else ""
            sides = f"{slope.left:.6g} on the left and {slope.right:.6g} on the right"
            yield f"{where}there is a kink: the slope is {sides}"
        if len(kinks) > SHOWN_SLOPES:
            yield f"and {len(kinks) - SHOWN_SLOPES} more kinks"
        if kinks and convention:
            yield f"convention: {' '.join(convention.split())}"
        unchecked = [judgement.note for _, _, judgement in judgements if judgement.verdict is Verdict.UNCHECKED]
        if unchecked and verdict is Verdict.UNCHECKED:
            yield unchecked[0] or ""
        elif unchecked:
            yield f"{len(unchecked)} of {len(judgements)} could not be checked: {unchecked[0]}"


def _along(found: Value, probe: Probe, numbers: Domain) -> float:
    """The derivative along a probe according to a gradient."""
    if probe.place is None:
        return numbers.rounded(numbers.sum(found * probe.direction))
    return float(found[probe.place] if probe.place else found)


def _judge(found: float, slope: Slope, tolerance: float) -> Judgement:
    if slope.reason is not None:
        return Judgement(Verdict.UNCHECKED, note=slope.reason)
    uncertainty = slope.error + slope.noise
    allowed = max(4 * uncertainty, tolerance * max(abs(found), abs(slope.value), slope.scale))
    if not isfinite(found):
        return Judgement(Verdict.WRONG, float("inf"), uncertainty)
    if slope.is_kink:
        outside = abs(found - _nearest(found, slope))
        return Judgement(Verdict.WRONG if outside > allowed else Verdict.KINK, outside, uncertainty)
    difference = abs(found - slope.value)
    if difference > allowed:
        return Judgement(Verdict.WRONG, difference, uncertainty)
    if difference > 0 and uncertainty > STEEP * max(abs(found), slope.scale):
        return Judgement(
            Verdict.UNCHECKED, difference, uncertainty, "too small next to the value to be seen in float64"
        )
    return Judgement(Verdict.RIGHT, difference, uncertainty)


def _nearest(found: float, slope: Slope) -> float:
    """The derivative; at a kink, the number between the two slopes that is nearest to a given one."""
    if not slope.is_kink:
        return slope.value
    low, high = sorted((slope.left, slope.right))
    return min(max(found, low), high)


def _written(probe: Probe) -> str:
    return "a direction" if probe.place is None else str(list(probe.place))
