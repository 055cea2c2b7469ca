"""What is printed can be read back in, in every format that has numbers as numbers."""

from __future__ import annotations

import csv
import io
import json

import pytest

VALUE = [[0.5, -1e-30], [1 / 3, 12345.678]]
TEXT = "[[0.5, -1e-30], [1/3, 12345.678]]"
FORMULA = ("eval", "x * 1", f"x={TEXT}", "--precision", "full")


@pytest.fixture
def read_back(backprop):
    """The array that a text is when it is given as a value."""

    def run(text):
        done = backprop("eval", "x * 1", f"x={text}", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["value"]

    return run


def test_bare_numbers(backprop, read_back, tmp_path):
    """On the command line, from a file, and through a pipe."""
    text = backprop(*FORMULA, "--value", "x").stdout
    assert read_back(text) == VALUE
    (tmp_path / "x.txt").write_text(text)
    assert read_back(f"@{tmp_path}/x.txt") == VALUE
    assert json.loads(backprop("eval", "x * 1", "x=-", "--json", stdin=text).stdout)["value"] == VALUE


def test_plain(backprop, read_back):
    value, gradient = backprop(*FORMULA, "-f", "plain").stdout.splitlines()
    assert read_back(value) == VALUE
    assert read_back(gradient) == [[1, 1], [1, 1]]


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_json(backprop, read_back, name):
    document = json.loads(backprop(*FORMULA, "-f", name).stdout)
    assert read_back(json.dumps(document["values"]["x"])) == VALUE


def test_exact_and_infinite_numbers_of_json(backprop, read_back):
    """Which are texts there."""
    exact = json.loads(backprop("eval", "x / 3", "x=1,3", "--exact", "--json").stdout)
    assert read_back(json.dumps(exact["value"])) == [1 / 3, 1]
    infinite = json.loads(backprop("eval", "1 / x", "x=0,-0.0,inf", "--json").stdout)
    assert read_back(json.dumps(infinite["value"])) == ["Infinity", "-Infinity", 0]


@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_cell_of_a_table_for_programs(backprop, read_back, separator):
    text = backprop(*FORMULA, "-f", "csv" if separator == "," else "tsv").stdout
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    assert read_back(next(row["value"] for row in rows if row["name"] == "x")) == VALUE


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_column_of_the_long_form(backprop, read_back, tmp_path, name):
    backprop("eval", "sum(x)", "x=1/3,-1e-30,7", "--gradients", "x", "--long", "-o", tmp_path / f"out.{name}")
    assert read_back(f"@{tmp_path}/out.{name}:gradient") == [1, 1, 1, 1]


def test_an_array_in_a_table_for_people(backprop, read_back):
    """Over several lines."""
    lines = backprop(*FORMULA, "-f", "table").stdout.splitlines()
    end = next(line.index("value") + len("value") for line in lines if "value" in line)
    assert read_back("\n".join(line[len("name") : end] for line in lines[-2:])) == VALUE


def test_markdown(backprop, read_back):
    text = backprop(*FORMULA, "-f", "markdown").stdout
    assert read_back(text.splitlines()[-1].split(" | ")[1]) == VALUE


def test_a_float32_is_read_as_the_same_number(backprop):
    scenario = "{inputs: {x: [0.1, 1/3]}, dtype: float32, layers: [y = x * 1]}"
    shown = backprop("run", "-", "--value", "y", "--precision", "full", stdin=scenario).stdout
    back = scenario.replace("[0.1, 1/3]", shown.strip())
    assert backprop("run", "-", "--value", "y", "--precision", "full", stdin=back).stdout == shown
