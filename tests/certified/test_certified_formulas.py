"""Certified digits of formulas: beside mpmath and fractions, and at branches that balls do not decide."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from mpmath import mp, workdps
from right_digits import TRUE_DIGITS, are_right, texts_of

from backpropcli import api
from backpropcli.errors import DomainError
from backpropcli.graph import Graph, Node

FUNCTIONS = ("sin", "cos", "exp", "atan", "tanh", "sqrt", "log", "sinh", "asinh", "erf")
DIVIDES_BY_ZERO = {213, 286}  # seeds of formulas with a part like 1 / (sin(x) - sin(x))
RUMP = "333.75*b**6 + a**2*(11*a**2*b**2 - b**6 - 121*b**4 - 2) + 5.5*b**8 + a/(2*b)"


def run(formula: str, digits: int = 50, **inputs: Any) -> Any:
    return api.run_formula(formula, inputs, digits=digits)


def value(formula: str, digits: int = 50, **inputs: Any) -> str:
    [text] = texts_of(run(formula, digits, **inputs).value)
    return text


def test_rump() -> None:
    """Float64 finds a number of another sign and size."""
    found = run(RUMP, a="77617", b="33096")
    assert texts_of(found.value) == ["-0.82739605994682136814116509547981629199903311578438"]
    assert Fraction(-54767, 66192) - Fraction(texts_of(found.value)[0]) < Fraction(1, 10**50)


def test_known_constants() -> None:
    assert value("pi + 0") == "3.1415926535897932384626433832795028841971693993751"
    assert value("exp(1)") == "2.7182818284590452353602874713526624977572470937000"
    assert value("sqrt(x)", x="2") == "1.4142135623730950488016887242096980785696718753769"
    assert value("log(2) + 0", digits=10) == "0.6931471806"


def random_formula(draw: random.Random, depth: int) -> str:
    if depth == 0:
        return draw.choice(["x", "y", "0.1", "3.7", "pi"])
    kind = draw.random()
    if kind < 0.5:
        left, right = (random_formula(draw, depth - 1) for _ in range(2))
        return f"({left} {draw.choice('+-*/')} {right})"
    if kind < 0.6:
        return f"({random_formula(draw, depth - 1)}) ** {draw.choice('23')}"
    return f"{draw.choice(FUNCTIONS)}({random_formula(draw, depth - 1)})"


@pytest.mark.parametrize("seed", range(300))
def test_random_formulas(seed: int) -> None:
    """Their values as Python has them, with mpmath's numbers; their gradients by differences."""
    draw = random.Random(seed)
    formula, digits = f"{random_formula(draw, 4)} + x * y", draw.choice([20, 60])
    with workdps(TRUE_DIGITS):
        names = {name: getattr(mp, name) for name in FUNCTIONS} | {"pi": mp.pi}
        code = compile(formula.replace("0.1", "mpf('0.1')").replace("3.7", "mpf('3.7')"), "formula", "eval")

        def truth(x: Any, y: Any) -> Any:
            return eval(code, names | {"x": x, "y": y, "mpf": mp.mpf})  # noqa: S307 - drawn above

        point = mp.mpf("1.3"), mp.mpf("0.7")
        try:
            wanted = truth(*point)
            slopes = mp.diff(truth, point, (1, 0)), mp.diff(truth, point, (0, 1))
        except (ZeroDivisionError, ValueError, OverflowError):
            return
        if isinstance(wanted, mp.mpc) or abs(wanted) > mp.mpf(10) ** 300:
            return
    if seed in DIVIDES_BY_ZERO:
        with pytest.raises(DomainError, match="and 0 cannot be told apart"):
            run(formula, digits, x="1.3", y="0.7")
        return
    found = run(formula, digits, x="1.3", y="0.7")
    assert are_right(*texts_of(found.value), wanted, digits), formula
    with workdps(TRUE_DIGITS):
        for gradient, slope in zip(found.gradients.values(), slopes, strict=True):
            [text] = texts_of(gradient)
            assert abs(mp.mpf(text) - slope) <= abs(slope) * mp.mpf(10) ** (1 - digits) + mp.mpf(10) ** -100, formula


@pytest.mark.parametrize(
    ("formula", "inputs", "shown"),
    [
        ("x + y", {"x": "0.1", "y": "0.2"}, "0.3"),
        ("x * 3", {"x": "1/3"}, "1"),
        ("norm(x)", {"x": ["3", "4"]}, "5"),
        ("sqrt(x)", {"x": "0.01"}, "0.1"),
        ("exp(x)", {"x": "0"}, "1"),
        ("x - y", {"x": "0.3", "y": "0.1"}, "0.2"),
        ("x / 1024", {"x": "1"}, "0.0009765625"),
    ],
)
def test_what_is_known_exactly_is_shown_so(formula: str, inputs: Any, shown: str) -> None:
    assert value(formula, **inputs) == shown


def test_what_is_not_exact_keeps_its_zeros() -> None:
    assert value("sin(x) / x", x="1e-30", digits=20) == "1.0000000000000000000"
    assert value("1 / 3 + x", x="0", digits=5) == "0.33333"


def test_branches_of_fractions_are_decided() -> None:
    """As 0.1 * 3 is 0.3, relu is at its kink, and the largest of three tenths is all three of them."""
    assert texts_of(run("relu(x * 3 - 0.3)", x="0.1").gradients["x"]) == ["0"]
    assert texts_of(run("max(x)", x=["0.1", "0.3", "0.3"]).gradients["x"]) == ["0", "0.5", "0.5"]


@pytest.mark.parametrize(
    ("formula", "label"),
    [
        ("relu(sqrt(x) * sqrt(x) - 2)", "relu out"),
        ("1 / (sqrt(x) * sqrt(x) - 2)", "div out"),
        ("log(sqrt(x) * sqrt(x) - 2)", "log out"),
        ("floor(sqrt(x) * sqrt(x))", "floor out"),
        ("maximum(sqrt(x) * sqrt(x), 2)", "maximum out"),
        ("(sqrt(x) * sqrt(x) - 2) ** -1", "pow out"),
    ],
)
def test_a_branch_that_digits_cannot_decide_is_an_error_that_names_the_layer(formula: str, label: str) -> None:
    with pytest.raises(DomainError, match=rf"{label}: .* cannot be told apart at [\d,]+ digits") as caught:
        run(formula, x="2")
    assert "no digits will do" in str(caught.value.problems[0].hint)


def test_a_branch_is_decided_by_as_many_digits_as_it_takes() -> None:
    assert value("relu(exp(x) - 1 - x)", x="1e-900", digits=5) == "5.0000e-1801"
    assert value("where(exp(x) > 1, 1, 2)", x="1e-1200") == "1"


def test_of_a_zero_that_cannot_be_told_it_is_said_how_small_it_is() -> None:
    found = run("sin(pi) * x", x="1", digits=20)
    [text] = texts_of(found.value)
    assert text.startswith("0e-")
    assert int(text[2:]) < -1000
    assert "fewer than 20 digits are certain of" in found.warnings[0].message


def test_a_slope_behind_an_untaken_branch_stays_out() -> None:
    assert texts_of(run("where(x > 0, sqrt(x), 0)", x="0").gradients["x"]) == ["0"]


@pytest.mark.parametrize(
    ("formula", "x", "shown", "slope"),
    [
        ("1 / x", "0", "inf", "-inf"),
        ("log(x)", "0", "-inf", "inf"),
        ("log(x)", "-1", "nan", "-1"),
        ("exp(x)", "-inf", "0", "0"),
        ("atan(x)", "inf", "1.5707963267948966192", "0"),
        ("x ** 0.5", "-2", "nan", "nan"),
        ("x ** -2", "0", "inf", "-inf"),
        ("x ** 3", "-inf", "-inf", "inf"),
    ],
)
def test_infinities_are_those_of_floats_and_told_of(formula: str, x: str, shown: str, slope: str) -> None:
    found = run(formula, 20, x=x)
    assert (*texts_of(found.value), *texts_of(found.gradients["x"])) == (shown, slope)
    assert "not finite" in found.warnings[0].message


def test_a_number_out_of_all_range_is_an_error() -> None:
    with pytest.raises(DomainError, match="exp out: a number leaves the range in which digits can be certain"):
        run("exp(exp(exp(exp(x))))", x="5")


def test_parameters_are_read_from_their_text() -> None:
    """The default 0.01 and a given 0.1 are a hundredth and a tenth."""
    assert value("leaky_relu(x)", x="-1") == "-0.01"
    assert value("leaky_relu(x, slope=0.1)", x="-3") == "-0.3"


def test_a_float_of_python_has_the_value_that_it_has() -> None:
    assert value("x + 0", x=0.1, digits=60) == "0.1000000000000000055511151231257827021181583404541015625"


def test_arrays_of_numpy_and_fractions_are_exact_numbers() -> None:
    """Also under `exact`."""
    assert texts_of(run("x / 3", 5, x=np.array([0.5, 0.1])).value) == ["0.16667", "0.033333"]
    assert value("x / 7", 5, x=Fraction(1, 3)) == "0.047619"
    exact = api.run_formula("x / 3", {"x": np.array([0.5, 3])}, exact=True)
    assert exact.run.domain.numbers(exact.value) == [Fraction(1, 6), 1]


@pytest.mark.parametrize("layer", ["sin", "add", "mul"])
def test_a_chain_of_ten_thousand_nodes(layer: str) -> None:
    names = ["x", *(f"y{number}" for number in range(10_000))]
    nodes = [Node(layer, [name] if layer == "sin" else [name, "x"], out) for name, out in itertools.pairwise(names)]
    found = api.run_graph(Graph(("x",), nodes), {"x": "0.7"}, digits=30)
    wanted = {"sin": "0.0173113338152666670005430503264", "add": "7000.7"}.get(layer)
    assert wanted is None or texts_of(found.value) == [wanted]
    assert not found.warnings


def test_ten_thousand_digits() -> None:
    with workdps(10_010):
        wanted = mp.nstr(mp.exp(mp.mpf(1) / 10), 10_005, strip_zeros=False)
    assert value("exp(x)", x="0.1", digits=10_000)[:9_998] == wanted[:9_998]


@pytest.mark.parametrize("digits", [0, 10_001])
def test_digits_out_of_range(digits: int) -> None:
    with pytest.raises(DomainError, match="from 1 to 10,000 digits"):
        run("-x", digits, x="1")


def test_fractions_and_digits_exclude_each_other() -> None:
    with pytest.raises(DomainError, match="exact fractions have all their digits"):
        api.run_formula("x * 2", {"x": "1"}, exact=True, digits=5)
