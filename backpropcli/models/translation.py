"""The operations of a model -> the steps of a scenario, or a count of those that no layer can do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from backpropcli.catalogue.registry import layer_spec
from backpropcli.errors import DataError, Problem
from backpropcli.models.inference import Inference
from backpropcli.models.names import Names, as_name
from backpropcli.models.operation import Call, Operation, UnknownOperationError, Value
from backpropcli.models.operations import TRANSLATIONS, layers_of
from backpropcli.models.writing import Step, number_text
from backpropcli.text.escape import visible

_MOST_SHOWN = 20
_LONGEST_SHOWN = 80


class TranslatedModel(NamedTuple):
    """The steps of a model, and by the scenario's name the model's name of what they begin with.

    `inputs` have gradients and `constants` have none; `output` is the value that was wanted.
    """

    steps: list[Step]
    inputs: dict[str, str]
    constants: dict[str, str]
    output: str


def translate(inference: Inference, wanted: str) -> TranslatedModel:
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
        raise DataError(Problem(message, hint="--value NAME imports the model up to the value NAME"))
    return translator.translation(wanted)


class _Translator:
    """Collects steps.

    `leaves` are the values that they begin with, of which `floats` may have gradients; `missing` are values without a
    step, and whose fault it is.
    """

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self.unknown: Counter[str] = Counter()
        self.missing: dict[str, str | None] = {}
        self.steps: list[Step] = []
        self.names = Names()
        self.leaves: dict[str, str] = {}
        self.floats: set[str] = set()
        self.same_as: dict[str, str] = {}
        for name in (*inference.inputs, *inference.weights):
            self.names.of(name)

    def add(self, operation: Operation) -> None:
        """Add the steps of an operation, or note why it has none."""
        is_complete = True
        for name in operation.inputs:
            is_complete &= self.ask_for(name)
        try:
            if not is_complete and operation.kind in TRANSLATIONS:
                found: list[Value] = []  # whether it could be imported, its inputs would tell
            else:
                found = layers_of(operation)
        except UnknownOperationError as reason:
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

    def translation(self, wanted: str) -> TranslatedModel:
        """All steps. Raises DataError if the value that is wanted is made by none of them."""
        output = self.same_as.get(wanted, wanted)
        steps = _needed(self.steps, self.names.of(output))
        if not steps:
            message = f"{self.inference.source}: '{visible(wanted)}' depends on no operation"
            raise DataError(Problem(message, hint="--value NAME takes another value for the scenario's output"))
        used = {name for step in steps for name in step.inputs}
        learned = {name for step in steps for name in self._inputs_with_gradient(step)}
        inference = self.inference
        leaves = [*inference.inputs, *inference.weights, *inference.constants]
        named = {self.leaves[leaf]: leaf for leaf in leaves if self.leaves.get(leaf) in used}
        inputs = {name: leaf for name, leaf in named.items() if name in learned}
        constants = {name: leaf for name, leaf in named.items() if name not in learned}
        return TranslatedModel(steps, inputs, constants, self.names.of(output))

    def _inputs_with_gradient(self, step: Step) -> Iterator[str]:
        """The inputs of a step that its layer does not take for constant."""
        spec = layer_spec(step.layer)
        for number, name in enumerate(step.inputs):
            if spec.input_name(number) not in spec.cls.constant_inputs and name in self.floats:
                yield name

    def _define(self, name: str, value: Value, node_name: str) -> None:
        """Make an output of the model the value of a step, or another name of what there is already."""
        if not isinstance(value, Call):
            self.same_as[name] = self.same_as.get(value, value)
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
        texts = [made[id(operand)] if isinstance(operand, Call) else self._text(operand) for operand in call.operands]
        self.steps.append(Step(call.layer, tuple(texts), made[id(call)], call.parameters, name))

    def _text(self, operand: str | float) -> str:
        """An operand as the scenario writes it; a constant that is a number is written where it is used."""
        if not isinstance(operand, str):
            return number_text(operand)
        found, constants = self.same_as.get(operand, operand), self.inference.constants
        if found in constants and constants[found].ndim == 0:
            return number_text(float(constants[found].item()))
        name = self.names.of(found)
        if found in self.inference.inputs or found in self.inference.known:
            self.leaves[found] = name
            if found not in constants and self.inference.types[found].kind == "float":
                self.floats.add(name)
        return name


def _needed(steps: Sequence[Step], output: str) -> list[Step]:
    """The steps that a value depends on; an exporter may have asked for the shapes of others only."""
    needed, wanted = [], {output}
    for step in reversed(steps):
        if step.output in wanted:
            needed.append(step)
            wanted.update(step.inputs)
    return needed[::-1]
