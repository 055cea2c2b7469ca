"""A layer that is called as a built-in one and computes something else is told; its gradient is judged by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue.adapter import foreign_spec
from backpropcli.gradcheck import Report, check_layer


class Curve:
    """An elementwise layer whose gradient is right."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.tanh(2 * x)

    def backward(self, dout: Any) -> Any:
        return dout * 2 * (1 - np.tanh(2 * self.x) ** 2)


class Tanh:
    """The hyperbolic tangent."""

    def forward(self, x: Any) -> Any:
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout: Any) -> Any:
        return dout / np.cosh(np.arctanh(self.out)) ** 2


class Log:
    """Kept finite at 0."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.log(x + 1e-7)

    def backward(self, dout: Any) -> Any:
        return dout / (self.x + 1e-7)


class Add:
    """Has weights of its own."""

    def forward(self, x: Any, y: Any) -> Any:
        return x + 3 * y

    def backward(self, dout: Any) -> Any:
        return dout, 3 * dout


class Slope:
    """As a leaky relu with a slope that is not the default."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return np.where(x > 0, x, 0.2 * x)

    def backward(self, dout: Any) -> Any:
        return np.where(self.x > 0, dout, 0.2 * dout)


class SumOfSquares:
    """Not the mean."""

    def forward(self, y: Any, t: Any) -> Any:
        self.d = y - t
        return np.sum(self.d**2) / 2

    def backward(self, dout: Any) -> Any:
        return dout * self.d, -dout * self.d


def checked(cls: Any, name: str, *inputs: Any) -> Report:
    return check_layer(foreign_spec(name, cls, "mine.py", None), inputs or None)


def test_where_forward_differs_is_told_in_numbers() -> None:
    report = checked(Curve, "tanh", 0.75)
    assert report.notes == ("forward differs from the built-in tanh: at x = 0.75 it gives 0.905, not 0.635",)
    assert report.is_right


def test_it_is_found_without_inputs_and_behind_a_suffix() -> None:
    assert any("differs from the built-in tanh" in note for note in checked(Curve, "tanh_layer").notes)
    assert any("differs from the built-in add: at x = " in note for note in checked(Add, "add").notes)


@pytest.mark.parametrize(
    ("cls", "name"),
    [(Tanh, "tanh"), (Log, "log"), (Slope, "leaky_relu"), (SumOfSquares, "mse"), (Curve, "curve"), (Add, "tanh")],
)
def test_the_same_and_what_has_another_contract_is_not(cls: Any, name: str) -> None:
    assert not any("differs from" in note for note in checked(cls, name).notes)
