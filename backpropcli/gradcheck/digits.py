"""Whether a user's layer computes in a smaller float than its forward: it shows at numbers that need all digits.

Samples have few digits, so that people can redo the sums; most are numbers of float16, which rounding leaves as they
are.
"""

from __future__ import annotations

from collections.abc import Iterator

from backpropcli.catalogue.user_code import definition
from backpropcli.errors import BackpropError
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.layer_diagnosis import numeric_gradient
from backpropcli.gradcheck.mistakes.rounding import FLOATS, is_held, low_precision, may_be_of_few_digits
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.trial import Trial, another_point

SEEN = 2.0**-28  # what numeric derivatives still show of a rounding to float32, in parts of a gradient's terms


def digit_findings(isolated: IsolatedLayer, label: str, tolerance: float) -> Iterator[Finding]:
    """A finding for each gradient of a user's layer that has the digits of a smaller float.

    Beyond the tolerance it is wrong; within, imprecise.
    """
    if isolated.node.spec.file is None:
        return
    try:
        with isolated.domain.quiet():
            yield from _findings(isolated, label, tolerance)
    except BackpropError:  # the layer is given other numbers than it was made for
        return


def _findings(isolated: IsolatedLayer, label: str, tolerance: float) -> Iterator[Finding]:
    numbers, spec, varying = isolated.domain, isolated.node.spec, isolated.varying()
    moved = another_point(isolated, isolated.value(), varying)
    if moved is None:
        return
    there, dout = moved
    if all(is_held(float(x), FLOATS[0]) for x in numbers.elements(there.value())):
        return
    gradients = there.gradients(dout)
    for number in varying:
        found, trial = gradients[number], Trial(there, number, dout)
        if found is None or numbers.shape(found) != numbers.shape(trial.x) or not may_be_of_few_digits(found, trial):
            continue
        reference = numeric_gradient(there, number, dout)
        right = reference.value
        if right is None:
            continue
        judgement = reference.judge(found, SEEN)
        name = spec.input_name(number)
        note = low_precision(Evidence(name, found, right, numbers, trial=trial))
        if judgement.verdict is Verdict.WRONG and note is not None:
            is_wrong = reference.judge(found, tolerance).verdict is Verdict.WRONG
            verdict = Verdict.WRONG if is_wrong else Verdict.IMPRECISE
            subject, place = f"{label}, input {name}", definition(spec.cls.backward)
            yield Finding(
                Kind.LOCAL, verdict, subject, found, right, judgement.difference, judgement.uncertainty, note, place
            )
