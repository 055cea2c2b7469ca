"""Random formulas, scenarios and layers with parameters that are nearly right."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from nearly_right import NAMES, Values

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec
from backpropcli.catalogue.spec import LayerSpec, Parameter

WHOLE_NUMBERS = (-2, -1, 0, 0, 1, 1, 2, 3, 4, 1000, 10**9, 10**17)
LENGTHS = (-1, 0, 1, 2, 3, 50, 10**9)


class Inputs(Values):
    """What commands are given."""

    def layer_name(self) -> str:
        """A layer of the catalogue."""
        return str(self.one_of(list(LAYERS)))

    def parameter(self, parameter: Parameter) -> str:
        """A value of a parameter."""
        if self.happens(0.05):
            return self.word()
        shape = tuple(self.one_of(LENGTHS) for _ in range(self.count(4)))
        texts = {float: self.number(), int: str(self.one_of(WHOLE_NUMBERS)), tuple: str(shape), type(None): "null"}
        texts[bool] = self.one_of(("true", "false"))
        return str(self.one_of([*parameter.choices, *(texts[kind] for kind in parameter.types)]))

    def parameters(self, spec: LayerSpec) -> dict[str, str]:
        """Those that are needed, and some others."""
        return {
            name: self.parameter(parameter)
            for name, parameter in spec.parameters.items()
            if (parameter.required and self.happens(0.98)) or self.happens(0.3)
        }

    def operand_count(self, spec: LayerSpec) -> int:
        """How many inputs a layer is given."""
        if self.happens(0.02):
            return self.count(5)
        most = len(spec.inputs) + (self.count(2) if spec.is_variadic else 0)
        return self.random.randint(min(spec.least_inputs, most), most)

    def near_sample(self, spec: LayerSpec) -> list[tuple[str, str]]:
        """One of the samples that the layer gives for its tests, with some other numbers."""
        sample = self.one_of(spec.cls.samples)
        last = len(spec.inputs) - 1
        inputs = [
            (spec.inputs[min(number, last)], self.renumbered(value)) for number, value in enumerate(sample.inputs)
        ]
        parameters = {**{name: str(value) for name, value in sample.parameters.items()}, **self.parameters(spec)}
        return [*inputs, *((name, value) for name, value in parameters.items() if name in spec.parameters)]

    def renumbered(self, value: Any) -> str:
        """A value as text, with other numbers here and there."""
        if isinstance(value, list):
            return f"[{', '.join(map(self.renumbered, value))}]"
        return self.number() if self.happens(0.3) else str(value)

    # Formulas

    def formula(self, names: tuple[str, ...], depth: int = 3, *, is_whole: bool = True) -> str:
        """An expression."""
        part = partial(self.formula, names, depth - 1, is_whole=False)
        kind = self.random.random() * (0.8 if depth == 1 else 1)
        if depth == 0 or (kind < 0.2 and not is_whole):
            return str(self.one_of(names)) if names and self.happens(0.75) else self.number()
        if kind < 0.5:
            sign = self.one_of(("+", "-", "*", "*", "/", "**", "@", "×"))
            return f"({part()} {sign} {part()})"
        if kind < 0.55:
            return f"-{part()}"
        if kind < 0.6:
            return f"{part()}[{self.one_of(('0', '-1', '1:', '::2', ':, 0', '..., 0', '::0', '9'))}]"
        if kind < 0.65:
            compared, yes, no = (part() for _ in range(3))
            return f"where({compared} {self.one_of(('<', '>=', '=='))} {self.number()}, {yes}, {no})"
        spec = layer_spec(self.layer_name())
        operands = [part() for _ in range(self.operand_count(spec))]
        parameters = [f"{name}={value}" for name, value in self.parameters(spec).items()]
        return f"{spec.name}({', '.join([*operands, *parameters])})"

    def maybe_mutated(self, text: str) -> str:
        """Mostly the text as it is."""
        return self.mutated(text) if self.happens(0.1) else text

    # Scenarios

    def scenario(self) -> str:
        """A file in YAML."""
        names = tuple(dict.fromkeys(self.one_of(NAMES[:6]) for _ in range(1 + self.count(4))))
        inputs = ", ".join(f"{name}: {self.scenario_value()}" for name in names)
        steps, values = [], list(names)
        for number in range(1 + self.count(4)):
            steps.append(self.step(tuple(values), f"v{number}"))
            values.append(f"v{number}")
        lines = [f"inputs: {{{inputs}}}", "layers:", *(f"  - {step}" for step in steps)]
        lines += [f"{key}: {self.one_of(choices)}" for key, choices in self.rest(values) if self.happens(0.15)]
        return self.maybe_mutated("\n".join(lines) + "\n")

    def scenario_value(self) -> str:
        """A number, lists, or a file."""
        if self.happens(0.1):
            return f"{{file: {self.array_file()}}}"
        return self.nested(self.fitting_shape()) if self.happens(0.7) else self.number()

    def step(self, names: tuple[str, ...], output: str) -> str:
        """An assignment, a mapping, or a bare name."""
        kind = self.random.random()
        if kind < 0.5:
            return json.dumps(f"{output} = {self.maybe_mutated(self.formula(names, 2))}", ensure_ascii=False)
        spec = layer_spec(self.layer_name())
        if kind < 0.6 and (output != "v0" or len(names) == 1):
            return spec.name
        inputs = ", ".join(
            self.one_of(names) if self.happens(0.9) else self.number() for _ in range(self.operand_count(spec))
        )
        parameters = "".join(
            f", {name}: {value.replace('(', '[').replace(')', ']').replace(',]', ']')}"
            for name, value in self.parameters(spec).items()
        )
        return f"{{type: {spec.name}, inputs: [{inputs}], output: {output}{parameters}}}"

    def rest(self, values: list[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Other keys of a scenario, and what they may be."""
        name = self.one_of(values)
        answers = ", ".join(f"{self.one_of(values)}: {self.scenario_value()}" for _ in range(1 + self.count(2)))
        return [
            ("title", ("a title", "'::error::'", "'=1+1'", "1")),
            ("output", (name,)),
            ("dout", (self.scenario_value(),)),
            ("gradients", (f"[{name}]", f"[{', '.join(dict.fromkeys(values))}]", "[]")),
            ("exact", ("true", "false")),
            ("dtype", ("float32", "float64")),
            ("expect", (f"{{values: {{{answers}}}}}", f"{{gradients: {{{answers}}}}}")),
            ("constants", (f"{{c: {self.scenario_value()}}}",)),
        ]
