"""The numeric gradient of a function of one value, and what a gradient under test is beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf

from backpropcli.domains import Domain, Value
from backpropcli.gradcheck.coarseness import coarse_slope, is_coarse
from backpropcli.gradcheck.judgement import NOTHING, Judgement, Terms, judged, nearest
from backpropcli.gradcheck.kinks import joint_contradiction, limiting_kink
from backpropcli.gradcheck.numeric import differentiate
from backpropcli.gradcheck.precision import REALS, most_digits
from backpropcli.gradcheck.probes import FEW, Probe, is_large, probes
from backpropcli.gradcheck.report import Verdict
from backpropcli.gradcheck.setting import Setting
from backpropcli.gradcheck.slope import EPSILON, UNDEFINED, Slope

SHOWN = 3  # of many numbers
AT_A_GLANCE = 8  # numbers, of which people see where two arrays differ
OF_ARRAY = 64 * EPSILON  # of the largest number in a gradient may be lost in each
OF_FLOAT32_ARRAY = 1e-2  # of the largest number in a gradient: smaller ones have too few digits in float32 to be seen
RESIDUE = EPSILON**2  # relative to the value, when x moves by its own size
MOST_DOUBTS = 40  # so many numbers that are not plainly right are looked at with all digits

_OF_SAMPLES = (Verdict.WRONG, Verdict.KINK, Verdict.RIGHT, Verdict.UNCHECKED)  # what is not tried is not checked, too
_DOUBTFUL = (Verdict.WRONG, Verdict.UNCHECKED)
_WORST_FIRST = (*_DOUBTFUL, Verdict.KINK, Verdict.RIGHT)


class Reference:
    """The gradient of <dout, function(x)> with respect to x, number by number.

    What is in doubt beside it is looked at again: with what is known of its `terms`, with the noise of the function
    measured, and in the setting of all digits that `finer` makes, where there is one.
    """

    def __init__(
        self,
        setting: Setting,
        terms: Callable[[], Terms | None] = lambda: None,
        finer: Callable[[], Setting | None] = lambda: None,
        few: int = FEW,
    ) -> None:
        self.setting = setting
        self.x = setting.x
        self.numbers = setting.numbers
        self._terms = terms
        self._finer = finer
        self._few = few  # numbers of an x of which each is moved by itself
        self._is_coarse: bool | None = None  # unknown
        with self.numbers.quiet():
            self.slopes = list(self._first_slopes())

    def _first_slopes(self) -> Iterator[tuple[Probe, Slope]]:
        """The derivative along each probe; when one does not settle at once, what computes in float32 is recognised."""
        method = self.setting.method
        for probe in probes(self.x, self.numbers, self._few):
            if self._is_coarse:
                yield probe, coarse_slope(self.setting, probe)
                continue
            slope = differentiate(self.setting.curve(probe), method)
            if self._is_coarse is None and method.is_float and slope.uncertainty > method.goal * slope.scale:
                self._is_coarse = is_coarse(self.setting)
                slope = coarse_slope(self.setting, probe) if self._is_coarse else slope
            yield probe, slope

    @property
    def is_precise(self) -> bool:
        """Whether the derivative has more digits than float64 can hold."""
        return self.setting.method is REALS

    @property
    def is_whole(self) -> bool:
        """Whether every number of x was moved."""
        return not is_large(self.x, self.numbers, self._few)

    @property
    def has_settled(self) -> bool:
        """Whether there is a derivative at every number."""
        return all(slope.is_known for _, slope in self.slopes)

    @property
    def value(self) -> Value | None:
        """The gradient in the shape of x, as floats or arrays; None for a large x, or where there is none."""
        return self._shaped([slope.value for _, slope in self.slopes])

    def beside(self, found: Value) -> Value | None:
        """The value to show beside a gradient: at a kink, the one between the two slopes that is nearest to it."""
        if self.numbers.shape(found) != self.numbers.shape(self.x):
            return self.value
        return self._shaped([nearest(along(found, probe, self.numbers), slope) for probe, slope in self.slopes])

    def _shaped(self, flat: list[float]) -> Value | None:
        if not self.is_whole or not self.has_settled:
            return None
        if self.numbers.is_scalar:
            return flat[0]
        return self.numbers.reshape(self.numbers.convert(flat), self.numbers.shape(self.x))

    def judge(self, found: Value, tolerance: float, convention: str | None = None, *, unseen: float = 0.0) -> Judgement:
        """Whether a gradient in the shape of x is right, within a tolerance relative to the size of its terms.

        A share of its numbers may be `unseen`: left unchecked.
        """
        if not self.slopes:
            return Judgement(Verdict.RIGHT, note="there are no numbers to check")
        judgements = [judged(along(found, probe, self.numbers), slope, tolerance) for probe, slope in self.slopes]
        if any(judgement.verdict in _DOUBTFUL for judgement in judgements):
            with self.numbers.quiet():
                self._look_again(judgements, found, tolerance)
        order = _WORST_FIRST if self.is_whole else _OF_SAMPLES
        verdicts = [judgement.verdict for judgement in judgements]
        is_enough = verdicts.count(Verdict.UNCHECKED) <= unseen * len(verdicts)
        verdict = next(v for v in order if v in verdicts and not (v is Verdict.UNCHECKED and is_enough))
        if verdict is Verdict.KINK and (sentence := self._joint(found)):
            return Judgement(Verdict.WRONG, note=sentence)
        furthest = max(
            (judgement for judgement in judgements if judgement.verdict is verdict),
            key=lambda judgement: judgement.difference or 0.0,
        )
        return furthest._replace(note="; ".join(self._notes(judgements, verdict, convention)) or None)

    def is_near(self, found: Value, tolerance: float) -> bool:
        """Whether a gradient is the derivative, whatever rounding would excuse."""
        return all(
            judged(along(found, probe, self.numbers), slope, tolerance).verdict is not Verdict.WRONG
            for probe, slope in self.slopes
        )

    def _look_again(self, judgements: list[Judgement], found: Value, tolerance: float) -> None:
        """Judge anew what is in doubt, the furthest off first, until one is wrong for certain."""
        doubts = [n for n, judgement in enumerate(judgements) if judgement.verdict in _DOUBTFUL]
        doubts.sort(key=lambda number: -(judgements[number].difference or 0.0))
        for count, number in enumerate(doubts):
            probe, _ = self.slopes[number]
            said = along(found, probe, self.numbers)
            for slope, noise in self._other_slopes(number, said, with_all_digits=count < MOST_DOUBTS):
                judgement = judged(said, slope, tolerance, noise)
                if slope.is_known or slope.reason == UNDEFINED or not self.slopes[number][1].is_known:
                    judgements[number], self.slopes[number] = judgement, (probe, slope)
                if judgement.verdict not in _DOUBTFUL:
                    break
            if judgements[number].verdict is Verdict.WRONG:
                return

    def _other_slopes(self, number: int, found: float, *, with_all_digits: bool) -> Iterator[tuple[Slope, Terms]]:
        """The derivatives along a probe as they look more closely, and the terms of the gradient there."""
        probe, slope = self.slopes[number]
        known = self._terms()
        terms = NOTHING if known is None else known.along(probe, self.numbers)
        largest = max((abs(other.value) for _, other in self.slopes if other.reason is None), default=0.0)
        terms = terms._replace(noise=max(terms.noise, OF_ARRAY * largest, self._residue(probe, slope)))
        yield slope, terms
        if self._is_coarse is None:
            self._is_coarse = self.setting.method.is_float and is_coarse(self.setting)
        if self._is_coarse:
            terms = terms._replace(scale=max(terms.scale, OF_FLOAT32_ARRAY * largest))
            yield (slope := coarse_slope(self.setting, probe)), terms
        else:
            curve = self.setting.curve(probe, terms.of_output if self.setting.method.is_float else 0.0)
            yield (slope := differentiate(curve, self.setting.method, is_thorough=True)), terms
        if with_all_digits and (finer := self._finer()) is not None:
            with finer.numbers.quiet(), most_digits() as method:
                fine = differentiate(finer.curve(probe), method)
            if not fine.has_failed:
                yield fine, terms
                slope = fine
        if slope.reason is None and self.is_whole and (kink := limiting_kink(self.setting, probe, slope, found)):
            yield kink, terms

    def _residue(self, probe: Probe, slope: Slope) -> float:
        """What rounding may leave of terms that cancel, where the function stands still; next to nothing beside it."""
        position = abs(self.numbers.rounded(self.numbers.convert(probe.position)))
        if slope.scale > 0 or position == 0:
            return 0.0
        value = self.setting.function(self.x)
        return RESIDUE * self.numbers.rounded(self.numbers.sum(abs(self.setting.dout * value))) / position

    def _joint(self, found: Value) -> str | None:
        """What is wrong along a direction in which all numbers that are at kinks move together."""
        kinks = [probe for probe, slope in self.slopes if slope.is_kink]
        if len(kinks) < 2 or not self.is_whole:
            return None
        with self.numbers.quiet():
            return joint_contradiction(self.setting, kinks, found)

    def _notes(self, judgements: Sequence[Judgement], verdict: Verdict, convention: str | None) -> Iterator[str]:
        pairs = list(zip(self.slopes, judgements, strict=True))
        if not self.is_whole:
            count = sum(probe.place is not None for probe, _ in self.slopes)
            directions = len(self.slopes) - count
            yield f"{count} of {self.numbers.size(self.x):,} numbers and {directions} directions were tried"
        else:
            yield from _few_wrong([(probe, judgement.verdict) for (probe, _), judgement in pairs])
        infinite = [each for each, judgement in pairs if judgement.difference == inf and each[0].place]
        for probe, slope in infinite[:1]:
            yield f"at {_written(probe)} it is not finite, where the derivative is {slope.value:.6g}"
        kinks = [(probe, slope) for probe, slope in self.slopes if slope.is_kink]
        for probe, slope in kinks[:SHOWN]:
            where = f"at {_written(probe)} " if probe.place != () else ""
            yield f"{where}there is a kink: {slope.sides}"
        if len(kinks) > SHOWN:
            yield f"and {len(kinks) - SHOWN} more kinks"
        if kinks and convention:
            yield f"convention: {' '.join(convention.split())}"
        unchecked = [judgement.note for judgement in judgements if judgement.verdict is Verdict.UNCHECKED]
        if len(unchecked) == len(judgements):
            yield unchecked[0] or ""
        elif unchecked:
            yield f"{len(unchecked)} of {len(judgements)} could not be checked: {unchecked[0]}"
        elif verdict is Verdict.RIGHT:
            yield from dict.fromkeys(judgement.note for judgement in judgements if judgement.note)


def along(found: Value, probe: Probe, numbers: Domain) -> float:
    """The derivative along a probe according to a gradient."""
    if probe.place is None:
        with numbers.quiet():
            return numbers.rounded(numbers.sum(found * probe.direction))
    return float(found[probe.place] if probe.place else found)


def _few_wrong(verdicts: Sequence[tuple[Probe, Verdict]]) -> Iterator[str]:
    """Where an array of many numbers is wrong, if it is right at half of them at least."""
    wrong = [probe for probe, verdict in verdicts if verdict is Verdict.WRONG]
    right = sum(verdict in {Verdict.RIGHT, Verdict.KINK} for _, verdict in verdicts)
    if 0 < len(wrong) <= right and len(verdicts) > AT_A_GLANCE:
        more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        yield f"wrong at {', '.join(map(_written, wrong[:SHOWN]))}{more}; right at {right} others"


def _written(probe: Probe) -> str:
    return "a direction" if probe.place is None else str(list(probe.place))
