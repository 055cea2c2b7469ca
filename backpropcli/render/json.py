"""JSON: one object, or an array of objects for several results.

Floats keep every bit (a float32 those of a float32). JSON has no other numbers, so exact fractions are strings, "11/10"
or "715", and so are digits that are certain, "NaN", "Infinity" and "-Infinity". Arrays are nested lists; `--precision`
changes nothing. An edge through which no gradient flows has the contribution null. With steps, `zero_gradients` says
why a gradient is zero. With rounding, `rounding` has how many `digits` of the output are right by the estimate, which
layer `costs_most`, the same in `sentences`, and `right_digits` of values and gradients where they could be counted.
Relative gradients and uncertainties, where they are asked for, are `relative` and `sigma`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backpropcli.domains import Value, namespace
from backpropcli.render import Options
from backpropcli.render.answer_columns import answer_trees
from backpropcli.render.values import python_numbers
from backpropcli.result import Result
from backpropcli.steps import Step
from backpropcli.text.json_numbers import json_numbers

if TYPE_CHECKING:
    from backpropcli.rounding import Rounding


def render(results: Sequence[Result], options: Options) -> str:
    """One line for each part of a result, and for each step."""
    texts = [_object(document(result, options)) for result in results]
    if len(texts) == 1:
        return f"{texts[0]}\n"
    separator = ",\n"
    return f"[\n{separator.join(texts)}\n]\n"


def document(result: Result, options: Options) -> dict[str, Any]:
    """A result as the tree of its JSON."""
    found = {
        "source": result.source,
        "title": result.title,
        "output": result.output,
        "value": json_tree(result.value),
        "dout": json_tree(result.dout),
        "values": _trees(result.values),
        "gradients": _trees(result.gradients),
        **_trees(answer_trees(result, options)),
    }
    if result.rounding is not None:
        found["rounding"] = _rounding(result.rounding)
    if not options.steps:
        return found
    reasons = {zero.name: zero.reason for zero in result.zero_gradients}
    return {**found, "zero_gradients": reasons, "steps": [_step(step) for step in result.steps]}


def _rounding(rounding: Rounding) -> dict[str, Any]:
    return {
        "digits": rounding.digits,
        "costs_most": rounding.costliest,
        "sentences": list(rounding.sentences),
        "right_digits": rounding.values and {"values": rounding.values, "gradients": rounding.gradients},
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "step": step.number,
        "name": step.name,
        "layer": step.layer,
        "parameters": {name: _parameter(value) for name, value in step.parameters.items()},
        "inputs": [
            {
                "name": edge.name,
                "value": json_tree(edge.value),
                "local": json_tree(edge.local),
                "contribution": json_tree(edge.contribution),
            }
            for edge in step.inputs
        ],
        "output": step.output,
        "value": json_tree(step.value),
        "gradient": json_tree(step.gradient),
    }


def _parameter(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | tuple) else json_tree(value)


def _trees(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _trees(value) if isinstance(value, dict) else json_tree(value) for name, value in values.items()}


def json_tree(value: Value | None) -> Any:
    """A value as what JSON can hold."""
    if value is None:
        return None
    numbers, domain = python_numbers(value), namespace(value)
    if isinstance(numbers, list) and not domain.shows_text and domain.is_finite(value):
        return numbers
    return json_numbers(numbers)


def _object(tree: dict[str, Any]) -> str:
    """The JSON of a document with a line for each key: a person can read it, and arrays stay compact."""
    return "{\n" + ",\n".join(_members(tree)) + "\n}"


def _members(tree: dict[str, Any]) -> Iterator[str]:
    import json

    for key, member in tree.items():
        if key == "steps":
            text = "[\n" + ",\n".join(f"    {json.dumps(step, allow_nan=False)}" for step in member) + "\n  ]"
        else:
            text = json.dumps(member, allow_nan=False)
        yield f"  {json.dumps(key)}: {text}"
