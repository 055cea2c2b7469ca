"""softmax and log_softmax against mpmath, where the probabilities are tiny, tied, masked or not there."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from backpropcli.catalogue import layer_class
from backpropcli.domains.arrays import DOMAIN as arrays
from backpropcli.errors import ShapeError

Softmax: Any = layer_class("softmax")
LogSoftmax: Any = layer_class("log_softmax")
BOUND = 4
INF, NAN = math.inf, math.nan


def logits() -> list[list[float]]:
    """Two to four logits: far apart, near each other, tied, masked, and at random."""
    rng = random.Random(3)
    found = [
        [0.0, 100.0],
        [0.0, 1000.0],
        [0.0, 720.0],
        [0.3, 100.7],
        [-37.1, 0.1, 690.3],
        [1e300, 0.0],
        [2.0, 2.0, 2.0],
    ]
    found += [[-INF, 0.5, 30.25], [5e-324, 0.0], [1e-17, 1.0, 1.0], [700.1, 700.1, -40.7], [-1e5, -1e5 - 33.3]]
    for spread in (1.0, 40.0, 740.0):
        found += [[rng.uniform(-spread, spread) for _ in range(rng.randint(2, 4))] for _ in range(100)]
    return found


def true_probabilities(x: list[float]) -> list[Any]:
    """The softmax by its definition, to some 200 digits past the smallest."""
    exponentials = [mp.exp(mpf(each)) for each in x]
    return [e / mp.fsum(exponentials) for e in exponentials]


def ulps(found: Any, true: Any) -> float:
    """The error in units of the last place of a float64 of the true size."""
    if math.isinf(float(true)):
        return 0.0 if found == float(true) else INF
    return float(abs(mpf(float(found)) - true) / mpf(math.ulp(float(true))))


@pytest.mark.parametrize("layer", [Softmax, LogSoftmax])
def test_values_and_gradients_are_within_4_ulp(layer: Any) -> None:
    """Each gradient for a dout of 1 at one place, where no terms cancel but 1 and a probability."""
    with mp.workprec(4000):
        for x in logits():
            p = true_probabilities(x)
            made = layer()
            with arrays.quiet():
                value = made.forward(np.array(x))
            true = p if layer is Softmax else [mp.log(each) if each else mp.ninf for each in p]
            assert max(map(ulps, value, true)) <= BOUND, x
            for k in range(len(x)):
                others = mp.fsum(p[:k] + p[k + 1 :])
                slope = [p[k] * others if i == k else -p[i] * p[k] for i in range(len(x))]
                if layer is LogSoftmax:
                    slope = [others if i == k else -p[i] for i in range(len(x))]
                found = made.backward(np.eye(len(x))[k])
                assert max(map(ulps, found, slope)) <= BOUND, (x, k)


def test_log_softmax_keeps_what_1_would_swallow() -> None:
    """The numbers of the issue: log(1 / (1 + exp(-100))) is -exp(-100), and its slope is of that size."""
    layer = LogSoftmax()
    assert layer.forward(np.array([0.0, 100.0])).tolist() == [
        -100.0,
        pytest.approx(-3.720075976020836e-44, rel=1e-15, abs=0),
    ]
    tiny = pytest.approx(3.720075976020836e-44, rel=1e-15, abs=0)
    assert (-layer.backward(np.array([0.0, 1.0]))[0], layer.backward(np.array([0.0, 1.0]))[1]) == (tiny, tiny)
    assert layer.forward(np.array([0.0, 1000.0])).tolist() == [-1000.0, 0.0]


def test_softmax_has_slopes_of_the_size_of_its_smallest_probability() -> None:
    """The issue's logits (0, 100): both slopes of the larger probability are exp(-100), one with a minus."""
    layer = Softmax()
    layer.forward(np.array([0.0, 100.0]))
    wanted = pytest.approx([-3.720075976020836e-44, 3.720075976020836e-44], rel=1e-15, abs=0)
    assert layer.backward(np.array([0.0, 1.0])).tolist() == wanted


def test_log_softmax_adds_up_the_other_douts_without_its_own() -> None:
    """With logits (0, 100) and dout (1e-30, 1) the second slope is exp(-100) - 1e-30: the 1 is not in it."""
    layer = LogSoftmax()
    layer.forward(np.array([0.0, 100.0]))
    assert layer.backward(np.array([1e-30, 1.0]))[1] == pytest.approx(-1e-30, rel=1e-12, abs=0)


@pytest.mark.parametrize("dout", [1.0, -0.1, 1e300])
def test_an_even_dout_gives_softmax_no_gradient(dout: float) -> None:
    """The probabilities always add up to 1, so that their sum has no slope: exactly 0, not nearly."""
    layer = Softmax()
    layer.forward(np.array([[0.3, -1.1, 2.7], [5.0, 5.0, 4.9]]))
    assert not layer.backward(np.full((2, 3), dout)).any()


def test_a_masked_logit_has_no_probability_and_no_gradient() -> None:
    """With -inf at one place the others are as if it were not there."""
    x, dout = np.array([1.0, -INF, 2.0]), np.array([0.5, 7.0, -1.5])
    for layer in (Softmax(), LogSoftmax()):
        with arrays.quiet():
            value = layer.forward(x)
        short = type(layer)()
        assert value[[0, 2]].tolist() == short.forward(x[[0, 2]]).tolist()
    softmax = Softmax()
    with arrays.quiet():
        assert softmax.forward(x)[1] == 0
        assert softmax.backward(dout)[1] == 0


@pytest.mark.parametrize("layer", [Softmax, LogSoftmax])
@pytest.mark.parametrize("x", [[-INF, -INF], [INF, 0.0], [NAN, 0.0]])
def test_infinite_and_missing_logits_give_nan(layer: Any, x: list[float]) -> None:
    """Where only -inf stands along the axis, or inf or nan: inf - inf is nan, and nothing raises."""
    made = layer()
    with arrays.quiet():
        assert np.isnan(made.forward(np.array(x))).all()
        assert np.isnan(made.backward(np.ones(2))).all()


@pytest.mark.parametrize("layer", [Softmax, LogSoftmax])
def test_finite_logits_do_not_warn(layer: Any) -> None:
    """However far apart."""
    made = layer()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made.forward(np.array([-1e300, 0.0, 1e300]))
        made.backward(np.ones(3))


@pytest.mark.parametrize("layer", [Softmax, LogSoftmax])
@pytest.mark.parametrize("shape", [(2, 0), (0, 3)])
def test_no_logits_give_no_probabilities(layer: Any, shape: tuple[int, ...]) -> None:
    """An empty array, whichever of its axes is empty."""
    made = layer()
    with arrays.quiet():
        assert made.forward(np.ones(shape)).shape == shape
        assert made.backward(np.ones(shape)).shape == shape


@pytest.mark.parametrize("layer", [Softmax, LogSoftmax])
def test_softmax_needs_an_axis(layer: Any) -> None:
    """A number has none, and an array not every one."""
    with pytest.raises(ShapeError, match="axis -1 is out of range for a number"):
        layer().forward(2.0)
    with pytest.raises(ShapeError, match=r"axis 2 is out of range for an array of shape \(2, 3\)"):
        layer(axis=2).forward(np.ones((2, 3)))
