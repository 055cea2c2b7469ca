"""Scripts of exports, each run for real, and the samples of layers as scenarios."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from backpropcli.executor import execute
from backpropcli.export import TARGETS
from backpropcli.export.model import export_of
from backpropcli.scenario import Scenario

sys.path.append(str(Path(__file__).parents[1] / "layers"))
from kinds_of_values import bound_sample, graph_of

COMPILER = ("cc", "-std=c99", "-Wall", "-pedantic", "-Werror", "-O1")


def code_of(scenario: Scenario, target: str) -> str:
    """The script of a scenario."""
    return str(TARGETS[target].render(export_of(scenario)))


def outcome(code: str, target: str, folder: Path) -> tuple[int, str, str]:
    """The exit code of a script, and what it prints; C must compile without a warning."""
    script = folder / f"script{TARGETS[target].suffix}"
    script.write_text(code, encoding="utf-8")
    command = ["node" if target == "js" else sys.executable, str(script)]
    if target == "c":
        command = [str(script.with_suffix(""))]
        subprocess.run([*COMPILER, str(script), "-o", *command, "-lm"], check=True)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def failure(code: str, target: str, folder: Path) -> str | None:
    """What a script complains of; of Python it is run in this process, as importing a framework takes seconds."""
    if TARGETS[target].suffix != ".py":
        exit_code, _, told = outcome(code, target, folder)
        return told if exit_code else None
    try:
        exec(compile(code, target, "exec"), {"print": lambda *_: None})
    except SystemExit as error:
        return str(error.code)
    return None


def scenario_of(name: str, sample: Any) -> Scenario:
    """A graph of one layer on the sample's inputs, with a dout that is no one."""
    graph = graph_of(name, sample)
    run = execute(bound_sample(name, sample))
    shape = run.domain.shape(run.values[graph.output_slot])
    dout = np.random.default_rng(1).normal(size=shape).tolist()
    inputs = dict(zip(graph.inputs, sample.inputs, strict=True))
    return Scenario("sample", graph, inputs, graph.inputs, title=f"{name} of a sample", dout=dout)
