"""A result says which parameters and which convention it was computed with."""

from __future__ import annotations

import json

FORMULA = "y = sum(dropout(x, ratio=0.25), axis=0)"
INPUT = "x=1,2"


def test_steps_tell_the_parameters(backprop):
    first, second = json.loads(backprop("eval", FORMULA, INPUT, "--steps", "--json").stdout)["steps"]
    assert (first["parameters"]["ratio"], first["parameters"]["convention"]) == (0.25, "book")
    assert second["parameters"] == {"axis": 0}
    lines = backprop("eval", FORMULA, INPUT, "--steps", "-f", "tsv").stdout.splitlines()
    assert "parameters" in lines[0].split("\t")
    assert lines[-1].split("\t")[-1] == "axis=0"


def test_a_table_of_steps_tells_the_parameters(backprop):
    table = backprop("eval", FORMULA, INPUT, "--steps", "-f", "table").stdout
    assert "ratio=0.25" in table
    assert "axis=0" in table


def test_the_convention_is_told_below_a_result(backprop):
    told = "dropout (1) follows the book convention"
    for format_ in ("table", "markdown", "latex"):
        assert told in backprop("eval", FORMULA, INPUT, "-f", format_).stdout
    assert "dropout out follows the torch convention" in (
        backprop("dropout", "--x", "1,2", "--convention", "torch", "-f", "table").stdout
    )


def test_a_result_without_conventions_says_nothing_of_them(backprop):
    assert "convention" not in backprop("eval", "x * 2", "x=1", "-f", "table").stdout
