"""Wiring by name, and what is wrong with it."""

from __future__ import annotations

import pytest

from backpropcli.errors import GraphError, Place
from backpropcli.graph import Graph, Node
from backpropcli.sources.literals import Constant


class At:
    """An origin that tells its line and the number of the input."""

    def __init__(self, line):
        self.line = line

    def place(self, input_number=None):
        return Place("test", self.line, 1 if input_number is None else 10 + input_number, 1, "")


def problems(inputs, *nodes, output=None):
    with pytest.raises(GraphError) as caught:
        Graph(inputs, nodes, output)
    return [(p.message, p.hint, p.place and (p.place.line, p.place.column)) for p in caught.value.problems]


def test_slots_are_inputs_then_constants_then_nodes():
    graph = Graph(["x"], [Node("mul", ["x", Constant("2")], "a"), Node("add", ["a", Constant("3")], "y")])
    assert (graph.sources, graph.slots, graph.output_slot) == ([(0, 1), (3, 2)], {"x": 0, "a": 3, "y": 4}, 4)
    assert [graph.name_of(slot) for slot in range(5)] == ["x", "2", "3", "a", "y"]


PI, E = Constant("pi"), Constant("e")


def test_a_named_constant_is_a_constant():
    graph = Graph(["x"], [Node("mul", ["x", PI], "a"), Node("add", ["a", PI], "y")])
    assert (graph.named_constants, graph.sources) == (["pi"], [(0, 1), (3, 2)])


def test_an_input_takes_the_name_of_a_constant():
    graph = Graph(["x", "e"], [Node("mul", ["x", E], "y")])
    assert (graph.named_constants, graph.constants, graph.sources) == ([], [], [(0, 1)])


def test_a_step_takes_the_name_of_a_constant():
    graph = Graph(["x"], [Node("neg", ["x"], "e"), Node("mul", [E, PI], "y")])
    assert (graph.named_constants, graph.sources) == (["pi"], [(0,), (2, 1)])


def test_a_later_step_takes_the_name_of_a_constant_from_the_steps_before_it():
    nodes = Node("mul", ["x", E], "y", origin=At(1)), Node("add", ["x", Constant("1")], "e", origin=At(2))
    assert problems(["x"], *nodes) == [
        ("'e' is used before it is defined", "move the step that defines it up", (1, 11))
    ]


def test_a_step_that_defines_the_name_of_a_constant_cannot_use_it():
    assert problems(["x"], Node("mul", [E, "x"], "e"))[0][0] == "a cycle: e -> e"


def test_wiring_leaves_the_nodes_of_others_as_they_are():
    node = Node("mul", ["x", E], "y")
    Graph(["x", "e"], [node])
    assert Graph(["x"], [node]).named_constants == ["e"]


def test_an_unknown_name_is_located_with_a_suggestion():
    node = Node("mul", ["appel", "tax"], "price", origin=At(3))
    assert problems(["apple", "tax"], node) == [("unknown name 'appel'", "did you mean 'apple'?", (3, 10))]


def test_a_name_used_before_its_definition_is_told_to_move():
    nodes = Node("mul", ["a", "x"], "y", origin=At(1)), Node("add", ["x", "x"], "a", origin=At(2))
    assert problems(["x"], *nodes) == [
        ("'a' is used before it is defined", "move the step that defines it up", (1, 10))
    ]


def test_a_cycle_is_told_with_its_path():
    nodes = (
        Node("mul", ["c", "x"], "a", origin=At(1)),
        Node("neg", ["a"], "b", origin=At(2)),
        Node("neg", ["b"], "c", origin=At(3)),
    )
    assert problems(["x"], *nodes) == [("a cycle: a -> b -> c -> a", None, (1, 10))]


def test_a_layer_that_uses_its_own_value_is_a_cycle():
    assert problems(["x"], Node("neg", ["a"], "a"))[0][0] == "a cycle: a -> a"


def test_a_long_cycle_is_found_without_recursion():
    count = 50_000
    nodes = [Node("neg", [f"a{(i - 1) % count}"], f"a{i}") for i in range(count)]
    assert problems([], *nodes)[0][0].startswith("a cycle: a0 -> a1 -> ")


def test_names_defined_twice_are_an_error():
    nodes = Node("neg", ["x"], "y"), Node("neg", ["x"], "y", origin=At(2)), Node("neg", ["y"], "x", origin=At(3))
    assert [p[0] for p in problems(["x"], *nodes)] == ["the name 'y' is defined twice", "the name 'x' is defined twice"]


def test_the_wrong_number_of_inputs_is_told_with_the_right_one():
    assert problems(["x"], Node("mul", ["x"], "y")) == [("mul takes 2 inputs (x, y), not 1", None, None)]
    assert problems(["x"], Node("relu", ["x", "x"], "y")) == [("relu takes 1 input (x), not 2", None, None)]


def test_every_problem_is_told_at_once():
    nodes = Node("mul", ["p", "x"], "y"), Node("mul", ["q"], "z")
    assert len(problems(["x"], *nodes)) == 3


def test_the_output_must_be_a_layers_value():
    node = Node("neg", ["x"], "y")
    assert problems(["x"], node, output="x")[0][0] == "the output 'x' is an input; it must be the value of a layer"
    assert problems(["xs"], Node("neg", ["xs"], "y"), output="yy")[0][:2] == ("unknown name 'yy'", "did you mean 'y'?")


def test_a_graph_without_layers_is_an_error():
    assert problems(["x"])[0][0] == "a graph needs at least one layer"


def test_what_the_output_does_not_depend_on_is_unused():
    nodes = [Node("neg", ["x"], "a"), Node("neg", ["a"], "b"), Node("neg", ["x"], "y"), Node("neg", ["w"], "c")]
    graph = Graph(["x", "w"], nodes, "y")
    assert graph.unused_inputs() == ["w"]
    assert [node.output for node in graph.unused_nodes()] == ["a", "b", "c"]


def test_a_missing_parameter_is_told_with_what_it_is():
    node = Node("reshape", ["x"], "y", origin=At(4))
    assert problems(["x"], node) == [("reshape needs the parameter shape", "shape is a list of whole numbers", (4, 1))]


def test_unknown_names_among_thousands_that_are_like_them_start_no_search(steps):
    """For each, less is done than to look at every name once: so many are not compared."""
    inputs = [f"weight_of_layer_{number}" for number in range(2_000)]

    def wire(unknown):
        with pytest.raises(GraphError) as caught:
            Graph(inputs, [Node("neg", [f"wieght_of_layer_{number}"], f"y{number}") for number in range(unknown)])
        assert len(caught.value.problems) == unknown

    assert steps(lambda: wire(11)) - steps(lambda: wire(1)) < 10 * len(inputs)
