"""A point at which a mistake cannot show is not enough: a neighbour is tried, and the verdict says where it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import Report, Verdict, check_layer, check_scenario
from backpropcli.graph import Graph, Node
from backpropcli.scenario import parse_scenario


class Swapped:
    """Each input's gradient is the other's."""

    def forward(self, x: Any, y: Any) -> Any:
        self.x, self.y = x, y
        return x * y

    def backward(self, dout: Any) -> Any:
        return dout * self.x, dout * self.y


class Product(Swapped):
    """A right one."""

    def backward(self, dout: Any) -> Any:
        return dout * self.y, dout * self.x


class ByTheMean(Product):
    """Right where all numbers of y are the same."""

    def backward(self, dout: Any) -> Any:
        return dout * np.mean(self.y), dout * self.x


class Square:
    """Its slope is twice x; this one's is x, or its square."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return x * x

    def backward(self, dout: Any) -> Any:
        return dout * self.x


class SquareTwice(Square):
    """Right at 0 and at 2."""

    def backward(self, dout: Any) -> Any:
        return dout * self.x * self.x


class Log:
    """Cannot be moved below 0."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.log(1 - x)

    def backward(self, dout: Any) -> Any:
        return -dout


class Uniform:
    """As if every share were the same."""

    def forward(self, x: Any) -> Any:
        e = np.exp(x - np.max(x))
        self.y = e / e.sum()
        return self.y

    def backward(self, dout: Any) -> Any:
        return self.y * (dout - dout.mean())


class SoftmaxLoss:
    """Right for labels that add up to 1, as labels do."""

    def forward(self, x: Any, t: Any) -> Any:
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        self.y, self.t = e / e.sum(axis=-1, keepdims=True), t
        return -np.sum(t * np.log(self.y))

    def backward(self, dout: Any) -> Any:
        return dout * (self.y - self.t), -dout * np.log(self.y)


class Relu:
    """By convention, off at 0."""

    def forward(self, x: Any) -> Any:
        self.mask = x <= 0
        return np.where(self.mask, 0, x)

    def backward(self, dout: Any) -> Any:
        return np.where(self.mask, 0, dout)


class Loss:
    """Nothing follows it, so backward needs no dout."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.sum(x * x)

    def backward(self, _dout: Any = 1) -> Any:
        return 2 * self.x


def checked(cls: Any, *inputs: Any, dout: Any = None) -> Report:
    return check_layer(foreign_spec(cls.__name__.lower(), cls, "mine.py", None), inputs, dout=dout)


@pytest.mark.parametrize(
    ("cls", "inputs"),
    [
        (Swapped, (2.0, 2.0)),
        (Swapped, (0.75, 0.75)),
        (Swapped, ([0.5, -1.5], [0.5, -1.5])),
        (ByTheMean, ([0.5, -1.5], [3.0, 3.0])),
        (Square, (0.0,)),
        (SquareTwice, (2.0,)),
        (SquareTwice, ([0.0, 2.0],)),
        (Log, (0.0,)),
        (Uniform, ([7.0, 7.0, 7.0],)),
    ],
)
def test_a_mistake_that_the_point_hides_shows_beside_it(cls: Any, inputs: Any) -> None:
    wrong = [f for f in checked(cls, *inputs).findings if f.verdict is Verdict.WRONG]
    assert wrong
    assert all("nearby" in f.subject for f in wrong)


def test_the_verdict_says_where_it_shows_and_where_not() -> None:
    wrong = next(f for f in checked(Square, 0.0).findings if f.verdict is Verdict.WRONG)
    assert wrong.note is not None
    assert "tried with x = 0." in wrong.note
    assert wrong.note.endswith("it does not show at x = 0")


def test_a_dout_that_is_given_does_not_hide_it() -> None:
    assert checked(Square, 0.0, dout=0.0).is_wrong


@pytest.mark.parametrize(
    ("cls", "inputs"),
    [
        (Product, (2.0, 2.0)),
        (Product, (0.0, 1.0)),
        (Product, ([1.0, 1.0], [1.0, 1.0])),
        (SoftmaxLoss, ([[0.5, -1.0, 2.0]], [[0.0, 1.0, 0.0]])),
        (SoftmaxLoss, ([[0.0, 0.0, 0.0]], [[0.25, 0.5, 0.25]])),
        (Relu, (0.0,)),
        (Relu, ([0.0, 1.0, -1.0],)),
        (Loss, ([1.0, 2.0],)),
    ],
)
def test_a_right_layer_stays_right(cls: Any, inputs: Any) -> None:
    assert not checked(cls, *inputs).is_wrong


def test_nothing_is_said_of_what_is_right() -> None:
    assert {finding.note for finding in checked(Product, 0.5, 0.75).findings} == {None}


def test_a_point_in_general_position_has_no_neighbour() -> None:
    assert all("nearby" not in f.subject for f in checked(Swapped, 0.5, 0.75).findings)


def test_a_node_of_a_scenario_is_tried_beside_its_point_too() -> None:
    """Once for a class on the same shapes."""
    scenario = parse_scenario("inputs: {a: 2, b: 2}\nlayers: [p = a * b, q = p * p]", "s.yaml", Path())
    spec = foreign_spec("swapped", Swapped, "mine.py", None)
    graph = Graph(["a", "b"], [Node(spec, ["a", "b"], "p"), Node(spec, ["p", "p"], "q")])
    report = check_scenario(scenario._replace(graph=graph))
    wrong = {finding.subject for finding in report.findings if finding.verdict is Verdict.WRONG}
    assert wrong >= {"swapped p nearby, input x", "swapped p nearby, input y"}
    assert not any("q nearby" in subject for subject in wrong)


class Larger:
    """Where the two are equal, x has the gradient."""

    def forward(self, x: Any, y: Any) -> Any:
        self.is_x = x >= y
        self.is_tie = x == y
        return np.maximum(x, y)

    def backward(self, dout: Any) -> Any:
        return dout * self.is_x, dout * ~self.is_x


class LargerShared(Larger):
    """Each has half of it."""

    def backward(self, dout: Any) -> Any:
        share = np.where(self.is_tie, 0.5, self.is_x)
        return dout * share, dout * (1 - share)


class LargerBoth(Larger):
    """Both have all of it."""

    def backward(self, dout: Any) -> Any:
        return dout * self.is_x, dout * (~self.is_x | self.is_tie)


@pytest.mark.parametrize(("cls", "is_wrong"), [(Larger, False), (LargerShared, False), (LargerBoth, True)])
@pytest.mark.parametrize("inputs", [(), (0.75, 0.75), ([0.75, 2.5], [0.75, -1.25])])
def test_gradients_at_a_tie_of_two_inputs_add_up(cls: Any, is_wrong: bool, inputs: Any) -> None:
    spec = foreign_spec("larger", cls, "mine.py", None)
    assert check_layer(spec, inputs or None).is_wrong is is_wrong
