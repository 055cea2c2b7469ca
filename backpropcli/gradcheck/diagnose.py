"""What kind of mistake a wrong gradient is: common ones, each tested against the numbers before it is said."""

from __future__ import annotations

from backpropcli.errors import BackpropError
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.mistakes import MISTAKES, SLIPS, Groups, Mistake


def diagnose(evidence: Evidence, elsewhere: Evidence | None = None, mistakes: Groups = MISTAKES) -> str | None:
    """The mistake in a sentence; None if it is not a common one, or could be either of two.

    `elsewhere` is the same gradient at another point, where the mistake must show as well.
    """
    with evidence.numbers.quiet():
        is_nearly_right = evidence.fits(evidence.found, evidence.right)  # anything that is right as well would fit
        for alike in (SLIPS,) if is_nearly_right else mistakes:
            sentences = {said for test in alike if (said := _confirmed(test, evidence, elsewhere))}
            if sentences:
                return sentences.pop() if len(sentences) == 1 else None
    return None


def _confirmed(test: Mistake, evidence: Evidence, elsewhere: Evidence | None) -> str | None:
    try:
        sentence = test(evidence)
        return sentence if sentence is None or elsewhere is None or test(elsewhere) == sentence else None
    except (BackpropError, ArithmeticError):  # the layer fails where the test would try it, or floats overflow
        return None
