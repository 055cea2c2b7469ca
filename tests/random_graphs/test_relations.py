"""Metamorphic tests: a graph that is written in another way has the same value and the same gradients."""

from __future__ import annotations

import pytest
from graph_strategy import any_graph
from relations import EXAMPLES, RELATIONS
from trial import try_out


@pytest.mark.parametrize("name", RELATIONS)
def test_the_relation_holds(name: str) -> None:
    """As the docstring of its check says."""
    try_out(RELATIONS[name], any_graph(), EXAMPLES, name)
