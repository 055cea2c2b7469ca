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
from backpropcli.models.translation import Translation, translate
from backpropcli.models.writing import Value, array_text, file_text, number_text, scenario_text
from backpropcli.scenario import parse_scenario
from backpropcli.text.escape import visible

MOST_WRITTEN_OUT = 16  # numbers of an input; more are in the file of weights
_DECIMALS = 3


class Imported(NamedTuple):
    """The text of a scenario, the arrays of the file beside it, and which inputs have made-up values."""

    text: str
    arrays: dict[str, Any]
    drawn: list[str]
    zeros: list[str]


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
    return Imported(text, values.arrays, *_made_up(inference, translation))


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

    def of(self, name: str, leaf: str) -> Value:
        """The value of an input or a constant of that name, as the scenario writes it."""
        made_up = self.inference.inputs.get(leaf)
        if made_up is not None and made_up.kind != "float":
            return _filled(made_up)
        array = self.inference.known[leaf] if made_up is None else _drawn(leaf, made_up.shape or ())
        if array.ndim == 0:
            return number_text(float(array.item()))
        if made_up is not None and array.size <= MOST_WRITTEN_OUT:
            return array_text(array.tolist())
        self.arrays[name] = array if array.dtype.kind in "biuf" else array.astype("float32")
        return file_text(self.file, name)


def _drawn(name: str, shape: tuple[int, ...]) -> Any:
    """Normally distributed numbers, the same for the same name: with zeros, most gradients would be 0."""
    random = Random(name)
    numbers = [round(random.gauss(0, 1), _DECIMALS) for _ in range(prod(shape))]
    return onnx.numpy_helper.to_array(onnx.helper.make_tensor(name, onnx.TensorProto.DOUBLE, shape, numbers))


def _filled(kind: Type) -> Value:
    """Zeros, which are labels and indices of anything, or for conditions ones."""
    number = "1" if kind.kind == "bool" else "0"
    word = "ones" if kind.kind == "bool" else "zeros"
    return f"{{{word}: {array_text(list(kind.shape))}}}" if kind.shape else number


def _made_up(inference: Inference, translation: Translation) -> tuple[list[str], list[str]]:
    """The inputs of the model whose values are drawn, and those that are filled."""
    names = {**translation.inputs, **translation.constants}
    floats = [
        name for name, leaf in names.items() if leaf in inference.inputs and inference.inputs[leaf].kind == "float"
    ]
    return floats, [name for name, leaf in names.items() if leaf in inference.inputs and name not in floats]
