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
        ("relu (2x) + 1", "2x", PRODUCT, "write relu (2 * x) + 1"),
        ("maximum(a b)", "a b", "an operator or a comma is missing", "write maximum(a * b)"),
        ("(x) y + 1e3 z", ") y", PRODUCT, "write (x) * y + 1e3 * z"),
        ("sin x", "sin x", "what sin is applied to stands in parentheses", "write sin(x)"),
        ("2 sin x", "sin x", "what sin is applied to stands in parentheses", "write 2 * sin(x)"),
        ("√x + √(y+1)", "√x", "a root is written sqrt(...)", "write sqrt(x) + sqrt(y+1)"),
        ("1 + x√y", "√y", "a root is written sqrt(...)", "write 1 + x * sqrt(y)"),
        ("|x - 1| * 2", "|x - 1|", "a size is written abs(...)", "write abs(x - 1) * 2"),
        ("x!", "!", "a formula has no factorial", "write the product"),
        ("“x” * 2", "“", "a formula has no quotation marks such as “", "leave them out"),
        ("1,5 * x", "1,5 * x", "a formula cannot contain a list of values", "write 1.5 * x"),
        ("x * (1,2)", "(1,2)", "a formula cannot contain a list of values", "write (1.2), or make the list an input"),
        ("x * (1,2,3)", "(1,2,3)", "a formula cannot contain a list of values", "make it an input"),
        ("1,234,567 * x", "1,234,567 * x", "a formula cannot contain a list of values", "write 1234567 * x"),
        ("x, y", "x, y", "a formula cannot contain a list of values", "make it an input"),
        ("c += 1", "c += 1", "a value gets its name once", "write c2 = c + 1"),
        ("x.T @ y", "x.T", "a formula has no attributes such as .T", "write transpose(x)"),
        ("x.sum()", "x.sum", "a formula has no methods such as .sum", "write sum(x)"),
        ("x.clamp(0)", "x.clamp", "a formula has no methods such as .clamp", "write clip(x, min=0)"),
        ("sum(x, 0)", "0", "sum takes 1 input; a parameter is given by its name", "write sum(x, axis=0)"),
        ("max(a, b, c)", "c", "max compares two values", "write max(a, max(b, c))"),
        ("sum(x, dim=1)", "dim", "sum has no parameter 'dim'", "it is called axis here"),
        ("sum(x, axsi=1)", "axsi", "sum has no parameter 'axsi'", "did you mean 'axis'?"),
        ("sqr(x)", "sqr", "unknown layer 'sqr'", "it is called square here"),
        ("hinge(x)", "hinge", "unknown layer 'hinge'", "write mean(relu(1 - y * x))"),
        ("2x^2", "2x", PRODUCT, "write 2 * x**2"),
        (".5a + 2a²", ".5a", PRODUCT, "write .5 * a + 2 * a**2"),
        ("k(x)", "k(x)", PRODUCT, "write k * x"),
        ("apple(x + 1)", "apple", "unknown layer 'apple'", "for a product, write apple * (x + 1)"),
        ("1.5.2 * x", "1.5.2", "1.5.2 is not a number", "a number has one point at most"),
        ("2√x - √√y", "√x", "a root is written sqrt(...)", "write 2 * sqrt(x) - sqrt(sqrt(y))"),
        ("2|x|", "|x|", "a size is written abs(...)", "write 2 * abs(x)"),
        ("||x - y||", "||x - y||", "a norm is written norm(...)", "write norm(x - y)"),
        ("x || y", "||", "a formula has no operator ||", "nest where: where(a, x, where(b, x, y))"),
        ("x * !y", "!y", "a formula has no 'not'", "write where(y, 0, 1)"),
        ("~x", "~x", "a formula has no 'not'", "write where(x, 0, 1)"),
        ("sin 2x", "sin 2x", "what sin is applied to stands in parentheses", "write sin(2 * x)"),
        ("sin² x + cos²(x)", "sin² x", "what sin is applied to stands in parentheses", "write sin(x)**2 + cos(x)**2"),
        ("1 + sin^2(x)", "^", "a formula has no operator ^", "write 1 + sin(x)**2"),
        ("(x + 1) ^ (y)", "^", "a formula has no operator ^", "write (x + 1) ** (y)"),
        ("x % y", "%", "a formula has no operator %", "a - b * floor(a / b) is what remains"),
        ("\\frac{a}{b}", "\\frac", "a formula is not written in LaTeX", "it is written as in sqrt(a / b) ** 2 * pi"),
        ("x'", "'", "a quotation mark is never closed", "a formula has none: leave it out"),
        ("'x' * 2", "'x'", "'x' is not a number", "leave out the quotation marks"),
        ("1_000 * x", "1_000", "1_000 is not a number", "write 1000"),
        ("1,000 * x", "1,000 * x", "a formula cannot contain a list of values", "write 1000 * x, or 1.000 * x"),
        ("[1, 2] * x", "[1, 2]", "a formula cannot contain a list of values", "make it an input"),
        ("[x, 2 * y] * x", "[x, 2 * y]", "a formula cannot contain a list of values", "write stack(x, 2 * y)"),
        ("concat([x, y], axis=1)", "[x, y]", "concat takes its values one by one", "write concat(x, y)"),
        ("max([x, y])", "[x, y]", "max takes its values one by one", "write max(x, y)"),
        ("huber([x, y], y)", "[x, y]", "a formula cannot contain a list of values", "write stack(x, y)"),
        ("softmax([x, y])", "[x, y]", "a formula cannot contain a list of values", "write stack(x, y)"),
        ("x **= 2", "x **= 2", "a value gets its name once", "write x2 = x ** 2"),
        ("np.exp(x)", "np.exp", "a formula has no modules such as np", "write exp(x)"),
        ("np.stack([x, y])", "np.stack", "a formula has no modules such as np", "write stack(x, y)"),
        (
            "np.concatenate((x, y), 1)",
            "np.concatenate",
            "a formula has no modules such as np",
            "write concat(x, y, axis=1)",
        ),
        ("nn.Sigmoid(x)", "nn.Sigmoid", "a formula has no modules such as nn", "write sigmoid(x)"),
        (
            "torch.nn.functional.mse_loss(x, y)",
            "torch.nn.functional.mse_loss",
            "a formula has no modules such as torch",
            "write mse(x, y)",
        ),
        ("x.sum(0)", "x.sum", "a formula has no methods such as .sum", "write sum(x, axis=0)"),
        (
            "x.std(dim=1, keepdim=true)",
            "x.std",
            "a formula has no methods such as .std",
            "write std(x, axis=1, keepdims=true)",
        ),
        (
            "x.reshape(2, -1)",
            "x.reshape",
            "a formula has no methods such as .reshape",
            "write reshape(x, shape=[2, -1])",
        ),
        ("x.view(-1)", "x.view", "a formula has no methods such as .view", "write reshape(x, shape=[...])"),
        ("clip(x, 0, 1)", "0", "clip takes 1 input; a parameter is given by its name", "write clip(x, min=0, max=1)"),
        ("log(x, 2)", "2", "log is the natural logarithm", "write log(x) / log(2)"),
        ("norm(x, p=1)", "p", "norm has no parameter 'p'", "it is called ord here"),
        ("add(x=a, y=b)", "x", "add has no parameter 'x'", "inputs have no names here: write add(x, y)"),
        ("MSELoss(x, y)", "MSELoss", "unknown layer 'MSELoss'", "it is called mse here"),
        ("ceil(a / b)", "ceil", "unknown layer 'ceil'", "write -floor(-(a / b))"),
        ("logit(p)", "logit", "unknown layer 'logit'", "write log(p / (1 - p))"),
        ("sgn(x)", "sgn", "unknown layer 'sgn'", "it is called sign here"),
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
