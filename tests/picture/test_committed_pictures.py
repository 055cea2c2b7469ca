"""The pictures that README and the gallery show are what the command draws today."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawings import SCENARIOS, drawn

import backpropcli as bp

PICTURES = sorted((SCENARIOS[0].parent / "pictures").iterdir())


def test_there_are_some() -> None:
    assert PICTURES


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_committed_picture_is_what_is_drawn(picture: Path) -> None:
    """`backprop draw scenarios/NAME.yaml -o scenarios/pictures/NAME.svg` makes it anew."""
    scenario = picture.parent.parent / f"{picture.stem}.yaml"
    assert picture.read_text(encoding="utf-8") == drawn(bp.run(bp.load(scenario)))
