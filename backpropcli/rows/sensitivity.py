"""What gradients are for, in each row: relative gradients, and the uncertainty of the output.

The uncertainties of inputs, which are columns or the same in all rows, are inputs of the graph themselves, which no
layer takes: so they come from tables as other inputs do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backpropcli.domains import Over, Value, namespace
from backpropcli.errors import DataError, GraphError, Problem, UsageError, did_you_mean
from backpropcli.executor import Run
from backpropcli.graph import Graph
from backpropcli.scenario import Scenario
from backpropcli.sensitivity import root_of_squares
from backpropcli.sources.literals import to_float

COLUMN = "@"
"""What the name of a column begins with, where a number could stand."""

_NAN = float("nan")


class Uncertain(NamedTuple):
    """A scenario with the uncertainties of its inputs, the columns of all, and what the uncertainties are called."""

    scenario: Scenario
    columns: dict[str, str]
    sigmas: dict[str, str]


def with_sigmas(
    scenario: Scenario, found: Mapping[str, str], given: Mapping[str, str], columns: Sequence[str]
) -> Uncertain:
    """The scenario, and the columns `found` of its inputs, with the uncertainties that are given: numbers, or @COLUMN.

    Raises UsageError for what is no input and for a column that is not there, DataError for what is no number or
    negative.
    """
    inputs, taken, sigmas = dict(scenario.inputs), dict(found), {}
    for name, text in given.items():
        if name not in scenario.inputs:
            raise UsageError(Problem(f"--sigma: no input is named '{name}'", hint=did_you_mean(name, scenario.inputs)))
        own = sigmas[name] = f"sigma of {name}"
        column = text.removeprefix(COLUMN)
        if column == text:
            inputs[own] = _number(name, text)
        elif column not in columns:
            raise UsageError(Problem(f"--sigma: no column is named '{column}'", hint=did_you_mean(column, columns)))
        else:
            inputs[own], taken[own] = "0", column
    graph = Graph((*scenario.graph.inputs, *sigmas.values()), scenario.graph.nodes, scenario.graph.output)
    return Uncertain(scenario._replace(graph=graph, inputs=inputs), taken, sigmas)


def check_dout(scenario: Scenario) -> None:
    """Raise DataError where gradients are not those of the output itself."""
    if scenario.dout is not None and to_float(str(scenario.dout)) != 1:
        raise DataError("--relative and --sigma are about the output itself, and dout is not 1")


def relative(run: Run, name: str) -> Value:
    """The gradient with respect to a value, times that and over the output; 0 for what has no gradient."""
    graph = run.graph
    gradient, value, output = (
        run.gradient(graph.slot(name)),
        run.values[graph.slot(name)],
        run.values[graph.output_slot],
    )
    if gradient is None:
        return 0.0
    with run.domain.quiet():
        return namespace(gradient, value, output).times(gradient, value, Over(output))


def uncertainty(run: Run, sigmas: Mapping[str, str]) -> Value:
    """The uncertainty of the output; nan in a row with a negative one. Raises GraphError for what has no gradient."""
    graph, parts = run.graph, []
    with run.domain.quiet():
        for name, own in sigmas.items():
            gradient, sigma = run.gradient(graph.slot(name)), run.values[graph.slot(own)]
            if gradient is None:
                raise GraphError(f"--sigma: the output has no gradient with respect to '{name}'")
            xp = namespace(gradient, sigma)  # both may be the same in all rows, and floats
            parts.append(xp.where(sigma < 0, _NAN, abs(xp.times(gradient, sigma))))
        return root_of_squares(parts)[0]


def _number(name: str, text: str) -> str:
    """The text of a number. Raises DataError for another, and for a negative one."""
    try:
        is_right = 0 <= to_float(text) < float("inf")
    except DataError:
        is_right = False
    if not is_right:
        hint = f"--sigma {name}=@COLUMN takes them from a column"
        raise DataError(Problem(f"--sigma: '{text}' is no number from 0 on", hint=hint))
    return text
