"""Every shipped scenario runs and gives the answers that it expects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import backpropcli as bp

SCENARIOS = Path(__file__).parents[1] / "scenarios"
NAMES = [
    "apples",
    "attention",
    "batch_norm_graph",
    "chain",
    "convolution",
    "fruits",
    "neuron",
    "relu",
    "sigmoid",
    "sigmoid_graph",
    "softmax_with_loss",
    "softmax_with_loss_graph",
    "xor",
]


def test_these_are_shipped() -> None:
    assert {path.stem for path in SCENARIOS.glob("*.yaml")} == set(NAMES)


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_it_runs_without_warnings_and_meets_its_expectation(path: Path) -> None:
    scenario = bp.load(path)
    result = bp.run(scenario)
    assert scenario.warnings == ()
    assert result.warnings == ()
    assert scenario.expect.values
    assert scenario.expect.gradients.keys() == result.gradients.keys()
    for name, answer in scenario.expect.values.items():
        _assert_close(result.value_of(name), answer)
    for name, answer in scenario.expect.gradients.items():
        _assert_close(result.gradients[name], answer)


def test_the_sigmoid_taken_apart_agrees_with_the_layer() -> None:
    whole, parts = bp.run(bp.load(SCENARIOS / "sigmoid.yaml")), bp.run(bp.load(SCENARIOS / "sigmoid_graph.yaml"))
    assert parts.value == pytest.approx(whole.value, rel=1e-15, abs=0)
    assert parts.gradients["x"] == pytest.approx(whole.gradients["x"], rel=1e-15, abs=0)


@pytest.mark.parametrize(("name", "value"), [("apples", 220), ("fruits", 715)])
def test_the_slides_sums_are_exact_on_fractions(name: str, value: int) -> None:
    assert bp.run(bp.load(SCENARIOS / f"{name}.yaml"), exact=True).value == value


def _assert_close(found: object, answer: object) -> None:
    expected = np.asarray(answer, dtype=float)
    assert np.shape(found) == expected.shape
    np.testing.assert_allclose(np.asarray(found, dtype=float), expected, rtol=1e-13, atol=0)
