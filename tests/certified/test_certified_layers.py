"""Certified digits of every layer, beside its textbook lines in reals of 400 digits, and beside mpmath's functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf, workdps
from right_digits import TRUE, TRUE_DIGITS, are_right, as_texts, texts_of, true_values

from backpropcli import api
from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains import arrays_of, domain
from backpropcli.domains.reals import working_digits
from backpropcli.errors import DomainError
from backpropcli.graph import Graph, Node
from backpropcli.layers import Sample
from backpropcli.textbook import evaluate, textbook

ARRAYS = domain("arrays")
SAMPLES = [(name, number) for name in LAYERS for number in range(len(layer_spec(name).cls.samples))]


def on_arrays(sample: Sample) -> bool:
    return any(isinstance(x, list) for x in sample.inputs)


def certified(name: str, sample: Sample, digits: int, dout: Any = None) -> Any:
    """The run of one layer."""
    names = [f"x{place}" for place in range(len(sample.inputs))]
    graph = Graph(names, [Node(name, names, "out", parameters=sample.parameters)])
    given = dict(zip(names, map(as_texts, sample.inputs), strict=True))
    return api.run_graph(graph, given, dout=dout, digits=digits)


def upstream(name: str, sample: Sample) -> Any:
    """Numbers in the shape of the value, which differ from one another."""
    numbers = ARRAYS if on_arrays(sample) else domain("floats")
    out = layer_spec(name).bind(sample.parameters, numbers)().forward(*map(numbers.convert, sample.inputs))
    drawn = np.random.default_rng(1).integers(1, 9, numbers.shape(out)) / 4
    return drawn.tolist()


def truth(name: str, sample: Sample, dout: Any) -> tuple[list[Any], list[Any]]:
    """The value and the gradients, by the lines, or by the class where they are in words."""
    spec, numbers = layer_spec(name), arrays_of(TRUE) if on_arrays(sample) else TRUE
    with working_digits(TRUE_DIGITS):
        inputs, dout = true_values(list(map(as_texts, sample.inputs))), numbers.convert(dout)
        found = evaluate(textbook(spec), inputs, sample.parameters, numbers, dout)
        if found is not None and found.gradients is not None:
            out, gradients = found.values["out"], found.gradients
        else:
            layer = spec.bind(sample.parameters, numbers)()
            out = layer.forward(*inputs)
            gradients = layer.backward(dout)
            gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        return numbers.elements(out), [None if g is None else numbers.elements(g) for g in gradients]


@pytest.mark.parametrize("digits", [30, 100])
@pytest.mark.parametrize(("name", "number"), SAMPLES)
def test_every_digit_of_every_sample_is_right(name: str, number: int, digits: int) -> None:
    """Of the value and of all gradients."""
    sample = layer_spec(name).cls.samples[number]
    dout = upstream(name, sample)
    try:
        result = certified(name, sample, digits, as_texts(dout))
    except DomainError as error:
        assert "no textbook line" in str(error)
        assert name in {"attention", "cross_entropy", "softmax_with_loss"}
        return
    value, gradients = truth(name, sample, dout)
    for found, wanted in [(result.value, value), *zip(result.gradients.values(), gradients, strict=True)]:
        if found is not None:
            texts = texts_of(found)
            assert all(are_right(*pair, digits) for pair in zip(texts, wanted, strict=True)), (texts, wanted)


def sigmoid(x: Any) -> Any:
    """The logistic sigmoid."""
    return 1 / (1 + mp.exp(-x))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": mp.exp,
    "expm1": mp.expm1,
    "log": mp.log,
    "log1p": mp.log1p,
    "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10,
    "sqrt": mp.sqrt,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "sin": mp.sin,
    "cos": mp.cos,
    "tan": mp.tan,
    "asin": mp.asin,
    "acos": mp.acos,
    "atan": mp.atan,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "asinh": mp.asinh,
    "acosh": mp.acosh,
    "atanh": mp.atanh,
    "tanh": mp.tanh,
    "erf": mp.erf,
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: -mp.log1p(mp.exp(-x)),
    "softplus": lambda x: mp.log1p(mp.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "elu": lambda x: x if x > 0 else mp.expm1(x),
    "celu": lambda x: x if x > 0 else mp.expm1(x),
    "silu": lambda x: x * sigmoid(x),
    "mish": lambda x: x * mp.tanh(mp.log1p(mp.exp(x))),
    "gelu": lambda x: x * mp.erfc(-x / mp.sqrt(2)) / 2,
    "leaky_relu": lambda x: x if x > 0 else x / 100,
    "hardswish": lambda x: x * min(max(x + 3, 0), 6) / 6,
}
POINTS = ("0.7", "-0.7", "1/3", "1e-20", "-1e-20", "1.25", "30", "-30", "700", "-700", "0.1", "2.9999")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_mpmath_have_the_same_digits(name: str) -> None:
    """The value and the slope, which mpmath takes from a difference; inside and in the tails."""
    checked = 0
    for text in POINTS:
        with workdps(TRUE_DIGITS):
            above, _, below = text.partition("/")
            x = mpf(above) / mpf(below or 1)
            value = FUNCTIONS[name](x)
            if isinstance(value, mp.mpc):
                continue  # not real here
            slope = mp.diff(FUNCTIONS[name], x, h=mpf(10) ** -150 * abs(x))
        found = certified(name, Sample((text,), {}), 50)
        assert are_right(texts_of(found.value)[0], value, 50), text
        if abs(slope) > mpf(10) ** -100:  # of a smaller one the difference has no digits
            assert is_near(texts_of(found.gradients["x0"])[0], slope), text
        checked += 1
    assert checked >= 4


def is_near(text: str, slope: Any) -> bool:
    """Whether a printed slope is as near as 50 digits are to one of a difference."""
    with workdps(TRUE_DIGITS):
        return bool(abs(mpf(text) - slope) <= abs(slope) * mpf(10) ** -49)


@pytest.mark.parametrize("text", ["-1.278464542761073795109358739022980155439478", "-1.1924312145154952"])
def test_at_the_zero_of_a_slope_digits_are_those_of_the_slope(text: str) -> None:
    """Where silu and mish turn round, code that has the place as a float64 would be right to 17 digits."""
    name = "silu" if text.startswith("-1.27") else "mish"
    with workdps(TRUE_DIGITS):
        slope = mp.diff(FUNCTIONS[name], mpf(text), h=mpf(10) ** -150)
    assert is_near(texts_of(certified(name, Sample((text,), {}), 50).gradients["x0"])[0], slope)
