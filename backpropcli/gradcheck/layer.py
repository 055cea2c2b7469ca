"""The check of one layer by itself, on inputs that are given, its samples, or generic ones that it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backpropcli.binding import fit_dout, read_value
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import Value
from backpropcli.errors import BackpropError, Problem
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.layer_gradients import TOLERANCE, Standards, check_node
from backpropcli.gradcheck.precision import real_numbers
from backpropcli.gradcheck.report import Finding, Report, Verdict
from backpropcli.gradcheck.samples import Usage
from backpropcli.gradcheck.trials import to_try

MOST_SHAPES = 3  # in a sentence with "and"
LOOSE = 3e-5
A_CONSTANT_IS_LEFT_OUT = (
    "right to 5 digits, not to 6: as where forward adds a small constant, such as 1e-7 within a logarithm, that backward "
    "leaves out"
)


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
    whatever the constructor takes. A layer without samples is tried on inputs that its forward takes, constructed with
    what its constructor takes. The first sample that shows a mistake, or that fails, is the last to be tried: the next
    ones would repeat it. `tolerance` and `precise` are as for a scenario.
    """
    given = dict(parameters or {})
    findings: list[Finding] = []
    problems: list[Problem] = []
    notes: list[str] = []
    try:
        standards = Standards(tolerance, real_numbers(precise))
        tried = to_try(spec, inputs, given)
        for number, (isolated, usage, _, is_guess) in enumerate(tried, 1):
            label = spec.name if len(tried) == 1 else f"{spec.name}, sample {number}"
            upstream = None if dout is None else _upstream(dout, isolated)
            items = list(check_node(isolated, label, standards, upstream))
            if _is_bad(items) and is_guess and tolerance == TOLERANCE:
                loosely = list(check_node(isolated, label, standards._replace(tolerance=LOOSE), upstream))
                if not _is_bad(loosely):
                    items = loosely
                    notes = [A_CONSTANT_IS_LEFT_OUT]
            if _is_bad(items) and usage is Usage.BROADCAST and findings:
                notes.append(f"right, but not for inputs that broadcast, such as {_shapes(isolated)}")
                break
            if is_guess and findings:
                items = [i for i in items if isinstance(i, Problem) or i.verdict is not Verdict.UNCHECKED]
            findings += [item for item in items if isinstance(item, Finding)]
            problems += [item for item in items if isinstance(item, Problem)]
            if _is_bad(items):
                break
    except BackpropError as error:
        problems += error.problems
    return Report(spec.name, tuple(findings), tuple(problems), tuple(notes))


def _is_bad(items: Sequence[Finding | Problem]) -> bool:
    return any(isinstance(item, Problem) or item.verdict is Verdict.WRONG for item in items)


def _shapes(isolated: IsolatedLayer) -> str:
    shapes = [isolated.domain.shape(x) for x in isolated.inputs]
    return " and ".join(map(str, shapes)) if len(shapes) < MOST_SHAPES else ", ".join(map(str, shapes))


def _upstream(dout: Any, isolated: IsolatedLayer) -> Value:
    """The given dout in the shape of the layer's value."""
    return isolated.domain.convert(fit_dout(isolated.domain, read_value(dout, isolated.domain), isolated.value()))
