"""The check of one layer by itself, on inputs that are given, its samples, or generic ones that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backpropcli.binding import bind, fit_dout, read_value
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import Value
from backpropcli.errors import BackpropError, DataError, Problem
from backpropcli.gradcheck.digits import digit_findings
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.layer_gradients import TOLERANCE, Standards, check_node
from backpropcli.gradcheck.precision import real_numbers
from backpropcli.gradcheck.report import Finding, Report, Verdict
from backpropcli.gradcheck.samples import generic_samples, own_samples
from backpropcli.gradcheck.tails import tail_findings
from backpropcli.graph import Graph, Node
from backpropcli.layers import Sample


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

    Inputs and dout are numbers, lists, arrays, or literals as read from the command line. A layer without samples is
    tried on generic numbers and small arrays that its forward takes. The first sample that shows a mistake, or that
    fails, is the last to be tried: the next ones would repeat it. `tolerance` and `precise` are as for a scenario.
    """
    given = dict(parameters or {})
    findings: list[Finding] = []
    problems: list[Problem] = []
    try:
        standards = Standards(tolerance, real_numbers(precise))
        isolated_layers = list(_isolated_layers(spec, inputs, given))
        for number, isolated in enumerate(isolated_layers, 1):
            label = spec.name if len(isolated_layers) == 1 else f"{spec.name}, sample {number}"
            upstream = None if dout is None else _upstream(dout, isolated)
            for item in check_node(isolated, label, standards, upstream):
                if isinstance(item, Finding):
                    findings.append(item)
                else:
                    problems.append(item)
            if problems or any(finding.verdict is Verdict.WRONG for finding in findings):
                break
        else:
            findings += tail_findings(isolated_layers[0], spec.name)
            findings += digit_findings(isolated_layers[-1], spec.name, tolerance)
    except BackpropError as error:
        problems += error.problems
    return Report(spec.name, tuple(findings), tuple(problems))


def _isolated_layers(
    spec: LayerSpec, inputs: Sequence[Any] | None, parameters: Mapping[str, Any]
) -> Iterator[IsolatedLayer]:
    if inputs is not None:
        yield _isolated_layer(spec, Sample(tuple(inputs), dict(parameters)))
    elif samples := own_samples(spec, parameters):
        yield from (_isolated_layer(spec, sample) for sample in samples)
    else:
        yield from _accepted(spec, [_isolated_layer(spec, sample) for sample in generic_samples(spec, parameters)])


def _accepted(spec: LayerSpec, isolated_layers: Sequence[IsolatedLayer]) -> list[IsolatedLayer]:
    """The isolated layers whose forward runs and gives finite values. Raises DataError if it never does."""
    accepted = []
    reasons: list[Problem] = []
    for isolated in isolated_layers:
        try:
            with isolated.domain.quiet():
                if isolated.domain.is_finite(isolated.value()):
                    accepted.append(isolated)
        except BackpropError as error:
            reasons += error.problems
    if not accepted:
        message = f"{spec.name} has no samples, and accepts neither generic numbers nor generic arrays"
        reason = reasons[0] if reasons else Problem("the values are not finite")
        hint = "give it inputs" if reason.place is None else reason.hint
        raise DataError(Problem(f"{message}: {reason.message}", reason.place, hint))
    return accepted


def _isolated_layer(spec: LayerSpec, sample: Sample) -> IsolatedLayer:
    names = [f"x{number}" for number in range(len(sample.inputs))]
    node = Node(spec, names, "out", parameters=sample.parameters)
    graph = Graph(names, [node])  # refuses the wrong number of inputs, and parameters that are missing
    bound = bind(graph, dict(zip(names, sample.inputs, strict=True)))
    return IsolatedLayer(node, list(bound.inputs), bound.domain)


def _upstream(dout: Any, isolated: IsolatedLayer) -> Value:
    """The given dout in the shape of the layer's value."""
    return isolated.domain.convert(fit_dout(isolated.domain, read_value(dout, isolated.domain), isolated.value()))
