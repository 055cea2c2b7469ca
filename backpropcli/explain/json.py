"""Explanations as JSON, with every bit of every number; what JSON has no number for is a string."""

from __future__ import annotations

import json
from typing import Any

from backpropcli.domains import Value
from backpropcli.explain import Options
from backpropcli.explain.filling import Filling
from backpropcli.explain.model import Edge, Explanation, Layer, Local, Pass, Paths
from backpropcli.symbolic.graph_formulas import Part, Worked
from backpropcli.symbolic.text import condition_text, text
from backpropcli.text.json_numbers import json_numbers


def render(explanation: Explanation, options: Options) -> str:
    """One object; formulas are text in the grammar of scenario files."""
    writer = _Json(explanation, options)
    tree = writer.of_paths(explanation) if isinstance(explanation, Paths) else writer.of_pass(explanation)
    return json.dumps(tree, indent=2, allow_nan=False) + "\n"


class _Json:
    """An explanation on its way to JSON."""

    def __init__(self, explanation: Explanation, options: Options) -> None:
        self.numbers = explanation.numbers
        self.filling = Filling(explanation.numbers, explanation.dout, options)

    def of_paths(self, found: Paths) -> dict[str, Any]:
        """The paths from one value to the output."""
        return {
            "title": found.title,
            "output": found.output,
            "value": self._number(found.output_value),
            "dout": self._number(found.dout),
            "of": found.name,
            "paths": [
                {
                    "layers": [{**self._made(layer), **self._local(local)} for layer, local in path.steps],
                    "contribution": self._number(path.product),
                    "blocked_at": path.blocked_at,
                }
                for path in found.paths
            ],
            "number_of_paths": found.number_of_paths,
            "other_paths": None if found.rest is None else self._number(found.rest),
            "gradient": self._number(found.gradient),
            "why_zero": list(found.zeros),
        }

    def of_pass(self, found: Pass) -> dict[str, Any]:
        """The forward and the backward pass."""
        return {
            "title": found.title,
            "output": found.output,
            "dout": self._number(found.dout),
            "layers": [self._layer(layer) for layer in found.layers],
            "gradients": {
                total.name: {
                    "contributions": [
                        {"step": number, "contribution": self._number(value)} for number, value in total.contributions
                    ],
                    "gradient": None if total.gradient is None else self._number(total.gradient),
                }
                for total in found.totals
            },
            "why_zero": list(found.zeros),
        }

    def _layer(self, layer: Layer) -> dict[str, Any]:
        return {
            **self._made(layer),
            **self._worked("math", layer.math),
            "value": self._number(layer.value),
            "upstream": None if layer.upstream is None else self._number(layer.upstream),
            "inputs": [self._edge(edge) for edge in layer.edges],
        }

    def _edge(self, edge: Edge) -> dict[str, Any]:
        if edge.local is not None:
            return {**self._local(edge.local), "contribution": self._number(edge.contribution)}
        return {
            "of": edge.name,
            **self._worked("formula", edge.formula),
            "summed_over": list(edge.summed_over),
            "is_repeated": edge.is_repeated,
            "contribution": self._number(edge.contribution),
        }

    def _made(self, layer: Layer) -> dict[str, Any]:
        return {"step": layer.number, "layer": layer.name, "output": layer.output, "call": text(layer.call)}

    def _local(self, local: Local) -> dict[str, Any]:
        return {"of": local.name, **self._worked("formula", local.formula), "local": self._number(local.value)}

    def _worked(self, key: str, worked: Worked | None) -> dict[str, Any]:
        """A formula, the same in numbers, and what there is to be said beside it."""
        if worked is None:
            return {key: None}
        found: dict[str, Any] = {key: text(worked.expression)}
        for filled in self.filling.filled(worked.expression, worked.values):
            found[f"{key}_in_numbers"] = text(filled)
        if worked.parts:
            found["parts"] = {part.name: self._part(part) for part in worked.parts}
        if worked.relations:
            found["as"] = [condition_text(relation) for relation in worked.relations]
        return found

    def _part(self, part: Part) -> dict[str, Any]:
        return {"formula": text(part.expression), "value": None if part.value is None else self._number(part.value)}

    def _number(self, value: Value) -> Any:
        return json_numbers(self.numbers.numbers(value))
