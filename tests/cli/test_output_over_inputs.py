"""A result never takes the place of a file that it was computed from, whatever name that has."""

from __future__ import annotations

import os

import numpy as np
import pytest
from shell_lines import shell

SCENARIO = "inputs: {x: 2}\nlayers: [y = x * x]\n"


@pytest.fixture
def scenario(tmp_path):
    """A scenario file."""
    path = tmp_path / "k.yaml"
    path.write_text(SCENARIO)
    return path


def refusal(target):
    return f"error: cannot write {target}: the result was computed from this file\n  hint: choose another name\n"


def test_a_scenario_is_not_replaced_by_its_result(backprop, scenario):
    done = backprop("run", scenario, "-f", "json", "-o", scenario)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", refusal(scenario))
    assert scenario.read_text() == SCENARIO


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_nor_through_a_link(backprop, scenario, tmp_path, link):
    name = tmp_path / "result.json"
    link(scenario, name)
    assert backprop("run", scenario, "-o", name).stderr == refusal(name)
    assert scenario.read_text() == SCENARIO


def test_nor_is_the_second_of_several(backprop, scenario):
    done = backprop("run", "scenarios/fruits.yaml", scenario, "--json", "-o", scenario)
    assert (done.returncode, scenario.read_text()) == (2, SCENARIO)


def test_a_checked_scenario_is_not_replaced_by_the_report(backprop, scenario):
    done = backprop("check", scenario, "-f", "tsv", "-o", scenario)
    assert (done.returncode, scenario.read_text()) == (2, SCENARIO)


def test_a_key_is_not_replaced_by_the_grades(backprop, scenario, tmp_path):
    answers = tmp_path / "answers.yaml"
    answers.write_text("expect: {values: {y: 4}}\n")
    for target in (scenario, answers):
        before = target.read_text()
        done = backprop("check", "--key", scenario, answers, "-f", "csv", "-o", target)
        assert (done.returncode, target.read_text()) == (2, before)


def test_an_array_file_that_a_scenario_reads_is_not_replaced(backprop, tmp_path):
    data = tmp_path / "x.csv"
    data.write_text("1,2\n")
    scenario = tmp_path / "k.yaml"
    scenario.write_text("inputs: {x: {file: x.csv}}\nlayers: [y = x * x]\n")
    assert backprop("run", scenario, "-o", data).stderr == refusal(data)
    assert data.read_text() == "1,2\n"


def test_an_array_file_of_the_command_line_is_not_replaced(backprop, tmp_path):
    data = tmp_path / "x.npy"
    np.save(data, [1.0, 2.0])
    before = data.read_bytes()
    for words in (("eval", "x * x", f"x=@{data}"), ("relu", "--x", f"@{data}")):
        assert backprop(*words, "-f", "tsv", "-o", data).returncode == 2
        assert data.read_bytes() == before


def test_a_file_of_layers_is_not_replaced(backprop, tmp_path):
    layers = tmp_path / "mine.py"
    source = "class Twice:\n  def forward(self, x): return 2 * x\n  def backward(self, dout): return 2 * dout\n"
    layers.write_text(source)
    assert backprop("schema", "--layers", layers, "-o", layers).returncode == 2
    assert layers.read_text() == source


@pytest.mark.parametrize("target", ["k.yaml", "/dev/stdin"])
def test_a_file_on_stdin_is_neither_replaced_nor_appended_to(scenario, target):
    done = shell(f"cd {scenario.parent}; $BACKPROP run - -f json -o {target} < k.yaml")
    assert (done.returncode, scenario.read_text()) == (2, SCENARIO)


def test_another_file_beside_the_input_is_replaced(backprop, scenario, tmp_path):
    other = tmp_path / "k.json"
    other.write_text("old")
    backprop("run", scenario, "-o", other, check=True)
    assert other.read_text().startswith("{")
