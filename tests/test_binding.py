"""A literal is read by the domain that is chosen for it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backpropcli.binding import read_literal as read
from backpropcli.domains import domain
from backpropcli.errors import DataError
from backpropcli.sources.literals import ArrayFile


def test_each_domain_reads_a_number_in_its_own_way() -> None:
    """1.1 is a float64, the fraction 11/10, or an array without axes."""
    assert read("1.1", domain("floats")) == 1.1
    assert read("1.1", domain("exact")) == Fraction(11, 10)
    found = read("1.1", domain("arrays"))
    assert (found.shape, found.dtype, float(found)) == ((), np.dtype("float64"), 1.1)


def test_nested_lists_become_an_array() -> None:
    """Of float64, or of the dtype that is asked for."""
    found = read([["1", "0x10"], [".inf", "-2.5"]], domain("arrays"))
    assert found.tolist() == [[1, 16], [np.inf, -2.5]]
    assert read(["1"], domain("arrays"), "float32").dtype == np.dtype("float32")


@pytest.mark.parametrize("name", ["floats", "exact"])
@pytest.mark.parametrize("literal", [["1"], ArrayFile("x.npy")])
def test_an_array_needs_the_arrays(name: str, literal: Any) -> None:
    """The error says which number system was chosen."""
    with pytest.raises(DataError, match=f"{name} works on numbers"):
        read(literal, domain(name))


def _deep(depth: int) -> Any:
    literal: Any = "1"
    for _ in range(depth):
        literal = [literal]
    return literal


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        ([["1"], ["1", "2"]], "differ in length"),
        (["1", ["2"]], "differ in length"),
        (["1", "1e400"], "1e400 is too large"),
        ([ArrayFile("x.npy")], "inside a list"),
        (_deep(65), "64 deep"),
    ],
)
def test_what_is_no_array_is_refused(literal: Any, message: str) -> None:
    """With an error of ours."""
    with pytest.raises(DataError, match=message):
        read(literal, domain("arrays"))


def test_64_axes_are_an_array() -> None:
    """The deepest that NumPy has."""
    assert read(_deep(64), domain("arrays")).ndim == 64


def test_a_file_is_read(tmp_path: Path) -> None:
    """Its float32 stays float32; float64 becomes what is asked for."""
    np.save(tmp_path / "x.npy", np.float32([1, 2]))
    np.save(tmp_path / "y.npy", np.array([1, 2]))
    assert read(ArrayFile(str(tmp_path / "x.npy")), domain("arrays")).dtype == np.dtype("float32")
    assert read(ArrayFile(str(tmp_path / "y.npy")), domain("arrays")).dtype == np.dtype("float64")
    assert read(ArrayFile(str(tmp_path / "y.npy")), domain("arrays"), "float32").dtype == np.dtype("float32")
