"""`--exact` on arrays: fractions in every element and every format, and no layer that rounds."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np

import backpropcli as bp

FORMULA = ("eval", "x @ w / 3 + 1.1", "x=1,2", "w=[[1, 2], [3, 4]]", "--exact")


def test_every_element_is_exact(backprop):
    done = backprop(*FORMULA, "-f", "plain")
    assert done.stdout == "[103/30,133/30]\n[1,7/3] [[1/3,1/3],[2/3,2/3]]\n"
    assert done.stderr == ""


def test_json_has_fractions_as_text(backprop):
    found = json.loads(backprop(*FORMULA, "--json").stdout)
    assert found["value"] == ["103/30", "133/30"]
    assert found["gradients"]["w"] == [["1/3", "1/3"], ["2/3", "2/3"]]


def test_a_large_array_is_summarised_exactly(backprop):
    numbers = ",".join(str(number) for number in range(1, 41))
    done = backprop("eval", "x / 3", f"x={numbers}", "--exact", "-f", "table")
    for line in ("fraction (40,)", "min   1/3", "mean 41/6", "max  40/3"):
        assert line in done.stdout


def test_numbers_in_a_csv_file_are_read_from_their_text(backprop, tmp_path):
    (tmp_path / "x.csv").write_text("0.1\n0.2\n")
    np.save(tmp_path / "x.npy", np.array([0.5, 0.1]))
    assert backprop("eval", "sum(x)", "x=@x.csv", "--exact", "--value", "out", cwd=tmp_path).stdout == "0.3\n"
    exact = backprop("eval", "sum(x)", "x=@x.npy", "--exact", "--value", "out", cwd=tmp_path).stdout
    assert Fraction(exact) == Fraction(0.5) + Fraction(0.1)


def test_a_layer_that_rounds_is_refused_by_name(backprop):
    done = backprop("eval", "softmax(x)", "x=1,2", "--exact")
    assert done.returncode == 2
    assert done.stderr.startswith("error: softmax out: exact fractions have no exp: its values are irrational\n")


def test_a_scenario_on_arrays_is_checked_exactly(backprop):
    scenario = "exact: true\ninputs: {x: [1, 2], w: [3, 0.1]}\nlayers: [y = sum(x * w)]\n"
    done = backprop("check", "-", "-q", stdin=f"{scenario}expect: {{values: {{y: 3.2}}, gradients: {{w: [1, 2]}}}}\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_python_gets_an_array_of_fractions():
    result = bp.eval_formula("x / 3 + y", x=[Fraction(1, 3), 2], y=1, exact=True)
    assert (result.value.shape, result.value.tolist()) == ((2,), [Fraction(10, 9), Fraction(5, 3)])
    assert result.gradients["y"].tolist() == 2
