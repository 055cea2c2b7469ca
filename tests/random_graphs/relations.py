"""What relates a graph to the same graph, written in another way: the value, and the gradients.

To the last bit where contributions add up in the same order, else within rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from properties import assert_within, gradients_of
from random_graph import RandomGraph
from transformations import (
    formula_of,
    has_same_order,
    inlined,
    renamed,
    reordered,
    size_of_formula,
    with_neutral_step,
    with_split_inputs,
)
from trial import Check

from backpropcli import api
from backpropcli.domains import Value
from backpropcli.executor import Run, execute
from backpropcli.scenario import parse_scenario

EXAMPLES = 60
LONGEST_FORMULA = 60


def check_names(example: RandomGraph) -> None:
    """Names change nothing."""
    other = execute(renamed(example).bound())
    assert_same(execute(example.bound()), value_of(other), gradients_of(other))


def check_order(example: RandomGraph) -> None:
    """The order of independent steps changes nothing but the order of addition."""
    changed = reordered(example, _rng(example))
    run, other = execute(example.bound()), execute(changed.bound())
    gradients = [other.gradient(other.graph.slot(name)) for name in example.inputs]
    assert_same(run, value_of(other), gradients, is_same_order=has_same_order(example.steps, changed.steps))


def check_plus_zero(example: RandomGraph) -> None:
    """A value plus 0, in its place, changes nothing."""
    _check_neutral(example, "add", "0")


def check_times_one(example: RandomGraph) -> None:
    """A value times 1, in its place, changes nothing."""
    _check_neutral(example, "mul", "1")


def _check_neutral(example: RandomGraph, layer: str, number: str) -> None:
    name = _rng(example).choice([*example.inputs, *(step.output for step in example.steps)])
    other = execute(with_neutral_step(example, name, layer, number).bound())
    assert_same(execute(example.bound()), value_of(other), gradients_of(other))


def check_fan_out(example: RandomGraph) -> None:
    """An input of its own for each use has the contribution of the use; added as in backward, they are the gradient."""
    split, uses = with_split_inputs(example)
    run, other = execute(example.bound()), execute(split.bound())
    assert has_same_bits(value_of(other), value_of(run))
    for name, gradient in zip(example.inputs, gradients_of(run), strict=True):
        parts = [other.gradient(other.graph.slot(use)) for use in uses[name] or [name]]
        assert has_same_bits(None if gradient is None else reduce(add, parts), gradient)


def check_scenario(example: RandomGraph) -> None:
    """A graph is the scenario that it is printed as."""
    result = api.run(parse_scenario(repr(example), "printed", Path()))
    assert_same(execute(example.bound()), result.value, list(result.gradients.values()))


def check_inlining(example: RandomGraph) -> None:
    """What is used once may stand inside of the formula that uses it."""
    texts, steps = inlined(example)
    text = example.scenario(f'"{text}"' for text in texts)
    result = api.run(parse_scenario(text, "inlined", Path()))
    is_same_order = has_same_order(example.steps, steps)
    assert_same(execute(example.bound()), result.value, list(result.gradients.values()), is_same_order=is_same_order)


def check_one_formula(example: RandomGraph) -> None:
    """A graph is one formula, in which what is used twice is written, and computed, twice."""
    if size_of_formula(example) <= LONGEST_FORMULA:
        steps = {step.output: step for step in example.steps}
        formula = formula_of(steps[example.output], steps)
        result = api.eval_formula(formula, dout=example.dout, **example.inputs)
        assert_same(execute(example.bound()), result.value, list(result.gradients.values()), is_same_order=False)


RELATIONS: dict[str, Check] = {
    "names": check_names,
    "order": check_order,
    "plus_zero": check_plus_zero,
    "times_one": check_times_one,
    "fan_out": check_fan_out,
    "scenario": check_scenario,
    "inlining": check_inlining,
    "one_formula": check_one_formula,
}


def _rng(example: RandomGraph) -> Random:
    """The same choices for the same graph."""
    return Random(repr(example))


def assert_same(run: Run, value: Value, gradients: Sequence[Value | None], *, is_same_order: bool = True) -> None:
    """A value and gradients of the inputs are those of a run, the value in any order of addition."""
    assert has_same_bits(value, value_of(run))
    if is_same_order:
        assert all(map(has_same_bits, gradients, gradients_of(run)))
    else:
        assert_within(run, value, gradients)


def value_of(run: Run) -> Value:
    """The value of the output."""
    return run.values[run.graph.output_slot]


def has_same_bits(found: Any, wanted: Any) -> bool:
    """Whether two values are the same numbers in the same shape, or both are none."""
    if found is None or wanted is None:
        return found is wanted
    return np.shape(found) == np.shape(wanted) and np.array_equal(found, wanted)
