"""The check of one layer, on given inputs, samples or generic ones: whatever the class does, it ends in a report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backpropcli.gradcheck import Kind, Verdict, check_layer
from backpropcli.layers.arithmetic import Mul
from backpropcli.layers.catalogue import layer_spec
from backpropcli.layers.spec import LayerSpec


class BookMul:
    """As in the book: no base class, no samples."""

    def forward(self, x: Any, y: Any) -> Any:
        self.x = x
        self.y = y
        return x * y

    def backward(self, dout: Any) -> Any:
        return dout * self.x, dout * self.y


class BookAffine:
    """A layer that takes matrices only."""

    def forward(self, x: Any, w: Any) -> Any:
        self.x = x
        self.w = w
        return np.dot(x, w) if np.ndim(x) == 2 and np.ndim(w) == 2 else np.linalg.inv("no")

    def backward(self, dout: Any) -> Any:
        return np.dot(dout, self.w.T), np.dot(self.x.T, dout)


class Picky:
    """Takes nothing that anyone would think of."""

    def forward(self, x: Any) -> Any:
        raise TypeError(f"{x} is not a word")

    def backward(self, dout: Any) -> Any:
        return dout


class Broken:
    """Fails on the way back."""

    def forward(self, x: Any) -> Any:
        return 2 * x

    def backward(self, dout: Any) -> Any:
        raise KeyError(str(dout > 0))


def spec(cls: Any) -> LayerSpec:
    return LayerSpec(cls.__name__.lower(), cls)


def test_given_inputs_are_taken() -> None:
    report = check_layer(layer_spec("relu"), [[1.0, -2.0]], dout=[3.0, 4.0])
    assert report.is_right
    local = next(f for f in report.findings if f.kind is Kind.LOCAL)
    assert (local.subject, local.found.tolist()) == ("relu, input x", [3, 0])


def test_inputs_may_be_texts_as_on_the_command_line() -> None:
    assert check_layer(layer_spec("leaky_relu"), [["1", "-2"]], {"slope": 0.25}, "3").is_right


def test_the_wrong_number_of_inputs_is_a_problem() -> None:
    report = check_layer(layer_spec("mul"), [1.0])
    assert [p.message for p in report.problems] == ["mul takes the inputs x, y; 1 is given"]


def test_shapes_that_do_not_fit_are_a_problem() -> None:
    report = check_layer(layer_spec("mul"), [[1.0, 2.0], [1.0, 2.0, 3.0]])
    assert [p.message for p in report.problems] == ["mul: x is (2,), y is (3,)"]


def test_a_dout_that_does_not_fit_is_a_problem() -> None:
    report = check_layer(layer_spec("relu"), [[1.0, -2.0]], dout=[3.0, 4.0, 5.0])
    assert [p.message for p in report.problems] == ["dout is (3,), but the output is (2,)"]


def test_samples_are_numbered() -> None:
    subjects = {f.subject for f in check_layer(layer_spec("mul")).findings}
    assert subjects >= {f"mul, sample {number}, input x" for number in range(1, len(Mul.samples) + 1)}


def test_a_class_as_in_the_book_is_tried_on_generic_inputs() -> None:
    """Its two gradients are swapped, and do not have the shapes of inputs that broadcast."""
    report = check_layer(spec(BookMul))
    notes = [f.note or "" for f in report.findings if f.verdict is Verdict.WRONG]
    assert any("swapped" in note for note in notes)
    assert any("but the input is" in note for note in notes)


def test_what_a_class_does_not_take_is_left_out() -> None:
    report = check_layer(spec(BookAffine))
    assert report.is_right
    assert len([f for f in report.findings if f.kind is Kind.CONDUCT]) == 1


def test_a_class_that_takes_nothing_needs_inputs() -> None:
    problem = check_layer(spec(Picky)).problems[0]
    assert problem.message.startswith("picky has no samples, and takes neither generic numbers nor generic arrays")
    assert problem.hint == "give it inputs"


def test_a_class_that_fails_is_a_problem() -> None:
    report = check_layer(spec(Broken), [3.0])
    assert [p.message for p in report.problems] == ["broken: KeyError: 'True'"]


def test_an_empty_array_is_right() -> None:
    assert check_layer(layer_spec("relu"), [[]]).is_right


@pytest.mark.parametrize("x", [float("nan"), float("inf"), [1.0, float("nan")]])
def test_what_is_not_finite_is_unchecked(x: Any) -> None:
    report = check_layer(layer_spec("sigmoid"), [x])
    assert report.problems == ()
    assert Verdict.UNCHECKED in {f.verdict for f in report.findings}
    assert Verdict.WRONG not in {f.verdict for f in report.findings}
