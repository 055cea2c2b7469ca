"""Derivations as LaTeX: aligned equations, for which the document must load the package amsmath."""

from __future__ import annotations

from collections.abc import Iterator

from backpropcli.derivation.model import Derivation, Equation
from backpropcli.symbolic.expressions import derivative
from backpropcli.symbolic.latex import latex, latex_name
from backpropcli.text.escape import escape_latex, printable


def render(derivation: Derivation) -> str:
    """One block of equations; the title is in a comment."""
    title = printable(derivation.title or derivation.output)
    rows = " \\\\\n".join(equations(derivation))
    return f"% {title}, derived by backprop; needs the package amsmath\n\\begin{{align*}}\n{rows}\n\\end{{align*}}\n"


def equations(derivation: Derivation) -> Iterator[str]:
    """The rows, whose equal signs are aligned."""
    if derivation.dout is not None:
        yield rf"\mathrm{{dout}} &= \text{{{escape_latex(derivation.dout)}}}"
    for each in derivation.values:
        yield f"{latex_name(each.name)} &= {latex(each.expression)}"
    for each in (*derivation.shared, *derivation.gradients):
        yield f"{_head(derivation, each)} &= {latex(each.expression)}"


def _head(derivation: Derivation, equation: Equation) -> str:
    if derivation.dout is None:
        return latex(derivative(derivation.output, equation.name))
    return rf"\text{{gradient of }} {latex_name(equation.name)}"
