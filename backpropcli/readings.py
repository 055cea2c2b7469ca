"""Readings: functions that take one number or array from a run, so that it can be taken from another run as well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import add

from backpropcli.domains import Value
from backpropcli.executor import Run

Reading = Callable[[Run], Value | None]
"""What stands in one place of a run; None where there is nothing."""
Sentence = tuple[str | Reading, ...]
"""What is said of all runs: where a reading stands, a run has a number or an array."""


def nothing(_run: Run) -> None:
    """No place."""


def value_in(slot: int) -> Reading:
    """The value in a slot."""
    return partial(_value, slot=slot)


def gradient_in(slot: int) -> Reading:
    """The gradient in a slot."""
    return partial(_gradient, slot=slot)


def contribution_in(uses: Sequence[tuple[int, int]]) -> Reading:
    """What comes back through some inputs of nodes, as (node, input), added up."""
    return partial(_contribution, uses=uses)


def _value(run: Run, slot: int) -> Value:
    return run.values[slot]


def _gradient(run: Run, slot: int) -> Value | None:
    return run.gradients[slot]


def _contribution(run: Run, uses: Sequence[tuple[int, int]]) -> Value | None:
    found = [run.contributions[number][port] for number, port in uses if run.contributions[number]]
    parts = [part for part in found if part is not None]
    with run.domain.quiet():
        return reduce(add, parts) if parts else None
