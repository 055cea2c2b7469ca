"""A mistake is named where its numbers are those that the mistake gives, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from faults import changed
from named_faults import NAMED, Named
from unnamed_faults import NOT_NAMED

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains import domain
from backpropcli.gradcheck import Finding, Verdict, check_layer
from backpropcli.gradcheck.diagnose import diagnose
from backpropcli.gradcheck.evidence import Evidence
from backpropcli.gradcheck.isolated_layer import IsolatedLayer
from backpropcli.gradcheck.layer_gradients import MOST_DIAGNOSED, Standards, check_node
from backpropcli.gradcheck.trial import Trial
from backpropcli.graph import Node
from backpropcli.layers.arithmetic import Add
from backpropcli.layers.softmax import Softmax as SoftmaxLayer


def notes(fault: Named, dout: object = None) -> list[str]:
    """What is said of a fault."""
    report = check_layer(foreign_spec("faulty", fault.cls, "faults.py", None), fault.inputs, dout=dout)
    assert report.problems == ()
    found = [finding.note or "" for finding in report.findings if finding.verdict is Verdict.WRONG]
    assert found
    return found


@pytest.mark.parametrize(
    ("layer", "size", "of_gradient", "is_tried"),
    [("tanh", 3, 3, True), ("tanh", 3, 2, False), ("tanh", 5_000, 5_000, False), ("sum", 5_000, 5_000, False)],
    ids=str,
)
def test_a_layer_is_tried_again_where_it_is_small_and_its_gradient_has_the_shape(
    layer: str, size: int, of_gradient: int, is_tried: bool
) -> None:
    numbers = domain("arrays")
    isolated = IsolatedLayer(Node(layer_spec(layer), ["x"], "out"), [np.linspace(-1, 1, size)], numbers)
    trial = Trial(isolated, 0, np.ones(size))
    evidence = Evidence("x", np.ones(of_gradient), np.ones(size), numbers, trial=trial)
    assert (evidence.small_trial is trial) == is_tried


@pytest.mark.parametrize("fault", NAMED.values(), ids=list(NAMED))
def test_a_mistake_is_named(fault: Named) -> None:
    assert any(fault.says in note for note in notes(fault)), notes(fault)


@pytest.mark.parametrize("fault", NOT_NAMED.values(), ids=list(NOT_NAMED))
def test_what_does_not_fit_is_not_said(fault: Named) -> None:
    assert not any(fault.says in note for note in notes(fault)), notes(fault)


def test_there_are_mistakes_enough() -> None:
    assert len(NAMED) >= 30
    assert len(NOT_NAMED) >= 15


@pytest.mark.parametrize("name", NAMED)
def test_with_a_dout_of_ones_dout_is_never_ignored(name: str) -> None:
    fault = NAMED[name]
    out = np.asarray(fault.cls().forward(*(np.array(x) for x in fault.inputs)))
    report = check_layer(
        foreign_spec("faulty", fault.cls, "faults.py", None), fault.inputs, dout=np.ones_like(out).tolist()
    )
    assert not any("dout is ignored" in (finding.note or "") for finding in report.findings)


def test_a_slip_in_the_last_digit_is_no_mistake_with_a_name() -> None:
    """Whatever the right gradient fits as well, as a dout of ones or a transpose, explains nothing."""
    arrays = domain("arrays")
    right = arrays.convert([[1.0, 2.0], [2.0, 3.0]])
    evidence = Evidence("x", right + 1e-4, right, arrays, for_ones=lambda: right, tolerance=1e-3)
    assert diagnose(evidence) is None


def test_in_a_large_graph_the_first_mistakes_of_a_layer_are_named() -> None:
    """To name one takes longer than to find it; all of them are found."""
    fault = NAMED["tanh: of the input"]
    node = Node(foreign_spec("own", fault.cls, "mine.py", None), ["x"], "y")
    arrays, standards = domain("arrays"), Standards()
    isolated = IsolatedLayer(node, [arrays.convert(fault.inputs[0])], arrays)
    found = [item for _ in range(MOST_DIAGNOSED + 5) for item in check_node(isolated, "own", standards)]
    wrong = [item for item in found if isinstance(item, Finding) and item.verdict is Verdict.WRONG]
    assert len(wrong) == MOST_DIAGNOSED + 5
    assert sum(fault.says in (finding.note or "") for finding in wrong) == MOST_DIAGNOSED


def test_numbers_that_overflow_in_a_test_say_nothing() -> None:
    """As e to the power of 800, which Python's floats refuse."""
    report = check_layer(foreign_spec("own", changed(Add, lambda _, d: (d + 0.1, d)), "mine.py", None), [800.0, 5.0])
    (wrong,) = [finding for finding in report.findings if finding.verdict is Verdict.WRONG]
    assert (wrong.note or "").startswith("tried with")


def test_a_gradient_of_nothing_is_not_taken_for_what_happens_to_be_nothing() -> None:
    """A softmax passes nothing of an even dout on, so that a zero is not a dout of ones."""
    lost = changed(SoftmaxLayer, lambda s, d: SoftmaxLayer.backward(s, d) * (s.out != s.out.max()))
    report = check_layer(foreign_spec("own", lost, "mine.py", None), [[0.5, 1.5, -1.0]])
    assert not any("dout is ignored" in (finding.note or "") for finding in report.findings)


def test_labels_that_are_not_subtracted_are_named() -> None:
    """`p` for `p - y`, of a loss."""
    report = check_layer(foreign_spec("own", Logistic, "mine.py", None), [[0.5, -1.5, 2.0], [1.0, 0.0, 1.0]], dout=2.0)
    assert any("t is not subtracted: it is p where p - t is needed" in (f.note or "") for f in report.findings)


class Logistic:
    """The cross-entropy of logits, whose gradient forgets the labels."""

    def forward(self, x: Any, t: Any) -> Any:
        self.p = 1 / (1 + np.exp(-x))
        self.x = x
        return np.sum(np.log1p(np.exp(x)) - t * x)

    def backward(self, dout: Any) -> Any:
        return dout * self.p, -dout * self.x
