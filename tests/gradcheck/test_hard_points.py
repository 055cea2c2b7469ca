"""A selection of the hard points: no check fails there, nothing right is called wrong, and all can be judged."""

from __future__ import annotations

from typing import Any

import hard_points
import pytest

from backpropcli.catalogue import layer_class
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.gradcheck import Report, Verdict, check_layer

EVERY = 97  # of some 8,000 points; a prime, so that all kinds of them come up


@pytest.mark.parametrize("point", list(hard_points.points())[::EVERY], ids=lambda point: point.name)
def test_a_built_in_layer_is_right_at_a_hard_point(point: hard_points.Point) -> None:
    word, told = hard_points.outcome(point)
    assert word in {"right", "kink", "nowhere", "refused"}, told


def test_there_are_points_enough() -> None:
    assert sum(1 for _ in hard_points.points()) > 8_000


def scaled(cls: Any, factor: float) -> Any:
    """The layer with a gradient that is wrong by a factor."""

    def backward(self: Any, dout: Any) -> Any:
        found = cls.backward(self, dout)
        return tuple(factor * dx for dx in found) if isinstance(found, tuple) else factor * found

    return type(cls.__name__, (cls,), {"backward": backward})


def is_wrong(report: Report) -> bool:
    return any(finding.verdict is Verdict.WRONG for finding in report.findings)


@pytest.mark.parametrize("precise", [False, True])
@pytest.mark.parametrize("name", ["mul", "sigmoid", "softmax", "layer_norm", "affine", "gelu", "max", "mse"])
def test_what_is_excused_is_small_a_factor_of_1_plus_1e_5_is_wrong(name: str, precise: bool) -> None:
    assert is_wrong(check_layer(LayerSpec(name, scaled(layer_class(name), 1 + 1e-5)), precise=precise))


@pytest.mark.parametrize("name", ["sin", "sigmoid", "gelu", "softmax"])
def test_in_float32_a_factor_of_1_percent_is_wrong(name: str) -> None:
    cls = hard_points.recast(layer_class(name))
    x = [0.3, -1.2, 0.7, 2.1]
    assert check_layer(foreign_spec(name, cls, "mine.py", None), [x]).is_right
    assert is_wrong(check_layer(foreign_spec(name, scaled(cls, 1.01), "mine.py", None), [x]))


@pytest.mark.parametrize("name", ["smooth_l1", "sum_squared_error"])
def test_a_point_that_float32_rounds_is_a_little_off(name: str) -> None:
    """1.3 is no float32 number: the parabola stands 2e-8 beside it."""
    cls = hard_points.recast(layer_class(name))
    assert not is_wrong(check_layer(foreign_spec(name, cls, "mine.py", None), [1.3, 1.3]))


def test_digits_that_a_right_rule_loses_beside_large_terms_are_no_mistake() -> None:
    """The terms of the gradient are of size 1e8; one of their sums is 2.4e-5."""
    gamma, beta = [1e12, 2.0, 2.0], [1e4, 1.0, 1e4]
    x = [[1.0, 1.0, 10000.3], [3.0, 0.25, -1.0]]
    assert not is_wrong(check_layer(LayerSpec("layer_norm", layer_class("layer_norm")), [x, gamma, beta]))
