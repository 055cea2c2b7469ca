"""Nothing in a picture stands on top of anything else, and as little as possible crosses."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from drawings import SCENARIOS, Drawing, drawn, random_result

import backpropcli as bp
from backpropcli.graph import Graph, Node
from backpropcli.picture import Look
from backpropcli.picture.arrangement import arranged
from backpropcli.picture.crossings import crossings
from backpropcli.picture.from_result import picture_of
from backpropcli.picture.pixels import PIXELS, layout
from backpropcli.picture.text import CELLS
from backpropcli.picture.vertices import Metric

_LINES = "│─╰╭├╯┴╮┤┬┼●()"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_nothing_overlaps_in_a_picture_of_a_shipped_scenario(scenario: Path) -> None:
    drawing = Drawing(drawn(bp.run(bp.load(scenario))))
    assert not list(drawing.overlaps())
    assert drawing.is_inside()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_nothing_overlaps_where_steps_are_boxes_and_stand_below(scenario: Path) -> None:
    drawing = Drawing(drawn(bp.run(bp.load(scenario)), by_step=True))
    assert not list(drawing.overlaps())
    assert drawing.is_inside()


@pytest.mark.parametrize("seed", range(150))
def test_nothing_overlaps_in_a_picture_of_a_random_graph(seed: int) -> None:
    drawing = Drawing(drawn(random_result(seed)))
    assert not list(drawing.overlaps())
    assert drawing.is_inside()


@pytest.mark.parametrize("seed", range(150))
def test_every_label_can_be_read_in_a_terminal(seed: int) -> None:
    """None is covered by another, nor by a line."""
    result = random_result(seed)
    labels = Counter(row for wire in picture_of(result, Look()).wires for row in (*wire.above, *wire.below))
    text = drawn(result, "text")
    words = Counter(re.findall(r"\[.*?\]", text) if seed % 2 == 0 else re.split(rf"[\s{re.escape(_LINES)}]+", text))
    assert not {label: count for label, count in labels.items() if words[label] < count}


@pytest.mark.parametrize(
    ("name", "most"),
    [("fruits", 0), ("neuron", 0), ("sigmoid_graph", 0), ("xor", 0), ("batch_norm_graph", 0), ("attention", 0)],
)
def test_wires_of_shipped_scenarios_do_not_cross(name: str, most: int) -> None:
    path = next(path for path in SCENARIOS if path.stem == name)
    assert crossings(arranged(picture_of(bp.run(bp.load(path)), Look()), PIXELS).layers) <= most


def test_a_label_has_room_for_what_is_drawn_of_it() -> None:
    """A minus is drawn wider than it is typed."""
    found = picture_of(bp.eval_formula("y = x * 2", x=[-1.0, -2.0, -3.0, -4.0]), Look())
    room = max(PIXELS.label(wire).width for wire in found.wires)
    drawing = Drawing(drawn(bp.eval_formula("y = x * 2", x=[-1.0, -2.0, -3.0, -4.0])))
    assert 0 < max(box.right - box.left for _, box in drawing.labels) < room


def test_inputs_stand_in_the_order_in_which_layers_take_them() -> None:
    drawing = Drawing(drawn(bp.eval_formula("(a * b + c * d) * e", a=1, b=2, c=3, d=4, e=5)))
    places = {box.text: box.top for box in drawing.texts}
    assert sorted("abcd", key=places.__getitem__) == list("abcd")


@pytest.mark.parametrize("metric", [PIXELS, CELLS])
def test_a_wire_past_many_layers_is_straight(metric: Metric) -> None:
    """But for its two ends."""
    result = bp.eval_formula("x + tanh(tanh(tanh(tanh(y))))", x=1, y=2)
    layering = arranged(picture_of(result, Look()), metric)
    longest = max(layering.chains.values(), key=len)
    assert len({vertex.y for vertex in longest[1:-1]}) == 1


@pytest.mark.parametrize(("name", "most"), [("batch_norm_graph", 0), ("softmax_with_loss_graph", 2)])
def test_wires_are_level_or_climb_for_a_reason(name: str, most: int) -> None:
    """A climb of a few pixels looks like a mistake; a label or a neighbour may be in the way."""
    path = next(path for path in SCENARIOS if path.stem == name)
    routes = layout(picture_of(bp.run(bp.load(path)), Look())).routes.values()
    climbs = [abs(end[1] - start[1]) for route in routes for start, end in pairwise(route.points)]
    assert sum(0.05 < climb < 6 for climb in climbs) <= most


def test_a_chain_of_thousands_of_layers_is_laid_out_without_recursion() -> None:
    nodes = [Node("neg", ["x" if i == 0 else f"v{i - 1}"], f"v{i}") for i in range(1_900)]
    result = bp.api.run_graph(Graph(["x"], nodes), {"x": 1.0})
    assert drawn(result).count("<circle") == 1_900
