"""The parameters of a step's layer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from backpropcli.catalogue.spec import LayerSpec, Parameter
from backpropcli.domains import domain
from backpropcli.errors import BackpropError, DataError
from backpropcli.scenario.report import Report, describe
from backpropcli.scenario.scalars import is_text
from backpropcli.scenario.tree import Mapping, Node, Scalar, Sequence


def read_parameters(spec: LayerSpec, step: Mapping, step_keys: Collection[str], report: Report) -> dict[str, Any]:
    """The parameters that a step gives to its layer, with a note of everything that is wrong with them."""
    problem_count = len(report.problems)
    report.check_keys(step, {*step_keys, *spec.parameters}, f"a step of type {spec.name}")
    found = {
        name: _read(parameter, step.values[name], report)
        for name, parameter in spec.parameters.items()
        if name in step.values
    }
    check_required(spec, step.values, step.values["type"], report)
    if found and len(report.problems) == problem_count:
        _try_out(spec, found, step, report)
    return found


def check_required(spec: LayerSpec, given: Collection[str], layer: Node, report: Report) -> None:
    """Note, at the layer's name, every parameter without a default that is not given."""
    for name, parameter in spec.parameters.items():
        if parameter.required and name not in given:
            report.add(layer, f"{spec.name} needs the parameter {name}", f"{name} is {parameter.expected}")


def _read(parameter: Parameter, node: Node, report: Report) -> Any:
    text = _text(parameter, node)
    if text is not None:
        try:
            return parameter.read(text)
        except DataError as error:
            report.add(node, str(error))
            return None
    report.add(node, f"the parameter {parameter.name} must be {parameter.expected}, not {describe(node)}")
    return None


def _text(parameter: Parameter, node: Node) -> str | None:
    """The text for the parameter's own reader; None for a node that cannot be a parameter."""
    if isinstance(node, Sequence) and all(isinstance(item, Scalar) and not is_text(item) for item in node.items):
        return f"[{', '.join(item.value for item in node.items if isinstance(item, Scalar))}]"
    # A text is a choice or nothing: the reader of parameters would also take "2" and none for a number and for null.
    if isinstance(node, Scalar) and (not is_text(node) or node.value in parameter.choices):
        return node.value
    return None


def _try_out(spec: LayerSpec, parameters: dict[str, Any], step: Mapping, report: Report) -> None:
    """Note what the layer's constructor has to say about its parameters."""
    try:
        spec.bind(parameters, domain("floats"))()
    except (BackpropError, ValueError) as error:  # a built-in layer refuses parameters in no other way
        first = step.values[next(iter(parameters))]
        report.add(first, f"{spec.name}: {error}")
