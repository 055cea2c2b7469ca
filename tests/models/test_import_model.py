"""What becomes of a whole model: its names, its weights, its shapes, and what of it cannot be imported."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from onnx_models import files_in, imported, model, node, refusal, save, value_of

import backpropcli as bp

RANDOM = np.random.default_rng(1)
WEIGHT, BIAS = RANDOM.normal(size=(3, 4)), RANDOM.normal(size=3)
MLP = model(
    [
        node("Gemm", ["x", "fc.weight", "fc.bias"], ["/fc/Gemm_output_0"], name="/fc/Gemm", transB=1),
        node("Relu", ["/fc/Gemm_output_0"], ["y"], name="/Relu"),
    ],
    {"x": ["batch", 4]},
    {"fc.weight": WEIGHT, "fc.bias": BIAS},
)


def test_a_model_is_a_scenario_in_its_own_names_with_a_line_for_each_node(tmp_path):
    imported(MLP, tmp_path)
    assert files_in(tmp_path).scenario.read_text() == (
        "title: model.onnx\n"
        "inputs:\n"
        "  x: [[-0.918, -0.987, -1.688, 0.176]]\n"
        "  fc_weight: {file: model.npz, array: fc_weight}\n"
        "  fc_bias: {file: model.npz, array: fc_bias}\n"
        "layers:\n"
        "  - {name: fc_Gemm, type: affine, inputs: [x, fc_weight, fc_bias], output: fc_Gemm_output_0, "
        "convention: torch}\n"
        "  - {name: Relu, type: relu, inputs: [fc_Gemm_output_0], output: y}\n"
        "output: y\n"
    )


def test_the_weights_have_every_bit_and_the_same_file_for_the_same_model(tmp_path):
    imported(MLP, tmp_path)
    weights = files_in(tmp_path).weights
    first = weights.read_bytes()
    with np.load(weights) as arrays:
        assert dict(arrays).keys() == {"fc_weight", "fc_bias"}
        np.testing.assert_array_equal(arrays["fc_weight"], WEIGHT)
    imported(MLP, tmp_path)
    assert weights.read_bytes() == first


@pytest.mark.parametrize(
    ("kind", "kept"), [("float32", "float32"), ("float16", "float16"), ("bfloat16", "float32"), ("float64", "float64")]
)
def test_weights_keep_their_type_where_numpy_has_it(kind, kept, tmp_path):
    dtype = helper.tensor_dtype_to_np_dtype(
        {"bfloat16": TensorProto.BFLOAT16}.get(kind) or helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    )
    weight = np.array([1.5, -0.375]).astype(dtype)
    scenario = imported(model([node("Mul", ["x", "w"], ["y"])], {"x": weight}, {"w": weight}), tmp_path)
    with np.load(files_in(tmp_path).weights) as arrays:
        assert arrays["w"].dtype == kept
    np.testing.assert_array_equal(value_of(scenario, {"x": [2, 2]}), [3, -0.75])


def test_a_batch_of_another_size_needs_no_other_scenario(tmp_path):
    weights = {"w": RANDOM.normal(size=(2, 1, 3, 3)), "fc": RANDOM.normal(size=(8, 3)), "shape": np.array([0, -1])}
    nodes = [
        node("Conv", ["x", "w"], ["c"]),
        node("Unsqueeze", ["c", "one"], ["u"]),
        node("Squeeze", ["u", "one"], ["s"]),
        node("Flatten", ["s"], ["f"]),
        node("Reshape", ["f", "shape"], ["r"]),
        node("MatMul", ["r", "fc"], ["y"]),
    ]
    proto = model(nodes, {"x": ["batch", 1, 4, 4]}, {**weights, "one": np.array([1])})
    x = RANDOM.normal(size=(5, 1, 4, 4))
    np.testing.assert_allclose(
        value_of(imported(proto, tmp_path), {"x": x}), ReferenceEvaluator(proto).run(None, {"x": x})[0]
    )


def test_an_open_length_is_1_or_what_shape_says(tmp_path):
    assert imported(MLP, tmp_path).inputs["x"] == [["-0.918", "-0.987", "-1.688", "0.176"]]
    assert np.shape(bp.run(imported(MLP, tmp_path, shapes={"x": (7, 4)})).value) == (7, 3)


def test_shapes_that_exporters_compute_step_by_step_are_computed_once(tmp_path):
    nodes = [
        node("Shape", ["x"], ["shape"]),
        node("Constant", [], ["zero"], value_int=0),
        node("Gather", ["shape", "zero"], ["batch"]),
        node("Constant", [], ["axes"], value_ints=[0]),
        node("Unsqueeze", ["batch", "axes"], ["batches"]),
        node("Constant", [], ["rest"], value_ints=[2, -1]),
        node("Concat", ["batches", "rest"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["r"]),
        node("Size", ["x"], ["size"]),
        node("Cast", ["size"], ["count"], to=TensorProto.DOUBLE),
        node("Div", ["r", "count"], ["y"]),
    ]
    scenario = imported(model(nodes, {"x": ["batch", 4]}), tmp_path, shapes={"x": (3, 4)})
    assert [(n.spec.name, n.parameters) for n in scenario.graph.nodes] == [
        ("reshape", {"shape": (3, 2, -1)}),
        ("div", {}),
    ]
    np.testing.assert_allclose(value_of(scenario, {"x": np.ones((3, 4))}), np.full((3, 2, 2), 1 / 12))


def test_a_mask_made_of_constants_is_a_constant_of_the_scenario(tmp_path):
    nodes = [
        node("Constant", [], ["size"], value_ints=[3, 3]),
        node("ConstantOfShape", ["size"], ["full"], value=helper.make_tensor("v", TensorProto.BOOL, [1], [True])),
        node("Trilu", ["full"], ["mask"], upper=0),
        node("Constant", [], ["low"], value=helper.make_tensor("v", TensorProto.DOUBLE, [], [-1e9])),
        node("Where", ["mask", "x", "low"], ["masked"]),
        node("Softmax", ["masked"], ["y"]),
    ]
    proto, x = model(nodes, {"x": [3, 3]}), RANDOM.normal(size=(3, 3))
    scenario = imported(proto, tmp_path)
    assert "constants:\n  mask: {file: model.npz, array: mask}\n" in files_in(tmp_path).scenario.read_text()
    assert scenario.gradients == ("x",)
    np.testing.assert_allclose(value_of(scenario, {"x": x}), ReferenceEvaluator(proto).run(None, {"x": x})[0])


def test_running_statistics_are_constants_and_what_is_learned_are_inputs(tmp_path):
    names = ["x", "scale", "shift", "mean", "variance"]
    weights = dict.fromkeys(names[1:], np.array([1.0, 2.0]))
    scenario = imported(model([node("BatchNormalization", names, ["y"])], {"x": [3, 2]}, weights), tmp_path)
    assert scenario.gradients == ("x", "scale", "shift")


def test_batch_normalization_in_training_takes_the_statistics_of_the_batch(tmp_path):
    names = ["x", "scale", "shift", "mean", "variance"]
    weights = dict.fromkeys(names[1:], np.array([1.0, 2.0]))
    nodes = [node("BatchNormalization", names, ["y", "m", "v"], training_mode=1, epsilon=1e-5)]
    scenario = imported(model(nodes, {"x": [5, 2]}, weights), tmp_path)
    x = RANDOM.normal(size=(5, 2))
    expected = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5) * [1, 2] + [1, 2]
    np.testing.assert_allclose(value_of(scenario, {"x": x}), expected, rtol=1e-12)
    assert scenario.gradients == ("x", "scale", "shift")


def test_a_number_of_float32_in_an_attribute_is_the_one_that_its_author_wrote(tmp_path):
    scenario = imported(model([node("LeakyRelu", ["x"], ["y"], alpha=0.01)], {"x": [1]}), tmp_path)
    assert value_of(scenario, {"x": [-1.0]}).tolist() == [-0.01]


def test_a_constant_number_is_written_where_it_is_used_and_a_weight_is_an_input(tmp_path):
    nodes = [
        node("Constant", [], ["half"], value=helper.make_tensor("v", TensorProto.DOUBLE, [], [0.5])),
        node("Mul", ["x", "half"], ["h"]),
        node("Mul", ["h", "scale"], ["y"]),
    ]
    scenario = imported(model(nodes, {"x": [2]}, {"scale": np.array(3.0)}), tmp_path)
    assert "inputs: [x, 0.5]" in files_in(tmp_path).scenario.read_text()
    assert scenario.inputs["scale"] == "3"
    assert scenario.gradients == ("x", "scale")


def test_softmax_of_an_old_version_is_over_all_axes_from_one_on(tmp_path):
    scenario = imported(model([node("Softmax", ["x"], ["y"], axis=1)], {"x": [2, 3, 4]}, opset=11), tmp_path)
    x = RANDOM.normal(size=(2, 3, 4))
    rows = np.exp(x.reshape(2, 12))
    expected = (rows / rows.sum(1, keepdims=True)).reshape(2, 3, 4)
    np.testing.assert_allclose(value_of(scenario, {"x": x}), expected, rtol=1e-13)


@pytest.mark.parametrize("sizes", [["parts"], []])
def test_the_parts_of_a_split_are_slices(sizes, tmp_path):
    lengths = [1, 3, 2] if sizes else [2, 2, 2]
    nodes = [
        node("Split", ["x", *sizes], ["a", "b", "c"], axis=-1, **({} if sizes else {"num_outputs": 3})),
        node("Concat", ["c", "a"], ["y"], axis=1),
    ]
    proto = model(nodes, {"x": [2, 6]}, {"parts": np.array(lengths)} if sizes else {})
    x = RANDOM.normal(size=(2, 6))
    parts = np.split(x, np.cumsum(lengths)[:-1], axis=1)
    np.testing.assert_array_equal(value_of(imported(proto, tmp_path), {"x": x}), np.concat([parts[2], parts[0]], 1))


def test_functions_of_the_model_are_written_out(tmp_path):
    nodes = [node("Mul", ["a", "a"], ["s"]), node("Sub", ["s", "a"], ["b"])]
    function = helper.make_function("own", "F", ["a"], ["b"], nodes, [helper.make_opsetid("", 20)])
    calls = [node("F", ["x"], ["h"], domain="own"), node("F", ["h"], ["y"], domain="own")]
    proto = model(calls, {"x": [1]}, functions=[function], opsets=[helper.make_opsetid("own", 1)])
    assert value_of(imported(proto, tmp_path), {"x": [3.0]}).tolist() == [30]


def test_dropout_in_training_is_a_random_layer(tmp_path):
    weights = {"ratio": np.array(0.25), "training": np.array(True)}
    scenario = imported(model([node("Dropout", ["x", "ratio", "training"], ["y"])], {"x": [4]}, weights), tmp_path)
    assert [(n.spec.name, str(n.parameters["ratio"].text)) for n in scenario.graph.nodes] == [("dropout", "0.25")]


def test_labels_are_zeros_and_conditions_true_until_others_are_given(tmp_path):
    nodes = [
        node("Where", ["condition", "x", "zero"], ["h"]),
        node("SoftmaxCrossEntropyLoss", ["h", "labels"], ["y"]),
    ]
    inputs = {"x": ["n", 3], "labels": np.array([0]), "condition": np.array([[True]])}
    scenario = imported(model(nodes, inputs, {"zero": np.zeros(())}), tmp_path)
    assert scenario.inputs["labels"] == ["0"]
    assert scenario.inputs["condition"] == [["1"]]
    assert scenario.gradients == ("x", "zero")


def test_another_value_of_the_model_can_be_the_output_and_needs_nothing_behind_it(tmp_path):
    nodes = [node("Exp", ["x"], ["/h"]), node("Det", ["/h"], ["y"])]
    proto = model(nodes, {"x": [2, 2], "unused": [1]}, {"w": np.ones(2)})
    scenario = imported(proto, tmp_path, value="/h")
    assert (list(scenario.inputs), scenario.graph.output) == (["x"], "h")
    assert refusal(proto, tmp_path, value="/H") == "no operation of the model makes '/H'"
    assert refusal(proto, tmp_path, value="x") == "no operation of the model makes 'x'"


def test_names_that_become_the_same_are_told_apart(tmp_path):
    nodes = [node("Add", ["a.b", "a/b"], ["a:b"]), node("Mul", ["a:b", "lambda"], ["π²"])]
    scenario = imported(model(nodes, {"a.b": [1], "a/b": [1], "lambda": [1]}, output="π²"), tmp_path)
    assert list(scenario.inputs) == ["a_b", "a_b_2", "lambda_"]
    assert [n.output for n in scenario.graph.nodes] == ["a_b_3", "π2"]


def test_weights_in_a_file_beside_the_model_are_read(tmp_path):
    proto = onnx.ModelProto()
    proto.CopyFrom(MLP)
    onnx.save_model(proto, tmp_path / "model.onnx", save_as_external_data=True, location="w.bin", size_threshold=0)
    external = onnx.load_model(tmp_path / "model.onnx", load_external_data=False)
    x = np.ones((1, 4))
    np.testing.assert_allclose(value_of(imported(external, tmp_path), {"x": x}), np.maximum(x @ WEIGHT.T + BIAS, 0))


def test_a_chain_of_10_000_nodes_is_imported(tmp_path):
    count = 10_000
    nodes = [node("Neg", [f"v{n}" if n else "x"], [f"v{n + 1}" if n < count - 1 else "y"]) for n in range(count)]
    assert value_of(imported(model(nodes, {"x": [1]}), tmp_path), {"x": [2]}).tolist() == [2]


def test_one_node_with_10_000_inputs_is_imported(tmp_path):
    proto = model([node("Sum", ["x"] * 10_000, ["y"])], {"x": [1]})
    assert value_of(imported(proto, tmp_path), {"x": [0.5]}).tolist() == [5000]


def test_saving_leaves_the_model_as_it_is(tmp_path):
    files = save(MLP, tmp_path)
    before = files.model.read_bytes()
    imported(MLP, tmp_path)
    assert files.model.read_bytes() == before


def test_an_exporter_s_look_at_a_shape_leaves_nothing_in_the_scenario(tmp_path):
    nodes = [
        node("Transpose", ["x"], ["turned"]),
        node("Shape", ["turned"], ["shape"]),
        node("Reshape", ["x", "shape"], ["y"]),
    ]
    scenario = imported(model(nodes, {"x": [2, 3]}), tmp_path)
    assert [n.spec.name for n in scenario.graph.nodes] == ["reshape"]
    assert not scenario.warnings


def test_a_transformer_block_computes_what_the_reference_does(tmp_path):
    def linear(before, after, count, width):
        weights[f"{after}.w"], weights[f"{after}.b"] = RANDOM.normal(size=(count, width)), RANDOM.normal(size=width)
        product = node("MatMul", [before, f"{after}.w"], [f"{after}.product"])
        return [product, node("Add", [f"{after}.product", f"{after}.b"], [after])]

    def heads(name, order):
        turned = node("Transpose", [f"{name}.heads"], [f"{name}.turned"], perm=order)
        return [node("Reshape", [name, "heads"], [f"{name}.heads"]), turned]

    weights = {"heads": np.array([0, 0, 2, 4]), "joined": np.array([0, 0, 8]), "scale": np.array(2.0)}
    weights |= {"n1": RANDOM.normal(size=8), "n2": RANDOM.normal(size=8), "shift": RANDOM.normal(size=8)}
    nodes = [
        node("LayerNormalization", ["x", "n1", "shift"], ["normal"]),
        *(step for part in "qkv" for step in linear("normal", part, 8, 8)),
        *heads("q", [0, 2, 1, 3]),
        *heads("k", [0, 2, 3, 1]),
        *heads("v", [0, 2, 1, 3]),
        node("MatMul", ["q.turned", "k.turned"], ["scores"]),
        node("Div", ["scores", "scale"], ["scaled"]),
        node("Softmax", ["scaled"], ["attention"]),
        node("MatMul", ["attention", "v.turned"], ["mixed"]),
        node("Transpose", ["mixed"], ["turned"], perm=[0, 2, 1, 3]),
        node("Reshape", ["turned", "joined"], ["flat"]),
        *linear("flat", "projected", 8, 8),
        node("Add", ["x", "projected"], ["middle"]),
        node("LayerNormalization", ["middle", "n2"], ["normal2"]),
        *linear("normal2", "up", 8, 16),
        node("Gelu", ["up"], ["active"]),
        *linear("active", "down", 16, 8),
        node("Add", ["middle", "down"], ["y"]),
    ]
    proto, x = model(nodes, {"x": ["n", 3, 8]}, weights), RANDOM.normal(size=(2, 3, 8))
    expected = ReferenceEvaluator(proto).run(None, {"x": x})[0]
    found = value_of(imported(proto, tmp_path), {"x": x})
    np.testing.assert_allclose(
        found, expected, rtol=1e-5, atol=1e-5
    )  # the reference has Gelu and LayerNormalization in float32
