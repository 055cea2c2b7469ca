"""What README shows is what happens: its commands are run on a terminal, its Python and its YAML are read.

The commands that need `jq` are run in `tests/shell`.
"""

from __future__ import annotations

import doctest
import re
import runpy

import pytest
from readme import README, ROOT, blocks, examples, on_a_terminal

from backpropcli.scenario import parse_scenario


@pytest.mark.parametrize(("command", "output"), [(line, shown) for line, shown in examples() if "| jq" not in line])
def test_a_shown_command_prints_what_is_shown(command, output):
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
