"""`backprop explain` as JSON and as Markdown, in files, in narrow terminals and in colour."""

from __future__ import annotations

import json
import math
import sys

import pytest
from terminal import shown_by

FRUITS = "scenarios/fruits.yaml"


def explained(backprop, *arguments, stdin=""):
    done = backprop("explain", *arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_json_has_every_bit_and_the_formulas(backprop):
    shown = json.loads(explained(backprop, FRUITS, "apple", "--json"))
    (path,) = shown["paths"]
    assert [layer["formula"] for layer in path["layers"]] == ["apple_num", "1", "tax"]
    assert [layer["local"] for layer in path["layers"]] == [2, 1, 1.1]
    assert (shown["value"], shown["gradient"], shown["number_of_paths"]) == (715.0000000000001, 2.2, 1)


def test_json_of_a_pass_holds_upstream_local_and_contribution(backprop):
    shown = json.loads(explained(backprop, FRUITS, "--json"))
    last = shown["layers"][-1]
    assert (last["call"], last["upstream"]) == ("all_price * tax", 1)
    assert last["inputs"][1] == {
        "of": "tax",
        "formula": "all_price",
        "formula_in_numbers": "650",
        "local": 650,
        "contribution": 650,
    }
    assert shown["gradients"]["apple"] == {"contributions": [{"step": 1, "contribution": 2.2}], "gradient": 2.2}


def test_markdown_has_blocks_of_math(backprop):
    shown = explained(backprop, FRUITS, "apple", "-f", "markdown")
    assert shown.startswith("### Buy apples and oranges\n\n```math\n\\begin{aligned}\n")
    assert "&= 1.1 \\cdot 1 \\cdot 2 \\\\\n&= 2.2\n\\end{aligned}\n```\n" in shown


def test_a_file_chooses_its_format(backprop, tmp_path):
    assert explained(backprop, FRUITS, "apple", "-o", tmp_path / "apple.tex") == ""
    assert "\\begin{align*}" in (tmp_path / "apple.tex").read_text()


def test_a_narrow_terminal_gets_shorter_lines():
    shown = shown_by(
        [sys.executable, "-m", "backpropcli", "explain", FRUITS, "apple"], columns=60, env={"NO_COLOR": "1"}
    )
    assert max(map(len, shown.splitlines())) <= 60
    assert "              = 1.1 * 1 * 2\n              = 2.2\n" in shown


def test_headings_are_bold_in_colour(backprop):
    assert "\x1b[1mGradients\x1b[0m\n" in backprop("explain", FRUITS, "--color", "always").stdout


def test_json_has_the_values_of_parts_and_says_what_is_repeated(backprop):
    found = json.loads(backprop("explain", "-e", "mean(x)", "x=1,2,3,4", "-f", "json").stdout)
    assert found["layers"][0]["inputs"][0]["is_repeated"] is True
    found = json.loads(backprop("explain", "-e", "mish(x)", "x=0.5", "x", "-f", "json").stdout)
    value = pytest.approx(math.tanh(math.log1p(math.exp(0.5))))
    assert found["paths"][0]["layers"][0]["parts"] == {"t": {"formula": "tanh(softplus(x))", "value": value}}
