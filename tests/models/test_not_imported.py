"""What cannot be imported is named, by operation and count, in one error."""

from __future__ import annotations

import re

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_models import files_in, model, node, refusal


def test_what_cannot_be_imported_is_listed_by_name_and_count(tmp_path):
    nodes = [
        node("LSTM", ["x", "w", "r"], ["", "a"], hidden_size=1),
        node("LSTM", ["a", "w", "r"], ["b"], hidden_size=1),
        node("Relu", ["b"], ["c"]),
        node("Own", ["c"], ["d"], domain="com.example"),
        node("MaxPool", ["image"], ["e"], kernel_shape=[2, 2], dilations=[2, 2]),
        node("Sum", ["d", "e"], ["y"]),
    ]
    weights = {"w": np.ones((1, 4, 1)), "r": np.ones((1, 4, 1))}
    inputs = {"x": [2, 1, 1], "image": [1, 1, 4, 4]}
    proto = model(nodes, inputs, weights, opsets=[helper.make_opsetid("com.example", 1)])
    assert refusal(proto, tmp_path) == (
        "cannot import 3 kinds of operations: 2 × LSTM, 1 × Own (com.example), 1 × MaxPool with dilations"
    )


def test_operations_with_graphs_of_their_own_are_not_imported(tmp_path):
    branch = helper.make_graph([node("Identity", ["x"], ["z"])], "b", [], [helper.make_tensor_value_info("z", 11, [1])])
    nodes = [node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)]
    proto = model(nodes, {"x": [1]}, {"c": np.array(True)})
    assert refusal(proto, tmp_path) == "cannot import 1 kind of operation: 1 × If"


X4, IMAGE = {"x": [1, 1, 5, 5]}, {"w": np.ones((1, 1, 2, 2))}
NOT_IMPORTED = {
    "MaxPool of 1-dimensional images": (node("MaxPool", ["x"], ["y"], kernel_shape=[2]), {"x": [1, 1, 4]}, {}),
    "Conv with another padding on the one side than on the other": (
        node("Conv", ["x", "w"], ["y"], auto_pad="SAME_LOWER"),
        X4,
        IMAGE,
    ),
    "AveragePool with ceil_mode, where a window stands half outside": (
        node("AveragePool", ["x"], ["y"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        X4,
        {},
    ),
    "Div of whole numbers": (node("Div", ["x", "x"], ["y"]), {"x": np.array([1])}, {}),
    "ReduceMean of whole numbers": (node("ReduceMean", ["x"], ["y"]), {"x": np.array([1])}, {}),
    "InstanceNormalization of an input without axis 1": (
        node("InstanceNormalization", ["x", "w", "w"], ["y"]),
        {"x": [3]},
        {"w": np.ones(3)},
    ),
    "Clip with 0 numbers as min": (node("Clip", ["x", "min"], ["y"]), {"x": [3]}, {"min": np.ones(0)}),
    "Cast to whole numbers": (node("Cast", ["x"], ["y"], to=7), {"x": [1]}, {}),
    "Slice with computed starts": (
        node("Slice", ["x", "s", "s"], ["y"]),
        {"x": [1], "s": np.array([1])},
        {},
    ),
    "CumSum that is exclusive or reversed": (
        node("CumSum", ["x", "a"], ["y"], reverse=1),
        {"x": [2]},
        {"a": np.array(0)},
    ),
    "Gather with indices that count from the end": (
        node("Gather", ["x", "i"], ["y"]),
        {"x": [3]},
        {"i": np.array([0, -1])},
    ),
}


@pytest.mark.parametrize("label", NOT_IMPORTED)
def test_what_a_layer_cannot_do_is_named_with_its_operation(label, tmp_path):
    tried, inputs, weights = NOT_IMPORTED[label]
    reason = refusal(model([tried], inputs, weights), tmp_path)
    assert reason == f"cannot import 1 kind of operation: 1 × {label}"


def test_a_further_output_that_is_used_and_cannot_be_had_is_named(tmp_path):
    nodes = [
        node("LayerNormalization", ["x", "w"], ["n", "mean"]),
        node("Cast", ["mean"], ["m"], to=TensorProto.DOUBLE),
        node("Add", ["n", "m"], ["y"]),
    ]
    reason = refusal(model(nodes, {"x": [2, 3]}, {"w": np.ones(3)}), tmp_path)
    assert reason == "cannot import 1 kind of operation: 1 × LayerNormalization with output 2"


def test_a_shape_that_depends_on_data_is_said_to_be_unknown(tmp_path):
    nodes = [node("Expand", ["x", "shape"], ["h"]), node("Flatten", ["h"], ["y"])]
    proto = model(nodes, {"x": [1], "shape": np.array([1, 1])})
    assert re.search("Expand of a shape that is known only in a run", refusal(proto, tmp_path))


def test_what_a_layer_refuses_is_one_error_before_anything_is_written(tmp_path):
    nodes = [node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2], pads=[2, 2, 2, 2])]
    reason = refusal(model(nodes, {"x": [1, 1, 4, 4]}), tmp_path)
    assert reason == "max_pool2d: pad must be at most half of the kernel, (2, 2), not (2, 2)"
    assert not files_in(tmp_path).scenario.exists()


def test_an_output_that_no_operation_makes_is_refused(tmp_path):
    reason = refusal(model([node("Identity", ["x"], ["y"])], {"x": [1]}), tmp_path)
    assert reason == "'y' depends on no operation"


def test_operations_older_than_broadcasting_are_not_imported(tmp_path):
    reason = refusal(model([node("Add", ["x", "x"], ["y"])], {"x": [1]}, opset=6), tmp_path)
    assert reason == "version 6 of ONNX's operations is too old; 7 is the first"
