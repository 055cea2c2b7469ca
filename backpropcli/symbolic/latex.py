"""Expressions as LaTeX writes them in math mode; choices need the package amsmath."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from backpropcli.symbolic.expressions import DERIVATIVE, GRADIENT, LOCAL_DERIVATIVE, Call, Expression
from backpropcli.symbolic.printing import (
    ATOM,
    MATRIX_PRODUCT,
    OPEN,
    POWER,
    PRODUCT,
    SUM,
    Notation,
    Operator,
    Printed,
)
from backpropcli.symbolic.text import given_parameters
from backpropcli.text.escape import escape_latex
from backpropcli.text.numbers import latex_numbers

_GREEK = frozenset(
    (
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
        *("nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
    )
)
_FUNCTIONS = frozenset(("log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min"))
"""The layers whose names LaTeX has commands for."""
_COMPARISONS = {
    "less": "<",
    "less_equal": r"\le",
    "greater": ">",
    "greater_equal": r"\ge",
    "equal": "=",
    "not_equal": r"\ne",
}


def latex(expression: Expression) -> str:
    r"""The expression in math mode.

    >>> from backpropcli.symbolic.expressions import Call, Name
    >>> print(latex(Call("div", (Call("mul", (Name("w1"), Name("apple_num"))), Name("beta")))))
    \frac{w_{1} \cdot \mathrm{apple\_num}}{\beta}
    """
    return _LATEX.printed(expression)


def latex_condition(comparison: Call) -> str:
    """A comparison as the condition of a choice."""
    return _LATEX.condition(comparison)


def latex_name(text: str) -> str:
    r"""A name in math mode: single letters, numbered or not, in italics, longer names upright.

    >>> print(latex_name("x"), latex_name("w12"), latex_name("sigma"), latex_name("(3)"))
    x w_{12} \sigma (3)
    """
    match = re.fullmatch(r"(?P<letter>[A-Za-z]|[a-z]+)_?(?P<number>\d*)", text)
    if match and (len(match["letter"]) == 1 or match["letter"] in _GREEK):
        letter = match["letter"] if len(match["letter"]) == 1 else f"\\{match['letter']}"
        return f"{letter}_{{{match['number']}}}" if match["number"] else letter
    return text if re.fullmatch(r"\(\d+\)", text) else rf"\mathrm{{{escape_latex(text)}}}"


class _Latex(Notation):
    operators: ClassVar[Mapping[str, Operator]] = {
        "add": Operator("{} + {}", SUM, (SUM, SUM)),
        "sub": Operator("{} - {}", SUM, (SUM, MATRIX_PRODUCT)),
        "mul": Operator(r"{} \cdot {}", PRODUCT, (PRODUCT, PRODUCT)),
        "div": Operator(r"\frac{{{}}}{{{}}}", PRODUCT, (OPEN, OPEN)),
        "matmul": Operator(r"{} \, {}", MATRIX_PRODUCT, (POWER, POWER)),
        "neg": Operator("-{}", PRODUCT, (PRODUCT,)),
        "pow": Operator("{}^{{{}}}", POWER, (ATOM, OPEN)),
        DERIVATIVE: Operator(r"\frac{{d {}}}{{d {}}}", PRODUCT, (OPEN, OPEN)),
        LOCAL_DERIVATIVE: Operator(r"\frac{{\partial {}}}{{\partial {}}}", PRODUCT, (OPEN, OPEN)),
        GRADIENT: Operator(r"\frac{{d {}}}{{d {}}}", PRODUCT, (OPEN, OPEN)),
        "square": Operator("{}^{{2}}", POWER, (ATOM,)),
        "exp": Operator("e^{{{}}}", POWER, (OPEN,)),
        "sqrt": Operator(r"\sqrt{{{}}}", ATOM, (OPEN,)),
        "reciprocal": Operator(r"\frac{{1}}{{{}}}", PRODUCT, (OPEN,)),
        "abs": Operator(r"\left|{}\right|", ATOM, (OPEN,)),
    }

    def name(self, text: str) -> str:
        return latex_name(text)

    def number(self, text: str) -> str:
        if text == "pi":
            return r"\pi"
        above, slash, below = text.partition("/")
        return rf"\frac{{{above}}}{{{below}}}" if slash else latex_numbers(text)

    def is_atom(self, number: str) -> bool:
        return "/" not in number and "e" not in number

    def brackets(self, text: str) -> str:
        return rf"\left({text}\right)"

    def call(self, layer: str, operands: Sequence[Printed], parameters: Sequence[tuple[str, Any]]) -> Printed:
        given = given_parameters(layer, parameters)
        texts = [operand.text for operand in operands]
        if layer == "transpose" and not given:
            return Printed(rf"{self.operand(operands[0], ATOM)}^{{\top}}", POWER)
        if layer == "where":
            condition = operands[0].condition or rf"{texts[0]} \ne 0"
            return Printed(
                rf"\begin{{cases}} {texts[1]} & {condition} \\ {texts[2]} & \text{{otherwise}} \end{{cases}}", SUM
            )
        condition = f"{texts[0]} {_COMPARISONS[layer]} {texts[1]}" if layer in _COMPARISONS else ""
        function = f"\\{layer}" if layer in _FUNCTIONS else rf"\operatorname{{{escape_latex(layer)}}}"
        inside = ", ".join([*texts, *(rf"\mathrm{{{escape_latex(f'{k}={v}')}}}" for k, v in given)])
        return Printed(rf"{function}\left({inside}\right)", condition=condition)


_LATEX = _Latex()
