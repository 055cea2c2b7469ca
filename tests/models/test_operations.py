"""Every operation that is imported computes what ONNX's own reference computes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from onnx.defs import onnx_opset_version
from onnx.reference import ReferenceEvaluator
from onnx_models import imported, model, node, value_of

from backpropcli.models.operations import TRANSLATIONS

RANDOM = np.random.default_rng(0)


def x(*shape):
    return RANDOM.normal(size=shape)


def positive(*shape):
    return np.abs(x(*shape)) + 0.25


def within(*shape):
    return RANDOM.uniform(-0.875, 0.875, size=shape)


def whole(*numbers):
    return np.array(numbers, dtype=np.int64)


class Case(NamedTuple):
    """A node; `known` are the inputs that are the same in every run."""

    op: str
    inputs: tuple
    attributes: dict
    known: tuple = ()
    opset: int = 20
    tolerance: float = 1e-13


def case(op, *inputs, known=(), opset=20, tolerance=1e-13, **attributes):
    return Case(op, inputs, attributes, known, opset, tolerance)


FLOAT32_ATTRIBUTE = 1e-6
"""ONNX's reference computes with the float32 of an attribute, 0.00999999978, and the import with its author's 0.01."""

FLOAT32_OPERATION = 1e-6
"""It computes some operations in float32, whatever it is given."""

UNARY = ["Abs", "Asinh", "Atan", "Ceil", "Cos", "Cosh", "Exp", "Floor", "Identity", "Mish", "Neg"]
UNARY += ["Reciprocal", "Relu", "Round", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Tan", "Tanh"]
LOGITS = x(4, 3)
LABELS = whole(0, 2, 1, 1)
CASES = [
    *(case(op, x(2, 3)) for op in UNARY),
    *(case(op, positive(2, 3)) for op in ("Log", "Sqrt")),
    *(case(op, within(2, 3)) for op in ("Acos", "Asin", "Atanh")),
    case("Acosh", positive(2, 3) + 1),
    *(case(op, x(2, 3), x(3)) for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "Mean", "Sum")),
    *(case(op, x(2, 1), x(3), x(1, 3)) for op in ("Max", "Min", "Sum")),
    case("Mean", x(2, 3), x(2, 3), x(1, 3)),
    case("Max", x(2, 3)),
    case("Pow", positive(2, 3), x(3)),
    case("Pow", x(2, 3), np.array(2.0), known=(1,)),
    *(case(op, whole(1, 2, 3), whole(2, 2, 2)) for op in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")),
    *(case(op, np.array([True, False] * 2), np.array([True, True, False, False])) for op in ("And", "Or", "Xor")),
    case("Not", np.array([True, False])),
    case("Where", np.array([[True], [False]]), x(2, 3), x(3)),
    case("Cast", x(2, 3), to=1, tolerance=1e-7),
    case("Cast", whole(1, 2), to=11),
    case("Cast", np.array([0.0, 0.5, -2.0]), to=9),
    case("Cast", np.array([True, False]), to=7),
    case("CastLike", whole(1, 2), x(1)),
    case("Clip", x(4, 3), np.array(-0.5), np.array(0.75), known=(1, 2)),
    case("Clip", x(4, 3), np.array(-0.5), known=(1,)),
    case("Clip", x(4, 3)),
    case("Clip", x(4, 3), np.array(-0.5), np.array(0.75)),
    case("LeakyRelu", x(2, 3), alpha=0.125),
    case("LeakyRelu", x(2, 3), tolerance=FLOAT32_ATTRIBUTE),
    case("PRelu", x(2, 3), x(3)),
    case("Elu", x(2, 3)),
    case("Elu", x(2, 3), alpha=0.5),
    case("Celu", x(2, 3).astype(np.float32), alpha=0.5, tolerance=FLOAT32_ATTRIBUTE),
    case("Selu", x(2, 3), tolerance=FLOAT32_ATTRIBUTE),
    case("Selu", x(2, 3), alpha=0.5, gamma=2.0),
    case("HardSwish", 4 * x(2, 3), tolerance=FLOAT32_ATTRIBUTE),
    case("HardSigmoid", 4 * x(2, 3), tolerance=FLOAT32_ATTRIBUTE),
    case("HardSigmoid", 4 * x(2, 3), alpha=1 / 6, tolerance=FLOAT32_ATTRIBUTE),
    case("Erf", x(2, 3), tolerance=FLOAT32_OPERATION),
    case("Gelu", x(2, 3), tolerance=FLOAT32_OPERATION),
    case("Gelu", x(2, 3), approximate="tanh", tolerance=FLOAT32_ATTRIBUTE),
    case("Dropout", x(2, 3), np.array(0.5), np.array(False), known=(1, 2)),
    case("Dropout", x(2, 3)),
    case("MatMul", x(2, 3), x(3, 4)),
    case("MatMul", x(2, 5, 3), x(3, 4)),
    case("MatMul", x(3), x(2, 3, 4)),
    case("Gemm", x(2, 3), x(3, 4), x(4)),
    case("Gemm", x(2, 3), x(4, 3), x(4), transB=1),
    case("Gemm", x(2, 3), x(4, 3), transB=1),
    case("Gemm", x(3, 2), x(4, 3), x(2, 4), transA=1, transB=1, alpha=0.5, beta=2.0),
    case("Gemm", x(2, 3), x(3, 4), x(1, 4)),
    case("Gemm", x(2, 3), x(3, 4), np.array(0.5)),
    case("Reshape", x(2, 6), whole(3, 4), known=(1,)),
    case("Reshape", x(2, 6), whole(0, -1, 2), known=(1,)),
    case("Reshape", x(2, 6), whole(-1), known=(1,)),
    case("Flatten", x(2, 3, 4)),
    case("Flatten", x(2, 3, 4), axis=0),
    case("Flatten", x(2, 3, 4), axis=-1),
    case("Flatten", x(3)),
    case("Squeeze", x(1, 3, 1, 2)),
    case("Squeeze", x(2, 1, 3), whole(1), known=(1,)),
    case("Squeeze", x(2, 1, 3), axes=[-2], opset=11),
    case("Unsqueeze", x(2, 3), whole(0, -1), known=(1,)),
    case("Unsqueeze", x(2, 3), axes=[1], opset=11),
    case("Transpose", x(2, 3, 4)),
    case("Transpose", x(2, 3, 4), perm=[1, 0, 2]),
    case("Expand", x(3, 1), whole(2, 1, 4), known=(1,)),
    case("CumSum", x(2, 3), np.array(1), known=(1,)),
    case("Concat", x(2, 3), x(2, 1), axis=1),
    case("Concat", x(2, 3), x(1, 3), axis=-2),
    case("Gather", x(4, 3), whole(2, 0, 2)),
    case("Gather", x(4, 3), np.array([[2, 0], [1, 3]]), axis=0),
    case("Gather", x(4, 3), whole(2, 0), axis=1),
    case("Gather", x(4, 3), np.array(-1), axis=1, known=(1,)),
    case("Slice", x(4, 5), whole(1, -1), whole(2**63 - 1, -4), whole(0, 1), whole(1, -2), known=(1, 2, 3, 4)),
    case("Slice", x(4, 5), whole(1), whole(-1), known=(1, 2)),
    case("Slice", x(4, 5), whole(-1), whole(-(2**63)), whole(1), whole(-1), known=(1, 2, 3, 4)),
    case("Softmax", x(2, 3, 4)),
    case("Softmax", x(2, 3, 4), axis=1),
    case("LogSoftmax", x(2, 3, 4), axis=0),
    *(
        case(f"Reduce{name}", positive(2, 3, 4), **more)
        for name in ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")
        for more in ({"keepdims": 0}, {})
    ),
    *(
        case(f"Reduce{name}", positive(2, 3, 4), whole(-1, 0), known=(1,), **more)
        for name in ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")
        for more in ({"keepdims": 0}, {})
    ),
    case("ReduceMean", x(2, 3, 4), axes=[1], keepdims=0, opset=13),
    case("ReduceSum", x(2, 3), noop_with_empty_axes=1),
    case("GlobalAveragePool", x(2, 3, 4, 5)),
    case("GlobalMaxPool", x(2, 3, 4, 5)),
    case("BatchNormalization", x(4, 3, 2, 2), x(3), x(3), x(3), positive(3), tolerance=FLOAT32_ATTRIBUTE),
    case("BatchNormalization", x(4, 3, 2), x(3), x(3), x(3), positive(3), epsilon=0.125),
    case("LayerNormalization", x(2, 3, 4), x(4), x(4), epsilon=0.125, tolerance=FLOAT32_OPERATION),
    case("LayerNormalization", x(2, 3, 4), x(3, 4), axis=1, epsilon=0.125, tolerance=FLOAT32_OPERATION),
    case("LayerNormalization", x(2, 3, 4), x(4), x(1), axis=1, epsilon=0.125, tolerance=FLOAT32_OPERATION),
    case(
        "GroupNormalization", x(2, 4, 3), x(4), x(4), num_groups=2, epsilon=0.125, opset=21, tolerance=FLOAT32_OPERATION
    ),
    case("InstanceNormalization", x(2, 4, 3), x(4), x(4), epsilon=0.125),
    case("Conv", x(2, 3, 6, 5), x(4, 3, 3, 2), x(4)),
    case("Conv", x(2, 4, 6, 5), x(6, 2, 3, 2), group=2, strides=[2, 1], pads=[1, 0, 1, 0], dilations=[1, 2]),
    case("Conv", x(2, 3, 6, 6), x(4, 3, 3, 3), auto_pad="SAME_UPPER"),
    case("MaxPool", x(2, 3, 6, 6), kernel_shape=[2, 3]),
    case("MaxPool", x(2, 3, 6, 6), kernel_shape=[2, 2], strides=[2, 2], pads=[1, 0, 1, 0]),
    case("MaxPool", x(2, 3, 6, 6), kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
    case("AveragePool", x(2, 3, 6, 6), kernel_shape=[3, 3], strides=[1, 2], pads=[1, 1, 1, 1]),
    case("AveragePool", x(2, 3, 6, 6), kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
    case("SoftmaxCrossEntropyLoss", LOGITS, LABELS),
    case("SoftmaxCrossEntropyLoss", LOGITS, LABELS, positive(3), reduction="sum"),
    case("SoftmaxCrossEntropyLoss", LOGITS, LABELS, reduction="none", ignore_index=1),
    case("SoftmaxCrossEntropyLoss", x(4, 3, 2), np.array([[0, 2], [1, 1], [0, 0], [2, 1]])),
    case("NegativeLogLikelihoodLoss", LOGITS, LABELS),
    case("NegativeLogLikelihoodLoss", LOGITS, LABELS, positive(3)),
    case("RMSNormalization", x(2, 3, 4), x(4), epsilon=0.125, opset=23, tolerance=FLOAT32_OPERATION),
    case("Swish", x(2, 3), opset=24),
    case("Swish", x(2, 3), alpha=0.5, opset=24),
]


@pytest.mark.parametrize("tried", CASES, ids=lambda tried: tried.op)
def test_an_imported_operation_computes_what_the_reference_does(tried, tmp_path):
    if tried.opset > onnx_opset_version():
        pytest.skip(f"the installed onnx does not have version {tried.opset} of its operations")
    names = [f"x{number}" for number in range(len(tried.inputs))]
    arrays = dict(zip(names, tried.inputs, strict=True))
    known = {names[number]: arrays.pop(names[number]) for number in tried.known}
    nodes = [node(tried.op, names, ["made"], **tried.attributes), node("Transpose", ["made"], ["y"])]
    proto = model(nodes, arrays, known, opset=tried.opset)
    expected = ReferenceEvaluator(proto).run(None, arrays)[0]
    scenario = imported(proto, tmp_path)
    found = value_of(scenario, {name: array for name, array in arrays.items() if name in scenario.inputs})
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected.astype(float), rtol=tried.tolerance, atol=tried.tolerance)


def test_every_operation_that_is_imported_is_tried():
    elsewhere = {"Split"}
    assert {tried.op for tried in CASES} | elsewhere == set(TRANSLATIONS)


def test_no_padding_has_two_names(tmp_path):
    image = x(2, 3, 6, 6)
    weights = {"w": x(4, 3, 3, 3)}
    plain, valid = (
        imported(model([node("Conv", ["x", "w"], ["y"], **more)], {"x": image}, weights), tmp_path)
        for more in ({}, {"auto_pad": "VALID"})
    )
    np.testing.assert_array_equal(value_of(plain, {"x": image}), value_of(valid, {"x": image}))
