"""Every layer, in random graphs with others: all ways to compute and to differentiate a graph agree."""

from __future__ import annotations

import pytest
from graph_builder import recipes
from graph_strategy import graphs
from properties import EXAMPLES, PROPERTIES
from trial import try_out

CASES = [(name, layer) for name, found in PROPERTIES.items() for layer in recipes(found.kind)]


@pytest.mark.parametrize(("name", "layer"), CASES)
def test_the_property_holds(name: str, layer: str) -> None:
    """As the docstring of its check says."""
    check, kind = PROPERTIES[name]
    try_out(check, graphs(layer, kind), EXAMPLES, f"{name} {layer}")
