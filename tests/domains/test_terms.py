"""Terms: the sizes of what is added up, through every operation that adds."""

from __future__ import annotations

import numpy as np
import pytest

from backpropcli.binding import BoundGraph, bind
from backpropcli.domains import arrays_of, domain
from backpropcli.domains.terms import Terms
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node

FLOATS = domain("floats")


def test_what_cancels_keeps_the_size_of_its_terms():
    terms = Terms(FLOATS)
    x, y = terms.pair(3.0), terms.pair(-3.0)
    assert [found.companion for found in (x + y, x - x, -(x + y), abs(x + y), (x + y) * 2, (x + y) / y)] == [
        *(6.0, 6.0, 6.0, 6.0, 12.0, 2.0)
    ]


def test_what_is_no_sum_is_its_own_term():
    terms = Terms(FLOATS)
    x = terms.pair(1.0) - 3.0
    assert (x.companion, terms.exp(x).companion, terms.maximum(x, 1.0).companion) == (4.0, np.exp(-2.0), 1.0)


def test_sums_and_matrix_products_of_arrays():
    terms = Terms(arrays_of(FLOATS))
    x = terms.pair(np.array([[1.0, -2.0], [3.0, -4.0]]))
    assert terms.sum(x, 1).companion.tolist() == [3.0, 7.0]
    assert terms.matmul(x, x).companion.tolist() == [[7.0, 10.0], [15.0, 22.0]]
    assert (terms.amax(x).companion, terms.amin(x).companion) == (4.0, 4.0)


def test_gradients_that_are_zero_but_for_rounding():
    """Of the sum of a batch that is normalized: its terms are as large as the numbers."""
    terms = Terms(domain("arrays"))
    graph = Graph(["x", "gamma"], [Node("batch_norm", ["x", "gamma"], "y"), Node("sum", ["y"], "out")])
    bound = bind(graph, {"x": [[1.1], [3.7], [-0.55]], "gamma": [1.5]})
    run = execute(BoundGraph(graph, terms, [terms.pair(x) for x in bound.inputs]))
    for name in ("x", "gamma"):
        found = run.gradient(graph.slot(name))
        assert np.allclose(found.value, 0, atol=1e-15)
        assert np.min(found.companion) > 1
    assert run.values[graph.output_slot].value == pytest.approx(0, abs=1e-14)


def test_an_infinity_that_is_not_chosen_has_no_terms():
    """The gradient of softmax takes the largest of dout and of -inf."""
    terms = Terms(domain("arrays"))
    graph = Graph(["x", "b"], [Node("add", ["x", "b"], "y"), Node("softmax", ["y"], "out")])
    bound = bind(graph, {"x": 0.4, "b": [0.5, -1.5, 2.0]}, [-0.6, 0.7, 1.0])
    run = execute(BoundGraph(graph, terms, [terms.pair(x) for x in bound.inputs], terms.pair(bound.dout)))
    found = run.gradient(graph.slot("x"))
    assert abs(found.value) < 1e-15
    assert 0.1 < found.companion < 10_000
