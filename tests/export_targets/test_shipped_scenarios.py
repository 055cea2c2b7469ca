"""Every shipped scenario in every target, run for real: right as it is, and wrong with one digit changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scripts import code_of, outcome

from backpropcli import api
from backpropcli.export import TARGETS
from backpropcli.export.model import export_of
from backpropcli.export.traced import flat

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))

in_every_target = pytest.mark.parametrize("target", TARGETS)
on_every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)


def with_another_digit(code: str, target: str, numbers: Any) -> str:
    """The script with another first digit in the last place where the largest of some numbers stands."""
    text = repr(max(flat(numbers), key=abs))
    text = text.removesuffix(".0") if target == "js" else text
    table = code.rindex("const TOLERANCE") if target == "js" else len(code)
    place = [match.start() for match in re.finditer(rf"(?<![\w.]){re.escape(text)}(?![\w.])", code[:table])][-1]
    digit = place + re.search("[1-9]", text).start()
    return f"{code[:digit]}{int(code[digit]) % 9 + 1}{code[digit + 1 :]}"


@in_every_target
@on_every_scenario
def test_the_numbers_agree(scenario: Path, target: str, tmp_path: Path) -> None:
    exit_code, printed, told = outcome(code_of(api.load(scenario), target), target, tmp_path)
    assert (exit_code, told) == (0, "")
    assert printed.endswith(" agree within 1e-12\n")


@in_every_target
@on_every_scenario
def test_one_wrong_digit_is_told(scenario: Path, target: str, tmp_path: Path) -> None:
    export = export_of(api.load(scenario))
    code = with_another_digit(str(TARGETS[target].render(export)), target, export.value.numbers)
    exit_code, printed, told = outcome(code, target, tmp_path)
    assert (exit_code, printed) == (1, "")
    assert re.fullmatch(r".+: found .+, wanted .+\n", told)


@in_every_target
def test_run_runs_it(target: str) -> None:
    """In the command's own way."""
    command = [sys.executable, "-m", "backpropcli", "export", "scenarios/fruits.yaml", "--to", target, "--run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "price and 5 gradients agree within 1e-12\n"


@in_every_target
def test_a_chain_of_ten_thousand_nodes(target: str, tmp_path: Path) -> None:
    scenario = tmp_path / "chain.yaml"
    scenario.write_text("inputs: {x: 0.5}\nlayers:\n" + "- relu\n" * 10_000)
    exit_code, printed, _ = outcome(code_of(api.load(scenario), target), target, tmp_path)
    assert (exit_code, printed) == (0, "(10000) and 1 gradient agree within 1e-12\n")
