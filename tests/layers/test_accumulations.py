"""prod, cumsum and cumprod: beside zeros, along axes, and of no numbers."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from one_layer import make, value_and_gradient

from backpropcli.domains import arrays_of, domain
from backpropcli.errors import ShapeError

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("x", "out", "gradient"),
    [
        ([2, 0, 3, 4], 0, [0, 24, 0, 0]),
        ([0, 2, 3], 0, [6, 0, 0]),
        ([0, 2, 0], 0, [0, 0, 0]),
        ([-3], -3, [1]),
        ([], 1, []),
        ([0, INF], NAN, [INF, 0]),
        ([[1, 2], [3, 4]], 24, [[24, 12], [8, 6]]),
    ],
)
def test_the_slope_of_a_product_is_the_product_of_the_others(x: Any, out: float, gradient: Any) -> None:
    """By hand: with a zero only its own slope is left, with two of them none."""
    found = value_and_gradient("prod", x)
    assert found[0] == pytest.approx(out, nan_ok=True)
    assert found[1] == gradient


@pytest.mark.parametrize(
    ("x", "dout", "out", "gradient"),
    [
        ([2, 0, 3, 4], None, [2, 0, 0, 0], [1, 32, 0, 0]),
        ([1, 2, 3], [1, 1, 1], [1, 2, 6], [9, 4, 2]),
        ([0, 2, 0, 5], None, [0, 0, 0, 0], [3, 0, 0, 0]),
        ([], None, [], []),
        ([[1, 2], [3, 4]], [1, 0, 0, 1], [1, 2, 6, 24], [[25, 12], [8, 6]]),
    ],
)
def test_running_products_by_hand(x: Any, dout: Any, out: list[float], gradient: Any) -> None:
    """A zero hides what comes before it, but not itself; without an axis the numbers are taken row by row."""
    assert value_and_gradient("cumprod", x, dout) == (out, gradient)


def test_running_sums_by_hand() -> None:
    """A number counts in its own sum and in all later ones."""
    assert value_and_gradient("cumsum", [1, 2, 3]) == ([1, 3, 6], [3, 2, 1])
    assert value_and_gradient("cumsum", [[1, 2], [3, 4]], [1, 10, 100, 1000]) == (
        [1, 3, 6, 10],
        [[1111, 1110], [1100, 1000]],
    )
    assert value_and_gradient("cumsum", [[1, 2], [3, 4]], [[1, 2], [3, 4]], axis=0) == (
        [[1, 2], [4, 6]],
        [[4, 6], [3, 4]],
    )
    assert value_and_gradient("cumsum", []) == ([], [])


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 33])
def test_products_of_many_numbers_are_exact_on_fractions(count: int) -> None:
    """Each number less its share of the products, one after the other, whatever the count."""
    numbers = [Fraction(k % 5 - 2, k % 3 + 1) or Fraction(7, 3) for k in range(count)]
    domain_of_arrays = arrays_of(domain("exact"))
    layer, running = make("prod"), make("cumprod")
    x = domain_of_arrays.convert(numbers)
    assert domain_of_arrays.numbers(layer.forward(x)) == math.prod(numbers)
    assert domain_of_arrays.numbers(running.forward(x)) == [math.prod(numbers[: k + 1]) for k in range(count)]
    dout = [Fraction(k + 1) for k in range(count)]
    assert domain_of_arrays.numbers(layer.backward(domain_of_arrays.convert(2))) == [
        2 * math.prod(numbers) / number for number in numbers
    ]
    assert domain_of_arrays.numbers(running.backward(domain_of_arrays.convert(dout))) == [
        sum(dout[k] * math.prod(numbers[: k + 1]) / numbers[i] for k in range(i, count)) for i in range(count)
    ]


def test_products_along_an_axis() -> None:
    """Each row has its own, and its own dout."""
    x = [[1, 0, 2], [3, -1, 4]]
    assert value_and_gradient("prod", x, [10, 1], axis=1) == ([0, -12], [[0, 20, 0], [-4, 12, -3]])
    assert value_and_gradient("prod", x, [[10], [1]], axis=-1, keepdims=True)[0] == [[0], [-12]]
    assert value_and_gradient("prod", x, keepdims=True)[0] == [[0]]
    assert value_and_gradient("cumprod", x, axis=1) == ([[1, 0, 0], [3, -3, -12]], [[1, 3, 0], [-4, 15, -3]])
    assert value_and_gradient("cumprod", np.ones((2, 0)), axis=1) == ([[], []], [[], []])


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_what_runs_needs_an_axis(name: str) -> None:
    """A number has none; an array of one number does, and one without axes is made flat."""
    for number in (1.0, Fraction(1)):
        with pytest.raises(ShapeError, match="axis 0 is out of range for a number"):
            make(name).forward(number)
    assert make(name).forward(np.array(3.0)).tolist() == [3]
    with pytest.raises(ShapeError, match=r"axis 2 is out of range for an array of shape \(2, 3\)"):
        make(name, axis=2).forward(np.ones((2, 3)))


FAR = (
    [1e200, 1e200, 1e-300],
    [1e-300, 1e200, 1e200],
    [1e-200, -1e-200, 1e300, 2.0],
    [1e-200, 1e-200, 1e200, 1e200, 1.7e308, 5e-324],
    [5e-324, 1e308, 0.0, 1e308],
    [1e300, -1e300, 3.0, 1e-300, 1e-300, 1e300, 1e300],
)


def nearest(number: Fraction) -> float:
    """The float64 number; infinite where it is too large."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


@pytest.mark.parametrize("x", FAR)
def test_a_product_may_leave_the_range_on_its_way(x: list[float]) -> None:
    """Its value and gradients are what they would be if exponents had no limits."""
    numbers = [Fraction(number) for number in x]
    others = [math.prod(numbers[:i] + numbers[i + 1 :]) for i in range(len(x))]
    out, gradient = value_and_gradient("prod", x)
    assert out == pytest.approx(nearest(math.prod(numbers)), rel=1e-15, abs=5e-324)
    assert gradient == pytest.approx([nearest(product) for product in others], rel=2e-15, abs=5e-324)


@pytest.mark.parametrize("x", FAR)
def test_a_running_product_may_leave_the_range_on_its_way(x: list[float]) -> None:
    numbers = [Fraction(number) for number in x]
    products = [nearest(math.prod(numbers[: k + 1])) for k in range(len(x))]
    assert value_and_gradient("cumprod", x)[0] == pytest.approx(products, rel=1e-15, abs=5e-324)


def test_a_product_of_float32_leaves_its_range_on_the_way() -> None:
    x = np.array([1e30, 1e30, 1e-40], np.float32)
    layer = make("prod")
    with np.errstate(over="ignore", under="ignore"):
        out, gradient = layer.forward(x), layer.backward(np.float32(1e-30))
    right = np.prod(x.astype(float))
    assert (out.dtype, gradient.dtype) == (np.float32, np.float32)
    assert out == np.float32(right)
    assert gradient == pytest.approx(1e-30 * right / x.astype(float), rel=1e-6)
