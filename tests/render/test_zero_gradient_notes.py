"""Below the steps stands why a gradient is zero; without them nothing is said."""

from __future__ import annotations

import json

import pytest
from render_results import result_of

from backpropcli.graph import Node
from backpropcli.render import FORMATS, Options
from backpropcli.result import Result

NODES = [Node("relu", ["x"], "y", name="gate"), Node("mul", ["y", "w"], "z")]
BOTH = ("The gradient of x is 0: relu gate is off, as its input is not above 0.", "The gradient of w is 0: mul z ")
EVERY = {"a": -1.0, "b": -1.0, "c": -1.0, "d": -1.0, "e": -1.0, "f": -1.0, "g": -1.0}


@pytest.fixture
def off() -> Result:
    """A relu that is off, times a weight."""
    return result_of(NODES, {"x": -2.0, "w": 3.0})


TABLE = """\
name   value   gradient
───────────────────────
z          0          1
───────────────────────
x         -2          0
w          3          0

step   layer   name   value   upstream   local   gradient
─────────────────────────────────────────────────────────
(1)    relu    x         -2          3       0          0
       gate    = y        0                             3
─────────────────────────────────────────────────────────
(2)    mul     y          0          1       3          3
               w          3          1       0          0
               = z        0                             1

The gradient of x is 0: relu gate is off, as its input is not above 0.
The gradient of w is 0: mul z multiplies by 0.
"""


def test_the_table_of_steps_ends_with_the_reasons(off: Result) -> None:
    assert FORMATS["table"].render([off], Options(steps=True)) == TABLE


@pytest.mark.parametrize("name", ["table", "markdown", "latex"])
def test_formats_for_people_say_it_with_steps_only(off: Result, name: str) -> None:
    with_steps, without = (str(FORMATS[name].render([off], Options(steps=steps))) for steps in (True, False))
    assert all(sentence in with_steps for sentence in BOTH)
    assert "is 0:" not in without


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json_has_the_reasons_by_name(off: Result, name: str) -> None:
    tree = json.loads(str(FORMATS[name].render([off], Options(steps=True))))
    assert tree["zero_gradients"] == {
        "x": "relu gate is off, as its input is not above 0",
        "w": "mul z multiplies by 0",
    }
    assert "zero_gradients" not in json.loads(str(FORMATS[name].render([off], Options())))


def test_values_with_one_reason_are_told_in_one_sentence() -> None:
    """The first five, where there are many."""
    nodes = [Node("concat", list(EVERY), "all"), Node("relu", ["all"], "on"), Node("sum", ["on"], "out")]
    result = result_of(nodes, {name: [x] for name, x in EVERY.items()}, name="arrays")
    text = str(FORMATS["markdown"].render([result], Options(steps=True)))
    assert "The gradients of a, b, c, d, e and 2 more are 0: relu on is off" in text


def test_a_gradient_that_only_rounding_keeps_from_0_is_told() -> None:
    nodes = [Node("layer_norm", ["x"], "n"), Node("mul", ["n", "w"], "y")]
    result = result_of(nodes, {"x": [1.3, 1.0, 1.9], "w": [0.7, 0.7, 0.7]}, name="arrays", wanted=["x"])
    text = str(FORMATS["markdown"].render([result], Options(steps=True)))
    assert "The gradient of x is 0 but for rounding: layer_norm n takes off the mean" in text
