"""A file -> a model of ONNX that has passed all checks, complete in memory.

A file may come from anywhere: nothing is read from outside its folder, and what it can ask for has limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from backpropcli.errors import DataError, Problem
from backpropcli.models.onnx import onnx, refusing
from backpropcli.sources.files_read import note_read
from backpropcli.text.escape import visible

LARGEST_FILE = 2**31 - 1
"""What a protobuf message can hold, in bytes; larger models keep their weights in files beside."""
MOST_NODES = 1_000_000
"""Of a model without functions, each call of which stands for its nodes."""


def read_model(path: Path) -> Any:
    """The model in a file. Raises DataError if it cannot be read, or is none."""
    try:
        content = _content(path)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror or error}") from None
    with refusing(f"{path}: not an ONNX model"):
        model = onnx.load_model_from_string(content)
    if not model.graph.node or not model.graph.output:
        raise DataError(f"{path}: not an ONNX model, or one without nodes or outputs")
    with refusing(f"{path}: a broken ONNX model"):
        if any(isinstance(name, bytes) for name in _names(model)):
            raise DataError(f"{path}: a broken ONNX model: a name in it is not UTF-8")
        for tensor in _tensors(model):
            _load_beside(tensor, path)
        onnx.checker.check_model(model)
        _check_size(model, path)
        return onnx.inliner.inline_local_functions(model) if model.functions else model


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise DataError(f"{path} is a folder, not a model")
    if path.exists() and not path.is_file():
        raise DataError(f"cannot read {path}: not a regular file")
    if path.stat().st_size > LARGEST_FILE:
        message = f"{path}: more than 2 GB, which an ONNX file cannot have"
        raise DataError(Problem(message, hint="save the model with its weights in files beside"))
    note_read(path)
    return path.read_bytes()


def _names(model: Any) -> Iterator[str | bytes]:
    """Every name in a model; protobuf gives bytes for what is no text."""
    for named in (*model.graph.input, *model.graph.output, *model.graph.initializer, *model.functions):
        yield named.name
    for node in _nodes(model):
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (attribute.name for attribute in node.attribute)


def _tensors(model: Any) -> Iterator[Any]:
    """Every tensor that may keep its numbers in another file."""
    yield from model.graph.initializer
    for node in _nodes(model):
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors
            for graph in (attribute.g, *attribute.graphs):
                yield from graph.initializer


def _nodes(*parts: Any) -> Iterator[Any]:
    """The nodes of a model, a function or a node's own graphs, with those of all graphs in them."""
    unread = [nodes for part in parts for nodes in _parts(part)]
    while unread:
        for node in unread.pop():
            yield node
            for attribute in node.attribute:
                unread += [graph.node for graph in (attribute.g, *attribute.graphs) if graph.node]


def _parts(part: Any) -> Iterator[Any]:
    if isinstance(part, onnx.ModelProto):
        yield part.graph.node
        yield from (function.node for function in part.functions)
    else:
        yield part.node


def _load_beside(tensor: Any, path: Path) -> None:
    """Read the numbers of a tensor that stand in another file, which must stand in the model's folder."""
    if tensor.data_location != onnx.TensorProto.EXTERNAL:
        return
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    if "\0" in location:
        raise DataError(f"{path}: the name of a file of weights has a NUL character")
    folder = path.parent.resolve()
    file, shown = (folder / location).resolve(), visible(location)
    if not file.is_relative_to(folder):
        raise DataError(f"{path}: its weights are in {shown}, which is outside of its folder; they are not read")
    if not file.is_file():
        raise DataError(f"{path}: its weights are in {shown or 'no file'}, which is not there")
    size = file.stat().st_size
    offset = int(entries.get("offset", 0))
    length = int(entries.get("length", size - offset))
    if min(offset, length) < 0 or offset + length > size:
        raise DataError(f"{path}: its weights are said to be at {offset} in {shown}, {length} bytes of {size}")
    note_read(file)
    with file.open("rb") as stream:
        stream.seek(offset)
        tensor.raw_data = stream.read(length)
    tensor.data_location = onnx.TensorProto.DEFAULT
    del tensor.external_data[:]


def _check_size(model: Any, path: Path) -> None:
    """Raise DataError where functions of the model, called by each other, stand for too many nodes."""
    calls: dict[Any, Counter[Any]] = {
        (f.domain, f.name): Counter((node.domain, node.op_type) for node in _nodes(f)) for f in model.functions
    }
    calls[None] = Counter((node.domain, node.op_type) for node in _nodes(model.graph))
    sizes: dict[Any, int] = {}
    try:
        for caller in TopologicalSorter(calls).static_order():
            called = calls.get(caller)
            sizes[caller] = 1 if called is None else sum(sizes[key] * count for key, count in called.items())
    except CycleError:
        raise DataError(f"{path}: a function of the model calls itself") from None
    if sizes[None] > MOST_NODES:
        raise DataError(f"{path}: a model of more than {MOST_NODES:,} nodes")
