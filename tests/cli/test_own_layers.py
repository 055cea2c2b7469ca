"""`--layers`: a user's own layers, through the real command."""

from __future__ import annotations

import json

import jsonschema
import pytest

LAYERS = '''
import numpy as np

class _Loud: print("imported")


class Relu:
    """Rectifier, by hand."""

    def __init__(self):
        self.mask = None

    def forward(self, x):
        print("forward")
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout


class Scaled:
    def __init__(self, factor=2.0):
        self.factor = factor

    def forward(self, x):
        return np.asarray(x) * self.factor

    def backward(self, dout):
        return dout * self.factor


class Broken:
    def forward(self, x):
        return x.nothing

    def backward(self, dout):
        return dout
'''
SCENARIO = """inputs: {x: [-1, 2]}
layers:
  - relu
  - {type: scaled, factor: 1.5}
  - y = scaled(x)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_layers.py").write_text(LAYERS)
    (tmp_path / "own.yaml").write_text(SCENARIO)
    return tmp_path


@pytest.fixture
def run(backprop, folder):
    """The command in a folder with my_layers.py and own.yaml."""
    return lambda *arguments, **settings: backprop(*arguments, cwd=folder, **settings)


def test_run_uses_own_layers_in_steps_of_every_form(run):
    done = run("run", "own.yaml", "--layers", "my_layers.py", "-f", "plain")
    assert (done.returncode, done.stdout) == (0, "[-2,4]\n[2,2]\n")


def test_eval_uses_own_layers_on_numbers_which_are_shown_as_numbers(run):
    done = run("eval", "relu(scaled(x, factor=3))", "x=2", "--layers", "my_layers.py", "-f", "plain")
    assert (done.returncode, done.stdout) == (0, "6\n3\n")
    document = json.loads(run("eval", "scaled(x) * 2", "x=2", "--layers", "my_layers.py", "--json").stdout)
    assert (document["value"], document["gradients"]) == (8.0, {"x": 4.0})


def test_check_grades_own_layers(run):
    assert run("check", "--layers", "my_layers.py", "scaled").returncode == 0
    done = run("check", "--layers", "my_layers.py", "relu", "-f", "table")
    assert done.returncode == 1
    assert "backward changes dout in place" in done.stdout
    assert "forward\n" not in done.stdout


FAULTY = """class TooFew:
    def forward(self, x, y):
        return x * y

    def backward(self, dout):
        return dout


class Nothing:
    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        dx = 2 * dout


class WrongShape:
    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        return 2 * dout.sum()


class NoSelf:
    def forward(self, x):
        mask = x <= 0
        return x * ~mask

    def backward(self, dout):
        return dout * ~self.mask


class Refuses:
    def forward(self, x, y):
        raise ValueError("not today")

    def backward(self, dout):
        return dout, dout
"""


@pytest.mark.parametrize(("layer", "line"), [("too_few(x, y)", 5), ("nothing(x)", 13), ("wrong_shape(x)", 21)])
@pytest.mark.parametrize("is_layer", [False, True])
def test_check_calls_gradients_that_do_not_fit_wrong_once_and_tells_the_line(run, folder, layer, line, is_layer):
    (folder / "faulty.py").write_text(FAULTY)
    (folder / "s.yaml").write_text(f"inputs: {{x: [1, 2], y: [3, 4]}}\nlayers:\n  - a = {layer}\n  - z = a * y\n")
    target = layer.partition("(")[0] if is_layer else "s.yaml"
    done = run("check", "--layers", "faulty.py", target, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    (report,) = json.loads(done.stdout)["reports"]
    (wrong,) = [finding for finding in report["findings"] if finding["verdict"] == "wrong"]
    assert (wrong["place"]["file"], wrong["place"]["line"]) == ("faulty.py", line)


@pytest.mark.parametrize(
    ("layer", "message", "line"),
    [
        ("no_self(x)", "AttributeError: 'NoSelf' object has no attribute 'mask'", 31),
        ("refuses(x, y)", "ValueError: not today", 36),
    ],
)
@pytest.mark.parametrize("is_layer", [False, True])
def test_check_tells_once_and_with_the_line_what_a_layer_raises(run, folder, layer, message, line, is_layer):
    (folder / "faulty.py").write_text(FAULTY)
    (folder / "s.yaml").write_text(f"inputs: {{x: [1, 2], y: [3, 4]}}\nlayers:\n  - a = {layer}\n  - z = a * y\n")
    target = layer.partition("(")[0] if is_layer else "s.yaml"
    done = run("check", "--layers", "faulty.py", target)
    assert done.returncode == 2
    assert done.stderr.count("error: ") == done.stderr.count(message) == 1
    assert f" --> faulty.py:{line}:9\n" in done.stderr


def test_check_shows_the_line_of_a_wrong_layer_in_its_table(run):
    done = run("check", "--layers", "my_layers.py", "relu", "-f", "table")
    assert "(my_layers.py:20)" in done.stdout


def test_what_own_layers_print_is_kept_out_of_the_results(run):
    done = run("eval", "relu(x)", "x=2", "--layers", "my_layers.py", "--value", "out")
    assert (done.stdout, done.stderr) == ("2\n", "imported\nforward\n")


def test_layers_lists_own_layers_and_says_what_they_replace(run):
    lines = run("layers", "--layers", "my_layers.py").stdout.splitlines()
    assert "relu\tx\t\tRectifier, by hand (from my_layers.py, replacing the built-in one)\tOf your own\t" in lines
    assert lines[-2] == "scaled\tx\tfactor=2.0\tscaled (from my_layers.py)\tOf your own\t"
    listed = json.loads(run("layers", "--layers", "my_layers.py", "--json").stdout)
    assert {layer["name"]: layer["origin"] for layer in listed if layer["origin"]} == dict.fromkeys(
        ("relu", "scaled", "broken"), "my_layers.py"
    )


def test_layers_explains_an_own_layer(run):
    text = run("layers", "scaled", "--layers", "my_layers.py", "-f", "table").stdout
    assert "Origin      my_layers.py\n" in text
    assert "factor: a number; 2.0 by default" in text


def test_schema_knows_own_layers(run):
    schema = json.loads(run("schema", "--layers", "my_layers.py").stdout)
    document = {"inputs": {"x": 1}, "layers": ["scaled", {"type": "scaled", "factor": 3}]}
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, json.loads(run("schema").stdout))


def test_several_files_add_their_layers(run, folder):
    (folder / "more.py").write_text("class Twice:\n    forward = backward = lambda self, x: 2 * x\n")
    done = run("eval", "twice(scaled(x))", "x=1", "--layers", "my_layers.py", "--layers", "more.py", "-f", "plain")
    assert (done.returncode, done.stdout) == (0, "4\n4\n")


def test_everything_wrong_with_several_files_is_told_at_once(run, folder):
    (folder / "broken.py").write_text("x = 1\nclass Own\n")
    done = run("layers", "--layers", "broken.py", "--layers", "missing.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: cannot import broken.py: expected ':'\n"
        " --> broken.py:2:10\n"
        "  |\n"
        "2 | class Own\n"
        "  |          ^\n"
        "\n"
        "error: cannot read missing.py: No such file or directory\n"
    )


def test_what_an_own_layer_raises_is_shown_where_it_stands(run):
    done = run("eval", "broken(x)", "x=1", "--layers", "my_layers.py")
    assert done.returncode == 2
    assert done.stderr == (
        "imported\n"
        "error: broken out: AttributeError: 'numpy.ndarray' object has no attribute 'nothing'\n"
        "  --> my_layers.py:38:9\n"
        "   |\n"
        "38 |         return x.nothing\n"
        "   |         ^^^^^^^^^^^^^^^^\n"
    )


def test_the_traceback_into_an_own_layer_is_shown_only_with_debug(run):
    done = run("eval", "broken(x)", "x=1", "--layers", "my_layers.py", "--debug")
    assert 'File "my_layers.py", line 38, in forward' in done.stderr


def test_a_constructor_that_refuses_a_parameter_is_told_with_the_parameter(run, folder):
    (folder / "strict.py").write_text(
        "class Strict:\n"
        "    def __init__(self, size=1):\n        self.ratio = 1 / size\n"
        "    forward = backward = lambda self, x: x\n"
    )
    done = run("run", "-", "--layers", "strict.py", stdin="inputs: {x: 1}\nlayers: [{type: strict, size: 0}]\n")
    assert done.returncode == 2
    assert done.stderr.startswith("error: strict: ZeroDivisionError: division by zero\n --> <stdin>:2:31\n")


def test_without_the_option_own_layers_are_unknown(run):
    done = run("run", "own.yaml", "-f", "plain")
    assert done.returncode == 2
    assert "unknown layer type 'scaled'" in done.stderr
    assert "imported" not in done.stderr


@pytest.mark.parametrize(
    "scenario",
    [
        "inputs: {x: 1}\nlayers: my_layers.py\n",
        "inputs: {x: 1}\nlayers: [my_layers.py]\n",
        "inputs: {x: 1}\nlayers: [my_layers]\n",
        "inputs: {x: 1}\nlayers: [./my_layers.py]\n",
        "inputs: {x: 1}\nlayers: [{type: my_layers.Relu}]\n",
        "inputs: {x: 1}\nlayers: [{type: 'my_layers:Relu'}]\n",
        "inputs: {x: 1}\nlayers: [{type: my_layers/relu}]\n",
        "inputs: {x: 1}\nlayers: [{type: relu, file: my_layers.py}]\n",
        "inputs: {x: 1}\nlayers: [{type: !!python/name:my_layers.Relu }]\n",
        "inputs: {x: !!python/object/apply:my_layers.Relu []}\nlayers: [relu]\n",
        "inputs: {x: {file: my_layers.py}}\nlayers: [relu]\n",
        "inputs: {x: 1}\nlayers: [y = my_layers.Relu(x)]\n",
        "inputs: {x: 1}\nlayers: [\"y = __import__('my_layers')\"]\n",
        "inputs: {x: 1}\nlayers: [\"y = relu(x, file='my_layers.py')\"]\n",
        "import: my_layers.py\ninputs: {x: 1}\nlayers: [relu]\n",
        "inputs: {x: 1}\n--layers: my_layers.py\nlayers: [relu]\n",
    ],
)
def test_no_scenario_makes_python_be_loaded(run, folder, scenario):
    """Though my_layers.py lies beside the scenario and can be imported."""
    (folder / "evil.yaml").write_text(scenario)
    done = run("run", "evil.yaml", env={"PYTHONPATH": f"{folder}:{__file__.partition('/tests/')[0]}"})
    assert done.returncode == 2
    assert "imported" not in done.stderr + done.stdout
    assert not (folder / "__pycache__").exists()
