"""What people type on the command line is answered with its spelling, in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from backpropcli.catalogue import ALIASES, LAYERS
from backpropcli.cli.commands import COMMANDS

Backprop = Callable[..., CompletedProcess[str]]
FRUITS = "scenarios/fruits.yaml"


@pytest.mark.parametrize(
    ("words", "error", "hint"),
    [
        (["eval", "x*y", "x=1"], "no value is given for 'y'", "give y=VALUE"),
        (["eval", "aple * 2", "apple=1"], "no value is given for 'aple'", "did you mean 'apple'?"),
        (["eval", "out * 2", "out=3"], "'out' is an input, and the name of the formula's value", "write y = out * 2"),
        (["eval", "y = y + 1", "y=1"], "'y' is an input, and the name of the formula's value", "write y2 = y + 1"),
        (["eval", "x", "*", "y", "x=1", "y=2"], "expected NAME=VALUE, not '*'", "put the formula into quotes: 'x * y'"),
        (["eval", "x * 2", "x:", "1,5"], "expected NAME=VALUE, not 'x:'", "write x=1,5"),
        (["eval", "x * 2", "x:3"], "expected NAME=VALUE, not 'x:3'", "write x=3"),
        (["eval", "x * 2", "x", "=", "1"], "expected NAME=VALUE, not 'x'", "write x=1, without blanks"),
        (["eval", "x * 2", "x=", "1"], "expected NAME=VALUE, not '1'", "write x=1, without blanks"),
        (["eval", "x=2", "x * 2"], "expected NAME=VALUE, not 'x * 2'", "the formula comes first, then the values"),
        (
            ["eval", "x", "README.md", "y", "x=1"],
            "expected NAME=VALUE, not 'README.md'",
            "put the formula into quotes, as in 'x * y'",
        ),
        (["eval", "exp -x", "x=1"], "no value is given for 'exp'", "exp is a layer: write exp(...)"),
        (["eval", "π * x", "x=1"], "no value is given for 'π'", "write pi"),
        (["run", FRUITS, "-e", "x", "x=1"], f"expected NAME=VALUE, not '{FRUITS}'", "-e takes the place of a scenario"),
        (["derive", FRUITS, "-e", "x"], f"expected NAME=VALUE, not '{FRUITS}'", "-e takes the place of a scenario"),
        (
            ["sql", "-e", "x * y", "x=2", "--dialect", "duckdb", "--table", "t"],
            "unexpected argument: x=2",
            "--set x=2",
        ),
        ([FRUITS], f"no command or layer is named '{FRUITS}'", f"run 'backprop run {FRUITS}'"),
        (["x * 2", "x=1"], "no command or layer is named 'x * 2'", "a formula is for eval: backprop eval 'x * 2'"),
        (["version"], "no command or layer is named 'version'", "run 'backprop --version'"),
        (
            ["--install-completion", "tcsh"],
            "unknown shell 'tcsh'",
            "one of bash, zsh, fish, powershell, pwsh",
        ),
        (["man"], "no command or layer is named 'man'", "run 'backprop --man'"),
        (["mul", "2", "3"], "mul takes its inputs as options", "write --x 2 --y 3"),
        (["eval", "x * 2", "-q", "x=1"], "no such option: -q", "try 'backprop eval --help'"),
        (["eval", "-q", "x * 2", "x=1"], "no such option: -q", "try 'backprop eval --help'"),
        (["run", "-q", FRUITS], "no such option: -q", "try 'backprop run --help'"),
        (["run", FRUITS, "tax=1.2"], "there is no scenario tax=1.2", "--set tax=1.2 changes the input tax"),
        (["run", "scenarios"], "scenarios is a folder", "name its scenarios: scenarios/*.yaml"),
        (
            ["run", "scenarios/fruit.yaml"],
            "there is no scenario scenarios/fruit.yaml",
            "did you mean 'scenarios/fruits.yaml'?",
        ),
        (["run", "scenarios/fruits"], "there is no scenario scenarios/fruits", "did you mean 'scenarios/fruits.yaml'?"),
        (
            ["run", "scenarios/my_affine.py"],
            "scenarios/my_affine.py is a Python file, not a scenario",
            "--layers scenarios/my_affine.py adds its layers; backprop check scenarios/my_affine.py checks them",
        ),
        (["run"], "missing argument 'SCENARIO...'", "try 'backprop run --help'"),
        (["run", FRUITS, "--sett", "tax=1"], "no such option: --sett", "did you mean '--set'?"),
        (
            ["run", FRUITS, "--value", "tax", "--value", "price"],
            "--value is given twice, and prints one number",
            "for several numbers: -f json, or --gradients a,b -f plain",
        ),
        (
            ["check", "relu", "--set", "x=1"],
            "--set applies to scenarios",
            "give a layer its inputs: backprop check relu --x ...",
        ),
        (["relu", "3"], "relu takes its inputs as options", "write --x 3"),
        (["relu", "-3"], "relu takes its inputs as options", "write --x -3"),
        (["relu", "x=1"], "relu takes its inputs as options", "write --x 1"),
        (
            ["relu", "--x", "[[1,", "2],", "[3,", "4]]"],
            "a value with blanks in it needs quotes",
            "write '[[1, 2], [3, 4]]'",
        ),
        (["relu", "--zero", "3"], "no such option: --zero", "try 'backprop relu --help'"),
        (["relu", "--x"], "--x needs a value", "try 'backprop relu --help'"),
        (["run", FRUITS, "-f"], "-f needs a value", "try 'backprop run --help'"),
        (["run", FRUITS, "--steps=3"], "--steps takes no value", "try 'backprop run --help'"),
        (
            ["run", FRUITS, "--color", "blue"],
            "--color must be one of 'auto', 'always', 'never', not 'blue'",
            "try 'backprop run --help'",
        ),
        (["schema", "fruits", "tax"], "unexpected argument: fruits tax", "try 'backprop schema --help'"),
        (["--nope"], "no such option: --nope", "try 'backprop --help'"),
        (["layers", "zzz"], "no layer is named 'zzz' or tells of it", "run 'backprop layers' to list them"),
        (["help", "zzz"], "no command or layer is named 'zzz'", "run 'backprop --help' to list the commands"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_answer_to(backprop: Backprop, words: list[str], error: str, hint: str) -> None:
    done = backprop(*words)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert lines[0] == f"error: {error}"
    assert lines[-1].endswith(hint)


def test_a_formula_may_stand_for_a_scenario(backprop: Backprop) -> None:
    """In every command that takes scenarios."""
    values = ("w=2", "x=3")
    assert backprop("run", "-e", "w * x", *values).stdout == backprop("eval", "w * x", *values).stdout
    assert backprop("check", "-e", "w * x", *values).stdout == "w * x: right (5 checks)\n"
    assert backprop("run", "-e", "w * x", *values, "--set", "w=5").returncode == 2  # it is given twice


def test_an_input_of_a_scenario_that_is_checked_may_be_set(backprop: Backprop) -> None:
    """Its answers are then those of other inputs."""
    assert backprop("check", FRUITS, "--set", "tax=1.1").returncode == 0
    assert "value price" in backprop("check", FRUITS, "--set", "tax=2").stdout
    assert "no input is named 'taxx'" in backprop("check", FRUITS, "--set", "taxx=2").stderr


def test_every_message_names_its_file_where_there_are_several(backprop: Backprop) -> None:
    """Also those that stand at no place in it."""
    done = backprop("run", FRUITS, "scenarios/apples.yaml", "--set", "orange=2")
    assert done.stderr.splitlines()[0] == "error: scenarios/apples.yaml: no input is named 'orange'"


def test_help_is_also_a_command(backprop: Backprop) -> None:
    """As with other tools."""
    assert backprop("help").stdout == backprop("--help").stdout
    assert backprop("help", "check").stdout == backprop("check", "--help").stdout
    assert backprop("help", "relu").stdout == backprop("relu", "--help").stdout


def test_commands_and_layers_have_no_name_in_common() -> None:
    """So that a word is one or the other."""
    assert COMMANDS.keys().isdisjoint({*LAYERS, *ALIASES})


def test_a_users_layer_that_is_called_as_a_command_stays_usable_in_formulas(backprop: Backprop, tmp_path: Path) -> None:
    """The command wins, and a warning says so."""
    file = tmp_path / "mine.py"
    file.write_text(
        "class Run:\n    def forward(self, x): return 2 * x\n    def backward(self, dout): return 2 * dout\n"
    )
    done = backprop("eval", "run(x)", "x=3", "--layers", str(file), "-f", "plain")
    assert done.stdout == "6\n2\n"
    assert done.stderr.startswith("warning: the layer 'run' is called as a command is")


def test_layers_are_searched(backprop: Backprop) -> None:
    """By their names, headings and summaries."""
    found = [line.split("\t")[0] for line in backprop("layers", "entropy").stdout.splitlines()[1:]]
    assert found == ["xlogy", "bce", "bce_with_logits", "cross_entropy", "softmax_with_loss"]
    assert backprop("layers", "rleu").stderr.splitlines()[1].strip() == "hint: did you mean 'relu'?"
