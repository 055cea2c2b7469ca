"""The JSON Schema says of a file's structure what the reader says."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from backpropcli.catalogue import LAYERS
from backpropcli.scenario import json_schema
from backpropcli.scenario.document import Document
from backpropcli.scenario.scalars import is_boolean, is_null, is_number
from backpropcli.scenario.tree import Mapping, Node, Sequence, parse_tree

SCENARIOS = Path(__file__).parents[2] / "scenarios"
VALIDATOR = jsonschema.Draft7Validator(json_schema())

GOOD = [
    "layers: [y = 2 * 3]",
    "inputs: {x: 1}\nlayers: [relu, {type: exp}, y = x * 2]",
    "inputs: {x: [[1, 2], [3, .inf]], y: {file: y.npy}, z: -inf}\nlayers: [u = x * y * z]",
    "inputs: {x: 1}\nlayers: [{name: m, type: mul, inputs: [x, 2], output: y}]\noutput: y\ndout: 1\ngradients: [y]",
    "inputs: {x: [1]}\nlayers: [{type: sum, axis: 0, keepdims: true}, {type: sum, axis: null}]",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {values: {(1): 1}, gradients: {x: [1]}}\nexact: false\ndtype: float32",
    "inputs: {x: [1/3, -2/4]}\nlayers: [relu]\ndout: 2/3",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {values: {x: null, (1): ~}, tolerance: 1e-3}",
    "inputs: {x: [1, 2]}\nlayers: [relu]\nexpect: {values: {x: [null, 1]}, gradients: {x: [1/3, ~]}, digits: 3}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {values: {x: 1}, tolerance: 1/1000}",
    "inputs: {x: {file: x.csv, column: unit price}, y: {file: y.TSV, column: 2024}}\nlayers: [z = x * y]",
    "inputs: {x: {file: x.npz}, y: {file: x.npz, array: w}}\nlayers: [z = x * y]",
    "inputs: {no: 1}\nlayers: [y = no + 1]\ntitle: no",
    "inputs: {é: 1}\nlayers: [relu]",
]
BAD = [
    "[]",
    "inputs: {x: 1}",
    "layers: []",
    "layers: relu",
    "inputs: [1]\nlayers: [y = 2 * 3]",
    "inputs: {x: no}\nlayers: [relu]",
    "inputs: {x: '1'}\nlayers: [relu]",
    "inputs: {x: }\nlayers: [relu]",
    "inputs: {x: {fil: y}}\nlayers: [relu]",
    "inputs: {x: {file: 3}}\nlayers: [relu]",
    "inputs: {x: {column: a}}\nlayers: [relu]",
    "inputs: {x: {file: x.csv, column: }}\nlayers: [relu]",
    "inputs: {x: {file: x.csv, column: [a]}}\nlayers: [relu]",
    "inputs: {x: {file: x.npz, column: a, array: a}}\nlayers: [relu]",
    "inputs: {x: [1, a]}\nlayers: [relu]",
    "inputs: {2a: 1}\nlayers: [relu]",
    "inputs: {a-b: 1}\nlayers: [relu]",
    "inputs: {lambda: 1}\nlayers: [relu]",
    "inputs: {nan: 1}\nlayers: [relu]",
    "inputs: {x: 1}\nlayers: [reluu]",
    "inputs: {x: 1}\nlayers: [3]",
    "inputs: {x: 1}\nlayers: [[relu]]",
    "inputs: {x: 1}\nlayers: [{type: mull, inputs: [x, x]}]",
    "inputs: {x: 1}\nlayers: [{inputs: [x, x]}]",
    "inputs: {x: 1}\nlayers: [{type: mul}]",
    "inputs: {x: 1}\nlayers: [{type: mul, inputs: [x]}]",
    "inputs: {x: 1}\nlayers: [{type: relu, inputs: [x, x]}]",
    "inputs: {x: 1}\nlayers: [{type: relu, inputs: x}]",
    "inputs: {x: 1}\nlayers: [{type: relu, inputs: ['2']}]",
    "inputs: {x: 1}\nlayers: [{type: relu, output: 3}]",
    "inputs: {x: 1}\nlayers: [{type: relu, axis: 0}]",
    "inputs: {x: [1]}\nlayers: [{type: sum, axis: none}]",
    "inputs: {x: [1]}\nlayers: [{type: sum, axis: 1.5}]",
    "inputs: {x: [1]}\nlayers: [{type: sum, keepdims: 1}]",
    "inputs: {x: [1]}\nlayers: [{type: sum, keepdims: 'true'}]",
    "inputs: {x: 1}\nlayers: [relu]\nouput: x",
    "inputs: {x: 1}\nlayers: [relu]\noutput: [x]",
    "inputs: {x: 1}\nlayers: [relu]\ngradients: x",
    "inputs: {x: 1}\nlayers: [relu]\ngradients: [x, x]",
    "inputs: {x: 1}\nlayers: [relu]\ndout: no",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {value: {x: 1}}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {values: {x: {file: y.npy}}}",
    "inputs: {x: 1/0}\nlayers: [relu]",
    "inputs: {x: [1, null]}\nlayers: [relu]",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {tolerance: 0}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {tolerance: 1}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {tolerance: null}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {tolerance: 1e400}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {digits: 2.5}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {digits: 0}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {digits: 18}",
    "inputs: {x: 1}\nlayers: [relu]\nexpect: {digits: 3, tolerance: 0.01}",
    "inputs: {x: 1}\nlayers: [relu]\nexact: no",
    "inputs: {x: 1}\nlayers: [relu]\ndtype: float16",
    "inputs: {x: 1}\nlayers: [relu]\ntitle: 3",
]


def test_it_is_a_schema_of_draft_07() -> None:
    jsonschema.Draft7Validator.check_schema(json_schema())
    json.dumps(json_schema(), allow_nan=False)


@pytest.mark.parametrize("text", GOOD)
def test_both_accept_a_good_file(parse, text) -> None:
    parse(text)
    VALIDATOR.validate(_data(text))


@pytest.mark.parametrize("text", BAD)
def test_both_refuse_a_bad_file(problems, text) -> None:
    assert problems(text)
    assert not VALIDATOR.is_valid(_data(text))


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_scenario_fits_and_names_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=.schema.json\n# ")
    VALIDATOR.validate(_data(text))


def test_the_shipped_schema_is_up_to_date() -> None:
    """If it is not: backprop schema -o scenarios/.schema.json."""
    assert json.loads((SCENARIOS / ".schema.json").read_text(encoding="utf-8")) == json_schema()


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_has_its_words_for_the_editor(name) -> None:
    layer = json_schema()["definitions"][f"layer_{name}"]
    assert layer["title"] == name
    assert layer["description"] in layer["properties"]["type"]["description"]
    assert "out" in layer["properties"]["type"]["description"]


def _data(text: str) -> object:
    """A file as a YAML 1.2 editor sees it."""
    return _plain(parse_tree(Document(text, "f"))[0])


def _plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.values.items()}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if is_null(node) or is_boolean(node):
        return {"true": True, "false": False}.get(node.value.lower())
    is_ours = not is_number(node) or node.value.lstrip("+-") in {"inf", "nan"} or "/" in node.value
    if is_ours:  # YAML 1.2 has inf and nan with a dot only, and no fractions
        return node.value
    if node.value.lower().endswith(("inf", "nan")):
        return float(node.value.replace(".", ""))
    return int(node.value) if node.value.lstrip("-").isdecimal() else float(node.value)
