"""Columns: every layer of numbers gives in each row what it gives on the numbers of that row."""

from __future__ import annotations

import random

import numpy as np
import pytest

from backpropcli.binding import BoundGraph
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.domains import domain
from backpropcli.domains.columns import DOMAIN, Column
from backpropcli.errors import BackpropError, DomainError
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.sources.literals import Constant

ROWS = 200
HARD = [0.0, -0.0, 1.0, -1.0, 0.5, -3.0, 3.0, 30.0, -30.0, 700.0, -700.0, 1e-300, 1e300, np.inf, -np.inf, np.nan]
FLOATS = domain("floats")


def cases():
    """The layers that take numbers, with the parameters of a sample of theirs."""
    for name in LAYERS:
        samples = (s for s in layer_class(name).samples if all(np.ndim(x) == 0 for x in s.inputs))
        for number, sample in enumerate(samples):
            yield pytest.param(name, sample, id=f"{name}-{number}")


def run(graph, numbers, inputs):
    return execute(BoundGraph(graph, numbers, inputs))


@pytest.mark.parametrize(("name", "sample"), [*cases()])
def test_a_row_is_what_its_numbers_give(name, sample):
    """Also where they are huge, tiny, zero, infinite or nan."""
    draw = random.Random(name)
    count = len(sample.inputs)
    names = [f"a{i}" for i in range(count)]
    parameters = {k: Constant(repr(v)) if isinstance(v, float) else v for k, v in sample.parameters.items()}
    graph = Graph(names, [Node(name, names, "out", parameters=parameters)])
    rows = [[draw.choice(HARD) if draw.random() < 0.4 else draw.gauss(0, 2) for _ in names] for _ in range(ROWS)]
    if name in {"dropout", "where"}:
        for row in rows:
            mask = 1 if name == "dropout" else 0
            if mask < count:
                row[mask] = float(draw.random() < 0.5)
    columns = [Column(np.array(column)) for column in zip(*rows, strict=True)]
    found = run(graph, DOMAIN, columns)
    for number, row in enumerate(rows):
        wanted = run(graph, FLOATS, row)
        for slot in range(len(graph.inputs) + 1):
            for mine, theirs in ((found.values, wanted.values), (found.gradients, wanted.gradients)):
                if theirs[slot] is None:
                    assert mine[slot] is None
                    continue
                got = mine[slot].array[number] if isinstance(mine[slot], Column) else mine[slot]
                assert got == pytest.approx(theirs[slot], rel=2e-15, abs=5e-324, nan_ok=True), (row, slot)


def test_a_loss_is_one_of_each_row():
    graph = Graph(["x", "t"], [Node("mse", ["x", "t"], "loss")])
    found = run(graph, DOMAIN, [Column(np.array([1.0, 2.0, 3.0])), Column(np.array([0.0, 0.0, 1.0]))])
    assert found.values[-1].array.tolist() == [1, 4, 4]
    assert found.gradients[0].array.tolist() == [2, 4, 4]


def test_an_untaken_branch_is_no_path_in_its_row():
    nodes = [
        Node("greater", ["x", Constant("0")], "c"),
        Node("sqrt", ["x"], "root"),
        Node("where", ["c", "root", "x"], "out"),
    ]
    found = run(Graph(["x"], nodes), DOMAIN, [Column(np.array([0.0, 4.0]))])
    assert found.gradients[0].array.tolist() == [1, 0.25]


@pytest.mark.parametrize("name", ["cumsum", "concat", "matmul", "embedding", "conv2d"])
def test_a_layer_that_needs_axes_is_refused(name):
    names = [f"a{i}" for i in range(len(layer_class(name).samples[0].inputs))]
    parameters = dict(layer_class(name).samples[0].parameters)
    graph = Graph(names, [Node(name, names, "out", parameters=parameters)])
    with pytest.raises(BackpropError, match=name):
        run(graph, DOMAIN, [Column(np.array([1.0, 2.0])) for _ in names])


def test_columns_decide_nothing():
    with pytest.raises(DomainError):
        bool(Column(np.array([1.0])) > 0)
