"""What losses give at their edges, what they refuse, and that they have none of the book's faults."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import backpropcli as bp
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.errors import DataError, ShapeError

INF, NAN = math.inf, math.nan
DIFFERENCES, PROBABILITIES, CLASSES = (
    [name for name, (of, _) in LAYERS.items() if of == family] for family in ("losses", "binary_losses", "label_losses")
)
ELEMENTWISE = [*DIFFERENCES, *PROBABILITIES]
WITH_REDUCTION = [name for name in (*ELEMENTWISE, *CLASSES) if name != "sum_squared_error"]

# layer, x, target, value, dx, dtarget; the numbers are worked by hand
EDGES: list[tuple[str, float, float, float, float, float]] = [
    ("mse", 3, 3, 0, 0, 0),
    ("mse", INF, 1, INF, INF, -INF),
    ("mse", INF, INF, NAN, NAN, NAN),
    ("mse", 1e200, 0, INF, 2e200, -2e200),
    ("mse", NAN, 1, NAN, NAN, NAN),
    ("sum_squared_error", 3, 1, 2, 2, -2),
    ("l1", 3, 3, 0, 0, 0),
    ("l1", -INF, 1, INF, -1, 1),
    ("l1", NAN, 1, NAN, 1, -1),
    ("smooth_l1", 2, 1, 0.5, 1, -1),
    ("smooth_l1", 1.5, 1, 0.125, 0.5, -0.5),
    ("smooth_l1", 1, 1, 0, 0, 0),
    ("smooth_l1", -INF, 1, INF, -1, 1),
    ("smooth_l1", 1.7e308, 0, 1.7e308, 1, -1),
    ("huber", 2, 1, 0.5, 1, -1),
    ("huber", -4, 1, 4.5, -1, 1),
    ("huber", INF, 1, INF, 1, -1),
    ("huber", NAN, 1, NAN, NAN, NAN),
    ("bce", 0.5, 1, math.log(2), -2, 0),
    ("bce", 0, 0, 0, 1, INF),
    ("bce", 1, 1, 0, -1, -INF),
    ("bce", 0, 1, INF, -INF, INF),
    ("bce", 1, 0, INF, INF, -INF),
    ("bce", 0, 0.5, INF, -INF, INF),
    ("bce", 1e-300, 0, 1e-300, 1, 300 * math.log(10)),
    ("bce", 5e-324, 1, 1074 * math.log(2), -INF, 1074 * math.log(2)),
    ("bce", -0.5, 0, NAN, 2 / 3, NAN),
    ("bce", 1.5, 1, NAN, -2 / 3, NAN),
    ("bce", NAN, 1, NAN, NAN, NAN),
    ("bce_with_logits", 0, 1, math.log(2), -0.5, 0),
    ("bce_with_logits", 0, 0.5, math.log(2), 0, 0),
    ("bce_with_logits", 1000, 1, 0, 0, -1000),
    ("bce_with_logits", 1000, 0, 1000, 1, -1000),
    ("bce_with_logits", -1000, 1, 1000, -1, 1000),
    ("bce_with_logits", INF, 1, 0, 0, -INF),
    ("bce_with_logits", INF, 0, INF, 1, -INF),
    ("bce_with_logits", -INF, 0, 0, 0, INF),
    ("bce_with_logits", NAN, 1, NAN, NAN, NAN),
]


@pytest.mark.parametrize(("name", "x", "target", "value", "dx", "dtarget"), EDGES)
def test_the_edge_on_floats_and_arrays(
    name: str, x: float, target: float, value: float, dx: float, dtarget: float
) -> None:
    """The value and the gradients are the stated ones."""
    wanted = pytest.approx([value, dx, dtarget], rel=1e-15, abs=0, nan_ok=True)
    made = layer_class(name)()
    assert [made.forward(float(x), float(target)), *made.backward(1.0)] == wanted
    with arrays.quiet():
        found = made.forward(np.array([float(x)]), np.array([float(target)]))
        assert [found, *map(float, np.concatenate(made.backward(np.float64(1))))] == wanted


def test_every_loss_has_an_edge() -> None:
    """A new one joins the table."""
    assert {name for name, *_ in EDGES} == set(ELEMENTWISE)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_perfect_loss_is_0_and_not_minus_0(name: str) -> None:
    """So that it is shown as 0."""
    for number in (0.0, 1.0):
        x = (number * 2 - 1) * INF if name == "bce_with_logits" else number
        assert math.copysign(1, layer_class(name)().forward(x, number)) == 1


@pytest.mark.parametrize(
    ("convention", "reduction", "value"),
    [("book", "mean", 6), ("torch", "mean", 3), ("book", "sum", 12), ("torch", "sum", 12)],
)
def test_a_mean_is_over_the_batch_or_over_the_elements(convention: str, reduction: str, value: float) -> None:
    """Squares 1, 9, 1, 1 in two samples of two elements."""
    made = layer_class("mse")(convention=convention, reduction=reduction)
    assert made.forward(np.array([[1.0, 3.0], [1.0, 1.0]]), np.array(0.0)) == value
    assert made.backward(np.float64(1))[0][0, 1] == 6 * value / 12


@pytest.mark.parametrize("name", [*ELEMENTWISE, *CLASSES])
def test_a_batch_of_no_samples(name: str) -> None:
    """A mean of nothing is nan, a sum 0; the gradients are empty."""
    x = np.zeros((0, 3))
    labels = np.zeros(0) if name in CLASSES else x
    made = layer_class(name)()
    assert made.forward(x, labels) == pytest.approx(0.0 if name == "sum_squared_error" else NAN, nan_ok=True)
    with arrays.quiet():
        assert made.backward(np.float64(1))[0].shape == (0, 3)


@pytest.mark.parametrize("name", WITH_REDUCTION)
@pytest.mark.parametrize("parameter", ["reduction", "convention"])
def test_an_unknown_word_is_refused(name: str, parameter: str) -> None:
    """With the words that there are."""
    with pytest.raises(ValueError, match=f"^{parameter} must be .*, not 'average'$"):
        layer_class(name)(**{parameter: "average"})


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [("smooth_l1", "beta", -1.0), ("smooth_l1", "beta", NAN), ("huber", "delta", 0.0), ("huber", "delta", NAN)],
)
def test_a_width_that_makes_no_sense_is_refused(name: str, parameter: str, value: float) -> None:
    """With its bound."""
    with pytest.raises(ValueError, match=f"{parameter} must be .* not {value}"):
        layer_class(name)(**{parameter: value})


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("target", [[1.0, 0.0, 1.0], [[1.0], [0.0]], [1.0]])
def test_a_target_of_another_shape_is_refused(name: str, target: Any) -> None:
    """Also where broadcasting would compare every x with every target."""
    with pytest.raises(ShapeError, match=r"out: x is \(2,\), target is \(.*\); they must have the same shape"):
        bp.eval_formula(f"{name}(x, target)", x=[0.5, 0.25], target=target)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences_are_exact_on_fractions(name: str) -> None:
    """Thirds stay thirds."""
    made = layer_class(name)()
    value = made.forward(Fraction(4, 3), Fraction(1))
    wanted = {"mse": Fraction(1, 9), "l1": Fraction(1, 3)}.get(name, Fraction(1, 18))
    assert (value, type(value)) == (wanted, Fraction)
    assert made.backward(Fraction(1))[0] == {"mse": Fraction(2, 3), "l1": 1}.get(name, Fraction(1, 3))


def test_smooth_l1_without_a_parabola_is_l1() -> None:
    """Its slope at the target is 0."""
    made = layer_class("smooth_l1")(beta=0)
    assert (made.forward(1.5, 1.0), *made.backward(1.0)) == (0.5, 1.0, -1.0)
    assert (made.forward(1.0, 1.0), *made.backward(1.0)) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("beta", "value"), [("0.1", "1.45"), ("0", "1.5"), ("1", "1"), ("3", "0.375")])
def test_smooth_l1_is_exact_with_any_beta(beta: str, value: str) -> None:
    """As a scenario gives it: 0.1 is a tenth."""
    assert bp.eval_formula(f"smooth_l1(x, 0, beta={beta})", exact=True, x="1.5").value == Fraction(value)


@pytest.mark.parametrize("name", [*ELEMENTWISE, *CLASSES])
def test_whatever_the_shapes_the_answer_is_a_number_or_a_clear_error(name: str) -> None:
    """Never an exception of Python's or NumPy's own."""
    for x in (1.0, [], [[]], [1.0], [[1.0, 2.0]]):
        for labels in (0, [], [[]], [0], [1, 0], [[0, 1]], [[[1]]]):
            try:
                bp.eval_formula(f"{name}(x, labels)", x=x, labels=labels)
            except (ShapeError, DataError) as error:
                assert str(error).startswith(f"{name} out: ")
