"""Derivations for terminals: formulas in the grammar of scenario files."""

from __future__ import annotations

from backpropcli.derivation.model import Derivation, Equation
from backpropcli.symbolic.expressions import derivative
from backpropcli.symbolic.text import text
from backpropcli.text.escape import printable


def render(derivation: Derivation) -> str:
    """Blocks of lines, one formula each."""
    blocks = [[] if derivation.dout is None else [f"dout = {derivation.dout}"]]
    blocks.append([f"{each.name} = {text(each.expression)}" for each in derivation.values])
    blocks += ([_gradient(derivation, each) for each in part] for part in (derivation.shared, derivation.gradients))
    return "\n".join("".join(f"{printable(line)}\n" for line in block) for block in blocks if block)


def _gradient(derivation: Derivation, equation: Equation) -> str:
    if derivation.dout is None:
        return f"{text(derivative(derivation.output, equation.name))} = {text(equation.expression)}"
    return f"gradient of {equation.name} = {text(equation.expression)}"
