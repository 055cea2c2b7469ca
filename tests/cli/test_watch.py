"""`--watch`: a command runs again when its files change, waits through errors, and ends by Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds, of which a run takes a fraction
TWICE = """\
class Twice:
    def forward(self, x):
        return {n} * x

    def backward(self, dout):
        return 2 * dout
"""
SCENARIO = "inputs: {{x: {x}}}\nlayers: [y = x * x]\n"


class Watching:
    """A command that watches, and what it has written so far."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.output = folder / "output.txt"
        self.file = self.output.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backpropcli", *words, "--watch"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=self.file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.file.close()

    def waits_for(self, text: str) -> None:
        """Wait until it has written a text."""
        end = time.monotonic() + PATIENCE
        while text not in self.output.read_text(encoding="utf-8"):
            assert time.monotonic() < end, self.output.read_text(encoding="utf-8")
            time.sleep(0.05)

    def interrupt(self) -> int:
        """Press Ctrl-C, which the whole group of processes gets, and return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)


def write(path: Path, text: str, *, replace: bool = False) -> None:
    """Change a file in place, or put another in its place as editors do."""
    if not replace:
        path.write_text(text)
        return
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    ("command", "first", "then"),
    [
        (("run", "-f", "plain"), "9\n6", "400\n40"),
        (("draw",), "9", "400"),
        (("explain", "-f", "json"), "6.0", "40.0"),
        (("check", "-v"), "  6  ", "  40  "),
    ],
)
def test_a_change_runs_the_command_again(tmp_path, command, first, then, replace):
    name, *options = command
    scenario = tmp_path / "s.yaml"
    write(scenario, SCENARIO.format(x=3))
    with Watching(tmp_path, name, "s.yaml", *options) as watching:
        watching.waits_for(first)
        write(scenario, SCENARIO.format(x=20), replace=replace)
        watching.waits_for(then)
        assert watching.interrupt() == 130


def test_a_mistake_is_shown_and_waited_through(tmp_path):
    scenario = tmp_path / "s.yaml"
    write(scenario, SCENARIO.format(x=3))
    with Watching(tmp_path, "run", "s.yaml", "-f", "plain") as watching:
        watching.waits_for("9")
        write(scenario, "inputs: {x: 3}\nlayers: [y = rleu(x)]\n")
        watching.waits_for("did you mean 'relu'?")
        scenario.unlink()
        watching.waits_for("there is no scenario s.yaml")
        write(scenario, SCENARIO.format(x=20))
        watching.waits_for("400")
        assert "Traceback" not in watching.output.read_text()


def test_files_of_arrays_and_of_layers_are_watched_too(tmp_path):
    (tmp_path / "x.csv").write_text("1\n2\n")
    (tmp_path / "own.py").write_text(TWICE.format(n=2))
    write(tmp_path / "s.yaml", "inputs: {x: {file: x.csv}}\nlayers: [y = twice(x)]\n")
    with Watching(tmp_path, "run", "s.yaml", "--layers", "own.py", "-f", "plain") as watching:
        watching.waits_for("[[2],[4]]")
        (tmp_path / "x.csv").write_text("5\n70\n")
        watching.waits_for("[[10],[140]]")
        (tmp_path / "own.py").write_text(TWICE.format(n=3))
        watching.waits_for("[[15],[210]]")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "-", "--watch"), "--watch needs files: standard input can be read only once"),
        (("run", "-e", "x * 2", "x=-", "--watch"), "--watch needs files: standard input can be read only once"),
        (("run", "no.yaml", "--watch"), "there is no scenario no.yaml"),
    ],
)
def test_what_cannot_be_watched(backprop, words, message):
    done = backprop(*words)
    assert done.returncode == 2
    assert f"error: {message}" in done.stderr


def test_a_dash_for_stdout_is_no_stdin(tmp_path):
    write(tmp_path / "s.yaml", SCENARIO.format(x=3))
    with Watching(tmp_path, "run", "s.yaml", "-f", "plain", "-o", "-") as watching:
        watching.waits_for("9\n6")


def test_a_formula_reads_no_file_and_runs_once(backprop):
    done = backprop("run", "-e", "x * x", "x=3", "-f", "plain", "--watch")
    assert (done.returncode, done.stdout) == (0, "9\n6\n")
