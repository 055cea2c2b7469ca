"""The JSON Schema of scenario files, with which an editor completes and checks them.

It covers what can be said of one key at a time; whether names are known and rows match, only reading can tell.
"""

from __future__ import annotations

from keyword import kwlist
from typing import Any

from backpropcli.catalogue import aliases_of
from backpropcli.catalogue.registry import all_layers
from backpropcli.catalogue.spec import LayerSpec, Parameter
from backpropcli.scenario.expectation import MOST_DIGITS
from backpropcli.scenario.made_values import MAKERS
from backpropcli.scenario.reader import DTYPES
from backpropcli.sources.literals import ARRAY_SUFFIXES

Schema = dict[str, Any]

_TYPES: dict[type, Schema] = {
    float: {"$ref": "#/definitions/number"},
    int: {"type": "integer"},
    tuple: {"type": "array", "items": {"type": "integer"}},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}
_LENGTH: Schema = {"type": "integer", "minimum": 1}
_SHAPES: list[Schema] = [_LENGTH, {"type": "array", "items": _LENGTH, "minItems": 1}]
_WORD_NUMBER = "^([-+]?(inf|Inf|INF)|nan|NaN|NAN)$"
_FRACTION = "^[-+]?[0-9]+/0*[1-9][0-9]*$"
_NAME_OF_A_PART = ["string", "number", "boolean"]  # whatever heads a column: 2024 is the text 2024
_RESERVED = [*kwlist, "true", "TRUE", "false", "FALSE", "null", "Null", "NULL"]


def json_schema() -> Schema:
    """The schema, a JSON object of draft-07."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:backprop:scenario",
        "title": "backprop scenario",
        "description": "A computational graph of layers and the inputs to run it on",
        "type": "object",
        "required": ["layers"],
        "additionalProperties": False,
        "properties": {
            "title": {"type": "string", "description": "What the scenario is about"},
            "inputs": {
                "description": "The inputs of the graph: a number, an array, or an array file for each name",
                "type": "object",
                "propertyNames": _ref("name"),
                "additionalProperties": {"anyOf": [_ref("array"), _ref("file"), _ref("made")]},
            },
            "constants": {
                "description": "Values as those of inputs, whose gradients are not shown",
                "type": "object",
                "propertyNames": _ref("name"),
                "additionalProperties": {"anyOf": [_ref("array"), _ref("file"), _ref("made")]},
            },
            "layers": {
                "description": "The steps of the graph; each uses names defined above it",
                "type": "array",
                "minItems": 1,
                "items": {"if": {"type": "object"}, "then": _ref("mapping_step"), "else": _ref("text_step")},
            },
            "output": {"type": "string", "description": "The name of the output; the last step's value by default"},
            "dout": {
                "description": "The upstream gradient of the output; ones by default",
                "anyOf": [_ref("array"), _ref("file"), _ref("made")],
            },
            "gradients": {
                "description": "The names whose gradients are shown, in order; every input by default",
                "type": "array",
                "items": {"type": "string"},
                "uniqueItems": True,
            },
            "expect": {
                "description": "The answers, for `backprop check`",
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "values": _ref("answers"),
                    "gradients": _ref("answers"),
                    "tolerance": {
                        "description": "The largest relative difference that counts as right, besides rounding",
                        "anyOf": [
                            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                            {"type": "string", "pattern": _FRACTION},
                        ],
                    },
                    "digits": {
                        "description": "How many significant digits must be right of an answer that has more",
                        "type": "integer",
                        "minimum": 1,
                        "maximum": MOST_DIGITS,
                    },
                },
                "not": {"required": ["tolerance", "digits"]},
            },
            "exact": {"type": "boolean", "default": False, "description": "Compute with exact fractions"},
            "dtype": {"enum": list(DTYPES), "default": DTYPES[0], "description": "The precision of arrays"},
        },
        "definitions": _definitions(),
    }


def _definitions() -> Schema:
    specs, _ = all_layers()
    names = [name for spec in specs for name in _names(spec)]
    return {
        "name": {
            "type": "string",
            "pattern": "^[A-Za-z_\u00aa-\uffff][A-Za-z0-9_\u00aa-\uffff]*$",
            "not": {"anyOf": [{"enum": _RESERVED}, {"pattern": _WORD_NUMBER}]},
        },
        "number": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"{_WORD_NUMBER}|{_FRACTION}"}]},
        "array": {"anyOf": [_ref("number"), {"type": "array", "items": _ref("array")}]},
        "file": {
            "type": "object",
            "required": ["file"],
            "additionalProperties": False,
            "properties": {
                "file": {
                    "type": "string",
                    "minLength": 1,
                    "description": f"An array file: {', '.join(ARRAY_SUFFIXES[:-1])} or {ARRAY_SUFFIXES[-1]}",
                },
                "column": {"type": _NAME_OF_A_PART, "description": "The name of one column of a table"},
                "array": {"type": _NAME_OF_A_PART, "description": "The name of one array of a .npz file"},
            },
            "not": {"required": ["column", "array"]},
        },
        "made": {
            "type": "object",
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                "linspace": {
                    "description": MAKERS["linspace"],
                    "type": "array",
                    "items": [_ref("number"), _ref("number"), {"type": "integer", "minimum": 1}],
                    "minItems": 3,
                    "maxItems": 3,
                },
                **{maker: {"description": MAKERS[maker], "anyOf": _SHAPES} for maker in ("zeros", "ones")},
            },
        },
        "answer": {"anyOf": [_ref("number"), {"type": "null"}, {"type": "array", "items": _ref("answer")}]},
        "answers": {"type": "object", "additionalProperties": _ref("answer")},
        "text_step": {
            "description": "An assignment such as 'c = a * b', a formula, or the name of a layer",
            "type": "string",
            "anyOf": [{"enum": names}, {"pattern": r"[^\w\s]"}],
        },
        "mapping_step": {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": names, "description": "The name of a layer"}},
            "allOf": [
                {
                    "if": {"required": ["type"], "properties": {"type": {"enum": _names(spec)}}},
                    "then": _ref(f"layer_{spec.name}"),
                }
                for spec in specs
            ],
        },
        **{f"layer_{spec.name}": _layer(spec) for spec in specs},
    }


def _names(spec: LayerSpec) -> list[str]:
    return [spec.name, *aliases_of(spec.name)]


def _layer(spec: LayerSpec) -> Schema:
    inputs: Schema = {
        "description": f"{spec.signature}; the previous value by default",
        "type": "array",
        "items": {"anyOf": [_ref("name"), _ref("number")]},
        "minItems": spec.least_inputs,
    }
    if not spec.is_variadic:
        inputs["maxItems"] = len(spec.inputs)
    required = [parameter.name for parameter in spec.parameters.values() if parameter.required]
    return {
        "title": spec.name,
        "description": spec.summary,
        "type": "object",
        "required": ["type", *([] if spec.accepts(1) else ["inputs"]), *required],
        "additionalProperties": False,
        "properties": {
            "name": {**_ref("name"), "description": "What the step is called"},
            "type": {
                "enum": _names(spec),
                "description": f"{spec.summary}: {_math(spec)}".rstrip(": "),
            },
            "inputs": inputs,
            "output": {**_ref("name"), "description": "The name of the step's value"},
            **{parameter.name: _parameter(parameter) for parameter in spec.parameters.values()},
        },
    }


def _math(spec: LayerSpec) -> str:
    """What the layer computes, on one line: for a loss, its reduction too."""
    texts = [spec.sections[title] for title in ("Math", "Reduction") if title in spec.sections]
    return "; ".join(line for text in texts for line in text.splitlines())


def _parameter(parameter: Parameter) -> Schema:
    options: list[Schema] = [_TYPES[t] for t in parameter.types]
    if parameter.choices:
        options.append({"enum": list(parameter.choices)})
    schema: Schema = {"description": parameter.expected, "anyOf": options}
    if not parameter.required:
        schema["default"] = parameter.default
    return schema


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}
