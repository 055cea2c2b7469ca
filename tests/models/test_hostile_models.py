"""Whatever the bytes of a model, the answer is an import or one clear error; no file outside its folder is read."""

from __future__ import annotations

import os
from random import Random

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_models import files_in, imported, mlp, model, node, refused, save

from backpropcli.errors import BackpropError
from backpropcli.models.importing import import_model


def refused_model(proto, folder):
    save(proto, folder)
    return refused(folder)


def refused_bytes(content, folder):
    files_in(folder).model.write_bytes(content)
    return refused(folder)


@pytest.mark.parametrize("content", [b"", b"\n", b"inputs: {x: 1}\nlayers: [relu]\n", b"\x00" * 100, b"PK\x03\x04" * 9])
def test_what_is_no_model_is_refused(content, tmp_path):
    assert refused_bytes(content, tmp_path).startswith("MODEL: not an ONNX model")


def test_a_file_that_is_cut_anywhere_is_refused(tmp_path):
    content = mlp().SerializeToString()
    for length in range(0, len(content), 7):
        refused_bytes(content[:length], tmp_path)


def test_a_folder_a_pipe_and_a_file_that_is_not_there_are_refused(tmp_path):
    assert refused(tmp_path) == "cannot read MODEL: No such file or directory"
    os.mkfifo(files_in(tmp_path).model)
    assert refused(tmp_path) == "cannot read MODEL: not a regular file"
    files_in(tmp_path).model.unlink()
    files_in(tmp_path).model.mkdir()
    assert refused(tmp_path) == "MODEL is a folder, not a model"


def test_2_000_models_with_random_faults_are_imported_or_refused(tmp_path):
    content = mlp().SerializeToString()
    random = Random(0)
    imports = 0
    for _ in range(2_000):
        broken = bytearray(content)
        for _ in range(random.choice([1, 1, 2, 8])):
            place = random.randrange(len(broken))
            broken[place : place + random.choice([0, 1, 1, 1, 5])] = random.randbytes(random.choice([0, 1, 1, 1, 5]))
        files = files_in(tmp_path)
        files.model.write_bytes(broken)
        try:
            import_model(files.model, tmp_path, files.weights, {})
        except BackpropError as error:
            assert "\n" not in str(error)
        else:
            imports += 1
    assert 0 < imports < 2_000


def broken(change):
    proto = mlp()
    change(proto)
    return proto


def cyclic(proto):
    proto.graph.node[0].input[0] = "u"


def twice_defined(proto):
    proto.graph.node[1].output[0] = "h"


def without_a_maker(proto):
    proto.graph.node[1].input[0] = "nowhere"


def of_negative_length(proto):
    proto.graph.initializer[0].dims[0] = -4


def of_a_huge_shape(proto):
    proto.graph.initializer[0].dims[0] = 2**40


def of_overflowing_shape(proto):
    proto.graph.initializer[0].dims[:] = [2**40, 2**40]


def with_short_data(proto):
    proto.graph.initializer[0].raw_data = b"\0" * 8


def of_an_unknown_type(proto):
    proto.graph.initializer[0].data_type = 99


def of_text(proto):
    proto.graph.initializer[1].CopyFrom(helper.make_tensor("b", TensorProto.STRING, [3], [b"a", b"b", b"c"]))


def with_a_name_that_is_not_text(proto):
    proto.graph.node[0].name = "QQQQ"


def with_an_unknown_version(proto):
    proto.opset_import[0].version = 2**31


def without_versions(proto):
    del proto.opset_import[:]


def with_huge_input(proto):
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2**40


def with_negative_input(proto):
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = -1


def with_input_of_text(proto):
    proto.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING


def with_sequence_as_input(proto):
    proto.graph.input[0].type.CopyFrom(helper.make_sequence_type_proto(proto.graph.input[0].type))


def without_outputs(proto):
    del proto.graph.output[:]


def with_sparse_weights(proto):
    sparse = proto.graph.sparse_initializer.add()
    sparse.values.CopyFrom(helper.make_tensor("s", TensorProto.DOUBLE, [1], [1.0]))
    sparse.indices.CopyFrom(helper.make_tensor("", TensorProto.INT64, [1], [0]))
    sparse.dims[:] = [2]


FAULTS = [
    *(cyclic, twice_defined, without_a_maker, of_negative_length, of_a_huge_shape, of_overflowing_shape),
    *(with_short_data, of_an_unknown_type, of_text, with_an_unknown_version, without_versions, with_huge_input),
    *(with_negative_input, with_input_of_text, with_sequence_as_input, with_sparse_weights, without_outputs),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_model_is_refused(fault, tmp_path):
    assert refused_model(broken(fault), tmp_path).startswith("MODEL: ")


def test_a_name_that_is_no_text_is_refused(tmp_path):
    content = broken(with_a_name_that_is_not_text).SerializeToString().replace(b"QQQQ", b"\xff\xfe\xff\xfe")
    assert refused_bytes(content, tmp_path) == "MODEL: a broken ONNX model: a name in it is not UTF-8"


def test_functions_that_call_each_other_over_and_over_are_not_written_out(tmp_path):
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]
    functions = [helper.make_function("own", "F0", ["a"], ["b"], [node("Neg", ["a"], ["b"])], opsets)]
    for level in range(1, 60):
        calls = [node(f"F{level - 1}", [["a"], ["h"]][n], [["h"], ["b"]][n], domain="own") for n in range(2)]
        functions.append(helper.make_function("own", f"F{level}", ["a"], ["b"], calls, opsets))
    calls = [node("F59", ["x"], ["y"], domain="own")]
    proto = model(calls, {"x": [1]}, functions=functions, opsets=opsets[1:])
    assert refused_model(proto, tmp_path) == "MODEL: a model of more than 1,000,000 nodes"


def test_a_function_that_calls_itself_is_refused(tmp_path):
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("own", 1)]
    function = helper.make_function("own", "F", ["a"], ["b"], [node("F", ["a"], ["b"], domain="own")], opsets)
    proto = model([node("F", ["x"], ["y"], domain="own")], {"x": [1]}, functions=[function], opsets=opsets[1:])
    assert refused_model(proto, tmp_path).startswith("MODEL: ")


@pytest.mark.parametrize("op", ["ConstantOfShape", "Range", "Tile"])
def test_a_constant_of_a_huge_shape_takes_no_memory(op, tmp_path, memory):
    inputs = {"ConstantOfShape": ["n"], "Range": ["zero", "many", "one"], "Tile": ["n", "n"]}[op]
    weights = {"zero": np.array(0), "one": np.array(1), "many": np.array(10**11), "n": np.array([10**11])}
    nodes = [node(op, inputs, ["h"]), node("ReduceMax", ["h"], ["m"]), node("Cast", ["m"], ["c"], to=11)]
    proto = model([*nodes, node("Add", ["x", "c"], ["y"])], {"x": [1]}, {name: weights[name] for name in inputs})
    save(proto, tmp_path)
    _, most = memory(lambda: refused(tmp_path))
    assert most < 50_000_000


def test_a_constant_that_takes_long_to_compute_is_left_to_the_run(tmp_path):
    nodes = [
        node("Constant", [], ["shape"], value_ints=[500, 500]),
        node("ConstantOfShape", ["shape"], ["m0"]),
        *(node("MatMul", [f"m{n}", "m0"], [f"m{n + 1}"]) for n in range(1_000)),
        node("Add", ["x", "m1000"], ["y"]),
    ]
    proto = model(nodes, {"x": np.ones(1, dtype=np.float32)})
    assert len(imported(proto, tmp_path).graph.nodes) == 1_001


def test_deeply_nested_graphs_are_refused(tmp_path):
    graph = helper.make_graph([node("Neg", ["x"], ["z"])], "g", [], [helper.make_tensor_value_info("z", 11, [1])])
    for _ in range(25):
        inner = node("Loop", ["", "c"], ["z"])
        inner.attribute.append(helper.make_attribute("body", graph))
        graph = helper.make_graph([inner], "g", [], [helper.make_tensor_value_info("z", 11, [1])])
    nested = node("Loop", ["", "c"], ["y"])
    nested.attribute.append(helper.make_attribute("body", graph))
    refused_model(model([nested], {"x": [1]}, {"c": np.array(True)}), tmp_path)


def test_a_text_that_a_terminal_would_obey_is_shown_as_an_escape(tmp_path):
    nodes = [node("Own\x1b[31m", ["x"], ["y"], domain="com.example")]
    proto = model(nodes, {"x": [1]}, opsets=[helper.make_opsetid("com.example", 1)])
    assert "\x1b" not in refused_model(proto, tmp_path)


def test_an_unused_broken_weight_does_no_harm(tmp_path):
    proto = mlp()
    proto.graph.initializer.append(helper.make_tensor("text", TensorProto.STRING, [1], [b"a"]))
    assert imported(proto, tmp_path).graph.output == "y"


def test_a_model_without_nodes_is_refused(tmp_path):
    assert (
        refused_model(model([], {"x": [1]}, output="x"), tmp_path)
        == "MODEL: not an ONNX model, or one without nodes or outputs"
    )
