"""Light algebra: what nobody would write out goes, and the value stays."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backpropcli.formula import compile_assignment
from backpropcli.symbolic.algebra import simplified
from backpropcli.symbolic.expressions import Call, Expression, Name, Number, expression_of, fold
from backpropcli.symbolic.text import text

NAMES = {"x": Fraction(3, 7), "y": Fraction(-5, 2), "z": Fraction(11)}


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("1 / 2 * 2 * (x - t)", "x - t"),
        ("2 * (x - t) / 2", "x - t"),
        ("2 * 3 * x", "6 * x"),
        ("x * 2 * y * 3", "6 * x * y"),
        ("2 * (1 / x)", "2 / x"),
        ("1 / x * y", "y / x"),
        ("1 / 2 * (1 / x)", "1 / (2 * x)"),
        ("x / 4 * 6", "3 * x / 2"),
        ("x / 2 / 3", "x / 6"),
        ("6 / 4", "3 / 2"),
        ("-(-1)", "1"),
        ("-1 * x", "-x"),
        ("-(2 * x)", "-2 * x"),
        ("x * (-y) * (-2)", "2 * x * y"),
        ("x + (-2) * y", "x - 2 * y"),
        ("x - (-2) * y", "x + 2 * y"),
        ("0.1 * x", "0.1 * x"),
        ("0.5 * 2 * x", "2 * 0.5 * x"),
        ("-0.1 * (-x)", "0.1 * x"),
        ("2 ** x * 2", "2 * 2 ** x"),
        ("x / 0 * 2", "2 * x / 0"),
        ("100000000000000 * 100000000000000 * x", "100000000000000 * 100000000000000 * x"),
    ],
)
def test_whole_factors_come_to_one_fraction_before_the_rest(formula, found):
    """Decimals stay as they are typed, and numbers that have become too long for a reader."""
    assert text(simplified(read(formula), is_of_numbers=False)) == found


def read(formula: str) -> Expression:
    return expression_of(compile_assignment(f"y = {formula}", 1, lambda _start, _end: None))


def leaves():
    numbers = st.sampled_from(["0", "1", "-1", "2", "-3", "4", "6", "0.5", "-0.25"]).map(Number)
    return numbers | st.sampled_from(sorted(NAMES)).map(Name)


def larger(parts):
    pair = st.tuples(parts, parts)
    calls = st.sampled_from(["mul", "mul", "div", "add", "sub"])
    return st.builds(Call, calls, pair) | st.builds(Call, st.just("neg"), st.tuples(parts))


def value(expression):
    """The value by fractions; None where it divides by 0."""

    def call(part, operands):
        if None in operands or (part.layer == "div" and operands[1] == 0):
            return None
        x, y = (*operands, 0)[:2]
        return {
            "add": lambda: x + y,
            "sub": lambda: x - y,
            "mul": lambda: x * y,
            "div": lambda: x / y,
            "neg": lambda: -x,
        }[part.layer]()

    return fold(expression, lambda leaf: NAMES[leaf.text] if isinstance(leaf, Name) else Fraction(leaf.text), call)


@given(st.recursive(leaves(), larger, max_leaves=12), st.booleans())
def test_the_value_stays(expression, is_of_numbers):
    """To the last digit, of fractions; and what is simplified is simple already."""
    found = simplified(expression, is_of_numbers=is_of_numbers)
    wanted = value(expression)
    assert wanted is None or value(found) == wanted
    assert text(simplified(found, is_of_numbers=is_of_numbers)) == text(found)


def test_a_long_product_takes_steps_in_proportion(steps):
    counts = []
    for length in (500, 1_000):
        product = Name("x")
        for _ in range(length):
            product = Call("mul", (Call("mul", (product, Name("c"))), Number("2")))
        counts.append(steps(lambda product=product: simplified(product)))
    assert counts[1] < 2.2 * counts[0]
