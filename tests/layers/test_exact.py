"""What layers give on fractions, and what they refuse there because it is not rational."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from backpropcli.catalogue import layer_class
from backpropcli.errors import DomainError


@pytest.mark.parametrize(
    ("name", "inputs", "value", "gradients"),
    [
        ("div", (1, 3), Fraction(1, 3), (Fraction(1, 3), Fraction(-1, 9))),
        ("sqrt", (Fraction(9, 4),), Fraction(3, 2), (Fraction(1, 3),)),
        ("maximum", (2, 2), 2, (Fraction(1, 2), Fraction(1, 2))),
        ("reciprocal", (3,), Fraction(1, 3), (Fraction(-1, 9),)),
        ("square", (Fraction(1, 3),), Fraction(1, 9), (Fraction(2, 3),)),
        ("abs", (0,), 0, (0,)),
        ("relu", (Fraction(-1, 2),), 0, (0,)),
        ("mean", (Fraction(1, 7),), Fraction(1, 7), (1,)),
    ],
)
def test_exact_fractions_stay_exact(name: str, inputs: Any, value: Any, gradients: Any) -> None:
    """Values and gradients are the fractions worked by hand."""
    layer = layer_class(name)()
    assert layer.forward(*map(Fraction, inputs)) == value
    found = layer.backward(Fraction(1))
    assert (found if isinstance(found, tuple) else (found,)) == gradients


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("div", (1, 0)),
        ("reciprocal", (0,)),
        ("pow", (0, -1)),
        ("pow", (2, Fraction(1, 2))),
        ("sqrt", (2,)),
        ("sqrt", (-1,)),
        ("exp", (1,)),
        ("log", (1,)),
        ("sigmoid", (0,)),
        ("tanh", (0,)),
    ],
)
def test_exact_fractions_refuse_what_is_not_rational(name: str, inputs: Any) -> None:
    """A DomainError, where floats would give inf, nan or a rounded number."""
    with pytest.raises(DomainError):
        layer_class(name)().forward(*map(Fraction, inputs))


def test_the_slope_of_the_exact_root_at_0_is_refused() -> None:
    """sqrt(0) is 0, but its slope is infinite."""
    layer = layer_class("sqrt")()
    assert layer.forward(Fraction(0)) == 0
    with pytest.raises(DomainError, match="division by zero"):
        layer.backward(Fraction(1))


def test_exact_power_needs_no_logarithm_for_a_constant_exponent() -> None:
    """The gradient dy needs log; when nobody asks for dy, x ** 2 is exact."""
    layer = layer_class("pow")()
    layer.needs_gradient = (True, False)
    assert layer.forward(Fraction(3, 2), Fraction(2)) == Fraction(9, 4)
    assert layer.backward(Fraction(1)) == (3, None)
