"""Arrays of any numbers have the structure of NumPy's, and the arithmetic of their elements."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backpropcli.domains import arrays_of, domain, namespace
from backpropcli.domains.dual import Dual
from backpropcli.errors import DataError, DomainError, ShapeError

EXACT = domain("exact")
CELLS = arrays_of(EXACT)


def half(*numbers: Any) -> Any:
    return CELLS.convert([[number] for number in numbers]) / 2


def test_the_elements_stay_fractions() -> None:
    """Also of sums and products of no numbers at all."""
    none = CELLS.reshape(CELLS.convert([]), (0, 3))
    assert CELLS.numbers(half(1, 3)) == [[Fraction(1, 2)], [Fraction(3, 2)]]
    assert [type(x) for x in CELLS.elements(CELLS.sum(none, 0))] == [Fraction] * 3
    product = CELLS.matmul(CELLS.reshape(none, (3, 0)), none)
    assert [type(x) for x in CELLS.elements(product)] == [Fraction] * 9
    assert CELLS.shape(product) == (3, 3)


def test_numpy_arrays_are_converted_with_the_value_that_they_have() -> None:
    """0.1 as float64 is not 1/10."""
    assert CELLS.numbers(CELLS.convert(np.array([0.1]))) == [Fraction(0.1)]
    assert CELLS.numbers(CELLS.convert(["1/3"])) == [Fraction(1, 3)]


@pytest.mark.parametrize("rows", [[[1, 2], [3]], [1, [2]], [[[1]], [2]]])
def test_rows_that_differ_in_length_are_refused(rows: Any) -> None:
    """As of NumPy arrays."""
    with pytest.raises(DataError, match="the rows of an array differ in length"):
        CELLS.convert(rows)


def test_a_copy_is_a_copy() -> None:
    """What convert gives does not change with what it was given."""
    x = CELLS.convert([1, 2])
    copy = CELLS.convert(x)
    x.cells[0] = Fraction(5)
    assert CELLS.numbers(copy) == [1, 2]


def test_extremes_go_by_axis() -> None:
    """As NumPy's; of no numbers there is none among fractions."""
    x = CELLS.convert([[1, 5, 2], [4, 0, 6]])
    assert CELLS.numbers(CELLS.amax(x, 0)) == [4, 5, 6]
    assert CELLS.numbers(CELLS.amin(x, -1, True)) == [[1], [0]]
    assert CELLS.numbers(CELLS.amax(x)) == 6
    with pytest.raises(ShapeError, match="axis 2 is out of range"):
        CELLS.amax(x, 2)
    with pytest.raises(DataError, match="no exact value"):
        CELLS.amax(CELLS.convert([]))


def test_too_long_an_element_is_refused() -> None:
    """The guard of the elements holds for each."""
    assert CELLS.guard is not None
    CELLS.guard(half(1))
    with pytest.raises(DomainError, match="more than 4,000 digits"):
        CELLS.guard(half(10**4001))


def test_arrays_of_different_numbers_do_not_mix() -> None:
    """Fractions and reals, in arrays or with an array."""
    with pytest.raises(DomainError, match="cannot be mixed"):
        namespace(half(1), arrays_of(domain("reals")).convert([1]))
    with pytest.raises(DomainError, match="cannot be mixed"):
        namespace(half(1), np.ones(1))
    assert namespace(half(1), Fraction(1, 3), 2) is CELLS


def test_an_array_decides_nothing_in_python() -> None:
    """Like every operand."""
    for refused in (bool, float):
        with pytest.raises(DomainError, match="arrays of exact fractions"):
            refused(half(1))
    with pytest.raises(TypeError):
        iter(half(1))


def test_derivatives_of_arrays_of_fractions() -> None:
    """Dual numbers over arrays, and arrays of dual numbers, give the same: 3 * x**2."""
    dual = Dual(CELLS)
    x = dual.pair(CELLS.convert([3, 5]), CELLS.convert([1, 1]))
    assert CELLS.numbers(dual.tangent(x * x * x)) == [27, 75]
    pairs = Dual(EXACT)
    y = arrays_of(pairs).convert([3, 5])
    assert [(element.value, element.tangent) for element in arrays_of(pairs).elements(y)] == [(3, None), (5, None)]


def test_a_domain_goes_to_another_process() -> None:
    """A domain without state by name, arrays by their elements."""
    for found in (domain("floats"), EXACT, CELLS, arrays_of(domain("reals"))):
        assert pickle.loads(pickle.dumps(found)) is found
