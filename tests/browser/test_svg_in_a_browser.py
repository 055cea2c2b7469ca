"""The SVG in a browser: with any font no label overlaps another, and it is light or dark as the reader's screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import HERE, answer

SCENARIOS = sorted((HERE.parents[1] / "scenarios").glob("*.yaml"))
OVERLAPS = """
const found = [];
for (const svg of document.querySelectorAll("svg")) {
    const texts = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBBox()]);
    texts.forEach(([one, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
        const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
        if (across > 0.5 && Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 3)
            found.push([one, other]);
    }));
}
return {found, count: document.querySelectorAll("svg text").length};
"""


@pytest.fixture
def pictures(backprop) -> str:
    """All shipped scenarios in one page."""
    return "".join(backprop("draw", path, "-f", "svg").stdout for path in SCENARIOS)


@pytest.mark.parametrize("font", ["DejaVu Sans", "serif", "monospace", "DejaVu Sans Mono"])
def test_labels_do_not_overlap_in_another_font(pictures: str, font: str, tmp_path: Path) -> None:
    style = f"<style>text {{font-family: '{font}', {font} !important}}</style>"
    shown = answer(style + pictures, OVERLAPS, tmp_path)
    assert shown["count"] > 100
    assert not shown["found"]


def test_several_pictures_in_a_page_share_no_names(pictures: str, tmp_path: Path) -> None:
    """They have no ids, and classes of their own."""
    script = """
    const own = [...document.querySelectorAll("svg")].map(svg =>
        new Set([...svg.querySelectorAll("[class]")].flatMap(e => [...e.classList])));
    const all = own.flatMap(names => [...names]);
    return [document.querySelectorAll("svg [id]").length, all.length, new Set(all).size];
    """
    ids, count, different = answer(pictures, script, tmp_path)
    assert ids == 0
    assert count == different > 100


def test_a_dark_screen_has_another_ground(backprop, tmp_path: Path) -> None:
    svg = backprop("draw", "scenarios/fruits.yaml", "-f", "svg").stdout
    script = "return getComputedStyle(document.querySelector('svg > rect')).fill"
    assert answer(svg, script, tmp_path) == "rgb(255, 255, 255)"
    dark = svg.replace("@media(prefers-color-scheme:dark)", "@media all")
    assert answer(dark, script, tmp_path) == "rgb(13, 17, 23)"
