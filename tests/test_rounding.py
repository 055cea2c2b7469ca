"""`rounding`: how many digits of a run are right, and which layer costs most."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

import backpropcli as bp
from backpropcli import api
from backpropcli.catalogue import LAYERS
from backpropcli.catalogue.registry import layer_spec
from backpropcli.domains import arrays_of, domain
from backpropcli.errors import DomainError
from backpropcli.graph import Graph, Node
from backpropcli.rounding import Rounding

FLOATS, EXACT = domain("floats"), domain("exact")


def told(formula: str, **inputs: Any) -> Rounding:
    found = api.run_formula(formula, inputs, rounding=True).rounding
    assert found is not None
    return found


def test_a_cosine_near_one_costs_most_where_it_is_taken_from_one() -> None:
    """What the cosine may be off is all that is left."""
    found = told("(1 - cos(x)) / x**2", x="1e-7")
    assert (found.digits, found.costliest) == (0, "cos (1)")
    assert found.counted("out") == (3, 17)


def test_a_difference_costs_most_where_a_sum_is_as_good_as_any_float64() -> None:
    found = told("(1 + x) - 1", x="1e-15")
    assert (found.digits, found.costliest) == (0, "sub out")
    assert found.counted("out") == (0, 17)


@pytest.mark.parametrize(
    ("formula", "x", "digits"),
    [
        ("sqrt(x * x + 1) - x", "12345.6", 7),
        ("(1 + x) - 1", "1e-10", 5),
        ("exp(x) - 1", "1e-5", 10),
        ("expm1(x)", "1e-5", 15),
        ("x + 0.1", "0.2", 15),
    ],
)
def test_digits_that_cancel_are_gone(formula: str, x: str, digits: int) -> None:
    """And what the estimate says is right."""
    found = told(formula, x=x)
    assert found.digits == digits
    value, _ = found.counted("out")
    assert value is not None
    assert digits <= value


def test_a_gradient_loses_digits_of_its_own() -> None:
    found = told("sqrt(x * x + 1) - x", x="123456789")
    assert found.counted("x")[1] == 0


@pytest.mark.parametrize(
    ("formula", "inputs"),
    [
        ("x * y - 7", {"x": "3", "y": "2.5"}),
        ("relu(x) + abs(x)", {"x": "-0.125"}),
        ("1000001 - x", {"x": "1000000"}),
        ("max(x)", {"x": ["1", "2"]}),
    ],
)
def test_what_is_not_rounded_is_right_to_all_digits(formula: str, inputs: Any) -> None:
    found = told(formula, **inputs)
    assert (found.digits, found.costliest) == (17, None)
    assert list(found.sentences) == ["All digits of out are right: nothing was rounded."]
    assert set((found.values or {}).values()) == {17}


def test_an_array_counts_as_a_whole() -> None:
    """Its elements weighted with dout."""
    found = api.run_formula("(1 + x) - 1", {"x": ["1", "1e-15"]}, rounding=True).rounding
    assert found is not None
    assert found.digits == 15
    assert found.counted("out") == (0, 17)
    assert next(iter(found.sentences)).startswith("~15 digits of out as a whole are right")


def test_an_input_counts_with_its_own_rounding() -> None:
    """A tenth is no float64: the estimate and the count take its text for the truth."""
    assert told("-x", x="0.1").digits == 15
    assert told("-x", x="0.1").counted("x") == (16, 17)
    assert told("-x", x="0.5").digits == 17


def test_a_parameter_that_is_no_float64_counts_too() -> None:
    assert told("clip(x, max=0.1)", x="1").digits == 15
    assert told("clip(x, max=0.5)", x="1").digits == 17


def test_dout_scales_value_and_error_alike() -> None:
    plain = api.run_formula("exp(x) - 1", {"x": "1e-5"}, rounding=True).rounding
    scaled = api.run_formula("exp(x) - 1", {"x": "1e-5"}, dout="1e30", rounding=True).rounding
    assert plain is not None
    assert scaled is not None
    assert plain.digits == scaled.digits


@pytest.mark.parametrize(
    ("formula", "x", "reason"),
    [
        ("1 / x", "0", "not all numbers are finite"),
        ("detach(exp(x)) - 1", "1e-9", "detach (2) hides what depends on its input"),
        ("x - 0.1", "0.1", "it is 0"),
    ],
)
def test_what_cannot_be_told_has_a_reason(formula: str, x: str, reason: str) -> None:
    found = told(formula, x=x)
    assert found.digits is None
    assert next(iter(found.sentences)) == f"How many digits of out are right cannot be told: {reason}."


def test_without_a_dout_nothing_can_be_told() -> None:
    found = api.run_formula("x + 0.1", {"x": "0.2"}, dout="0", rounding=True).rounding
    assert found is not None
    assert found.reason == "dout is 0"


def test_numbers_at_the_ends_of_float64_can_be_told_of() -> None:
    assert told("x * y", x="1e-300", y="1e300").digits == 15
    assert told("exp(x) + 1", x="-1000").digits == 15
    assert told("exp(x)", x="-1e7").counted("out") == (0, 17)
    assert told("1e308 * (x - 0.1)", x="0.3").digits is not None


def test_what_the_output_does_not_use_hides_nothing() -> None:
    nodes = [Node("detach", ["x"], "c"), Node("exp", ["x"], "y")]
    found = api.run_graph(Graph(("x",), nodes), {"x": "1"}, rounding=True).rounding
    assert found is not None
    assert found.digits is not None


def test_where_no_run_can_be_certain_the_estimate_stands_alone() -> None:
    found = told("relu(sqrt(x) * sqrt(x) - 2)", x="2")
    assert not found.is_counted
    assert found.digits is not None
    assert "relu out" in str(found.remark)


@pytest.mark.parametrize(
    ("settings", "title"), [({"exact": True}, "exact fractions"), ({"digits": 9}, "certified digits")]
)
def test_other_numbers_are_refused(settings: dict[str, Any], title: str) -> None:
    with pytest.raises(DomainError, match=f"rounding is told of float64, not of {title}"):
        api.run_formula("x / 3", {"x": "1"}, rounding=True, **settings)


def test_nobody_who_does_not_ask_is_told() -> None:
    assert bp.eval_formula("x / 3", x=1).rounding is None
    assert bp.eval_formula("x / 3", x=1, rounding=True).rounding is not None


def test_a_chain_of_ten_thousand_layers() -> None:
    nodes = [Node("sin", [f"y{number - 1}" if number else "x"], f"y{number}") for number in range(10_000)]
    found = api.run_graph(Graph(("x",), nodes), {"x": "0.7"}, rounding=True).rounding
    assert found is not None
    assert found.values is not None
    assert 0 < found.digits <= found.values["y9999"]


PROSE = {0: ("exact", "out exact"), 0.5: ("correctly rounded", "out correctly rounded")}
OTHERWISE = {"nll"}  # whose sums round, though its Numerics say first that it is exact


@pytest.mark.parametrize("name", LAYERS)
def test_the_declared_bound_is_what_numerics_says(name: str) -> None:
    spec = layer_spec(name)
    numerics, bound = spec.sections["Numerics"], spec.cls.ulps
    for declared, words in PROSE.items():
        if name not in OTHERWISE:
            assert numerics.startswith(words) == (bound == declared), numerics
    assert bound in {0, 0.5, 4}


@pytest.mark.parametrize("name", [name for name in LAYERS if layer_spec(name).cls.ulps < 1 and name != "sqrt"])
def test_exact_is_exact_and_correctly_rounded_is(name: str) -> None:
    """Beside fractions, at random numbers in place of those of the samples."""
    spec, draw = layer_spec(name), random.Random(name)

    def drawn(place: int, x: Any) -> Any:
        if isinstance(x, list):
            return [drawn(place, item) for item in x]
        is_fixed = spec.input_name(place) in {*spec.cls.constant_inputs, "indices", "mask", "cond", "labels"}
        return x if is_fixed else draw.choice([1, -1]) * draw.random() * 10.0 ** draw.randint(-3, 3)

    for sample in spec.cls.samples:
        inputs = [drawn(place, x) for place, x in enumerate(sample.inputs)]
        is_array = any(isinstance(x, list) for x in inputs)
        floats, fractions = (arrays_of(each) if is_array else each for each in (FLOATS, EXACT))
        found = spec.bind(sample.parameters, floats)().forward(*map(floats.convert, inputs))
        exact = spec.bind(sample.parameters, fractions)().forward(*map(fractions.convert, inputs))
        for number, truth in zip(floats.flat(found), fractions.flat(exact), strict=True):
            parameters_are_floats = all(
                not isinstance(v, float) or Fraction(repr(v)) == v for v in sample.parameters.values()
            )
            if parameters_are_floats and name != "leaky_relu":  # whose slope 0.01 is no float64
                assert float(truth) == number
