"""What people write elsewhere is answered with its spelling here, and the words that are wrong are marked."""

from __future__ import annotations

import pytest
from formulas import marked, problem, wiring

PRODUCT = "a product needs its sign"


@pytest.mark.parametrize(
    ("text", "mark", "message", "hint"),
    [
        ("2x", "2x", PRODUCT, "write 2 * x"),
        ("3x + 2y", "3x", PRODUCT, "write 3 * x + 2 * y"),
        ("2(x+1)", "2(x+1)", PRODUCT, "write 2 * (x+1)"),
        ("(x+1)(x-1)", "(x+1)(x-1)", PRODUCT, "write (x+1) * (x-1)"),
        ("x(2+1)", "x(2+1)", PRODUCT, "write x * (2+1)"),
        ("x y", "x y", PRODUCT, "write x * y"),
        ("maximum(a b)", "a b", "an operator or a comma is missing", "write maximum(a * b)"),
        ("(x) y + 1e3 z", ") y", PRODUCT, "write (x) * y + 1e3 * z"),
        ("sin x", "sin x", "what sin is applied to stands in parentheses", "write sin(x)"),
        ("2 sin x", "sin x", "what sin is applied to stands in parentheses", "write 2 * sin(x)"),
        ("√x + √(y+1)", "√x", "a root is written sqrt(...)", "write sqrt(x) + sqrt(y+1)"),
        ("|x - 1| * 2", "|x - 1|", "a size is written abs(...)", "write abs(x - 1) * 2"),
        ("x!", "!", "a formula has no factorial", "write the product"),
        ("“x” * 2", "“", "a formula has no quotation marks such as “", "leave them out"),
        ("1,5 * x", "1,5 * x", "a formula cannot contain a list of values", "write 1.5 * x"),
        ("x, y", "x, y", "a formula cannot contain a list of values", "make it an input"),
        ("c += 1", "c += 1", "a value gets its name once", "write c2 = c + 1"),
        ("x.T @ y", "x.T", "a formula has no attributes such as .T", "write transpose(x)"),
        ("x.sum()", "x.sum", "a formula has no methods such as .sum", "write sum(x)"),
        ("x.clamp(y)", "x.clamp", "a formula has no methods such as .clamp", "write clip(x, y)"),
        ("sum(x, 0)", "0", "sum takes 1 input; a parameter is given by its name", "write sum(x, axis=0)"),
        ("max(a, b, c)", "c", "max compares two values", "write max(a, max(b, c))"),
        ("sum(x, dim=1)", "dim", "sum has no parameter 'dim'", "it is called axis here"),
        ("sum(x, axsi=1)", "axsi", "sum has no parameter 'axsi'", "did you mean 'axis'?"),
        ("sqr(x)", "sqr", "unknown layer 'sqr'", "it is called square here"),
        ("hinge(x)", "hinge", "unknown layer 'hinge'", "write mean(relu(1 - y * x))"),
        ("x ≤ 1", "≤", "invalid character '≤' (U+2264)", "less than or equal to is written <="),
    ],
)
def test_the_answer_to(text: str, mark: str, message: str, hint: str) -> None:
    found = problem(text)
    assert (marked(text), found.message, found.hint) == (mark, message, hint)


@pytest.mark.parametrize("text", ["a if b", "a * (b 'c')", "a $ b"])
def test_nothing_silly_is_suggested(text: str) -> None:
    assert not (problem(text).hint or "").startswith("write")


@pytest.mark.parametrize("word", ["max", "min"])
def test_max_and_min_of_two_values_compare_them(word: str) -> None:
    assert wiring(f"{word}(a, b)") == wiring(f"{word}imum(a, b)")
    assert wiring(f"{word}(a)") == [(word, ("a",), "out")]


def test_a_long_formula_is_not_repeated_in_a_hint() -> None:
    assert problem("3x" + " + y" * 100).hint is None
