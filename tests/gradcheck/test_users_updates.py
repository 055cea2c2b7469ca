"""A backward that updates the weights itself, by a learning rate: the step tells what it takes their gradients for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from users_layers import graded, wrong

from backpropcli.catalogue.own_layers import load_layers


class Dense:
    """A layer that learns in backward; `step` is what it subtracts."""

    def __init__(self, n_in: int, n_out: int) -> None:
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any, learning_rate: Any) -> Any:
        dx = dout @ self.W.T
        self.W -= learning_rate * self.step_of_w(dout)
        self.b -= learning_rate * self.step_of_b(dout)
        return dx

    def step_of_w(self, dout: Any) -> Any:
        return self.x.T @ dout

    def step_of_b(self, dout: Any) -> Any:
        return dout.sum(axis=0)


class ByDefault(Dense):
    """The learning rate has a default."""

    def backward(self, dout: Any, learning_rate: float = 0.01) -> Any:
        return super().backward(dout, learning_rate)


class OnObject(Dense):
    """The learning rate is on the object, with momentum, and the weights become other arrays."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__(n_in, n_out)
        self.lr, self.velocity = 0.1, 0.0

    def backward(self, dout: Any) -> Any:  # type: ignore[override]  # its rate is on the object
        dx = dout @ self.W.T
        self.velocity = 0.9 * self.velocity + self.lr * self.step_of_w(dout)
        self.W = self.W - self.velocity
        self.b = self.b - self.lr * self.step_of_b(dout)
        return dx


LAYERS = [Dense, ByDefault, OnObject]


@pytest.mark.parametrize("cls", LAYERS)
def test_what_is_subtracted_is_checked_as_the_gradient(cls: Any) -> None:
    report = graded(cls)
    assert report.is_right
    assert not report.notes
    assert {finding.subject.split()[-1] for finding in report.findings if "input" in finding.subject} == {"x", "W", "b"}


@pytest.mark.parametrize("cls", LAYERS)
def test_a_wrong_step_is_wrong_and_told_where_it_is_from(cls: Any) -> None:
    class Ascends(cls):  # type: ignore[misc]  # the base is a parameter
        def step_of_w(self, dout: Any) -> Any:
            return -super().step_of_w(dout)

    report = graded(Ascends)
    assert wrong(report) == ["W"]
    (note,) = [finding.note for finding in report.findings if finding.subject.endswith("input W")]
    assert note is not None
    assert note.startswith("the sign is wrong; found is what backward subtracts from it at a learning rate of 1; tried")


@pytest.mark.parametrize("cls", LAYERS)
def test_a_step_by_the_mean_over_the_examples_is_right_with_a_note(cls: Any) -> None:
    class ByMean(cls):  # type: ignore[misc]  # the base is a parameter
        def step_of_w(self, dout: Any) -> Any:
            return super().step_of_w(dout) / len(dout)

        def step_of_b(self, dout: Any) -> Any:
            return dout.mean(axis=0)

    report = graded(ByMean)
    assert report.is_right
    assert report.notes == (
        "right as updates by the mean over the examples: backward divides what it subtracts by their number",
    )

    class OfOneWeight(ByMean):
        def step_of_b(self, dout: Any) -> Any:
            return dout.sum(axis=0)

    assert wrong(graded(OfOneWeight)) == ["W"]


def test_weights_that_are_updated_before_they_are_used_are_told() -> None:
    class UpdatesFirst(Dense):
        def backward(self, dout: Any, learning_rate: Any) -> Any:
            super().backward(dout, learning_rate)
            return dout @ self.W.T

    (found,) = [finding for finding in graded(UpdatesFirst).findings if finding.note]
    assert found.note == "backward updates the weights before it computes the gradient of the input with them"


def test_a_step_that_is_no_gradient_is_not_taken_for_one() -> None:
    class Decays(Dense):
        def step_of_w(self, dout: Any) -> Any:
            return super().step_of_w(dout) + 0.01 * self.W

    report = graded(Decays)
    assert report.is_right
    assert not any(finding.subject.endswith("input W") for finding in report.findings)


class Signs:
    """An optimizer whose steps do not tell the gradient."""

    def update(self, weight: Any, gradient: Any) -> Any:
        return weight - 0.01 * np.sign(gradient)


class Optimized(Dense):
    """A layer with an optimizer."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__(n_in, n_out)
        self.optimizer = Signs()

    def backward(self, dout: Any) -> Any:  # type: ignore[override]  # its rate is on the object
        dx = dout @ self.W.T
        self.W = self.optimizer.update(self.W, self.step_of_w(dout))
        return dx


def test_an_optimizer_of_its_own_is_no_state_left_over() -> None:
    report = graded(Optimized)
    assert report.is_right
    assert report.notes == ("right, but backward updates the weights, so that a second one finds others",)


def test_a_gradient_that_an_optimizer_is_given_is_checked_where_it_is_kept() -> None:
    class Kept(Optimized):
        def step_of_w(self, dout: Any) -> Any:
            self.dW = super().step_of_w(dout)
            return self.dW

    class Twice(Kept):
        def step_of_w(self, dout: Any) -> Any:
            self.dW = 2 * super().step_of_w(dout)
            return self.dW

    report = graded(Kept)
    assert report.is_right
    assert any(finding.subject.endswith("input W") for finding in report.findings)
    assert wrong(graded(Twice)) == ["W"]


def test_an_object_that_cannot_be_copied_is_checked_all_the_same() -> None:
    class Uncopied(Dense):
        def __deepcopy__(self, memo: Any) -> Any:
            raise TypeError("not to be copied")

    assert graded(Uncopied).is_right


def test_a_run_leaves_the_weights_and_copies_nothing(tmp_path: Path) -> None:
    source = "class Own:\n    def __init__(self):\n        self.w, self.lr = 3.0, 0.5\n"
    source += "    def forward(self, x):\n        self.x = x\n        return self.w * x\n"
    source += "    def backward(self, dout):\n        dx = self.w * dout\n        self.w -= self.lr * (dout * self.x)\n"
    source += "        return dx\n    def __deepcopy__(self, memo):\n        raise SystemExit('copied')\n"
    path = tmp_path / "own.py"
    path.write_text(source)
    layer = load_layers(path).specs["own"].cls()
    layer.forward(2.0)
    assert [layer.backward(1.0)[0] for _ in range(2)] == [3.0, 3.0]
