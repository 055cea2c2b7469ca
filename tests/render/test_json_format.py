"""JSON and JSON Lines."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_results import result_of

from backpropcli.graph import Node
from backpropcli.render import FORMATS, Options
from backpropcli.result import Result


def refuse(word: str) -> None:
    """Fail: this constant is Python's, not JSON's."""
    pytest.fail(f"not JSON: {word}")


def read(text: str) -> Any:
    """The tree of a JSON text."""
    return json.loads(text, parse_constant=refuse)


def test_json_of_fruits(fruits: Result) -> None:
    """A line for each key, and every bit of every number."""
    assert FORMATS["json"].render([fruits], Options()) == (
        "{\n"
        '  "source": "fruits.yaml",\n'
        '  "title": "Buy apples and oranges",\n'
        '  "output": "price",\n'
        '  "value": 715.0000000000001,\n'
        '  "dout": 1.0,\n'
        '  "values": {"apple": 100.0, "apple_num": 2.0, "orange": 150.0, "orange_num": 3.0, "tax": 1.1, '
        '"apple_price": 200.0, "orange_price": 450.0, "all_price": 650.0, "price": 715.0000000000001},\n'
        '  "gradients": {"apple_num": 110.00000000000001, "apple": 2.2, "orange": 3.3000000000000003, '
        '"orange_num": 165.0, "tax": 650.0}\n'
        "}\n"
    )


def test_steps_hold_every_edge(fruits: Result) -> None:
    """With its value, its local derivative and what it contributes."""
    steps = read(FORMATS["json"].render([fruits], Options(steps=True)))["steps"]
    assert [step["step"] for step in steps] == [1, 2, 3, 4]
    assert steps[3] == {
        "step": 4,
        "name": "mul_tax_layer",
        "layer": "mul",
        "parameters": {},
        "inputs": [
            {"name": "all_price", "value": 650.0, "local": 1.1, "contribution": 1.1},
            {"name": "tax", "value": 1.1, "local": 650.0, "contribution": 650.0},
        ],
        "output": "price",
        "value": 715.0000000000001,
        "gradient": 1.0,
    }


def test_fractions_are_strings(exact_fruits: Result) -> None:
    """p/q, or p alone."""
    tree = read(FORMATS["json"].render([exact_fruits], Options()))
    assert tree["value"] == "715"
    assert tree["values"]["tax"] == "11/10"
    assert tree["gradients"]["orange"] == "33/10"


def test_non_finite_numbers_are_strings(non_finite: Result) -> None:
    """JSON has no NaN."""
    tree = read(FORMATS["json"].render([non_finite], Options(steps=True)))
    assert tree["values"] == {"x": "Infinity", "y": "-Infinity", "z": "NaN", "w": "NaN"}


def test_non_finite_elements_are_strings() -> None:
    """The finite ones beside them stay numbers."""
    result = result_of([Node("neg", ["x"], "y")], {"x": [[1.5, np.inf], [np.nan, -np.inf]]}, name="arrays")
    assert read(FORMATS["json"].render([result], Options()))["values"]["x"] == [[1.5, "Infinity"], ["NaN", "-Infinity"]]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_keep_every_bit(numbers: list[float]) -> None:
    """An array, and each of its numbers alone, comes back as the same bytes."""
    array = result_of([Node("neg", ["x"], "y")], {"x": numbers}, name="arrays")
    back = read(FORMATS["json"].render([array], Options(precision=3)))["values"]["x"]
    assert struct.pack(f"{len(back)}d", *back) == struct.pack(f"{len(numbers)}d", *numbers)
    single = result_of([Node("neg", ["x"], "y")], {"x": numbers[0]})
    back = read(FORMATS["json"].render([single], Options(precision=3)))["values"]["x"]
    assert struct.pack("d", back) == struct.pack("d", numbers[0])


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_float32_keeps_every_bit(numbers: list[float]) -> None:
    """Read back as float32."""
    array = np.array(numbers, "float32")
    result = result_of([Node("neg", ["x"], "y")], {"x": array}, name="arrays")
    back = read(FORMATS["json"].render([result], Options()))["values"]["x"]
    assert np.array(back, "float32").tobytes() == array.tobytes()


def test_several_results_are_an_array(fruits: Result, relu: Result) -> None:
    """In the order of the command line."""
    trees = read(FORMATS["json"].render([fruits, relu], Options(steps=True)))
    assert [tree["title"] for tree in trees] == ["Buy apples and oranges", "ReLU"]


def test_json_lines_are_one_object_each(fruits: Result, hostile: Result, large: Result) -> None:
    """The same objects as json's."""
    results = [fruits, hostile, large]
    for steps in (False, True):
        lines = FORMATS["jsonl"].render(results, Options(steps=steps)).splitlines()
        assert [read(line) for line in lines] == read(FORMATS["json"].render(results, Options(steps=steps)))


def test_names_come_back_as_they_are(hostile: Result) -> None:
    """JSON has escapes of its own for whatever a name holds."""
    tree = read(FORMATS["json"].render([hostile], Options()))
    assert tree["title"] == hostile.title
    assert list(tree["gradients"]) == list(hostile.gradients)
