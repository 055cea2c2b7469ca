"""What the random graphs are like: of all layers, of many sorts, and small and readable where one fails."""

from __future__ import annotations

import re
from collections.abc import Callable

import graph_faults as planted
import numpy as np
import pytest
from graph_builder import Kind, recipes
from graph_strategy import graphs
from properties import EXAMPLES, check_forward_mode
from random_graph import RandomGraph
from transformations import names_in
from trial import graphs_of, try_out

from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec


@pytest.fixture(scope="module")
def drawn() -> list[RandomGraph]:
    """As many graphs for each layer as the properties are tried on, the same each time."""
    return [example for layer in LAYERS for example in graphs_of(graphs(layer), EXAMPLES, layer)]


def test_every_layer_occurs(drawn: list[RandomGraph]) -> None:
    """Where the output depends on it."""
    assert set().union(*(example.layers for example in drawn)) == LAYERS.keys()


def _has_fan_out(example: RandomGraph) -> bool:
    used = [name for step in example.steps for name in names_in(step)]
    return len(used) > len(set(used))


@pytest.mark.parametrize(
    "is_such",
    [
        pytest.param(lambda example: len(example.steps) == 1, id="one layer"),
        pytest.param(lambda example: len(example.steps) >= 8, id="many layers"),
        pytest.param(lambda example: len(example.inputs) >= 3, id="several inputs"),
        pytest.param(lambda example: bool(example.graph().constants), id="a constant"),
        pytest.param(lambda example: bool(example.graph().unused_nodes()), id="an unused layer"),
        pytest.param(lambda example: bool(example.graph().unused_inputs()), id="an unused input"),
        pytest.param(_has_fan_out, id="a value that is used twice"),
        pytest.param(lambda example: isinstance(example.dout, list), id="an array as output"),
        pytest.param(lambda example: not isinstance(example.dout, list), id="a number as output"),
        pytest.param(lambda example: any(0 in np.ravel(x) for x in example.inputs.values()), id="a zero"),
    ],
)
def test_graphs_of_all_sorts_occur(is_such: Callable[[RandomGraph], bool], drawn: list[RandomGraph]) -> None:
    assert any(map(is_such, drawn))


@pytest.mark.parametrize("is_scalar", [False, True])
def test_layers_that_fractions_lack_say_so(is_scalar: bool) -> None:
    """All others occur in graphs of fractions."""
    left_out = recipes(Kind(is_scalar)).keys() - recipes(Kind(is_scalar, is_rational=True)).keys()
    assert all("exact fractions" in layer_spec(name).sections["Errors"] for name in left_out)


def test_a_failure_is_a_small_graph_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where contributions are lost, a fan-out and what it needs, written as a scenario."""
    recipes(Kind())
    planted.overwritten_gradient(monkeypatch)
    with pytest.raises(AssertionError) as caught:
        try_out(check_forward_mode, graphs("softplus"), 100, "softplus")
    report = "\n".join(caught.value.__notes__)
    assert re.search(r"layers:\s+- \{type: ", report)
    assert "- {type: softplus, inputs: [" in report
    assert report.count("- {type: ") <= 8
