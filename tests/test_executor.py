"""Forward and backward over a graph: sums over paths, edges, repetition, depth, and errors that name the layer."""

from __future__ import annotations

import gc
import math
from fractions import Fraction

import pytest

from backpropcli.binding import BoundGraph
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import domain
from backpropcli.errors import DomainError, LayerError, ShapeError
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.layers import Layer
from backpropcli.sources.literals import Constant

FLOATS = domain("floats")
EXACT = domain("exact")
ARRAYS = domain("arrays")

FRUITS = Graph(
    ["apple", "apple_num", "orange", "orange_num", "tax"],
    [
        Node("mul", ["apple", "apple_num"], "apple_price"),
        Node("mul", ["orange", "orange_num"], "orange_price"),
        Node("add", ["apple_price", "orange_price"], "all_price"),
        Node("mul", ["all_price", "tax"], "price"),
    ],
)
FRUIT_INPUTS = [100.0, 2.0, 150.0, 3.0, 1.1]


def gradient(run, name):
    return run.gradient(run.graph.slot(name))


def test_fruits_give_the_slides_numbers():
    run = execute(BoundGraph(FRUITS, FLOATS, FRUIT_INPUTS))
    assert run.values[FRUITS.output_slot] == pytest.approx(715)
    names = ["apple_num", "apple", "orange", "orange_num", "tax"]
    assert [gradient(run, name) for name in names] == pytest.approx([110, 2.2, 3.3, 165, 650])


def test_exact_fruits_are_exact():
    run = execute(BoundGraph(FRUITS, EXACT, [Fraction(100), Fraction(2), Fraction(150), Fraction(3), Fraction(11, 10)]))
    assert (run.values[FRUITS.output_slot], gradient(run, "orange")) == (715, Fraction(33, 10))


def test_a_run_can_be_repeated():
    first, second = (execute(BoundGraph(FRUITS, FLOATS, FRUIT_INPUTS)) for _ in range(2))
    assert (first.values, first.gradients) == (second.values, second.gradients)


def test_a_value_that_feeds_two_layers_sums_both_paths():
    graph = Graph(["x"], [Node("mul", ["x", Constant("3")], "a"), Node("mul", ["x", "a"], "y")])
    run = execute(BoundGraph(graph, FLOATS, [5.0]))
    assert gradient(run, "x") == 30.0  # d(3x²)/dx = 6x


def test_a_value_that_feeds_one_layer_twice_sums_both_edges():
    run = execute(BoundGraph(Graph(["x"], [Node("mul", ["x", "x"], "y")]), FLOATS, [5.0]))
    assert (gradient(run, "x"), run.contributions) == (10.0, [(5.0, 5.0)])


def test_a_value_that_feeds_two_layers_of_one_input_sums_both_paths():
    nodes = [Node("neg", ["x"], "a"), Node("exp", ["x"], "b"), Node("add", ["a", "b"], "y")]
    run = execute(BoundGraph(Graph(["x"], nodes), FLOATS, [0.0]))
    assert gradient(run, "x") == 0.0  # -1 + 1


def test_contributions_tell_each_path():
    graph = Graph(["x"], [Node("mul", ["x", Constant("3")], "a"), Node("mul", ["x", "a"], "y")])
    assert execute(BoundGraph(graph, FLOATS, [5.0])).contributions == [(15.0, 5.0 * 5.0), (15.0, 5.0)]


def test_dout_scales_every_gradient():
    run = execute(BoundGraph(FRUITS, FLOATS, FRUIT_INPUTS, 2.0))
    assert gradient(run, "tax") == pytest.approx(1300)


def test_a_dout_of_another_shape_is_refused():
    graph = Graph(["x"], [Node("neg", ["x"], "y")])
    x = ARRAYS.convert([1.0, 2.0])
    with pytest.raises(ShapeError, match=r"dout is \(3,\), but the output is \(2,\)"):
        execute(BoundGraph(graph, ARRAYS, [x], ARRAYS.convert([1.0, 2.0, 3.0])))


def test_what_the_output_does_not_depend_on_has_gradient_zero():
    graph = Graph(["x", "w"], [Node("neg", ["w"], "a"), Node("neg", ["x"], "y")])
    run = execute(BoundGraph(graph, FLOATS, [1.0, 2.0]))
    assert (gradient(run, "w"), gradient(run, "a")) == (0.0, 0.0)


def test_a_node_after_the_output_does_not_disturb_it():
    graph = Graph(["x"], [Node("square", ["x"], "y"), Node("neg", ["y"], "z")], "y")
    assert gradient(execute(BoundGraph(graph, FLOATS, [3.0])), "x") == 6.0


def test_a_deep_chain_needs_no_recursion():
    count = 100_000
    nodes = [Node("add", [f"x{i}", "w"], f"x{i + 1}") for i in range(count)]
    run = execute(BoundGraph(Graph(["x0", "w"], nodes), FLOATS, [0.0, 1.0]))
    assert (run.values[-1], gradient(run, "w")) == (count, count)


def test_a_run_leaves_the_collector_as_it_was():
    assert gc.isenabled()
    execute(BoundGraph(FRUITS, FLOATS, FRUIT_INPUTS))
    assert gc.isenabled()


def test_shapes_that_do_not_fit_are_told_by_input():
    graph = Graph(["p", "q"], [Node("mul", ["p", "q"], "y")])
    with pytest.raises(ShapeError, match=r"^mul y: shapes do not fit: x is \(3,\), y is \(2,\)$"):
        execute(BoundGraph(graph, ARRAYS, [ARRAYS.convert([1, 2, 3]), ARRAYS.convert([1, 2])]))


def test_a_missing_function_is_told_with_layer_and_domain():
    graph = Graph(["x"], [Node("sigmoid", ["x"], "y", name="gate")])
    with pytest.raises(DomainError, match=r"^sigmoid gate: exact fractions have no exp"):
        execute(BoundGraph(graph, EXACT, [Fraction(1)]))


def test_an_exact_power_by_a_constant_needs_no_logarithm():
    graph = Graph(["x"], [Node("pow", ["x", Constant("3")], "y")])
    assert gradient(execute(BoundGraph(graph, EXACT, [Fraction(1, 2)])), "x") == Fraction(3, 4)


def test_an_exact_power_by_an_input_runs_when_only_the_base_is_asked_for():
    graph = Graph(["x", "n"], [Node("pow", ["x", "n"], "y")])
    run = execute(BoundGraph(graph, EXACT, [Fraction(2), Fraction(5)]), wanted=["x"])
    assert gradient(run, "x") == 80
    with pytest.raises(DomainError, match="no log"):
        execute(BoundGraph(graph, EXACT, [Fraction(2), Fraction(5)]))


def test_exact_numbers_that_explode_are_refused_early():
    nodes = [Node("square", [f"x{i}"], f"x{i + 1}") for i in range(60)]
    with pytest.raises(DomainError, match=r"^square x\d+: an exact number would have more than 4,000 digits$"):
        execute(BoundGraph(Graph(["x0"], nodes), EXACT, [Fraction(3)]))


def test_the_first_non_finite_value_is_told_with_its_layer():
    graph = Graph(["x"], [Node("log", ["x"], "a"), Node("exp", ["a"], "y")])
    assert execute(BoundGraph(graph, FLOATS, [1.0])).first_non_finite() is None
    assert execute(BoundGraph(graph, FLOATS, [0.0])).first_non_finite().message == "log a: the value is not finite"


def test_a_non_finite_gradient_is_told_with_its_layer_and_input():
    graph = Graph(["x"], [Node("sqrt", ["x"], "y")])
    assert (
        execute(BoundGraph(graph, FLOATS, [0.0])).first_non_finite().message
        == "sqrt y: the gradient of 'x' is not finite"
    )


def test_the_layer_that_makes_the_first_non_finite_gradient_is_blamed():
    nodes = [Node("neg", ["x"], "a"), Node("neg", ["a"], "b"), Node("sqrt", ["b"], "c"), Node("neg", ["c"], "y")]
    run = execute(BoundGraph(Graph(["x"], nodes), FLOATS, [0.0]))
    assert run.first_non_finite().message == "sqrt c: the gradient of 'b' is not finite"


def test_a_layer_that_was_given_inf_is_not_blamed():
    nodes = [
        Node("neg", ["x"], "a"),
        Node("neg", ["a"], "b"),
        Node("add", ["b", "b"], "s"),
        Node("add", ["u", "w"], "t"),
    ]
    graph = Graph(["x", "u", "w"], [*nodes, Node("add", ["s", "t"], "y")])
    run = execute(BoundGraph(graph, FLOATS, [0.0, 0.0, 0.0], 1e308))
    assert run.first_non_finite().message == "the gradient of 'b' is not finite: its contributions overflow in sum"


def test_a_non_finite_input_is_told_by_name():
    graph = Graph(["x"], [Node("neg", ["x"], "y")])
    assert execute(BoundGraph(graph, FLOATS, [math.nan])).first_non_finite().message == "the input 'x' is not finite"


class Broken(Layer):
    """Fails in forward, but not for its inputs."""

    def forward(self, x):
        return x.no_such_thing


class Short(Layer):
    """Returns one gradient for two inputs."""

    def forward(self, x, y):
        return x + y

    def backward(self, dout):
        return dout


def test_a_users_layer_that_fails_is_named():
    graph = Graph(["x"], [Node(foreign_spec("broken", Broken, "mine.py", None), ["x"], "y")])
    with pytest.raises(
        LayerError, match=r"^broken y: AttributeError: 'float' object has no attribute 'no_such_thing'$"
    ):
        execute(BoundGraph(graph, FLOATS, [1.0]))


def test_a_users_backward_that_returns_too_few_gradients_is_named():
    graph = Graph(["p", "q"], [Node(foreign_spec("short", Short, "mine.py", None), ["p", "q"], "y")])
    with pytest.raises(LayerError, match=r"^short y: "):
        execute(BoundGraph(graph, FLOATS, [1.0, 2.0]))


@pytest.mark.parametrize(("layer", "error"), [(Broken, AttributeError), (Short, ValueError)])
def test_what_a_built_in_layer_does_wrong_is_no_error_of_the_user(layer, error):
    """It stays what it is, with a note of the node."""
    node = Node(LayerSpec("faulty", layer), ["x"] * len(LayerSpec("faulty", layer).inputs), "y")
    with pytest.raises(error) as caught:
        execute(BoundGraph(Graph(["x"], [node]), FLOATS, [1.0]))
    assert caught.value.__notes__ == ["in faulty y"]


def test_what_reaches_the_output_only_through_a_condition_has_no_gradient():
    """Neither the condition nor what it is computed from; a gradient of zeros is for what is not used at all."""
    nodes = [Node("sub", ["x", "y"], "cond"), Node("where", ["cond", "y", "y"], "out"), Node("neg", ["z"], "unused")]
    run = execute(BoundGraph(Graph(["x", "y", "z"], nodes, "out"), FLOATS, [2.0, 1.0, 5.0]))
    assert [run.gradient(run.graph.slot(name)) for name in ("cond", "x", "y", "z", "unused")] == [None, None, 1, 0, 0]


def test_the_gradients_of_unused_nodes_take_one_look_at_each(steps):
    """Twice as many take twice as long, where a look at every node for each gradient would take four times."""

    def run(count):
        nodes = [Node("neg", ["x"], f"y{number}") for number in range(count)]
        return execute(BoundGraph(Graph(["x"], nodes), FLOATS, [1.0]))

    def read_gradients(run):
        count = len(run.values) - 1
        assert [run.gradient(slot) for slot in range(count)] == [-1.0, *[0.0] * (count - 1)]

    few, many = run(200), run(400)
    assert steps(lambda: read_gradients(many)) < 3 * steps(lambda: read_gradients(few))


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_non_finite_dout_is_told_and_no_layer_is_blamed(wrong):
    run = execute(BoundGraph(Graph(["x"], [Node("neg", ["x"], "y")]), FLOATS, [1.0], wrong))
    assert run.first_non_finite().message == "the upstream gradient of 'y' is not finite"


def test_contributions_that_overflow_only_in_their_sum_are_told():
    nodes = [Node("neg", ["x"], "y"), Node("mul", ["y", "big"], "z"), Node("add", ["z", "z"], "out")]
    run = execute(BoundGraph(Graph(["x", "big"], nodes), FLOATS, [0.0, 1.0], 1e308))
    message = "the gradient of 'z' is not finite: its contributions overflow in sum"
    assert run.first_non_finite().message == message
