"""Users' layers whose value has another shape at other numbers, or at each call, are no reason to fail."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from users_layers import graded, wrong


class Positive:
    """The numbers above 0, twice as large."""

    slope = 2

    def forward(self, x: Any) -> Any:
        self.is_positive = x > 0
        return 2 * x[self.is_positive]

    def backward(self, dout: Any) -> Any:
        dx = np.zeros(self.is_positive.shape)
        dx[self.is_positive] = self.slope * dout
        return dx


class TwiceTooSteep(Positive):
    """Its gradient is wrong."""

    slope = 4


@pytest.mark.parametrize("inputs", [(), ([1.0, -0.5, 2.0],), ([1e-4, -0.5, 2.0],), ([0.0, -0.5, 2.0],)])
def test_a_layer_that_takes_some_numbers_is_checked_near_those_that_it_leaves(inputs: Any) -> None:
    """Steps from 1e-4 and from 0 lead to fewer numbers or to more."""
    assert graded(Positive, *inputs).is_right
    assert wrong(graded(TwiceTooSteep, *inputs)) == ["x"]


class Growing:
    """Returns whatever any object of the class has seen."""

    seen: ClassVar[list[Any]] = []

    def forward(self, x: Any) -> Any:
        self.seen.append(x)
        return np.concatenate(self.seen)

    def backward(self, dout: Any) -> Any:
        return dout[-2:]


def test_a_layer_whose_value_grows_from_call_to_call_cannot_be_checked() -> None:
    (problem,) = graded(Growing, [1.5, 2.0]).problems
    assert problem.message.startswith("the value has the shape (")
