"""What the activation layers give at kinks, infinities and nan, on exact fractions, and for parameters out of range."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backpropcli.catalogue import layer_class
from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.errors import DomainError

INF, NAN = math.inf, math.nan

# layer, parameters, inputs, value, gradients for dout = 1
EDGES: list[tuple[str, dict[str, Any], tuple[float, ...], float, tuple[float, ...]]] = [
    ("leaky_relu", {}, (0,), 0, (0.01,)),
    ("leaky_relu", {"slope": 0.25}, (-INF,), -INF, (0.25,)),
    ("leaky_relu", {"slope": 0}, (INF,), INF, (1,)),
    ("leaky_relu", {}, (NAN,), NAN, (0.01,)),
    ("prelu", {}, (0, 0.25), 0, (0.25, 0)),
    ("prelu", {}, (INF, 0), INF, (1, 0)),
    ("prelu", {}, (-2, NAN), NAN, (NAN, -2)),
    ("elu", {"alpha": 0.5}, (0,), 0, (0.5,)),
    ("elu", {}, (-INF,), -1, (0,)),
    ("elu", {"alpha": 1e300}, (-INF,), -1e300, (0,)),
    ("elu", {}, (INF,), INF, (1,)),
    ("elu", {}, (NAN,), NAN, (NAN,)),
    ("selu", {}, (0,), 0, (1.7580993408473768,)),
    ("selu", {}, (-INF,), -1.7580993408473768, (0,)),
    ("celu", {"alpha": 0.5}, (0,), 0, (1,)),
    ("celu", {"alpha": 1e280}, (-1e308,), -1e280, (0,)),
    ("celu", {"alpha": 1e-280}, (-INF,), -1e-280, (0,)),
    ("celu", {"alpha": 1e-280}, (-1e-20,), -1e-280, (0,)),
    ("celu", {}, (INF,), INF, (1,)),
    ("celu", {}, (NAN,), NAN, (NAN,)),
    ("silu", {}, (INF,), INF, (1,)),
    ("silu", {}, (-INF,), 0, (0,)),
    ("silu", {}, (-1e308,), 0, (0,)),
    ("silu", {}, (NAN,), NAN, (NAN,)),
    ("mish", {}, (INF,), INF, (1,)),
    ("mish", {}, (-INF,), 0, (0,)),
    ("mish", {}, (0,), 0, (0.6,)),
    ("mish", {}, (NAN,), NAN, (NAN,)),
    ("gelu", {}, (INF,), INF, (1,)),
    ("gelu", {}, (-INF,), 0, (0,)),
    ("gelu", {}, (0,), 0, (0.5,)),
    ("gelu", {}, (NAN,), NAN, (NAN,)),
    ("gelu", {"approximate": "tanh"}, (1e308,), 1e308, (1,)),
    ("gelu", {"approximate": "tanh"}, (-INF,), 0, (0,)),
    ("gelu", {"approximate": "tanh"}, (0,), 0, (0.5,)),
    ("softplus", {}, (INF,), INF, (1,)),
    ("softplus", {}, (-INF,), 0, (0,)),
    ("log_sigmoid", {}, (-INF,), -INF, (1,)),
    ("log_sigmoid", {}, (INF,), 0, (0,)),
    ("softsign", {}, (INF,), 1, (0,)),
    ("softsign", {}, (-INF,), -1, (0,)),
    ("softsign", {}, (1e308,), 1, (0,)),
    ("softsign", {}, (0,), 0, (1,)),
    ("softsign", {}, (NAN,), NAN, (NAN,)),
    ("hardtanh", {}, (-1,), -1, (0,)),
    ("hardtanh", {}, (1,), 1, (0,)),
    ("hardtanh", {}, (NAN,), NAN, (1,)),
    ("hardtanh", {"min": -INF, "max": 6}, (-INF,), -INF, (0,)),
    ("hardsigmoid", {}, (-3,), 0, (0,)),
    ("hardsigmoid", {}, (3,), 1, (0,)),
    ("hardsigmoid", {}, (INF,), 1, (0,)),
    ("hardswish", {}, (-3,), 0, (0,)),
    ("hardswish", {}, (3,), 3, (1,)),
    ("hardswish", {}, (-INF,), 0, (0,)),
    ("hardswish", {}, (INF,), INF, (1,)),
    ("hardswish", {}, (NAN,), NAN, (NAN,)),
    ("sin", {}, (INF,), NAN, (NAN,)),
    ("cos", {}, (-INF,), NAN, (NAN,)),
    ("log1p", {}, (-1,), -INF, (INF,)),
    ("log1p", {}, (-3,), NAN, (-0.5,)),
    ("log1p", {}, (INF,), INF, (0,)),
    ("expm1", {}, (710,), INF, (INF,)),
    ("expm1", {}, (-INF,), -1, (0,)),
    ("erf", {}, (-INF,), -1, (0,)),
    ("erf", {}, (1e200,), 1, (0,)),
    ("erf", {}, (NAN,), NAN, (NAN,)),
]


@pytest.mark.parametrize(("name", "parameters", "inputs", "value", "gradients"), EDGES, ids=str)
def test_the_edge_on_floats_and_arrays(name: str, parameters: Any, inputs: Any, value: float, gradients: Any) -> None:
    """The value and the gradients are the stated ones."""
    wanted = pytest.approx([value, *gradients], rel=1e-15, abs=0, nan_ok=True)
    assert computed(name, parameters, [float(x) for x in inputs], 1.0) == wanted
    with arrays.quiet():
        found = computed(name, parameters, [np.array([float(x)]) for x in inputs], np.ones(1))
    assert np.ravel(found).tolist() == wanted


@pytest.mark.parametrize(
    ("name", "parameters", "inputs", "value", "gradients"),
    [
        ("softsign", {}, (-3,), Fraction(-3, 4), (Fraction(1, 16),)),
        ("leaky_relu", {"slope": Fraction(1, 3)}, (-2,), Fraction(-2, 3), (Fraction(1, 3),)),
        ("prelu", {}, (-2, Fraction(1, 3)), Fraction(-2, 3), (Fraction(1, 3), -2)),
        ("hardtanh", {"min": -1, "max": Fraction(1, 3)}, (2,), Fraction(1, 3), (0,)),
        ("hardsigmoid", {}, (1,), Fraction(2, 3), (Fraction(1, 6),)),
        ("hardswish", {}, (1,), Fraction(2, 3), (Fraction(5, 6),)),
        ("softsign", {}, (10**20,), Fraction(10**20, 10**20 + 1), (Fraction(1, (10**20 + 1) ** 2),)),
    ],
)
def test_exact_fractions_stay_exact(name: str, parameters: Any, inputs: Any, value: Any, gradients: Any) -> None:
    """Values and gradients are the fractions worked by hand."""
    assert computed(name, parameters, [Fraction(x) for x in inputs], Fraction(1)) == [value, *gradients]


@pytest.mark.parametrize(
    "name",
    ["elu", "selu", "celu", "silu", "mish", "gelu", "softplus", "log_sigmoid", "sin", "cos", "log1p", "expm1", "erf"],
)
def test_exact_fractions_refuse_what_is_not_rational(name: str) -> None:
    """A DomainError, not a rounded number."""
    with pytest.raises(DomainError, match="irrational"):
        layer_class(name)().forward(Fraction(-1, 2))


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("leaky_relu", {"slope": INF}, "slope must be finite, not inf"),
        ("elu", {"alpha": NAN}, "alpha must be finite, not nan"),
        ("celu", {"alpha": 0.0}, "alpha must be from 1e-280 to 1e280, not 0.0"),
        ("celu", {"alpha": -1.0}, "alpha must be from 1e-280 to 1e280, not -1.0"),
        ("celu", {"alpha": NAN}, "alpha must be from 1e-280 to 1e280, not nan"),
        ("gelu", {"approximate": "erf"}, "approximate must be none or tanh, not 'erf'"),
        ("hardtanh", {"min": 1.0, "max": 1.0}, "min must be less than max, 1.0, not 1.0"),
        ("hardtanh", {"min": NAN}, "min must be less than max, 1.0, not nan"),
    ],
)
def test_a_parameter_out_of_range_is_refused(name: str, parameters: Any, message: str) -> None:
    """With what it must be."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        layer_class(name)(**parameters)


def computed(name: str, parameters: Any, inputs: Any, dout: Any) -> list[Any]:
    """The value and the gradients."""
    layer = layer_class(name)(**parameters)
    value = layer.forward(*inputs)
    gradients = layer.backward(dout)
    return [value, *(gradients if isinstance(gradients, tuple) else (gradients,))]
