"""Programs of whole graphs: as small as their operations, and refused where none can be recorded."""

from __future__ import annotations

import numpy as np
import pytest

from backpropcli.binding import bind
from backpropcli.domains import domain, namespace
from backpropcli.domains.traced import Tape
from backpropcli.errors import DomainError
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.program.numpy import numpy_code
from backpropcli.trace import record, trace


def chain(layer, count):
    nodes = [Node(layer, [f"x{i}"], f"x{i + 1}") for i in range(count)]
    return Graph(["x0"], nodes)


def execute_code(program):
    code = {}
    exec(numpy_code(program), code)
    return code["run"]


def test_eight_sigmoids_are_a_few_hundred_operations():
    program = trace(bind(chain("sigmoid", 8), {"x0": 0.5}))
    assert 50 < len(program.operations) < 300
    assert len(numpy_code(program)) < 8_000
    x, slope = 0.25, 1.0
    for _ in range(8):
        x = 1 / (1 + np.exp(-x))
        slope *= x * (1 - x)
    found = execute_code(program)(0.25)
    assert found["value"] == pytest.approx(x, rel=1e-15)
    assert found["d_x0"] == pytest.approx(slope, rel=1e-14)


def test_the_same_operation_is_recorded_once():
    nodes = [Node("exp", ["x"], "a"), Node("exp", ["x"], "b"), Node("mul", ["a", "b"], "c")]
    program = trace(bind(Graph(["x"], nodes), {"x": 0.5}), wanted=[])
    assert [operation.name for operation in program.operations.values()] == ["input", "exp", "mul"]


def test_operations_on_constants_are_computed_at_once():
    tape = Tape(domain("floats"))
    two, three = tape.constants(["2", "3"], [])
    assert tape.numbers(tape.exp(two) * three) == np.exp(2.0) * 3
    assert {operation.name for operation in tape.operations} == {"constant"}


def test_what_no_result_needs_is_left_out():
    nodes = [Node("exp", ["x"], "unused"), Node("neg", ["x"], "y")]
    program = trace(bind(Graph(["x"], nodes), {"x": 0.5}), wanted=[])
    assert [operation.name for operation in program.operations.values()] == ["input", "neg"]


def test_too_many_operations_are_refused():
    with pytest.raises(DomainError, match=r"the run takes more than 200,000 operations"):
        trace(bind(chain("sigmoid", 20_000), {"x0": 0.5}))


def test_a_traced_number_decides_nothing_in_python():
    x = Tape(domain("floats")).input("x", (), 1.0)
    for refused in (bool, float):
        with pytest.raises(DomainError, match="traced numbers"):
            refused(x > 0)
    with pytest.raises(TypeError, match="unhashable"):
        hash(x)
    with pytest.raises(TypeError, match="equal"):
        x == 1.0  # noqa: B015 - it raises


def test_two_tapes_do_not_mix():
    one, two = (Tape(domain("floats")).input("x", (), 1.0) for _ in range(2))
    with pytest.raises(DomainError, match="cannot be mixed"):
        namespace(one, two)
    with pytest.raises(DomainError, match="cannot be mixed"):
        one + two


@pytest.mark.parametrize("name", ["np", "math", "v1", "run", "float", "größe"])
def test_inputs_may_have_any_name(name):
    program = trace(bind(Graph([name], [Node("square", [name], "y")]), {name: 3.0}))
    assert execute_code(program)(5.0) == {"value": 25.0, f"d_{name}": 10.0}


def test_fixed_labels_keep_their_numbers():
    graph = Graph(["x", "labels"], [Node("cross_entropy", ["x", "labels"], "loss")])
    program = trace(bind(graph, {"x": [[1.0, 2.0], [3.0, 4.0]], "labels": [0, 1]}))
    assert program.fixed == {"labels": [(0,), (1,)]}
    run = execute_code(program)
    x = [[0.5, -1.0], [2.0, 0.0]]
    assert run(x, [1, 1])["value"] == run(x, [0, 1])["value"]
    assert set(run(x, [0, 1])) == {"value", "d_x"}


@pytest.mark.parametrize(
    ("layer", "point"),
    [
        ("div", (-5e-324, 1.112716674195032e-05)),
        ("pow", (-0.5, -2.911474476223226e192)),
        ("silu", (-745.2,)),
        ("exp2", (1024.358983602636,)),
        ("atan2", (1.0, 1.7976931348623157e308)),
    ],
)
def test_a_program_that_reaches_the_limits_has_all_digits_there(layer, point):
    """As the layer itself, where parts of a product leave the range."""
    names = ["x", "y"][: len(point)]
    graph = Graph(names, [Node(layer, names, "out")])
    recorded = record(bind(graph, dict.fromkeys(names, 0.5)), reaches_limits=True)
    results = {f"d_{name}": recorded.run.gradient(slot) for slot, name in enumerate(names)}
    found = execute_code(recorded.program(results))(*point)
    run = execute(bind(graph, dict(zip(names, point, strict=True))))
    for slot, name in enumerate(names):
        assert found[f"d_{name}"] == pytest.approx(run.gradient(slot), rel=1e-15, nan_ok=True)


def test_a_product_with_one_is_the_other_factor():
    tape = Tape(domain("floats"))
    x = tape.input("x", (), 3.0)
    assert [(found * 1.0).slot for found in (x, 1.0 * x, x / 1.0)] == [x.slot] * 3
