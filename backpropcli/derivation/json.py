"""Derivations as JSON; formulas are text in the grammar of scenario files."""

from __future__ import annotations

import json
from collections.abc import Sequence

from backpropcli.derivation.model import Derivation, Equation
from backpropcli.symbolic.text import text


def render(derivation: Derivation) -> str:
    """One object."""
    tree = {
        "title": derivation.title,
        "output": derivation.output,
        "dout": derivation.dout,
        "values": _formulas(derivation.values),
        "shared": _formulas(derivation.shared),
        "gradients": _formulas(derivation.gradients),
    }
    return json.dumps(tree, indent=2) + "\n"


def _formulas(equations: Sequence[Equation]) -> dict[str, str]:
    return {each.name: text(each.expression) for each in equations}
