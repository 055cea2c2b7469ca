"""What a picture has of a run: boxes, wires, forks, and which numbers stand on them."""

from __future__ import annotations

from pathlib import Path

import pytest

import backpropcli as bp
from backpropcli.errors import DataError
from backpropcli.graph import Graph, Node
from backpropcli.picture import Look
from backpropcli.picture.from_result import MOST_SHOWN, picture_of
from backpropcli.picture.model import Kind, Picture
from backpropcli.picture.neighbourhood import slots_around
from backpropcli.picture.pixels import layout
from backpropcli.scenario import parse_scenario


def picture(formula: str, **inputs: object) -> Picture:
    return picture_of(bp.eval_formula(formula, **inputs), Look())


def labels(found: Picture) -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    """The rows above and below each wire, by the texts of the boxes at its ends."""
    texts = {box.id: box.text or "fork" for box in found.boxes}
    return {(texts[wire.tail], texts[wire.head]): (wire.above, wire.below) for wire in found.wires}


def test_values_stand_above_and_gradients_below() -> None:
    assert labels(picture("y = w * sigmoid(x)", w=3, x=0)) == {
        ("w", "×"): (("3",), ("0.5",)),
        ("x", "sigmoid"): (("0",), ("0.75",)),
        ("sigmoid", "×"): (("0.5",), ("3",)),
        ("×", "y"): (("1.5",), ("1",)),
    }


def test_a_value_that_is_used_twice_has_a_fork_with_its_gradient_and_a_part_of_it_on_each_branch() -> None:
    found = picture("y = x * exp(x)", x=0)
    assert labels(found)["x", "fork"] == (("0",), ("1",))
    assert labels(found)["fork", "×"] == ((), ("1",))
    assert labels(found)["fork", "exp"] == ((), ("0",))
    assert "x is used 2 times; its gradient is the sum, 1" in [found.told(box.described) for box in found.boxes]


def test_constants_labels_and_what_is_not_asked_for_have_no_gradient() -> None:
    found = picture_of(bp.eval_formula("cross_entropy(x, t) * 2", x=[[1.0, 2.0]], t=[0], gradients=["t"]), Look())
    assert labels(found)["2", "×"] == ((), ())
    assert labels(found)["t", "cross_entropy"] == (("[0]",), ())
    assert labels(found)["x", "cross_entropy"] == (("[1 2]",), ())


def test_small_arrays_are_written_whole_and_large_ones_by_their_shape() -> None:
    found = labels(picture("sum(x) + sum(y) + sum(z)", x=[[1.0, 2.0], [3.0, 4.5678]], y=[0.0] * 7, z=[[1.0] * 9] * 3))
    assert found["x", "Σ"] == (("[1 2]", "[3 4.57]"), ("[1 1]", "[1 1]"))
    assert found["y", "Σ"] == (("7 numbers",), ("7 numbers",))
    assert found["z", "Σ"] == (("3×9",), ("3×9",))


def test_the_descriptions_have_all_digits() -> None:
    found = picture("y = x * (0.1 * 3)", x=0.1)
    assert "x = 0.1, gradient 0.30000000000000004" in [found.told(wire.described) for wire in found.wires]


def test_what_the_output_does_not_depend_on_is_dim() -> None:
    nodes = [Node("exp", ["x"], "y"), Node("neg", ["x"], "z")]
    found = picture_of(bp.api.run_graph(Graph(["x", "u"], nodes, "y"), {"x": 0.0, "u": 1.0}), Look())
    assert {box.text: box.is_used for box in found.boxes if box.kind is not Kind.FORK} == {
        "x": True,
        "u": False,
        "exp": True,
        "-": False,
        "y": True,
    }


def test_a_part_of_a_graph_ends_in_names_and_ellipses() -> None:
    result = bp.eval_formula("y = exp(tanh(x) * x) + x", x=1)
    graph = result.run.graph
    found = picture_of(result, Look(), slots_around(graph, "(1)", 1))
    assert sorted(box.text for box in found.boxes if box.text) == ["tanh", "x", "×", "…", "…"]
    assert sorted(found.told(box.described) for box in found.boxes if box.text == "…") == [
        "used once more",
        "used once more",
    ]


def test_a_step_is_one_box_with_the_sums_of_what_comes_back_from_its_layers() -> None:
    scenario = parse_scenario("inputs: {x: 2}\nlayers:\n  - u = x * x + 3 * x\n  - y = u * 5 - x", "s.yaml", Path())
    whole, *pieces = picture_of(bp.run(scenario), Look(), by_step=True).stacked
    ends = {(wire.tail, wire.head): (wire.above, wire.below) for wire in whole.wires}
    assert [box.text for box in whole.boxes] == ["x", "", "u", "y", "y"]
    assert list(ends.values()) == [
        *[(("2",), ("34",)), ((), ("35",)), ((), ("-1",))],
        *[(("10",), ("5",)), (("48",), ("1",))],
    ]
    assert "u, of the layers mul, mul, add: u = 10, gradient 5" in [whole.told(box.described) for box in whole.boxes]
    assert [[box.text for box in piece.boxes if box.text] for piece in pieces] == [
        ["x", "3", "×", "×", "+", "u"],
        ["x", "5", "u", "×", "-", "y"],
    ]


def test_below_a_step_what_comes_back_to_a_value_is_what_comes_back_from_the_step() -> None:
    scenario = parse_scenario("inputs: {x: 2}\nlayers:\n  - u = x * x + 3 * x\n  - y = u * 5 - x", "s.yaml", Path())
    _, first, second = picture_of(bp.run(scenario), Look(), by_step=True).stacked
    assert [wire.below for wire in first.wires[:4]] == [("35",), ("10",), ("10",), ("15",)]
    assert ("-1",) in [wire.below for wire in second.wires]


def test_parts_of_a_gradient_that_overflow_in_sum_are_infinite() -> None:
    scenario = parse_scenario("inputs: {x: [0.8, -3.6], c: -1.7e308}\nlayers:\n  - y = mul(mul(x, c), x)", "s", Path())
    found = picture_of(bp.run(scenario), Look(), by_step=True)
    assert found.wires[0].below == ("[-inf inf]",)


def test_a_graph_that_nobody_can_look_at_is_refused_with_the_way_to_a_part_of_it() -> None:
    nodes = [Node("neg", ["x" if i == 0 else f"v{i - 1}"], f"v{i}") for i in range(MOST_SHOWN)]
    result = bp.api.run_graph(Graph(["x"], nodes), {"x": 1.0})
    with pytest.raises(DataError, match="2,001 values is too large") as caught:
        picture_of(result, Look())
    assert caught.value.problems[0].hint == "--around NAME --depth 3 draws a part of it"
    assert len(picture_of(result, Look(), slots_around(result.run.graph, "v1000", 3)).boxes) == 9


def test_wires_that_are_too_long_are_refused() -> None:
    """Where all layers of a chain take the first input, the lengths of the wires add up to a square."""
    nodes = [Node("mul", ["x", "x"], "y0"), *(Node("mul", [f"y{i}", "x"], f"y{i + 1}") for i in range(200))]
    picture = picture_of(bp.api.run_graph(Graph(["x"], nodes), {"x": 1}), Look())
    with pytest.raises(DataError, match=r"wires through [0-9,]+ columns are too many to be followed"):
        layout(picture)
