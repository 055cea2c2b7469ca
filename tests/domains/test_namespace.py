"""`namespace` picks the number system by the values' types."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backpropcli.domains import Domain, domain, namespace, unbroadcast
from backpropcli.errors import DomainError


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((1.0, 2), "floats"),
        ((True,), "floats"),
        ((Fraction(1, 2), 2), "exact"),
        ((2, Fraction(1, 2)), "exact"),
        ((np.ones(2), 2.0), "arrays"),
        ((2.0, np.float32(1)), "arrays"),
        ((np.float64(1),), "arrays"),
    ],
)
def test_python_numbers_go_along(values: tuple[Any, ...], name: str) -> None:
    """A number system of its own is chosen only by the others."""
    assert namespace(*values) is domain(name)


@pytest.mark.parametrize("name", ["floats", "exact", "arrays", "reals"])
def test_a_domain_offers_every_function(name: str) -> None:
    """What a layer calls in one domain it finds in every other, if only to be told that there is no such value."""
    offered = {name for name in (*dir(Domain), *Domain.__annotations__) if not name.startswith("_")}
    assert offered <= set(dir(domain(name)))


def test_fractions_and_arrays_do_not_mix() -> None:
    """The error names both."""
    with pytest.raises(DomainError, match="exact and arrays"):
        namespace(Fraction(1), np.ones(2))


@pytest.mark.parametrize("value", ["1", None, [1.0], 1j])
def test_a_value_of_no_number_system_is_refused(value: Any) -> None:
    """The error names the type."""
    with pytest.raises(DomainError, match=type(value).__name__):
        namespace(value)


def test_a_number_keeps_its_gradient() -> None:
    """There is nothing to sum, in any number system."""
    assert unbroadcast(2.5, 1.0) == 2.5
    assert unbroadcast(Fraction(5, 2), Fraction(1)) == Fraction(5, 2)


def test_numbers_need_no_numpy() -> None:
    """Layers on floats import neither NumPy nor fractions."""
    code = (
        "import sys; from backpropcli.catalogue import LAYERS, layer_class;"
        "[layer_class(name) for name in LAYERS]; from backpropcli.layers import Mul, Sigmoid;"
        "Sigmoid().forward(Mul().forward(2.0, 3.0));"
        "assert not {'numpy', 'fractions', 'decimal', 'rich', 'yaml', 'typer'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
