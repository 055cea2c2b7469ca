"""Models of ONNX made by its own helper, imported as a user imports them, and run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import backpropcli as bp
from backpropcli.errors import BackpropError
from backpropcli.models.importing import import_model
from backpropcli.sources.array_archives import write_arrays


def model(nodes, inputs, weights=None, output="y", opset=20, **more):
    """A model of nodes, with inputs like those arrays, or of those shapes and float64."""
    infos = [
        helper.make_tensor_value_info(name, TensorProto.DOUBLE, like)
        if isinstance(like, tuple | list)
        else helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(like.dtype), like.shape)
        for name, like in inputs.items()
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        infos,
        [
            helper.make_tensor_value_info(
                name, TensorProto.DOUBLE, []
            )  # some shape must be there, and is not looked at
            for name in (output if isinstance(output, list) else [output])
        ],
        [numpy_helper.from_array(array, name) for name, array in (weights or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset), *more.pop("opsets", [])]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, **more)


node = helper.make_node


class Files(NamedTuple):
    """A model's file, and the scenario and the weights that it becomes."""

    model: object
    scenario: object
    weights: object


def files_in(folder):
    return Files(folder / "model.onnx", folder / "model.yaml", folder / "model.npz")


def save(proto, folder):
    files = files_in(folder)
    files.model.write_bytes(proto.SerializeToString())
    return files


def imported(proto, folder, shapes=None, value=None):
    """The scenario of a model, in files."""
    files = save(proto, folder)
    found = import_model(files.model, folder, files.weights, shapes or {}, value)
    files.scenario.write_text(found.text)
    with files.weights.open("wb") as stream:
        write_arrays(stream, found.arrays)
    return bp.load(files.scenario)


def refusal(proto, folder, **options):
    """Why a model cannot be imported, without the name of its file."""
    with pytest.raises(BackpropError) as caught:
        imported(proto, folder, **options)
    (problem,) = caught.value.problems
    source, _, reason = problem.message.partition(": ")
    assert source == str(files_in(folder).model)
    return reason


def value_of(scenario, inputs):
    """What a scenario computes from other inputs."""
    return np.asarray(bp.run(scenario, inputs=inputs).value)


WEIGHTS = {"w": np.arange(12.0).reshape(4, 3), "b": np.ones(3)}
NODES = [
    node("Gemm", ["x", "w", "b"], ["h"]),
    node("Relu", ["h"], ["r"]),
    node("Constant", [], ["axes"], value_ints=[1]),
    node("Unsqueeze", ["r", "axes"], ["u"]),
    node("Softmax", ["u"], ["y"], axis=-1),
]


def mlp():
    return model(NODES, {"x": ["batch", 4]}, WEIGHTS)


def refused(folder):
    """The one line in which the model in a folder is refused."""
    files = files_in(folder)
    with pytest.raises(BackpropError) as caught:
        import_model(files.model, folder, files.weights, {})
    (problem,) = caught.value.problems
    assert "\n" not in problem.message
    assert str(files.model) in problem.message
    return problem.message.replace(str(files.model), "MODEL")
