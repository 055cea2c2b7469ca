"""The check of one layer by itself, on inputs that are given, its samples, or guesses that it takes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backpropcli.binding import fit_dout, read_value
from backpropcli.catalogue.randomness import generators_kept
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import Value
from backpropcli.errors import BackpropError, Problem
from backpropcli.gradcheck.allowances import allowances_of, may_do_without_dout
from backpropcli.gradcheck.digits import digit_findings
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.joint_kinks import joint_finding
from backpropcli.gradcheck.layer_gradients import TOLERANCE, Standards, check_node
from backpropcli.gradcheck.meant import Tried
from backpropcli.gradcheck.namesake import difference
from backpropcli.gradcheck.neighbours import neighbour, shown_beside
from backpropcli.gradcheck.precision import real_numbers
from backpropcli.gradcheck.report import Finding, Kind, Report, Verdict
from backpropcli.gradcheck.samples import Usage
from backpropcli.gradcheck.tails import tail_findings
from backpropcli.gradcheck.trials import to_try

UNSEEN = 0.25  # of the numbers of a guess: if they are this few, others have shown enough

Items = list[Finding | Problem]


@generators_kept()
def check_layer(
    spec: LayerSpec,
    inputs: Sequence[Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    dout: Any = None,
    *,
    tolerance: float = TOLERANCE,
    precise: bool | None = None,
) -> Report:
    """Whether a layer's backward is right for its forward, on `inputs`, or else on the layer's samples.

    Inputs and dout are numbers, lists, arrays, or literals as read from the command line; among the parameters may be
    whatever the constructor takes. Besides its samples a layer is tried on inputs that its forward takes, constructed
    with what its constructor takes. The first sample that shows a mistake, or that fails, is the last to be tried: the
    next ones would repeat it. `tolerance` and `precise` are as for a scenario.
    """
    try:
        with warnings.catch_warnings():
            if inputs is None:  # at guesses, people need not wonder about what NumPy warns of
                warnings.simplefilter("ignore", RuntimeWarning)
            return _report(spec, to_try(spec, inputs, dict(parameters or {})), dout, tolerance, precise)
    except BackpropError as error:
        return Report(spec.name, (), error.problems)


def _report(spec: LayerSpec, tried: Sequence[Tried], dout: Any, tolerance: float, precise: bool | None) -> Report:
    """What a check says of a layer on all that it is tried on."""
    items: Items = []
    aside: dict[str, Items] = {}
    notes: dict[str, None] = {}
    standards = Standards(tolerance, real_numbers(precise))
    allowed, serves_one = None, False
    try:
        for number, each in enumerate(tried, 1):
            label = spec.name if len(tried) == 1 else f"{spec.name}, sample {number}"
            found, allowed = _judged(each, label, standards, dout, allowed)
            if _is_bad(found) and each.usage is Usage.EITHER:
                aside[_not_for(each)] = found
                continue
            if _is_bad(found) and each.usage is Usage.UNUSUAL and items and spec.origin is not None:
                notes[_not_for(each)] = None
                break
            notes.update(dict.fromkeys(filter(None, (allowed, *_forgiven(found)))))
            items += found if each.guess is None or not items else _judged_only(found)
            serves_one = serves_one or each.usage is Usage.EITHER
            if _is_bad(found):
                break
        items += [] if serves_one else next(iter(aside.values()), [])
        notes.update(dict.fromkeys([] if _is_bad(items) else aside))
        if other := next(filter(None, (difference(each.isolated) for each in tried)), None):
            notes[other] = None
        items += _of_weights(tried, spec.name)
        if not _is_bad(items):
            if remark := getattr(spec.cls, "remark", None):
                notes[remark] = None
            items += tail_findings(tried[0].isolated, spec.name)
            items += digit_findings(tried[-1].isolated, spec.name, tolerance)
    except BackpropError as error:
        items += error.problems
    findings = [item for item in items if isinstance(item, Finding)]
    return Report(spec.name, tuple(findings), tuple(i for i in items if isinstance(i, Problem)), tuple(notes))


def _of_weights(tried: Sequence[Tried], label: str) -> list[Finding]:
    """A finding for each weight of which nothing can be said, and for each that has no gradient."""
    unchecked = "it cannot be checked, as forward does something else when it runs again"
    forgotten = "backward leaves no gradient for it"
    found = {
        **{name: (Verdict.UNCHECKED, unchecked) for each in tried for name in each.isolated.unchecked_weights},
        **{name: (Verdict.WRONG, forgotten) for each in tried for name in each.isolated.forgotten_weights},
    }
    return [
        Finding(Kind.LOCAL, verdict, f"{label}, weight {name}", note=note) for name, (verdict, note) in found.items()
    ]


def _judged(tried: Tried, label: str, standards: Standards, dout: Any, already: str | None) -> tuple[Items, str | None]:
    """What the check of a layer says, and the note where something is forgiven it: what was `already` comes first."""
    isolated = tried.isolated
    if tried.guess is not None:  # which may be where a right layer has few digits: floats do not see so many
        standards = replace(standards, reals=None, unseen=UNSEEN)
    upstream = None if dout is None else _upstream(dout, isolated)
    allowances = list(allowances_of(isolated, standards, upstream))
    allowances.sort(key=lambda allowance: allowance.note != already)
    strict: Items | None = None
    for note, allowed, other, laid_out in allowances:
        found = list(check_node(laid_out, label, allowed, other))
        if not _is_bad(found):
            if joint := joint_finding(isolated, label, found, other, allowed.tolerance):
                return [*found, joint], note
            if isolated.node.spec.origin is None:
                return found, note
            nearby, remark = _judged_nearby(tried, label, standards, dout)
            return [*found, *nearby], note or remark
        strict = strict or found
    return strict or [], already


def _judged_nearby(tried: Tried, label: str, standards: Standards, dout: Any) -> tuple[Items, str | None]:
    """What shows at a neighbour in general position, of given inputs at which mistakes may not show."""
    isolated = tried.isolated
    if tried.guess is not None or (beside := neighbour(isolated)) is None:
        return [], None
    generic = None if dout is None or not may_do_without_dout(isolated) else dout
    nearby, remark = _judged(Tried(beside), f"{label} nearby", standards, generic, None)
    return list(shown_beside(isolated, nearby)), remark


def _is_bad(items: Items) -> bool:
    return any(isinstance(item, Problem) or item.verdict is Verdict.WRONG for item in items)


def _forgiven(items: Items) -> list[str]:
    """The note on conduct that does no harm where backward runs once."""
    conduct = (item for item in items if isinstance(item, Finding) and item.kind is Kind.CONDUCT)
    return [f"right, but {item.note}" for item in conduct if item.verdict is Verdict.RIGHT and item.note]


def _judged_only(items: Items) -> Items:
    """Without what could not be checked: another guess has shown enough."""
    return [item for item in items if isinstance(item, Problem) or item.verdict is not Verdict.UNCHECKED]


def _not_for(tried: Tried) -> str:
    """The note on inputs for which a layer need not be written."""
    isolated = tried.isolated
    shapes = [str(isolated.domain.shape(x)) for x in isolated.inputs]
    if len(shapes) == 1:
        return f"right, but not for an input of shape {shapes[0]}"
    kind = "of the same shape" if len(set(shapes)) == 1 else "that broadcast"
    return f"right, but not for inputs {kind}, such as {', '.join(shapes[:-1])} and {shapes[-1]}"


def _upstream(dout: Any, isolated: IsolatedLayer) -> Value:
    """The given dout in the shape of the layer's value."""
    return isolated.domain.convert(fit_dout(isolated.domain, read_value(dout, isolated.domain), isolated.value()))
