"""A model's file -> the text of a scenario and the arrays that it reads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import prod
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from backpropcli.errors import DataError, Problem, ScenarioError, did_you_mean
from backpropcli.models.inference import Inference
from backpropcli.models.onnx import onnx
from backpropcli.models.operation import Type
from backpropcli.models.reading import read_model
from backpropcli.models.translation import TranslatedModel, translate
from backpropcli.models.writing import array_text, file_text, number_text, scenario_text
from backpropcli.scenario import parse_scenario
from backpropcli.text.escape import visible

MOST_WRITTEN_OUT = 16  # numbers of an input; more are in the file of weights
_DECIMALS = 3
_MADE_UP = {"drawn at random": ("float",), "0, or 1 for true": ("int", "bool")}


class Imported(NamedTuple):
    """The text of a scenario, the arrays of the file beside it, and what its user should know."""

    text: str
    arrays: dict[str, Any]
    notes: list[Problem]


def import_model(
    path: Path,
    scenario_folder: Path,
    weights_file: Path,
    shapes: Mapping[str, tuple[int, ...]],
    value: str | None = None,
) -> Imported:
    """The scenario of a model, to stand in a folder and to read its arrays from a file.

    `shapes` are those of inputs whose lengths the model leaves open, by default 1; `value` is the model's name of what
    the scenario computes, by default its first output. Raises DataError for a model that cannot be imported.
    """
    model = read_model(path)
    wanted = _wanted(model, str(path), value)
    inference = Inference(model, str(path), shapes, wanted)
    translation = translate(inference, wanted)
    arrays_file = os.path.relpath(weights_file.parent.resolve() / weights_file.name, scenario_folder.resolve())
    values = _Values(inference, arrays_file)
    text = scenario_text(
        title=visible(path.name),
        inputs={name: values.of(name, leaf) for name, leaf in translation.inputs.items()},
        constants={name: values.of(name, leaf) for name, leaf in translation.constants.items()},
        steps=translation.steps,
        output=translation.output,
    )
    _check(text, path)
    return Imported(text, values.arrays, _notes(model, inference, translation, value))


def _wanted(model: Any, source: str, value: str | None) -> str:
    """The name of the value that the scenario computes."""
    if value is None:
        return str(model.graph.output[0].name)
    known = [name for node in model.graph.node for name in node.output if name]
    if value not in known:
        hint = did_you_mean(value, known) or f"its outputs are {', '.join(visible(o.name) for o in model.graph.output)}"
        raise DataError(Problem(f"{source}: no operation of the model makes '{visible(value)}'", hint=hint))
    return value


def _check(text: str, path: Path) -> None:
    """Raise DataError if the scenario cannot be read, as when a layer refuses what the model asks of it."""
    try:
        parse_scenario(text, f"the scenario of {path}", Path())
    except ScenarioError as error:
        raise DataError(f"{path}: {error.problems[0].message}") from error


class _Values:
    """What the inputs of the scenario are; `arrays` are those that stand in the file of weights."""

    def __init__(self, inference: Inference, file: str) -> None:
        self.inference = inference
        self.file = file
        self.arrays: dict[str, Any] = {}

    def of(self, name: str, leaf: str) -> str:
        """The value of an input or a constant of that name, as the scenario writes it."""
        of_model = self.inference.inputs.get(leaf)
        array = self.inference.known[leaf] if of_model is None else _made_up(leaf, of_model)
        if array.ndim == 0:
            return number_text(float(array.item()))
        if of_model is not None and array.size <= MOST_WRITTEN_OUT:
            return array_text(array.tolist())
        self.arrays[name] = array if array.dtype.kind in "biuf" else array.astype("float32")
        return file_text(self.file, name)


def _made_up(name: str, kind: Type) -> Any:
    """A value for an input of the model, the same for the same name.

    Numbers are drawn, since of zeros most gradients would be 0; labels and indices are 0, which is one of anything, and
    conditions are true.
    """
    shape = kind.shape or ()
    if kind.kind == "float":
        random = Random(name)
        numbers = [round(random.gauss(0, 1), _DECIMALS) for _ in range(prod(shape))]
    else:
        numbers = [float(kind.kind == "bool")] * prod(shape)
    return onnx.numpy_helper.to_array(onnx.helper.make_tensor(name, onnx.TensorProto.DOUBLE, shape, numbers))


def _notes(model: Any, inference: Inference, translation: TranslatedModel, value: str | None) -> list[Problem]:
    """What the user should know of a scenario: which values are made up, and which outputs it leaves out."""
    names = {leaf: name for name, leaf in {**translation.inputs, **translation.constants}.items()}
    kinds = {names[leaf]: kind.kind for leaf, kind in inference.inputs.items() if leaf in names}
    notes = []
    for how, which in _MADE_UP.items():
        if found := [name for name, kind in kinds.items() if kind in which]:
            hint = f"--set {found[0]}=@{found[0]}.npy gives others to a run"
            notes.append(Problem(f"{', '.join(found)}: made-up values, {how}", hint=hint))
    outputs = [visible(output.name) for output in model.graph.output]
    if value is None and len(outputs) > 1:
        hint = f"--value NAME takes another: {', '.join(outputs[1:])}"
        notes.append(Problem(f"the scenario's output is the first of {len(outputs)}, {outputs[0]}", hint=hint))
    return notes
