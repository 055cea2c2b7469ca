"""The worked examples that take a layer apart agree with the layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backpropcli as bp

SCENARIOS = Path(__file__).parents[1] / "scenarios"


def inputs_of(name: str) -> dict[str, Any]:
    """The inputs of a scenario as arrays."""
    return {key: np.array(value, dtype=float) for key, value in bp.load(SCENARIOS / f"{name}.yaml").inputs.items()}


@pytest.mark.parametrize(
    ("name", "formula", "names"),
    [
        ("attention", "attention(q, k, v)", ["q", "k", "v"]),
        ("batch_norm_graph", "batch_norm(x, gamma, beta, eps=0.25)", ["x", "gamma", "beta"]),
    ],
)
def test_the_parts_give_what_the_layer_gives(name: str, formula: str, names: list[str]) -> None:
    """The value, and the gradient of every input."""
    scenario = bp.load(SCENARIOS / f"{name}.yaml")
    parts = bp.run(scenario)
    dout = np.array(scenario.dout, dtype=float)
    whole = bp.eval_formula(formula, dout=dout, **inputs_of(name))
    np.testing.assert_allclose(parts.value, whole.value, rtol=1e-14, atol=1e-15)
    for key in names:
        np.testing.assert_allclose(parts.gradients[key], whole.gradients[key], rtol=1e-13, err_msg=key)


def test_softmax_with_loss_taken_apart_is_its_first_sample() -> None:
    """The layer divides by its two samples."""
    parts = bp.run(bp.load(SCENARIOS / "softmax_with_loss_graph.yaml"))
    whole = bp.run(bp.load(SCENARIOS / "softmax_with_loss.yaml"))
    found = [float(parts.gradients[key]) / 2 for key in ("a1", "a2", "a3")]
    np.testing.assert_allclose(found, whole.gradients["a"][0], rtol=1e-14)


def test_each_example_says_where_it_comes_from() -> None:
    """Its source and its calculation by hand stand in the file."""
    for name in ("softmax_with_loss_graph", "xor", "batch_norm_graph", "convolution", "attention"):
        text = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8")
        assert "# Source: " in text
        assert "# By hand" in text
