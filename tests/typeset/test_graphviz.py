"""Graphviz draws what `backprop draw` writes for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hostile_scenario import SCENARIO

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def rendered(dot: str) -> str:
    """The SVG that Graphviz makes, without a word of complaint."""
    done = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_shipped_scenario_is_drawn(backprop, scenario):
    assert "<svg" in rendered(backprop("draw", scenario, "-f", "dot").stdout)


def test_values_and_gradients_are_in_the_picture(backprop):
    svg = rendered(backprop("draw", "scenarios/fruits.yaml", "-f", "dot").stdout)
    for number in ("715", "650", "2.2", "3.3", "110", "165"):
        assert f"{number}</text>" in svg


def test_names_and_titles_are_text(backprop):
    svg = rendered(backprop("draw", "-", "-f", "dot", stdin=SCENARIO).stdout)
    assert "<script" not in svg
    assert "größe" in svg or "gr&#246;&#223;e" in svg
