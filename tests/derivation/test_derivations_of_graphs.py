"""What `derive` prints is right: each formula, typed as it stands, gives the gradient of the run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backpropcli import api
from backpropcli.derivation.from_result import DOUT, derivation_of
from backpropcli.derivation.model import Equation
from backpropcli.errors import DomainError
from backpropcli.result import Result
from backpropcli.sources.value_parser import parse_value
from backpropcli.symbolic.expressions import DERIVATIVE, Call, Name, fold
from backpropcli.symbolic.text import text

sys.path.append(str(Path(__file__).parents[1] / "random_graphs"))
from graph_builder import Kind, recipes
from graph_strategy import graphs
from random_graph import RandomGraph
from trial import try_out

KINDS = {"arrays": Kind(has_kinks=True), "numbers": Kind(is_scalar=True, has_kinks=True)}
CASES = [(kind, layer) for kind, found in KINDS.items() for layer in recipes(found)]
EXAMPLES = 6


def typed(equation: Equation) -> str:
    """The formula, with a name that can be typed in place of the symbol of a shared gradient."""
    expression = fold(
        equation.expression,
        lambda leaf: leaf,
        lambda call, operands: (
            Name(f"gradient_{operands[1].text}")
            if call.layer == DERIVATIVE
            else Call(call.layer, tuple(operands), call.parameters)
        ),
    )
    return text(expression)


def value_of(equation: Equation, known: dict[str, Any]) -> Any:
    """What the formula comes to; a name or a number alone is no formula."""
    formula = typed(equation)
    if formula in known:
        return known[formula]
    if not isinstance(equation.expression, Call):
        return float(parse_value(formula, "the number"))
    return api.run_formula(formula, known).value


def evaluated(result: Result, *, expand: bool) -> dict[str, Any]:
    """The gradients that the printed formulas give."""
    graph, numbers = result.run.graph, result.run.domain
    derivation = derivation_of(result, expand=expand)
    known = {name: numbers.numbers(result.value_of(name)) for name in graph.inputs}
    known[DOUT] = numbers.numbers(result.dout)
    for equation in derivation.values:
        known[equation.name] = value_of(equation, known)
    for equation in derivation.shared:
        known[f"gradient_{equation.name}"] = value_of(equation, known)
    return {each.name: value_of(each, known) for each in derivation.gradients}


def agree(result: Result, *, expand: bool) -> None:
    """Hold the printed formulas against the run."""
    numbers = result.run.domain
    sizes = [abs(x) for v in (*result.run.values, *result.run.gradients) if v is not None for x in numbers.flat(v)]
    largest = max((float(size) for size in sizes if np.isfinite(size)), default=1)
    for name, found in evaluated(result, expand=expand).items():
        wanted = np.asarray(numbers.numbers(result.gradients[name]), float)
        if not result.run.graph.used[result.run.graph.slot(name)]:
            assert (found, wanted.any()) == (0, False)
            continue
        assert np.shape(found) == wanted.shape, name
        is_finite = np.isfinite(wanted)
        assert np.allclose(np.asarray(found, float)[is_finite], wanted[is_finite], rtol=1e-8, atol=1e-9 * (1 + largest))


def is_right(example: RandomGraph) -> None:
    """All formulas of a random graph, or none if a layer has none."""
    result = api.run_graph(example.graph(), example.inputs, dout=example.dout)
    try:
        derivation_of(result)
    except DomainError:
        return
    agree(result, expand=False)
    agree(result, expand=True)


@pytest.mark.parametrize(("kind", "layer"), CASES)
def test_printed_formulas_are_the_gradients_of_the_run(kind, layer):
    """Of random graphs around each layer, of numbers and of arrays, with kinks and ties."""
    try_out(is_right, graphs(layer, KINDS[kind]), EXAMPLES, f"derive {kind} {layer}")
