"""`backprop import` as a user types it, and the other commands on what it makes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onnx_models import model, node, save

from backpropcli.scenario import load_scenario

ROOT = Path(__file__).parent.parent.parent
XOR = "scenarios/xor.onnx"
MADE_UP = "note: x: made-up values, drawn at random\n  hint: --set x=@x.npy gives others to a run\n"


@pytest.fixture
def xor(backprop, tmp_path):
    """The scenario of the model that is shipped."""
    done = backprop("import", XOR, "-o", tmp_path / "xor.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", MADE_UP)
    return tmp_path / "xor.yaml"


def test_the_shipped_model_computes_the_logits_of_the_shipped_scenario(printed, xor):
    answers = load_scenario(ROOT / "scenarios" / "xor.yaml")
    expected = np.array(answers.expect.values["logit"], dtype=float)
    done = json.loads(printed("run", xor, "--set", "x=[[0,0],[0,1],[1,0],[1,1]]", "--json"))
    np.testing.assert_allclose(done["value"], expected, rtol=1e-14)


def test_check_explain_and_draw_work_on_an_imported_model(printed, xor, tmp_path):
    assert printed("check", xor, "-q").startswith("1 target: 1 right")
    assert "hidden_Gemm_output_0 = affine(x, hidden_weight, hidden_bias, convention=torch)" in printed("explain", xor)
    printed("draw", xor, "--around", "hidden_Gemm_output_0", "--depth", "1", "-o", tmp_path / "part.svg")
    picture = (tmp_path / "part.svg").read_text()
    assert "hidden_weight" in picture
    assert "out_weight" not in picture


def test_without_a_scenario_s_name_it_goes_to_stdout(backprop, tmp_path):
    done = backprop("import", ROOT / XOR, "--weights", "w.npz", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, MADE_UP)
    (tmp_path / "s.yaml").write_text(done.stdout)
    assert backprop("run", "s.yaml", cwd=tmp_path).returncode == 0


def test_the_weights_may_stand_in_another_folder(backprop, tmp_path):
    (tmp_path / "it's").mkdir()
    done = backprop("import", XOR, "-o", tmp_path / "s.yaml", "--weights", tmp_path / "it's" / "w.npz")
    assert done.returncode == 0
    assert "{file: 'it''s/w.npz', array: hidden_weight}" in (tmp_path / "s.yaml").read_text()
    assert backprop("run", tmp_path / "s.yaml").returncode == 0


def test_shapes_and_another_value_may_be_asked_for(printed, backprop, tmp_path):
    options = ["--shape", "x=3,2", "--value", "/hidden/Gemm_output_0"]
    assert backprop("import", XOR, "-o", tmp_path / "s.yaml", *options).returncode == 0
    assert len(json.loads(printed("run", tmp_path / "s.yaml", "--value", "hidden_Gemm_output_0").strip())) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "missing argument 'MODEL'"),
        ([XOR], "say where the scenario and its weights are to be"),
        ([XOR, "-o", "{}/s.json"], "a scenario is a file that ends in .yaml or .yml, not {}/s.json"),
        ([XOR, "-o", "{}/s.yaml", "--weights", "{}/w"], "the weights are a file that ends in .npz, not {}/w"),
        ([XOR, "-o", "{}/s.yaml", "--weights", "a\x01.npz"], "the name of the file of weights has characters"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "x"], "--shape: expected NAME=N,N, not 'x'"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "x=1,-2"], "--shape: expected NAME=N,N, not 'x=1,-2'"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "x=1,2", "--shape", "x=1,2"], "--shape: 'x' is given twice"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "z=1,2"], f"{XOR}: the model has no input 'z'"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "x=1,3"], f"{XOR}: the input x is (any, 2), and cannot be (1, 3)"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "x="], f"{XOR}: the input x is (any, 2), and cannot be ()"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "x=999999999,2"], f"{XOR}: the input x cannot be (999999999, 2)"),
        ([XOR, "-o", "{}/s.yaml", "--shape", "x=0,2"], f"{XOR}: the input x cannot be (0, 2)"),
        ([XOR, "-o", "{}/none/s.yaml"], "cannot write {}/none/s.npz: No such file or directory"),
        (["scenarios/fruits.yaml", "-o", "{}/s.yaml"], "scenarios/fruits.yaml: not an ONNX model"),
        (["scenarios", "-o", "{}/s.yaml"], "scenarios is a folder, not a model"),
        (["none.onnx", "-o", "{}/s.yaml"], "cannot read none.onnx: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_error_and_nothing_is_written(refusal, tmp_path, words, message):
    errors = refusal("import", *(word.format(tmp_path) for word in words))
    assert errors.startswith(f"error: {message.format(tmp_path)}")
    assert errors.count("error:") == 1
    assert errors.count("\n") <= 2
    assert not list(tmp_path.iterdir())


def test_where_the_scenario_cannot_be_written_no_weights_are_left(backprop, tmp_path):
    (tmp_path / "s.yaml").mkdir()
    done = backprop("import", XOR, "-o", tmp_path / "s.yaml")
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


def test_the_model_is_never_written_over(backprop, tmp_path):
    files = save(model([node("Mul", ["x", "w"], ["y"])], {"x": [1]}, {"w": np.ones(1)}), tmp_path)
    link = tmp_path / "link.npz"
    link.symlink_to(files.model)
    before = files.model.read_bytes()
    done = backprop("import", files.model, "-o", tmp_path / "s.yaml", "--weights", link)
    assert (done.returncode, files.model.read_bytes()) == (2, before)
    assert f"error: cannot write {link}: the result was computed from this file" in done.stderr


def test_a_model_without_weights_has_no_file_of_weights(backprop, tmp_path):
    files = save(model([node("Neg", ["x"], ["y"])], {"x": [2]}), tmp_path)
    assert backprop("import", files.model, "-o", files.scenario).returncode == 0
    assert not files.weights.exists()


def test_labels_are_told_of_as_well(backprop, tmp_path):
    nodes = [node("SoftmaxCrossEntropyLoss", ["x", "labels"], ["y"])]
    files = save(model(nodes, {"x": ["n", 3], "labels": np.array([0])}), tmp_path)
    done = backprop("import", files.model, "-o", files.scenario)
    assert done.stderr.splitlines()[2:] == [
        "note: labels: made-up values, 0, or 1 for true",
        "  hint: --set labels=@labels.npy gives others to a run",
    ]


def test_outputs_that_are_left_out_are_told_of(backprop, tmp_path):
    nodes = [node("Neg", ["x"], ["y"]), node("Exp", ["x"], ["z"])]
    files = save(model(nodes, {"x": [1]}, output=["y", "z"]), tmp_path)
    done = backprop("import", files.model, "-o", files.scenario)
    told = "note: the scenario's output is the first of 2, y\n  hint: --value NAME takes another: z\n"
    assert done.stderr == MADE_UP + told
    assert backprop("import", files.model, "-o", files.scenario, "--value", "z").stderr == MADE_UP


def test_without_onnx_the_error_says_what_to_install(tmp_path):
    code = "import sys; sys.modules['onnx'] = None; from backpropcli.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "import", XOR, "-o", str(tmp_path / "s.yaml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    expected = "error: models need the package onnx\n  hint: pip install 'backpropcli[onnx]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)
    assert not list(tmp_path.iterdir())


def test_models_are_completed(backprop):
    environment = {
        "_BACKPROP_COMPLETE": "complete_bash",
        "COMP_WORDS": "backprop\nimport\nscenarios/x",
        "COMP_CWORD": "2",
    }
    assert backprop(env=environment).stdout.split() == ["scenarios/xor.onnx"]
