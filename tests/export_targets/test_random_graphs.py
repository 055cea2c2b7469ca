"""Every layer among others, in random graphs, in every target."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import pytest
from scripts import code_of, failure

from backpropcli.errors import LayerError
from backpropcli.export import TARGETS
from backpropcli.scenario import Scenario

sys.path.append(str(Path(__file__).parents[1] / "random_graphs"))
from graph_builder import recipes
from graph_strategy import ARRAYS, graphs
from trial import graphs_of


@pytest.mark.parametrize("layer", recipes(ARRAYS))
def test_two_graphs_agree(layer: str, tmp_path: Path) -> None:
    """Where PyTorch takes no such numbers, the export is refused."""
    for graph in graphs_of(graphs(layer), 2, f"export {layer}"):
        inputs = dict(graph.inputs)
        scenario = Scenario("random", graph.graph(), inputs, tuple(inputs), dout=graph.dout)
        for target in TARGETS:
            with suppress(LayerError):
                assert failure(code_of(scenario, target), target, tmp_path) is None, (target, graph)
