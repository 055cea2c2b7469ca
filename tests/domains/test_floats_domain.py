"""Python floats: IEEE 754, never an exception of Python's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.domains.floats import DOMAIN as floats
from backpropcli.errors import DataError, ShapeError

INF, NAN = math.inf, math.nan
ANY = st.floats()


@pytest.mark.parametrize(
    ("text", "value"),
    [("1e-3", 0.001), ("010", 10), ("-.5", -0.5), ("1.", 1), ("0x1F", 31), ("0o17", 15), (".inf", INF), ("-Inf", -INF)],
)
def test_a_number_is_read_from_its_text(text: str, value: float) -> None:
    """In the grammar of YAML 1.2."""
    assert floats.number(text) == value


def test_nan_is_read_from_its_text() -> None:
    """With the dot of YAML and without."""
    assert math.isnan(floats.number(".nan"))
    assert math.isnan(floats.number("NaN"))


@pytest.mark.parametrize("text", ["1e400", "-1e400", "9" * 400, "0x" + "f" * 400])
def test_a_number_past_float64_is_refused(text: str) -> None:
    """Rather than read as inf, which the user did not write."""
    with pytest.raises(DataError, match="too large"):
        floats.number(text)


@pytest.mark.parametrize("value", [10**400, "abc", None, 1j, [1]])
def test_what_is_no_number_is_refused(value: object) -> None:
    """With an error of ours."""
    with pytest.raises(DataError):
        floats.convert(value)


@given(ANY, ANY)
def test_no_function_of_two_numbers_raises(x: float, y: float) -> None:
    """Whatever the numbers, the answer is a float."""
    for function in (floats.divide, floats.power, floats.maximum, floats.minimum):
        assert type(function(x, y)) is float


@given(ANY)
def test_no_function_of_one_number_raises(x: float) -> None:
    """Whatever the number, the answer is a float."""
    for function in (floats.exp, floats.log, floats.sqrt, floats.tanh):
        assert type(function(x)) is float


@pytest.mark.parametrize(
    ("x", "y", "quotient"), [(1, 0.0, INF), (1, -0.0, -INF), (-INF, 0.0, -INF), (0, 0.0, NAN), (NAN, 0.0, NAN)]
)
def test_division_by_zero(x: float, y: float, quotient: float) -> None:
    """Infinity with the sign of both, nan for 0 / 0."""
    assert floats.divide(x, y) == pytest.approx(quotient, nan_ok=True)


@pytest.mark.parametrize(
    ("x", "y", "power"),
    [
        (0.0, 0.0, 1),
        (0.0, -1.0, INF),
        (-0.0, -1.0, -INF),
        (-0.0, -2.0, INF),
        (-0.0, -0.5, INF),
        (-8.0, 1 / 3, NAN),
        (10.0, 400.0, INF),
        (-10.0, 401.0, -INF),
        (-10.0, 400.0, INF),
        (-INF, 3.0, -INF),
        (1.0, NAN, 1),
        (NAN, 0.0, 1),
    ],
)
def test_the_edges_of_the_power(x: float, y: float, power: float) -> None:
    """As in the C standard's annex F."""
    assert floats.power(x, y) == pytest.approx(power, nan_ok=True)


def test_numbers_have_no_axes() -> None:
    """The shape is empty, a sum over an axis and a matrix product are refused."""
    assert floats.shape(2.0) == ()
    assert floats.size(2.0) == 1
    assert floats.sum(2.0) == 2.0
    with pytest.raises(ShapeError, match="axis 0"):
        floats.sum(2.0, 0)
    with pytest.raises(ShapeError, match="arrays"):
        floats.matmul(2.0, 3.0)
