"""What README shows is what happens: its commands are run on a terminal, its Python and its YAML are read."""

from __future__ import annotations

import doctest
import os
import pty
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backpropcli.scenario import parse_scenario

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def examples():
    """Each command of the console blocks, with the output that stands below it."""
    for block in blocks("console"):
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            yield pytest.param(command, output, id=command[:60])


def on_a_terminal(command):
    """What a terminal of 80 columns shows of a command."""
    bin_folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "COLUMNS": "80", "NO_COLOR": "1"}
    main, terminal = pty.openpty()
    with subprocess.Popen(["bash", "-c", command], cwd=ROOT, stdout=terminal, stderr=terminal, env=environment):
        os.close(terminal)
        shown = b""
        while chunk := _read(main):
            shown += chunk
    os.close(main)
    return shown.decode().replace("\r\n", "\n")


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # the last process has left the terminal
        return b""


@pytest.mark.parametrize(("command", "output"), list(examples()))
def test_a_shown_command_prints_what_is_shown(command, output):
    if "| jq" in command and shutil.which("jq") is None:
        pytest.skip("needs jq")
    assert on_a_terminal(command) == output


def test_the_shown_python_does_what_is_shown():
    parser = doctest.DocTestParser()
    runner = doctest.DocTestRunner()
    for number, block in enumerate(blocks("pycon")):
        runner.run(parser.get_doctest(block, {}, f"README block {number}", "README.md", 0))
    assert runner.tries
    assert not runner.failures


@pytest.mark.parametrize("block", blocks("yaml"))
def test_the_shown_scenarios_can_be_run(block):
    assert not parse_scenario(block, "README.md", ROOT).warnings


def test_the_shown_start_up_times_stand_beside_the_goals_of_the_benchmark():
    benchmark = runpy.run_path(str(ROOT / "benchmarks" / "startup.py"))
    rows = "".join(
        rf"\n\| `backprop {re.escape(words)}` \| [\d.]+ \| {goal} \|" for words, goal in benchmark["GOALS"].items()
    )
    assert re.search(rf"^{re.escape(benchmark['HEADER'])}{rows}$", README, re.MULTILINE)


def test_the_two_commands_of_the_set_up_are_there_for_ci():
    for mark in ("main", "test"):
        assert re.search(rf"^<!-- {mark} -->\n```sh\n\S.*\n```$", README, re.MULTILINE)
