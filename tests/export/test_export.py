"""`backprop export`: what it prints for each target, what it refuses, and what --run tells."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from backpropcli.errors import BackpropError
from backpropcli.export import TARGETS

FRUITS, XOR, RELU = "scenarios/fruits.yaml", "scenarios/xor.yaml", "scenarios/relu.yaml"
HERE = Path(__file__).parent


@pytest.fixture
def export(printed):
    """The script that the command prints."""
    return lambda *arguments: printed("export", *arguments)


@pytest.fixture
def refused(refusal):
    """The error that the command ends with."""
    return lambda *arguments: refusal("export", *arguments)


@pytest.mark.parametrize("target", TARGETS)
def test_the_fruits(export, target):
    """The scripts as they were looked through, beside this file."""
    assert export(FRUITS, "--to", target) == (HERE / "fruits" / f"{target}.txt").read_text(encoding="utf-8")


def test_the_ending_of_the_file_may_choose_the_target(backprop, tmp_path):
    for target, name in (("c", "fruits.c"), ("js", "fruits.JS")):
        file = tmp_path / name
        assert backprop("export", FRUITS, "-o", file).returncode == 0
        assert file.read_text(encoding="utf-8") == (HERE / "fruits" / f"{target}.txt").read_text(encoding="utf-8")


def test_a_file_may_have_an_ending_that_is_no_targets(backprop, tmp_path):
    assert backprop("export", FRUITS, "--to", "c", "-o", tmp_path / "fruits.txt").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "missing argument 'SCENARIO'"),
        ([FRUITS], "missing option --to\n  hint: one of torch, jax, numpy, c, js"),
        ([FRUITS, "-o", "x.py"], "missing option --to\n  hint: one of torch, jax, numpy\n"),
        ([FRUITS, "--to", "c", "-o", "x.py"], "cannot write 'x.py': .py is not for c\n  hint: end its name with .c"),
        ([FRUITS, "--to", "numpi"], "unknown target 'numpi'\n  hint: did you mean 'numpy'?"),
        ([FRUITS, XOR, "--to", "c"], "export takes one scenario"),
        ([FRUITS, "--to", "c", "--gradients", "pear"], "unknown name 'pear'"),
        ([FRUITS, "--to", "c", "--dout", "[1,2]"], "error: dout is (2,), but the output is a number\n"),
        (["-e", "x[1:1]", "x=[1,2]", "--to", "numpy"], "'out' has no numbers, and an export needs some"),
    ],
)
def test_what_is_refused(refused, arguments, told):
    assert told in refused(*arguments)


def test_float32_is_refused(refused, tmp_path):
    """What is computed in float64 would not be the numbers of a scenario in float32."""
    scenario = tmp_path / "single.yaml"
    scenario.write_text("dtype: float32\ninputs: {x: [1, 2]}\nlayers: [y = x * x]\n")
    for target in TARGETS:
        told = refused(scenario, "--to", target)
        assert "an export computes in float64, but the scenario in float32" in told
        assert told.count("error") == 1


OWN = """
from backpropcli.layers import Layer

class Double(Layer):
    def forward(self, x):
        return x + x

    def backward(self, dout):
        return dout + dout

class Plain:
    def forward(self, x):
        return x * 3

    def backward(self, dout):
        return dout * 3
"""


def test_a_layer_of_ones_own_has_no_function_in_a_framework(printed, refused, tmp_path):
    """But goes to the others, if it derives from Layer."""
    (tmp_path / "own.py").write_text(OWN)
    own = ["--layers", tmp_path / "own.py", "-e", "double(x)", "x=3"]
    for target in ("torch", "jax"):
        told = refused(*own, "--to", target)
        assert "double out: a layer of your own, for which the framework has no function" in told
        assert "--to numpy, c or js" in told
    assert printed("export", *own, "--to", "numpy", "--run") == "out and 1 gradient agree within 1e-12\n"
    for target in ("c", "js"):
        assert "6" in printed("export", *own, "--to", target)


def test_fractions_past_the_largest_float_are_infinite_in_a_script(printed, tmp_path):
    (tmp_path / "k.yaml").write_text("inputs: {x: [1.7e+308]}\nlayers: [y = x * x]\nexact: true\n")
    assert printed("export", tmp_path / "k.yaml", "--to", "numpy", "--run") == "y and 1 gradient agree within 1e-12\n"


@pytest.mark.parametrize("target", TARGETS)
def test_numpy_code_of_ones_own_is_refused(refused, tmp_path, target):
    (tmp_path / "own.py").write_text(OWN)
    told = refused("--layers", tmp_path / "own.py", "-e", "plain(x)", "x=3", "--to", target)
    assert "plain out: NumPy code of your own cannot be exported" in told
    assert told.count("error") == 1


@pytest.mark.parametrize(
    ("formula", "inputs", "told"),
    [
        ("bce(x, t)", ["x=0.5", "t=2"], "bce out: PyTorch takes target from 0 to 1 only"),
        ("batch_norm(x)", ["x=[[1,2]]"], "batch_norm out: PyTorch needs two or more numbers to a channel"),
        ("group_norm(x, groups=2)", ["x=[[1,2]]"], "group_norm out: PyTorch needs two or more numbers to a group"),
    ],
)
def test_what_pytorch_does_not_take_is_refused(printed, refused, formula, inputs, told):
    """With the place of the layer; NumPy takes it."""
    found = refused("-e", formula, *inputs, "--to", "torch")
    assert told in found
    assert "--> formula:1:1" in found
    assert "agree" in printed("export", "-e", formula, *inputs, "--to", "numpy", "--run")


def test_more_operations_than_are_recorded_are_refused(refused, tmp_path):
    scenario = tmp_path / "long.yaml"
    scenario.write_text("inputs: {x: 0.5}\nlayers:\n" + "- sigmoid\n" * 20_000)
    for target in ("c", "js"):
        assert "the run takes more than 200,000 operations" in refused(scenario, "--to", target)


def test_a_chain_of_ten_thousand_nodes_goes_to_every_target(export, tmp_path):
    scenario = tmp_path / "long.yaml"
    scenario.write_text("inputs: {x: 0.5}\nlayers:\n" + "- relu\n" * 10_000)
    for target in TARGETS:
        assert "(10000)" in export(scenario, "--to", target)


# --run


def test_numpy_runs_every_shipped_scenario(printed):
    for scenario in sorted(Path("scenarios").glob("*.yaml")):
        assert printed("export", scenario, "--to", "numpy", "--run").endswith(" agree within 1e-12\n"), scenario


def test_run_prints_no_script_but_writes_it_to_a_file(printed, tmp_path):
    file = tmp_path / "fruits.py"
    told = printed("export", FRUITS, "--to", "numpy", "--run", "-o", file)
    assert told == "price and 5 gradients agree within 1e-12\n"
    assert file.read_text(encoding="utf-8") == (HERE / "fruits" / "numpy.txt").read_text(encoding="utf-8")


def test_gradients_and_dout_of_the_command_line(printed):
    told = printed("export", "-e", "x * y", "x=[1,2]", "y=3", "--dout", "[1,-2]", "--gradients", "y", "--to", "numpy")
    assert "d_out = np.array([1.0, -2.0])" in told
    assert 'agree("gradient of y", d_y, -3.0' in told
    assert "gradient of x" not in told


def test_one_wrong_digit_fails(tmp_path):
    """In the value or in a gradient; the message says what was found and what was wanted."""
    script = (HERE / "fruits" / "numpy.txt").read_text(encoding="utf-8")
    for right, wrong, told in (
        ("715.0000000000001", "716.0000000000001", "price: found 715.0000000000001, wanted 716.0000000000001"),
        ("d_tax, 650.0", "d_tax, 650.00001", "gradient of tax: found 650.0, wanted 650.00001"),
    ):
        (tmp_path / "script.py").write_text(script.replace(right, wrong))
        command = [sys.executable, str(tmp_path / "script.py")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{told}\n")


def test_a_script_whose_numbers_differ_makes_the_command_exit_with_1():
    from backpropcli.export.running import agrees

    script = (HERE / "fruits" / "numpy.txt").read_text(encoding="utf-8")
    assert agrees("numpy", script)
    assert not agrees("numpy", script.replace("d_tax, 650.0", "d_tax, 651.0"))


@pytest.mark.parametrize(("target", "told"), [("c", "a C compiler, cc"), ("js", "node")])
def test_what_runs_a_script_must_be_installed(backprop, tmp_path, target, told):
    done = backprop("export", FRUITS, "--to", target, "--run", env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: --run needs {told}, which is not installed\n  hint: apt-get install ")


@pytest.mark.parametrize(("target", "told"), [("torch", "PyTorch"), ("jax", "JAX")])
def test_a_framework_must_be_installed(monkeypatch, target, told):
    from backpropcli.export import running

    monkeypatch.setattr(running, "find_spec", lambda _name: None)
    with pytest.raises(BackpropError, match=f"--run needs {told}, which is not installed") as caught:
        running.check_installed(target)
    assert caught.value.problems[0].hint == f"pip install {target}, for {sys.executable}"


# names


NAMES = [
    "sum",
    "agree",
    "sys",
    "np",
    "torch",
    "F",
    "jnp",
    "TOLERANCE",
    "_1",
    "d_x",
    "nudge_x",
    "größe",
    "model",
    "print",
    "match",
]


@pytest.mark.parametrize("name", NAMES)
def test_an_input_may_have_any_name(printed, name):
    """Also one that the script has for something else."""
    told = printed("export", "-e", f"x * {name} + sin({name})", "x=2", f"{name}=3", "--to", "numpy", "--run")
    assert told == "out and 2 gradients agree within 1e-12\n"


@pytest.mark.parametrize("target", ["torch", "jax", "numpy"])
def test_scripts_with_names_of_the_language_can_be_compiled(export, target):
    inputs = [f"{name}=3" for name in NAMES]
    compile(export("-e", " + ".join(NAMES), *inputs, "--to", target), "script", "exec")


def test_names_in_c_are_no_macros_and_no_keywords(export):
    names = ["double", "EOF", "I", "_x", "__LINE__", "größe", "errno", "value"]
    told = export("-e", " + ".join(names), *(f"{name}=3" for name in names), "--to", "c")
    members = re.findall(r"double (\w+);", told[: told.index("struct results")])
    assert members == ["double_", "EOF_", "I_", "x_x", "x__LINE__", "gru00f6u00dfe", "errno_", "value"]


def test_a_title_ends_no_comment(export, tmp_path):
    """Whatever it holds."""
    scenario = tmp_path / "title.yaml"
    scenario.write_text('title: "a */ b \\\\\\n\\"\\"\\" ??/"\ninputs: {x: 2}\nlayers: [y = x * x]\n')
    for target in TARGETS:
        first, second = export(scenario, "--to", target).split("\n")[:2]
        assert re.match(r"(#|//) a \*/ b ", first)
        assert first.endswith(".")
        assert "b" not in second[:1]
