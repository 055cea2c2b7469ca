"""Mermaid draws what `backprop draw` writes for it."""

from __future__ import annotations

import json
from pathlib import Path

from chromium import HERE, answer
from hostile_scenario import SCENARIO

SCENARIOS = sorted((HERE.parents[1] / "scenarios").glob("*.yaml"))
MERMAID = (HERE / "node_modules" / "mermaid" / "dist" / "mermaid.min.js").as_uri()


def rendered(charts: dict[str, str], folder: Path) -> dict[str, str]:
    """The SVG of each chart."""
    script = f"""
    mermaid.initialize({{startOnLoad: false, securityLevel: "strict"}});
    const found = {{}};
    for (const [name, chart] of Object.entries({json.dumps(charts)}))
        found[name] = (await mermaid.render("chart_" + name, chart)).svg;
    return found;
    """
    found: dict[str, str] = answer(f'<script src="{MERMAID}"></script>', script, folder)
    return found


def test_shipped_scenarios_are_drawn(backprop, tmp_path):
    charts = {path.stem: backprop("draw", path, "-f", "mermaid").stdout for path in SCENARIOS}
    found = rendered(charts, tmp_path)
    assert found.keys() == charts.keys()
    assert all("<svg" in svg and "Syntax error" not in svg for svg in found.values())
    for number in ("715", "650", "↩ 2.2", "↩ 110", "↩ 3.3", "↩ 165", "apple_num"):
        assert number in found["fruits"]


def test_names_and_titles_are_text(backprop, tmp_path):
    svg = rendered({"hostile": backprop("draw", "-", "-f", "mermaid", stdin=SCENARIO).stdout}, tmp_path)["hostile"]
    assert "größe" in svg
    assert "字" in svg
    assert "<script" not in svg
