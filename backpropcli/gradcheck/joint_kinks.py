"""Inputs that meet at a kink, moved together: where two are equal, their larger one moves as both do, and no faster.

Each gradient by itself may be any between the slopes on either side; together they have to add up.
"""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.domains import Value
from backpropcli.errors import BackpropError, Problem
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.probes import simple_like
from backpropcli.gradcheck.reference import Reference
from backpropcli.gradcheck.report import Finding, Kind, Verdict
from backpropcli.gradcheck.setting import Setting


def joint_finding(
    isolated: IsolatedLayer, label: str, found: Sequence[Finding | Problem], dout: Value | None, tolerance: float
) -> Finding | None:
    """The finding that gradients are wrong together, where several inputs are at a kink; None if they are not."""
    numbers, name_of = isolated.domain, isolated.node.spec.input_name
    kinks = {item.subject for item in found if isinstance(item, Finding) and item.verdict is Verdict.KINK}
    moving = [n for n in range(len(isolated.inputs)) if f"{label}, input {name_of(n)}" in kinks]
    if len(moving) < 2:
        return None

    def moved(distance: Value) -> Value:
        return isolated.value([x + distance if n in moving else x for n, x in enumerate(isolated.inputs)])

    try:
        with numbers.quiet():
            value = isolated.value()
            upstream = simple_like(value, numbers) if dout is None else dout
            gradients = isolated.gradients(upstream)
            total = numbers.convert(sum(numbers.rounded(numbers.sum(gradients[n])) for n in moving))
            reference = Reference(Setting(moved, numbers.convert(0.0), upstream, numbers))
            judgement = reference.judge(total, tolerance)
    except BackpropError:
        return None
    if judgement.verdict is not Verdict.WRONG:
        return None
    names = " and ".join(name_of(n) for n in moving)
    note = f"where {names} meet, their gradients add up to more, or less, than the value changes when both move alike"
    subject = f"{label}, inputs {names} together"
    return Finding(Kind.LOCAL, Verdict.WRONG, subject, total, reference.beside(total), judgement.difference, note=note)
