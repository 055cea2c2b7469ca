"""What a run keeps: everything, or its results alone."""

from __future__ import annotations

import pickle
import weakref
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import backpropcli as bp
from backpropcli.api import run_formula
from backpropcli.binding import BoundGraph, bind
from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.domains import domain
from backpropcli.domains.arrays import Arrays
from backpropcli.errors import GraphError
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.kept import Kept
from backpropcli.layers import Layer

FRUITS = Path(__file__).parent.parent / "scenarios" / "fruits.yaml"
ARRAYS = domain("arrays")
X = np.linspace(-1.5, 2.0, 12)
MATRIX = X.reshape(3, 4) + 0.1
FORMULAS: list[tuple[str, dict[str, Any]]] = [
    ("x * y + x", {"x": X, "y": X[::-1].copy()}),
    ("mean(relu(x @ w) ** 2)", {"x": MATRIX, "w": MATRIX.T.copy()}),
    ("sum((sigmoid(x) * tanh(x)) ** 2 - x * exp(x))", {"x": X}),
    ("softmax(x) * y", {"x": MATRIX, "y": np.float32([1, 2, 3, 4])}),
    ("sum(x[0] * 2 - x[1])", {"x": MATRIX}),
    ("x + 3 * y", {"x": [1.0, 2.0], "y": 2}),
    ("x * x", {"x": 3.0}),
    ("where(c, x, sqrt(x))", {"c": np.array([1.0, 0.0]), "x": np.array([0.0, 4.0])}),
]


@pytest.fixture
def fruits() -> Any:
    return bp.load(FRUITS)


def fruit_arrays(count: int) -> dict[str, Any]:
    names = ("apple", "apple_num", "orange", "orange_num", "tax")
    return {name: np.linspace(1, 2 + number, count) for number, name in enumerate(names)}


@pytest.mark.parametrize(("formula", "inputs"), FORMULAS)
def test_results_are_the_same_to_the_bit_whatever_is_kept(formula: str, inputs: dict[str, Any]) -> None:
    whole, results = (run_formula(formula, inputs, keep=keep) for keep in ("all", "results"))
    assert_array_equal(results.value, whole.value, strict=True)
    assert_array_equal(results.dout, whole.dout, strict=True)
    assert results.gradients.keys() == whole.gradients.keys()
    for name, gradient in whole.gradients.items():
        assert_array_equal(results.gradients[name], gradient)


def test_results_peak_below_half_of_what_all_takes(fruits: Any, memory: Any) -> None:
    """The value and five gradients stay; on the way there is one more, or there are as many values and gradients."""
    inputs = fruit_arrays(100_000)
    one = inputs["tax"].nbytes
    bp.run(fruits, inputs=inputs, keep="results")  # what is imported and cached meanwhile
    held, most = memory(lambda: bp.run(fruits, inputs=inputs, keep="results"))
    assert 6 <= held / one < 6.1
    assert 7 <= most / one < 7.5
    _, most_of_all = memory(lambda: bp.run(fruits, inputs=inputs))
    assert most_of_all / one > 14


def test_of_multiplications_and_additions_only_the_ends_are_looked_at(
    fruits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output and the gradients of the inputs tell of all that they were made of; each is looked at once."""
    looks: list[Any] = []
    monkeypatch.setattr(Arrays, "is_finite", lambda _, x: looks.append(x) or True)
    result = bp.run(fruits, inputs=fruit_arrays(3), keep="results")
    assert len({id(x) for x in looks}) == len(looks) == 6
    assert all(any(x is found for found in (result.value, *result.gradients.values())) for x in looks)


def test_of_floats_everything_is_kept(fruits: Any) -> None:
    """They take no memory to speak of."""
    assert len(bp.run(fruits, keep="results").steps) == 4


class Probe(Layer):
    """Hands numbers on in new arrays, and notes which of its layers and arrays are there at each backward."""

    made: ClassVar[list[weakref.ref[Any]]] = []
    alive: ClassVar[list[tuple[int, int]]] = []

    def forward(self, x: Any) -> Any:
        out = x + 0.0
        Probe.made += [weakref.ref(self), weakref.ref(out)]
        return out

    def backward(self, dout: Any) -> Any:
        Probe.alive.append(Probe.count())
        dx = dout + 0.0
        Probe.made.append(weakref.ref(dx))
        return dx

    @staticmethod
    def count() -> tuple[int, int]:
        """How many layers and how many arrays there are."""
        there = [found for made in Probe.made if (found := made()) is not None]
        layers = sum(isinstance(found, Layer) for found in there)
        return layers, len(there) - layers


@pytest.fixture
def probes() -> BoundGraph:
    Probe.made, Probe.alive = [], []
    spec = LayerSpec("probe", Probe)
    nodes = [Node(spec, [f"x{i}"], f"x{i + 1}") for i in range(4)]
    return BoundGraph(Graph(["x0"], nodes), ARRAYS, [np.ones(3)])


def test_a_layer_is_released_after_its_backward(probes: BoundGraph) -> None:
    """Whatever is kept."""
    run = execute(probes)
    assert [layers for layers, _ in Probe.alive] == [4, 3, 2, 1]
    assert (Probe.count(), len(run.values)) == ((0, 8), 5)


def test_values_and_gradients_that_nobody_asked_for_are_released_on_the_way(probes: BoundGraph) -> None:
    """There are the output, the gradient that goes back, and in the end that of the input."""
    run = execute(probes, keep="results")
    assert [arrays for _, arrays in Probe.alive] == [1, 2, 2, 2]
    assert (Probe.count(), len(run.values)) == ((0, 2), 5)


def test_layers_behind_the_output_are_released_at_once(probes: BoundGraph) -> None:
    graph = Graph(["x0"], probes.graph.nodes, "x2")
    execute(probes._replace(graph=graph))
    assert [layers for layers, _ in Probe.alive] == [2, 1]


def test_gradients_that_are_asked_for_by_name_are_kept_with_their_values(fruits: Any) -> None:
    result = bp.run(fruits, inputs=fruit_arrays(3), gradients=["all_price", "tax"], keep="results")
    whole = bp.run(fruits, inputs=fruit_arrays(3))
    for found in (result.gradients["all_price"], result.gradient_of("all_price")):
        assert_array_equal(found, whole.gradient_of("all_price"))
    assert_array_equal(result.value_of("all_price"), whole.value_of("all_price"))


def test_gradients_of_what_the_output_does_not_depend_on_are_kept_zeros() -> None:
    unused = run_formula("x * 2", {"x": [1.0, 2.0], "y": [3.0, 4.0, 5.0]}, keep="results")
    assert_array_equal(unused.gradients["y"], np.zeros(3))


@pytest.mark.parametrize(
    "ask",
    [
        lambda result: result.steps,
        lambda result: result.values,
        lambda result: result.value_of("tax"),
        lambda result: result.value_of("all_price"),
        lambda result: result.gradient_of("all_price"),
        lambda result: result.zero_gradients,
        lambda result: result.run.values[5:],
        lambda result: result.run.contributions[-1],
    ],
)
def test_what_was_not_kept_is_refused(ask: Any, fruits: Any) -> None:
    result = bp.run(fruits, inputs=fruit_arrays(3), keep="results")
    with pytest.raises(GraphError, match=r"^the run kept its results alone$") as caught:
        ask(result)
    assert caught.value.problems[0].hint == "run it with keep='all'"


def test_a_list_of_which_all_was_kept_is_a_list() -> None:
    assert list(Kept({0: 1.0, 1: None}, 2)) == [1.0, None]


@pytest.mark.parametrize("keep", ["all", "results"])
def test_a_caller_who_changes_an_array_afterwards_changes_no_result(keep: Any, fruits: Any) -> None:
    inputs, untouched = fruit_arrays(3), bp.run(fruits, inputs=fruit_arrays(3))
    result = bp.run(fruits, inputs=inputs, keep=keep)
    for array in inputs.values():
        array[:] = 7.0
    assert_array_equal(result.value, untouched.value)
    for name, gradient in untouched.gradients.items():
        assert_array_equal(result.gradients[name], gradient)


def test_by_default_arrays_are_copied_and_everything_is_kept(fruits: Any) -> None:
    inputs = fruit_arrays(3)
    result = bp.run(fruits, inputs=inputs)
    inputs["tax"][1] = 7.0
    assert_array_equal(result.value_of("tax"), fruit_arrays(3)["tax"])
    assert_array_equal(result.steps[3].inputs[1].value, fruit_arrays(3)["tax"])


@pytest.mark.parametrize("formula", ["reshape(x, shape=[3, 4])", "x[1:]", "transpose(reshape(x, shape=[3, 4]))"])
@pytest.mark.parametrize("keep", ["all", "results"])
def test_no_result_shares_its_memory_with_an_input(formula: str, keep: Any) -> None:
    """Not even where a layer returns a view of what it is given."""
    x = X.copy()
    result = run_formula(formula, {"x": x}, keep=keep)
    for found in (result.value, result.dout, *result.gradients.values()):
        assert not np.shares_memory(found, x)


def test_an_array_is_read_where_it_is_and_never_written_to() -> None:
    """A copy is made of what a copy would be laid out otherwise than, and of other numbers."""
    graph = Graph(["x"], [Node("neg", ["x"], "y")])

    def is_lent(x: Any, dtype: str = "float64") -> bool:
        bound = bind(graph, {"x": x}, dtype=dtype, lends=True)
        assert bound.is_lent == np.shares_memory(bound.inputs[0], x)
        assert not bound.is_lent or not bound.inputs[0].flags.writeable
        assert not np.shares_memory(bound.owned().inputs[0], x)
        assert not bind(graph, {"x": x}, dtype=dtype).is_lent
        return bound.is_lent

    assert is_lent(MATRIX)
    assert is_lent(MATRIX.T)
    assert is_lent(X.astype("float32"))
    assert is_lent(X.astype("float32"), "float32")
    assert not is_lent(X, "float32")
    assert not is_lent(X[::2])
    assert not is_lent(X.astype(">f8"))
    assert not is_lent(np.arange(3))
    assert X.flags.writeable


class Counted:
    """Squares, and counts how often."""

    forwards = 0

    def forward(self, x: Any) -> Any:
        Counted.forwards += 1
        self.x = x.copy()
        x *= 1  # as people write
        return self.x**2

    def backward(self, dout: Any) -> Any:
        return dout * 2 * self.x


def test_a_users_own_code_is_run_once_and_may_write_to_its_copy() -> None:
    x = X.copy()
    graph = Graph(["x"], [Node(foreign_spec("counted", Counted, "mine.py", None), ["x"], "y")])
    Counted.forwards = 0
    run = execute(bind(graph, {"x": x}), keep="results")
    assert (Counted.forwards, len(run.contributions[0]), run.values[0].shape) == (1, 1, X.shape)


INF = np.inf
NOT_FINITE: list[tuple[str, dict[str, Any], str]] = [
    ("1 / exp(x)", {"x": [1000.0, 1.0]}, "exp (1): the value is not finite"),
    ("where(c, exp(x), 1)", {"c": [0.0, 1.0], "x": [1000.0, 1.0]}, "exp (1): the value is not finite"),
    ("x * y * 0", {"x": [1e300, 1.0], "y": [1e300, 1.0]}, "mul (1): the value is not finite"),
    ("sqrt(x) + y", {"x": [0.0, 4.0], "y": 1}, "sqrt (1): the gradient of 'x' is not finite"),
    ("sqrt(relu(x))", {"x": [-1.0, 4.0]}, "sqrt out: the gradient of '(1)' is not finite"),
    ("1 / x", {"x": [INF, 4.0]}, "the input 'x' is not finite"),
    ("sum(x[2:] * y)", {"x": [1.0, 2.0], "y": [INF]}, "the input 'y' is not finite"),
]


@pytest.mark.parametrize(("formula", "inputs", "message"), NOT_FINITE)
@pytest.mark.parametrize("as_array", [False, True])
@pytest.mark.parametrize("keep", ["all", "results"])
def test_the_first_number_that_is_not_finite_is_told_whatever_is_kept(
    formula: str, inputs: dict[str, Any], message: str, keep: Any, *, as_array: bool
) -> None:
    """Also where the output is finite, and the gradients of the inputs."""
    given = {name: np.array(value) for name, value in inputs.items()} if as_array else inputs
    result = run_formula(formula, given, keep=keep)
    assert result.warnings[0].message == message
    assert result.warnings == run_formula(formula, inputs, keep="all").warnings
    for value in (result.value, *result.values.values()):
        assert not as_array or not any(np.shares_memory(value, x) for x in given.values())


def test_contributions_that_overflow_in_their_sum_are_told_whatever_is_kept() -> None:
    for keep in ("all", "results"):
        warnings = run_formula("x + x", {"x": [1.0, 2.0]}, dout="1e308", keep=keep).warnings
        assert [each.message for each in warnings] == [
            "the gradient of 'x' is not finite: its contributions overflow in sum"
        ]


def test_where_a_zero_is_structural_no_infinite_slope_is_in_the_results() -> None:
    given = {"c": np.array([1.0, 0.0]), "x": np.array([0.0, 4.0])}
    result = run_formula("where(c, x, sqrt(x))", given, keep="results")
    assert (result.gradients["x"].tolist(), result.warnings) == ([1.0, 0.25], ())


def test_results_can_go_to_another_process(fruits: Any) -> None:
    result = bp.run(fruits, inputs=fruit_arrays(3), keep="results")
    there = pickle.loads(pickle.dumps(result))
    assert_array_equal(there.value, result.value)
    with pytest.raises(GraphError, match=r"^the run kept its results alone$"):
        _ = there.steps


def test_what_is_to_be_kept_is_one_of_two_words(fruits: Any) -> None:
    with pytest.raises(ValueError, match=r"^keep must be all or results, not 'nothing'$"):
        bp.run(fruits, keep="nothing")
