"""Each property and each relation finds the faults that it is there for."""

from __future__ import annotations

from collections.abc import Callable

import graph_faults as planted
import pytest
from graph_builder import recipes
from graph_strategy import ARRAYS, any_graph, graphs
from properties import PROPERTIES
from relations import RELATIONS
from trial import finds_fault

Plant = Callable[[pytest.MonkeyPatch], None]

EXAMPLES = 300
"""Enough for a fault that one graph in fifty shows: which graphs come is up to the version of hypothesis."""

# property, a layer that the fault is about, fault
PROPERTY_FAULTS: list[tuple[str, str, Plant]] = [
    ("forward_mode", "sigmoid", planted.doubled_slope),
    ("forward_mode", "mul", planted.half_a_product_rule),
    ("forward_mode", "mul", planted.overwritten_gradient),
    ("forward_mode_of_numbers", "sigmoid", planted.doubled_slope),
    ("domains", "sigmoid", planted.lost_digits),
    ("fractions", "mul", planted.swapped_gradients),
    ("fractions", "mul", planted.half_a_product_rule),
    ("arrays_of_fractions", "mul", planted.overwritten_gradient),
    ("arrays_of_fractions", "max", planted.smallest_for_largest),
    ("paths", "where", planted.sums_of_two_paths_only),
    ("program", "relu", planted.frozen_branch),
    ("program_of_numbers", "sub", planted.wrong_operator),
    ("second_derivatives", "mul", planted.constant_slope),
    ("second_derivatives_of_reals", "mul", planted.constant_slope),
    ("second_derivatives_of_fractions", "mul", planted.constant_slope),
    ("taylor", "mul", planted.constant_slope),
    ("taylor", "sigmoid", planted.doubled_slope),
    ("taylor_of_fractions", "mul", planted.constant_slope),
    ("taylor_of_fractions", "mul", planted.swapped_gradients),
]
RELATION_FAULTS: list[tuple[str, Plant]] = [
    ("names", planted.inputs_by_the_alphabet),
    ("order", planted.overwritten_gradient),
    ("plus_zero", planted.no_gradient_beside_a_constant),
    ("times_one", planted.inexact_product),
    ("fan_out", planted.overwritten_gradient),
    ("scenario", planted.rounded_literals),
    ("inlining", planted.wrong_layer_of_an_operator),
    ("one_formula", planted.wrong_layer_of_an_operator),
]


@pytest.mark.parametrize(("name", "layer", "plant"), PROPERTY_FAULTS)
def test_the_property_finds_the_fault(name: str, layer: str, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """In graphs with this layer, whose layers were looked up before it was planted."""
    check, kind = PROPERTIES[name]
    recipes(kind)
    plant(monkeypatch)
    assert finds_fault(check, graphs(layer, kind), EXAMPLES, name)


@pytest.mark.parametrize(("name", "plant"), RELATION_FAULTS)
def test_the_relation_finds_the_fault(name: str, plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """In graphs of any layers."""
    recipes(ARRAYS)
    plant(monkeypatch)
    assert finds_fault(RELATIONS[name], any_graph(), EXAMPLES, name)


def test_none_is_without_a_fault_to_find() -> None:
    """A check that can find nothing would pass."""
    assert {name for name, _, _ in PROPERTY_FAULTS} == PROPERTIES.keys()
    assert {name for name, _ in RELATION_FAULTS} == RELATIONS.keys()
