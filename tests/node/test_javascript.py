"""Programs as JavaScript, run by Node: every layer, at inputs across its kinks and ties."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backpropcli.executor import execute
from backpropcli.program.javascript import javascript_code
from backpropcli.trace import trace

sys.path.append(str(Path(__file__).parents[1] / "layers"))
from kinds_of_values import CASES, bound_sample, results

INPUTS = 20
NICE = (-4.0, -3.0, -2.5, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
ANSWERS = """
const told = value => Number.isFinite(value) ? value : String(value);
console.log(JSON.stringify(INPUTS.map(x => run(x).map(Number).map(told))));
"""


def run_by_node(code: str, inputs: list[list[float]], folder: Path) -> list[list[float]]:
    """What the function `run` returns for each of the inputs."""
    script = folder / "program.js"
    script.write_text(f"const INPUTS = {json.dumps(inputs)};\n{code}\n{ANSWERS}", encoding="utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, encoding="utf-8", check=True)
    return [[float(number) for number in found] for found in json.loads(done.stdout)]


def moved(rng: random.Random, shape: tuple[int, ...], *, is_nice: bool) -> Any:
    numbers = [rng.choice(NICE) if is_nice else rng.gauss(0, 1.5) for _ in range(prod(shape))]
    return np.array(numbers).reshape(shape) if shape else numbers[0]


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_a_program_is_its_layer_at_other_inputs(name: str, sample: Any, tmp_path: Path) -> None:
    """Within 1e-11 of the largest element of the run, infinities and nan included."""
    bound = bound_sample(name, sample)
    program = trace(bound)
    rng = random.Random(f"{name} {sample}")
    points = [
        [
            x if parameter in program.fixed else bound.domain.convert(moved(rng, shape, is_nice=number % 2 == 0))
            for x, (parameter, shape) in zip(bound.inputs, program.parameters, strict=True)
        ]
        for number in range(INPUTS)
    ]
    flat = [[float(n) for x in point for n in bound.domain.flat(x)] for point in points]
    for found, point in zip(run_by_node(javascript_code(program), flat, tmp_path), points, strict=True):
        wanted = results(execute(bound._replace(inputs=point)))
        numbers = [float(n) for value in wanted.values() for n in bound.domain.flat(value)]
        size = max((abs(n) for n in numbers if np.isfinite(n)), default=0)
        assert np.allclose(found, numbers, rtol=0, atol=1e-11 * size, equal_nan=True)


def test_functions_that_javascript_lacks_are_those_of_c(tmp_path: Path) -> None:
    """Of floats, at the edges of each."""
    from backpropcli.binding import bind
    from backpropcli.domains import domain
    from backpropcli.graph import Graph, Node

    floats = domain("floats")
    edges = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        2.0,
        -2.0,
        3.5,
        2.4999,
        2.5001,
        5.9,
        6.1,
        1e-300,
        1e300,
        np.inf,
        -np.inf,
        np.nan,
    ]
    pairs = [[x, y] for x in edges for y in edges]
    for layer, function in (("pow", floats.power), ("logaddexp", floats.logaddexp)):
        graph = Graph(["x", "y"], [Node(layer, ["x", "y"], "out")])
        program = trace(bind(graph, {"x": 0.5, "y": 0.5}), wanted=[])
        for (found,), (x, y) in zip(run_by_node(javascript_code(program), pairs, tmp_path), pairs, strict=True):
            assert found == pytest.approx(function(x, y), rel=1e-14, nan_ok=True), (layer, x, y)
    graph = Graph(["x"], [Node("erf", ["x"], "out")])
    program = trace(bind(graph, {"x": 0.5}), wanted=[])
    points = [[x / 64] for x in range(-500, 500)]
    for (found,), (x,) in zip(run_by_node(javascript_code(program), points, tmp_path), points, strict=True):
        assert found == pytest.approx(floats.erf(x), rel=2e-15)
