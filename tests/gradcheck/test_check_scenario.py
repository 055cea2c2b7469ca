"""The check of a scenario looks at every number, finds the layer at fault, and says what it could not look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faults
import numpy as np
import pytest
from faults import FAULTS

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.spec import LayerSpec
from backpropcli.errors import Place
from backpropcli.gradcheck import Finding, Kind, Report, Verdict, check_scenario, graph_gradients
from backpropcli.graph import Graph, Node
from backpropcli.layers.detachment import Detach
from backpropcli.scenario import parse_scenario


def check(text: str, **options: Any) -> Report:
    return check_scenario(parse_scenario(text, "s.yaml", Path()), **options)


def of_kind(report: Report, kind: Kind) -> list[Finding]:
    return [finding for finding in report.findings if finding.kind is kind]


def _faulty(name: str, fault: str) -> LayerSpec:
    return foreign_spec(name, FAULTS[fault].cls, "faults.py", faults.__file__)


def with_fault(text: str, fault: str, output: str) -> Report:
    """The check of a scenario in which one node's layer has a fault."""
    scenario = parse_scenario(text, "s.yaml", Path())
    nodes = [
        Node(_faulty(node.spec.name, fault), node.inputs, node.output, origin=node.origin)
        if node.output == output
        else node
        for node in scenario.graph.nodes
    ]
    return check_scenario(scenario._replace(graph=Graph(tuple(scenario.inputs), nodes, scenario.graph.output)))


FRUITS = "inputs: {apple: 100, num: 2, tax: 1.1}\nlayers: [cost = apple * num, price = cost * tax]\n"


def test_everything_is_looked_at() -> None:
    """Two answers, three gradients, and of both layers the conduct and both inputs."""
    report = check(FRUITS + "expect: {values: {price: 220}, gradients: {tax: 200}}")
    assert report.is_right
    assert [len(of_kind(report, kind)) for kind in Kind] == [1, 1, 3, 0, 4, 2, 0]
    assert [f.subject for f in of_kind(report, Kind.LOCAL)] == [
        "mul cost, input x",
        "mul cost, input y",
        "mul price, input x",
        "mul price, input y",
    ]


def test_a_node_stands_in_the_file() -> None:
    finding = of_kind(check(FRUITS), Kind.LOCAL)[1]
    assert finding.place == Place("s.yaml", 2, 25, 3, "layers: [cost = apple * num, price = cost * tax]")


def test_the_wrong_node_is_found_not_only_the_wrong_end_result() -> None:
    report = with_fault(FRUITS, "mul: swapped", "cost")
    assert {f.subject for f in report.findings if f.verdict is Verdict.WRONG} == {
        "apple",
        "num",
        "mul cost, input x",
        "mul cost, input y",
    }
    assert of_kind(report, Kind.GRADIENT)[0].note == "the mistake is in mul cost, input x; mul cost, input y"


def test_a_small_wrong_number_beside_a_large_right_one_is_wrong() -> None:
    text = "inputs: {x: [-1, 2], w: [1, 1e9]}\nlayers:\n  - {type: relu, inputs: [x], output: r}\n  - y = sum(r * w)\n"
    report = with_fault(text, "relu: everywhere", "r")
    assert {f.subject for f in report.findings if f.verdict is Verdict.WRONG} == {"x", "relu r, input x"}


def test_a_layer_that_spoils_dout_for_another_is_found() -> None:
    """Add hands one array to both of its inputs, and the slides' Relu writes zeros into it."""
    text = "inputs: {x: [-1, 2], y: [3, 4]}\nlayers:\n  - {type: relu, inputs: [x], output: r}\n  - z = y + r\n"
    report = with_fault(text, "relu: dout in place", "r")
    wrong = [f for f in report.findings if f.verdict is Verdict.WRONG]
    assert "relu r" in {f.subject for f in wrong}
    assert any("changes dout in place" in (f.note or "") for f in wrong)


def test_a_layer_that_spoils_its_input_does_not_hide_it() -> None:
    """The numbers of the check are its own."""
    text = "inputs: {x: [-1, 2]}\nlayers:\n  - {type: relu, inputs: [x], output: r}\n  - z = r + x\n"
    report = with_fault(text, "relu: input in place", "r")
    assert [f.subject for f in report.findings if f.verdict is Verdict.WRONG] == ["relu r"]


def test_a_layer_that_returns_too_few_gradients_is_wrong_and_no_problem() -> None:
    """The run fails with it, which is not told again."""
    report = with_fault(FRUITS, "mul: too few", "cost")
    assert report.problems == ()
    conduct = of_kind(report, Kind.CONDUCT)
    assert [f.verdict for f in conduct] == [Verdict.WRONG, Verdict.RIGHT]
    assert conduct[0].note == "backward returned 1 gradient for 2 inputs; return dx, dy"
    assert conduct[0].place is not None
    assert conduct[0].place.source == faults.__file__


def test_a_layer_that_fails_forward_is_a_problem() -> None:
    report = check("inputs: {x: [1, 2], y: [1, 2, 3]}\nlayers: [z = x * y]")
    assert [p.message for p in report.problems] == ["mul z: shapes do not fit: x is (2,), y is (3,)"]
    assert report.findings == ()


def test_a_kink_is_told_with_both_slopes_and_the_convention() -> None:
    report = check("inputs: {x: 0, w: 3}\nlayers: [z = relu(x) * w]")
    local = of_kind(report, Kind.LOCAL)[0]
    assert local.verdict is Verdict.KINK
    assert "the gradient is 0 on the left and" in (local.note or "")
    assert "convention: at x = 0 the slope is 0 (x <= 0 is off), as in the book" in (local.note or "")
    assert of_kind(report, Kind.GRADIENT)[0].verdict is Verdict.KINK
    assert report.is_right


def test_what_a_condition_compares_needs_no_gradient() -> None:
    """Neither t, which is only compared, nor the constants; x has that of the value that is taken."""
    report = check("inputs: {x: [-1, 0.5, 2], t: 0.5}\nlayers:\n  - y = where(x > t, pi * x ** 2, -x[0])\n")
    assert report.is_right
    assert [finding.subject for finding in of_kind(report, Kind.GRADIENT)] == ["x"]


def test_the_jump_of_a_condition_is_a_kink() -> None:
    report = check("inputs: {x: 0}\nlayers:\n  - y = where(x > 0, x, 0)\n")
    (finding,) = of_kind(report, Kind.GRADIENT)
    assert finding.verdict is Verdict.KINK


def test_kinks_that_cancel_are_kinks_still() -> None:
    """relu(x) - relu(-x) is x, whose slope is 1; by the conventions at 0 it is 0."""
    finding = of_kind(check("inputs: {x: 0}\nlayers: [z = relu(x) - relu(-x)]"), Kind.GRADIENT)[0]
    assert (finding.verdict, finding.found) == (Verdict.KINK, 0)
    assert "there is a kink on the path" in (finding.note or "")


def test_where_there_is_no_number_nothing_is_said() -> None:
    """The slope of the square root at 0 is infinite."""
    finding = of_kind(check("inputs: {x: 0}\nlayers: [z = sqrt(x)]"), Kind.GRADIENT)[0]
    assert (finding.verdict, finding.note) == (Verdict.UNCHECKED, "the value is not finite on the left")


@pytest.mark.parametrize("precise", [False, True])
def test_numbers_are_checked_with_and_without_50_digits(precise) -> None:
    report = check("inputs: {x: 0.3}\nlayers: [y = sigmoid(x) * x]", precise=precise)
    assert report.is_right
    uncertainty = max(f.uncertainty or 0 for f in report.findings)
    assert uncertainty < 1e-25 if precise else 1e-20 < uncertainty < 1e-9


def test_float32_is_judged_by_its_own_digits() -> None:
    text = "inputs: {x: [0.1, -0.2]}\ndtype: float32\nlayers: [y = sum(tanh(x) ** 2)]"
    report = check(text)
    assert report.is_right
    assert of_kind(report, Kind.GRADIENT)[0].found.dtype == np.float32


@pytest.mark.parametrize(("x", "formula"), [("-1e39", "asinh(x)"), ("[5e-324]", "(x / x)[0]")])
def test_what_float32_cannot_hold_is_judged_as_what_it_is_there(x: str, formula: str) -> None:
    """Infinity, or 0."""
    report = check(f"inputs: {{x: {x}}}\ndtype: float32\nlayers: ['y = {formula}']")
    assert of_kind(report, Kind.GRADIENT)[0].verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(
    ("layer", "numbers"), [("tanh", np.linspace(-2, 2, 10_000)), ("log", np.logspace(-8, 0, 10_000))]
)
def test_a_large_array_is_sampled_and_the_report_says_so(tmp_path: Path, layer: str, numbers: Any) -> None:
    np.save(tmp_path / "x.npy", numbers.reshape(100, 100))
    scenario = parse_scenario(f"inputs: {{x: {{file: x.npy}}}}\nlayers: [y = mean({layer}(x))]", "s.yaml", tmp_path)
    report = check_scenario(scenario)
    assert report.is_right
    gradient = of_kind(report, Kind.GRADIENT)[0]
    assert gradient.verdict is Verdict.RIGHT
    assert gradient.note == "20 of 10,000 numbers and 2 directions were tried"


def test_a_long_chain_does_not_recurse() -> None:
    report = check(f"inputs: {{x: 0.5}}\nlayers: [{'neg, ' * 1500}]", precise=False)
    assert report.is_right


def test_gradients_for_which_a_large_graph_leaves_no_time_are_told_in_one_line(monkeypatch) -> None:
    """The first are checked, and every layer by itself."""
    monkeypatch.setattr(graph_gradients, "MOST_WORK", 100)
    count = 21
    inputs = ", ".join(f"x{i}: 1" for i in range(count))
    steps = "".join(f", s{i} = s{i - 1} + x{i}" for i in range(2, count))
    report = check(f"inputs: {{{inputs}}}\nlayers: [s1 = x0 + x1{steps}]", precise=False)
    assert report.is_right
    assert [f.subject for f in of_kind(report, Kind.GRADIENT)] == ["x0", "x1", "x2", "x3", "x4"]
    assert report.notes == (
        "gradients of x5 and 15 more: skipped because the graph is large; every layer is checked on its own",
    )
    assert len(of_kind(report, Kind.LOCAL)) == 2 * (count - 1)


def test_ill_conditioned_graphs_are_right_with_a_note() -> None:
    """The float gradient of (x + 1e8) ** 2 - x ** 2 - 1e16 loses digits; the layers are right all the same."""
    report = check("inputs: {x: 0.1}\nlayers: [z = sin((x + 1e8) - 1e8)]")
    gradient = of_kind(report, Kind.GRADIENT)[0]
    assert gradient.verdict is Verdict.RIGHT
    assert gradient.note == "rounding errors grow in this graph: fewer than 12 digits are right"


def test_a_gradient_of_nan_is_wrong_where_the_derivative_is_finite() -> None:
    """The softplus of -1 / 0 is 0 wherever the 1 goes; the gradient is nan all the same. The infinity is told."""
    finding = of_kind(
        check("inputs: {x: 0, y: 2}\nlayers: [q = y / x, z = softplus(-abs(q))]\ngradients: [y]"), Kind.GRADIENT
    )[0]
    assert (finding.verdict, finding.note) == (Verdict.WRONG, "the value of div q, on the path, is not finite")


def test_a_gradient_that_overflows_on_the_way_is_wrong_and_in_float32_unchecked() -> None:
    """Where the numbers of float32 end need not be the layers' fault."""
    found = of_kind(check("inputs: {x: 1}\nlayers: [y = x * 1e-300 * 1e200]\ndout: 1e200"), Kind.GRADIENT)[0]
    assert (found.verdict, found.note) == (Verdict.WRONG, "every layer on the path is right on its own")
    text = "inputs: {x: 1}\nlayers: [y = x * 1e-30 * 1e20]\ndout: 1e20\ndtype: float32"
    assert of_kind(check(text), Kind.GRADIENT)[0].verdict is Verdict.UNCHECKED


CANCELLING = ["0.3, y = x / (x + x + x)", "0.7, y = log(3 * x) - log(x)", "7.7, y = sqrt(x * x) - x"]
UNSEEN = ["100, y = 1 - sigmoid(x)", "1.5, y = (x + 1e60) - 1e60", "[1, 2], y = 1 - sigmoid(100 * x)"]


def _of_x(case: str) -> str:
    value, formula = case.rsplit(", ", 1)
    return f"inputs: {{x: {value}}}\nlayers:\n  - {formula}\n"


@pytest.mark.parametrize("precise", [False, True])
@pytest.mark.parametrize("case", CANCELLING)
def test_terms_that_cancel_leave_rounding_errors_of_their_own_size(case: str, precise: bool) -> None:
    """The derivative is 0, which the gradient misses by one rounding or two."""
    assert check(_of_x(case), precise=precise).is_right


@pytest.mark.parametrize("case", UNSEEN)
def test_what_float64_cannot_see_is_unchecked_and_with_more_digits_right(case: str) -> None:
    assert check(_of_x(case), precise=True).is_right
    report = check(_of_x(case), precise=False)
    assert {f.verdict for f in report.findings} == {Verdict.RIGHT, Verdict.UNCHECKED}
    assert not report.is_right


@pytest.mark.parametrize("precise", [False, True])
def test_waves_are_seen_at_any_size_of_the_steps(precise: bool) -> None:
    assert check(_of_x("0.3, y = sin(1608.5 * x)"), precise=precise).is_right
    assert check(_of_x("1e12, y = cos(x)"), precise=precise).is_right


def test_an_unused_infinity_is_unchecked() -> None:
    report = check("inputs: {w: 1, d: 0, x: 2}\nlayers: [a = w / d, y = x * 2]\noutput: y")
    unchecked = [f for f in report.findings if f.verdict is Verdict.UNCHECKED]
    assert {f.subject for f in unchecked} == {"div a, input x", "div a, input y"}
    assert not report.is_right
    assert not report.is_wrong


@pytest.mark.parametrize("formula", ["x * detach(x)", "sum(detach(a) * a)", "sin(detach(x * x)) * x + x"])
def test_a_detached_value_counts_as_a_constant(formula: str) -> None:
    """The derivative that the gradient is held against does not look behind it either."""
    report = check(f"inputs: {{x: 3, a: [1, -2]}}\nlayers: [y = {formula}]")
    assert report.is_right
    assert [finding.verdict for finding in of_kind(report, Kind.GRADIENT)].count(Verdict.RIGHT) == 2


def test_a_gradient_through_a_detached_value_would_be_wrong() -> None:
    class Leaky(Detach):
        constant_inputs: frozenset[str] = frozenset()

        def backward(self, dout: Any) -> Any:
            return dout

    spec = LayerSpec("detach", Leaky)
    nodes = [Node(spec, ["x"], "d", origin=None), Node("mul", ["x", "d"], "y", origin=None)]
    report = check_scenario(
        parse_scenario("inputs: {x: 3}\nlayers: [y = x * x]", "s.yaml", Path())._replace(
            graph=Graph(("x",), nodes, "y")
        )
    )
    assert {finding.verdict for finding in of_kind(report, Kind.GRADIENT)} == {Verdict.WRONG}
