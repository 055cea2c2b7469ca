"""The operations of a model one by one, with the types of their inputs and what needs no run to be known.

What follows from constants and shapes alone, as the shapes that exporters compute step by step, is computed here, by
ONNX's own reference, and is no operation any more. Weights are no constants: what is made of them has a gradient.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from backpropcli.errors import DataError, Problem, did_you_mean
from backpropcli.models.onnx import onnx, refusing
from backpropcli.models.operation import Operation, Type
from backpropcli.text.escape import visible

OLDEST = 7
"""The first version of ONNX's operations that broadcasts as NumPy does."""
MOST_COMPUTED = 10_000_000  # numbers of a constant
_MOST_INFERRED_FROM = 1_000  # numbers of a constant that says what shape comes out
# What takes no longer than its inputs and outputs are, always gives the same, and is found in computations of shapes
# and masks.
_COMPUTED = {
    *(
        "Abs",
        "Add",
        "And",
        "Cast",
        "CastLike",
        "Ceil",
        "Clip",
        "Concat",
        "Constant",
        "ConstantOfShape",
        "Cos",
        "CumSum",
    ),
    *("Div", "Equal", "Exp", "Expand", "EyeLike", "Floor", "Gather", "Greater", "GreaterOrEqual", "Identity", "Less"),
    *("LessOrEqual", "Log", "Max", "Min", "Mod", "Mul", "Neg", "Not", "OneHot", "Or", "Pow", "Range", "Reciprocal"),
    *("ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "Reshape", "Round", "Sign", "Sin", "Slice", "Split", "Sqrt"),
    *("Squeeze", "Sub", "Tile", "Transpose", "Trilu", "Unsqueeze", "Where", "Xor"),
}
_FLOATS = {"FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16"}
_INTEGERS = {"INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"}
_OWN_DOMAIN = "ai.onnx"  # or an empty name


class Inference:
    """A walk through a model, in the order of its nodes, to the value that is wanted."""

    def __init__(self, model: Any, source: str, shapes: Mapping[str, tuple[int, ...]], wanted: str) -> None:
        self.source = source
        self.opsets = {_domain(o): o.version for o in model.opset_import}
        self.imports = list(model.opset_import)
        if self.opsets.get("", OLDEST) < OLDEST:
            message = f"{source}: version {self.opsets['']} of ONNX's operations is too old; {OLDEST} is the first"
            raise DataError(Problem(message, hint="onnx.version_converter makes a later one of it"))
        self.protos: dict[str, Any] = {}
        self.types: dict[str, Type] = {}
        self.weights: dict[str, Any] = {}
        self.constants: dict[str, Any] = {}
        self.known = ChainMap(self.constants, self.weights)
        self.nodes = needed_nodes(model.graph, wanted)
        used = {wanted, *(name for node in self.nodes for name in node.input)}
        self._read_weights(model.graph, used)
        self.inputs = self._read_inputs(model.graph, used, shapes)

    def operations(self) -> Iterator[Operation]:
        """Every node that is left to a run."""
        for node in self.nodes:
            self._infer(node)
            if not self._compute(node):
                yield self._operation(node)

    def _read_weights(self, graph: Any, used: set[str]) -> None:
        if graph.sparse_initializer:
            raise DataError(f"{self.source}: sparse weights cannot be imported")
        for tensor in graph.initializer:
            if tensor.name in used:
                with refusing(f"{self.source}: the weight {visible(tensor.name)}"):
                    array = onnx.numpy_helper.to_array(tensor)
                    if array.shape != tuple(tensor.dims):
                        raise DataError(f"{self.source}: {visible(tensor.name)} cannot be {tuple(tensor.dims)}")
                    self._know(tensor.name, array, tensor.data_type)

    def _know(self, name: str, array: Any, data_type: int) -> None:
        """Note an array: a weight where it is made of floats, otherwise a constant."""
        proto = onnx.helper.make_tensor_type_proto(data_type, array.shape)
        self.protos[name], self.types[name] = proto, _type_of(proto)
        kind = self.types[name].kind
        if kind == "other":
            raise DataError(f"{self.source}: {visible(name)} holds {_type_word(data_type)}, not numbers")
        (self.weights if kind == "float" else self.constants)[name] = array

    def _read_inputs(self, graph: Any, used: set[str], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Type]:
        declared = {value.name: value for value in graph.input if value.name not in self.types}
        for name in shapes:
            if name not in declared:
                hint = did_you_mean(name, declared) or f"the inputs are {', '.join(map(visible, declared)) or 'none'}"
                raise DataError(Problem(f"{self.source}: the model has no input '{visible(name)}'", hint=hint))
        found = {}
        for name, value in declared.items():
            if name in used:
                proto = self._fixed(name, value.type, shapes.get(name))
                self.protos[name] = proto
                self.types[name] = found[name] = _type_of(proto)
        return found

    def _fixed(self, name: str, proto: Any, asked: tuple[int, ...] | None) -> Any:
        """The type of an input with every length, 1 where the model leaves it open."""
        shown = visible(name)
        tensor = proto.tensor_type
        if _type_of(proto).kind == "other":
            raise DataError(f"{self.source}: the input {shown} holds {_type_word(tensor.elem_type)}, not numbers")
        hint = f"--shape '{shown}=...' says how large it is"
        declared = [d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim]
        shape = tuple(1 if n is None else n for n in declared) if asked is None else asked
        if len(shape) != len(declared) or any(n not in {None, m} for n, m in zip(declared, shape, strict=True)):
            form = ", ".join("any" if n is None else str(n) for n in declared)
            raise DataError(f"{self.source}: the input {shown} is ({form}), and cannot be {shape}")
        if min(shape, default=1) < 1 or prod(shape) > MOST_COMPUTED:
            raise DataError(Problem(f"{self.source}: the input {shown} cannot be {shape}", hint=hint))
        return onnx.helper.make_tensor_type_proto(tensor.elem_type, shape)

    def _infer(self, node: Any) -> None:
        """Note the types of a node's outputs, as far as they can be told."""
        domain = _domain(node)
        is_known = onnx.defs.has(node.op_type, domain)
        if not is_known or any(name and name not in self.protos for name in node.input):
            return
        with refusing(f"{self.source}: {_label(node)}"):
            schema = onnx.defs.get_schema(node.op_type, self.opsets[domain], domain)
            types = onnx.shape_inference.infer_node_outputs(
                schema,
                node,
                {name: self.protos[name] for name in node.input if name},
                {name: self._tensor(name) for name in node.input if self._says_shape(name)},
                opset_imports=self.imports,
            )
        for name, proto in types.items():
            if name:
                self.protos[name], self.types[name] = proto, _type_of(proto)

    def _says_shape(self, name: str) -> bool:
        return name in self.constants and self.constants[name].size <= _MOST_INFERRED_FROM

    def _tensor(self, name: str) -> Any:
        return onnx.numpy_helper.from_array(self.constants[name], name)

    def _compute(self, node: Any) -> bool:
        """Compute a node that follows from constants and shapes; whether it is one."""
        types = [self.types.get(name, Type("other", None)) for name in node.output if name]
        if any(t.kind == "other" or t.shape is None or prod(t.shape) > MOST_COMPUTED for t in types):
            return False
        if node.op_type in {"Shape", "Size"} and self.types[node.input[0]].shape is not None:
            self._note_shape(node)
            return True
        if node.op_type not in _COMPUTED or any(name and name not in self.constants for name in node.input):
            return False
        with refusing(f"{self.source}: {_label(node)}"):
            self.constants.update(self._evaluated(node))
        return True

    def _note_shape(self, node: Any) -> None:
        shape = self.types[node.input[0]].shape or ()
        name, attributes = node.output[0], _attributes(node)
        numbers = [prod(shape)] if node.op_type == "Size" else shape[attributes.get("start") : attributes.get("end")]
        lengths = [] if node.op_type == "Size" else [len(numbers)]
        tensor = onnx.helper.make_tensor(name, onnx.TensorProto.INT64, lengths, numbers)
        self.constants[name] = onnx.numpy_helper.to_array(tensor)

    def _evaluated(self, node: Any) -> dict[str, Any]:
        """The outputs of a node by name, from constants."""
        inputs = dict.fromkeys(name for name in node.input if name)
        outputs = [name for name in node.output if name]
        graph = onnx.helper.make_graph(
            [node],
            "constants",
            [onnx.helper.make_value_info(name, self.protos[name]) for name in inputs],
            [onnx.helper.make_value_info(name, self.protos[name]) for name in outputs],
        )
        model = onnx.helper.make_model(graph, opset_imports=self.imports)
        found = onnx.reference.ReferenceEvaluator(model).run(outputs, {name: self.constants[name] for name in inputs})
        return dict(zip(outputs, found, strict=True))

    def _operation(self, node: Any) -> Operation:
        domain = _domain(node)
        return Operation(
            f"{node.op_type} ({domain})" if domain else node.op_type,
            node.name,
            node.input,
            node.output,
            _attributes(node),
            self.opsets.get(domain, 0),
            self.types,
            self.known,
        )


def needed_nodes(graph: Any, wanted: str) -> list[Any]:
    """The nodes that a value depends on, in their order."""
    makers = {name: number for number, node in enumerate(graph.node) for name in node.output if name}
    needed: set[int] = set()
    unread = [wanted]
    while unread:
        number = makers.get(unread.pop())
        if number is not None and number not in needed:
            needed.add(number)
            unread += graph.node[number].input
    return [graph.node[number] for number in sorted(needed)]


def _domain(part: Any) -> str:
    """Whose operations a node or a version is of; ONNX's own have no name here."""
    return "" if part.domain == _OWN_DOMAIN else part.domain


def _attributes(node: Any) -> dict[str, Any]:
    values = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    return {
        name: value.decode(errors="replace") if isinstance(value, bytes) else value for name, value in values.items()
    }


def _type_of(proto: Any) -> Type:
    if not proto.HasField("tensor_type"):
        return Type("other", None)
    tensor = proto.tensor_type
    word = _type_word(tensor.elem_type)
    kind = "float" if word in _FLOATS else "int" if word in _INTEGERS else "bool" if word == "BOOL" else "other"
    dims = tensor.shape.dim
    is_static = tensor.HasField("shape") and all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in dims)
    return Type(kind, tuple(dim.dim_value for dim in dims) if is_static else None)


def _type_word(data_type: int) -> str:
    words = {number: word for word, number in onnx.TensorProto.DataType.items()}
    return str(words.get(data_type, "something unknown"))


def _label(node: Any) -> str:
    return visible(f"{node.op_type} {node.name}".rstrip())
