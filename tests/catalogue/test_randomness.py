"""Whether a layer draws random numbers shows in the generators that it can reach."""

from __future__ import annotations

import random
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.randomness import generator_states

GENERATOR = np.random.default_rng(1)


class Plain:
    """Has no generator."""


class OfItsClass:
    """Has one for all objects."""

    generator = random.Random(2)


@pytest.mark.parametrize(
    ("layer", "draw"),
    [
        (Plain(), random.random),
        (Plain(), np.random.rand),
        (Plain(), GENERATOR.normal),
        (OfItsClass(), OfItsClass.generator.random),
    ],
    ids=["Python's", "NumPy's", "the module's", "the class's"],
)
def test_a_draw_changes_the_states(layer: Any, draw: Any) -> None:
    before = generator_states(layer)
    assert generator_states(layer) == before
    draw()
    assert generator_states(layer) != before


@pytest.mark.parametrize("generator", [np.random.default_rng(3), np.random.RandomState(4), random.Random(5)])
def test_a_draw_from_the_layers_own_generator_changes_the_states(generator: Any) -> None:
    layer = Plain()
    layer.rng = generator
    before = generator_states(layer)
    generator.random()
    assert generator_states(layer) != before


def test_a_generator_without_a_state_is_passed_over() -> None:
    layer = SimpleNamespace(rng=random.SystemRandom())
    assert generator_states(layer) == generator_states(layer)


def test_a_module_that_is_not_loaded_has_no_generators(monkeypatch: pytest.MonkeyPatch) -> None:
    before = generator_states(Plain())
    monkeypatch.delitem(sys.modules, __name__)
    assert len(generator_states(Plain())) == len(before) - 1
