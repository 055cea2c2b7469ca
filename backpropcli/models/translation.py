"""The operations of a model -> the steps of a scenario, or a count of those that no layer can do."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from backpropcli.catalogue.registry import layer_spec
from backpropcli.errors import DataError, Problem
from backpropcli.models.inference import Inference
from backpropcli.models.names import Names, as_name
from backpropcli.models.operation import Call, Operand, Operation, Unknown
from backpropcli.models.operations import TRANSLATIONS, layers_of
from backpropcli.models.writing import Step, number_text
from backpropcli.text.escape import visible

_MOST_SHOWN = 20
_LONGEST_SHOWN = 80


class Translation(NamedTuple):
    """The steps of a model, and by the scenario's name the model's name of what they begin with.

    `inputs` have gradients and `constants` have none; `output` is the value that was wanted.
    """

    steps: list[Step]
    inputs: dict[str, str]
    constants: dict[str, str]
    output: str


def translate(inference: Inference, wanted: str) -> Translation:
    """All operations as steps. Raises DataError with every kind of operation that cannot be imported, and its count."""
    translator = _Translator(inference)
    for operation in inference.operations():
        translator.add(operation)
    translator.ask_for(wanted)
    if unknown := translator.unknown:
        shown = [f"{count} × {label}" for label, count in unknown.most_common(_MOST_SHOWN)]
        more = ["..."] if len(unknown) > len(shown) else []
        kinds = "1 kind of operation" if len(unknown) == 1 else f"{len(unknown)} kinds of operations"
        message = f"{inference.source}: cannot import {kinds}: {', '.join([*shown, *more])}"
        raise DataError(Problem(message, hint="--value NAME imports the part of the model before the value NAME"))
    return translator.translation(wanted)


class _Translator:
    """Collects steps, and which values they begin with. `missing` are values without a step, and whose fault it is."""

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self.unknown: Counter[str] = Counter()
        self.missing: dict[str, str | None] = {}
        self.steps: list[Step] = []
        self.names = Names()
        self.has_gradient: dict[str, bool] = {}
        self.same_as: dict[str, str | float] = {}
        for name in (*inference.inputs, *inference.weights):
            self.names.of(name)

    def add(self, operation: Operation) -> None:
        """Add the steps of an operation, or note why it has none."""
        is_complete = True
        for name in operation.inputs:
            is_complete &= self.ask_for(name)
        try:
            if not is_complete and operation.kind in TRANSLATIONS:
                found: list[Operand] = []  # whether it could be imported, its inputs would tell
            else:
                found = layers_of(operation)
        except Unknown as reason:
            self.unknown[visible(f"{operation.kind} {reason}".rstrip())[:_LONGEST_SHOWN]] += 1
            is_complete, found = False, []
        for number, name in enumerate(operation.outputs):
            if number < len(found) and name:
                self._define(name, found[number], operation.name)
            elif name:
                self.missing[name] = f"{operation.kind} with output {number + 1}" if is_complete else None

    def ask_for(self, name: str) -> bool:
        """Whether a value can be had; if not, what should make it is noted once."""
        if name not in self.missing:
            return True
        if label := self.missing[name]:
            self.unknown[visible(label)] += 1
            self.missing[name] = None
        return False

    def translation(self, wanted: str) -> Translation:
        """All steps. Raises DataError if the value that is wanted is made by none of them."""
        output = self.same_as.get(wanted, wanted)
        made = {step.output for step in self.steps}
        if isinstance(output, float) or self.names.of(output) not in made:
            message = f"{self.inference.source}: '{visible(wanted)}' depends on no operation"
            raise DataError(Problem(message, hint="--value NAME takes another value for the scenario's output"))
        named = {self.names.of(name): name for name in self._leaves()}
        inputs = {name: leaf for name, leaf in named.items() if self.has_gradient[leaf]}
        constants = {name: leaf for name, leaf in named.items() if not self.has_gradient[leaf]}
        return Translation(self.steps, inputs, constants, self.names.of(output))

    def _leaves(self) -> list[str]:
        """What the steps begin with: the model's inputs, then its weights, then its constants."""
        inference = self.inference
        return [
            name
            for names in (inference.inputs, inference.weights, inference.constants)
            for name in names
            if name in self.has_gradient
        ]

    def _define(self, name: str, value: Operand, node_name: str) -> None:
        """Make an output of the model the value of a step, or another name of what there is already."""
        if not isinstance(value, Call):
            self.same_as[name] = self.same_as.get(value, value) if isinstance(value, str) else value
            return
        output = self.names.of(name)
        made: dict[int, str] = {id(value): output}
        unread, calls = [value], []
        while unread:
            call = unread.pop()
            calls.append(call)
            unread += [operand for operand in call.operands if isinstance(operand, Call)]
        for call in reversed(calls):
            if call is not value and id(call) not in made:
                made[id(call)] = self.names.fresh(f"{output}_{call.layer}")
                self._add_step(call, made, None)
        label = as_name(node_name) if node_name else None
        self._add_step(value, made, None if label == output else label)

    def _add_step(self, call: Call, made: dict[int, str], name: str | None) -> None:
        texts = [
            made[id(operand)] if isinstance(operand, Call) else self._text(operand, call.layer, number)
            for number, operand in enumerate(call.operands)
        ]
        self.steps.append(Step(call.layer, tuple(texts), made[id(call)], call.parameters, name))

    def _text(self, operand: str | float, layer: str, number: int) -> str:
        """An operand as the scenario writes it; a constant that is a number is written where it is used."""
        found = self.same_as.get(operand, operand) if isinstance(operand, str) else operand
        constants = self.inference.constants
        if found in constants and constants[found].ndim == 0:
            found = float(constants[found].item())
        if not isinstance(found, str):
            return number_text(found)
        inference = self.inference
        if found in inference.inputs or found in inference.weights or found in constants:
            spec = layer_spec(layer)
            is_float = found not in constants and inference.types[found].kind == "float"
            has_gradient = is_float and spec.input_name(number) not in spec.cls.constant_inputs
            self.has_gradient[found] = self.has_gradient.get(found, False) or has_gradient
        return self.names.of(found)
