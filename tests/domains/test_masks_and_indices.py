"""Numbers that stand for a condition or for a place, and numbers drawn at random."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backpropcli.domains import namespace
from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.domains.exact import DOMAIN as exact
from backpropcli.domains.floats import DOMAIN as floats
from backpropcli.errors import DataError, ShapeError


@pytest.mark.parametrize("index", [-1.0, 3.0, 0.5, np.nan, np.inf, -np.inf, 1e300])
def test_an_index_is_a_whole_number_in_range(index: float) -> None:
    """The message names the index and the range."""
    with pytest.raises(DataError, match=r"the label .* is not a whole number from 0 up to, but not including, 3"):
        arrays.as_indices(np.array([[1.0, index]]), 3, "label")


def test_indices_are_integers() -> None:
    """NumPy indexes with nothing else."""
    found = arrays.as_indices(np.array([[0.0, 2.0]]), 3, "label")
    assert found.dtype.kind == "i"
    assert found.tolist() == [[0, 2]]
    assert arrays.as_indices(np.zeros((0, 2)), 0, "label").shape == (0, 2)


@pytest.mark.parametrize("number", [0.5, 2.0, -1.0, np.nan])
def test_a_mask_holds_only_0_and_1(number: float) -> None:
    """The message names the mask and the number, in every domain."""
    with pytest.raises(DataError, match="mask"):
        arrays.as_mask(np.array([0.0, number, 1.0]), "mask")
    with pytest.raises(DataError, match="mask"):
        floats.as_mask(number, "mask")


@pytest.mark.parametrize("number", [0.0, 1.0, Fraction(0), Fraction(1), 0, 1, True])
def test_a_number_as_a_mask(number: Any) -> None:
    """0 is off and 1 is on."""
    assert namespace(number).as_mask(number, "mask") is (number == 1)


def test_what_is_drawn_depends_on_the_seed_alone() -> None:
    """The same seed draws the same numbers from [0, 1), another seed others."""
    for domain, x in ((floats, 2.0), (exact, Fraction(2)), (arrays, np.zeros((50, 20)))):
        first, again, other = (np.asarray(domain.random_like(x, seed)) for seed in (3, 3, 4))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)
        assert np.all((first >= 0) & (first < 1))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("cumsum", (0,)),
        ("pad", (((1, 1),), 0)),
        ("tril", ()),
        ("unfold", ((1,), (1,), (1,))),
        ("fold", ((1,), (1,), (1,))),
        ("as_indices", (3, "index")),
        ("one_hot", (3, 0)),
    ],
)
@pytest.mark.parametrize("domain", [floats, exact])
def test_numbers_have_no_axes(domain: Any, function: str, arguments: tuple[Any, ...]) -> None:
    """What works along axes refuses them."""
    with pytest.raises(ShapeError, match="arrays, not numbers"):
        getattr(domain, function)(1, *arguments)
