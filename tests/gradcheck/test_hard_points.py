"""A selection of the hard points: no check fails there, nothing right is called wrong, and all can be judged."""

from __future__ import annotations

import hard_points
import pytest

EVERY = 97  # of some 8,000 points; a prime, so that all kinds of them come up


@pytest.mark.parametrize("point", list(hard_points.points())[::EVERY], ids=lambda point: point.name)
def test_a_built_in_layer_is_right_at_a_hard_point(point: hard_points.Point) -> None:
    word, told = hard_points.outcome(point)
    assert word in {"right", "kink", "nowhere", "refused"}, told


def test_there_are_points_enough() -> None:
    assert sum(1 for _ in hard_points.points()) > 8_000
