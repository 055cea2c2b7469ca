"""The pictures that README and the gallery show are what the command draws today."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawings import SCENARIOS, drawn

import backpropcli as bp
from backpropcli.catalogue.registry import layer_spec
from backpropcli.picture.plots import PLOT_FORMATS, Look
from backpropcli.picture.plots.functions import Range, plot_of_layers

FOLDER = SCENARIOS[0].parent / "pictures"
PLOTS = {"activations": ("relu", "gelu", "silu")}
PICTURES = sorted(path for path in FOLDER.iterdir() if path.suffix == ".svg" and path.stem not in PLOTS)


def test_there_are_some() -> None:
    assert PICTURES


@pytest.mark.parametrize("name", PLOTS)
def test_a_committed_plot_is_what_is_plotted(name: str) -> None:
    """`backprop plot relu gelu silu -o scenarios/pictures/activations.svg` makes it anew."""
    look = Look()
    found = plot_of_layers([layer_spec(layer) for layer in PLOTS[name]], Range(), look)
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == PLOT_FORMATS["svg"].render(found, look)


def test_the_committed_page_is_what_is_drawn() -> None:
    """`backprop draw scenarios/fruits.yaml -o scenarios/pictures/fruits.html` makes it anew."""
    found = drawn(bp.run(bp.load(FOLDER.parent / "fruits.yaml")), "html")
    assert (FOLDER / "fruits.html").read_text(encoding="utf-8") == found


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_committed_picture_is_what_is_drawn(picture: Path) -> None:
    """`backprop draw scenarios/NAME.yaml -o scenarios/pictures/NAME.svg` makes it anew."""
    scenario = picture.parent.parent / f"{picture.stem}.yaml"
    assert picture.read_text(encoding="utf-8") == drawn(bp.run(bp.load(scenario)))
