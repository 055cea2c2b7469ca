"""What is computed of a table: which inputs come from which columns, and which columns come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import NamedTuple

from backpropcli.errors import BackpropError, DataError, LayerError, Problem, ShapeError, UsageError, did_you_mean
from backpropcli.graph import Node
from backpropcli.scenario import Scenario
from backpropcli.suggestions import nearest


class Plan(NamedTuple):
    """The columns of a table and the inputs of a scenario, matched.

    `columns` are those that inputs come from, by input. `kept` are the columns of the table that come out as they are;
    `output`, `gradients`, `relative` gradients and `uncertainty` are what the computed ones are called, the gradients
    by input; the last two are there if they are asked for. The uncertainties of inputs are inputs themselves, which no
    layer takes: `sigmas` are their names, by those of the inputs that are uncertain.
    """

    scenario: Scenario
    columns: dict[str, str]
    kept: tuple[str, ...]
    output: str
    gradients: dict[str, str]
    relative: dict[str, str]
    sigmas: dict[str, str]

    @property
    def uncertainty(self) -> str | None:
        """What the column of the output's uncertainty is called; None where nothing is uncertain."""
        return f"sigma_{self.output}" if self.sigmas else None

    @property
    def results(self) -> list[str]:
        """What the computed columns are called, in their order."""
        names = [self.output, *self.gradients.values(), *self.relative.values()]
        return [*names, self.uncertainty] if self.uncertainty else names

    @property
    def wanted(self) -> list[str]:
        """The inputs whose gradients the results are made of."""
        return list(dict.fromkeys((*self.gradients, *self.sigmas)))

    @property
    def constants(self) -> list[str]:
        """The inputs that have the same value in every row."""
        return [name for name in self.scenario.inputs if name not in self.columns]

    @property
    def needed(self) -> list[str]:
        """The columns of the table that are read."""
        return list(dict.fromkeys([*self.columns.values(), *self.kept]))


def matched(scenario: Scenario, columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """The column of each input that has one: the one that `mapping` gives, or else the one of its name.

    Raises UsageError for an input or a column that is not there, and where no input has a column.
    """
    for name, column in mapping.items():
        if name not in scenario.inputs:
            raise UsageError(Problem(f"--map: no input is named '{name}'", hint=did_you_mean(name, scenario.inputs)))
        if column not in columns:
            raise UsageError(Problem(f"--map: no column is named '{column}'", hint=did_you_mean(column, columns)))
    found = {name: mapping.get(name, name) for name in scenario.inputs if name in mapping or name in columns}
    if not found:
        near: dict[str, str] = {}  # a column once
        for name in scenario.inputs:
            if close := nearest(name, [column for column in columns if column not in near]):
                near[close] = name
        shown = ", ".join(columns[:_SHOWN]) + (", ..." if len(columns) > _SHOWN else "")
        message = f"no column is named like an input ({', '.join(scenario.inputs)})"
        guesses = (f"--map {quote(f'{name}={column}')}" for column, name in near.items())
        hint = " ".join(guesses) or f"--map INPUT=COLUMN says which is which; the columns are {shown}"
        raise UsageError(Problem(message, hint=hint))
    return found


def near_misses(made: Plan, columns: Sequence[str]) -> list[Problem]:
    """The constants whose names are nearly those of columns that nothing takes."""
    free = [column for column in columns if column not in made.columns.values()]
    problems = []
    for name in made.constants:
        if name not in made.sigmas.values() and (close := nearest(name, free)):
            message = f"the input '{name}' is a constant, as no column has its name"
            problems.append(Problem(message, hint=f"--map {quote(f'{name}={close}')} takes the column '{close}'"))
    return problems


def plan(
    scenario: Scenario,
    columns: Sequence[str] | None,
    found: dict[str, str],
    *,
    keep: Sequence[str] | None,
    prefix: str,
    wanted: Sequence[str] | None,
    relative: bool = False,
    sigmas: Mapping[str, str] | None = None,
) -> Plan:
    """What comes out: columns that are kept, all by default, the output, and the gradients, by default of columns.

    With `relative`, so do gradients relative to the output, and with `sigmas`, the names of inputs' uncertainties by
    those of the inputs, that of the output.

    `columns` are all of the table's, or None if nobody knows them; then none is kept by default. Raises UsageError for
    a column to keep that is not there, and for names that clash, also by case, as engines for Parquet rename such
    columns without a word.
    """
    kept = tuple(columns or ()) if keep is None else tuple(keep)
    for column in kept:
        if columns is not None and column not in columns:
            raise UsageError(Problem(f"--keep: no column is named '{column}'", hint=did_you_mean(column, columns)))
    own = dict(sigmas or {})
    asked = [name for name in found if name not in own.values()] if wanted is None else list(wanted)
    for name in asked:
        scenario.graph.slot(name)
    gradients = {name: f"{prefix}{name}" for name in asked}
    others = {name: f"relative_{name}" for name in asked} if relative else {}
    made = Plan(scenario, found, kept, scenario.graph.output, gradients, others, own)
    _check_clashes([*kept, *made.results])
    return made


def check_layers(scenario: Scenario) -> None:
    """Raise LayerError for the layers that cannot work row by row: NumPy code, what makes axes, and what is random."""
    problems = []
    for node in scenario.graph.nodes:
        if node.spec.needs_arrays:
            message = f"{node.label}: NumPy code of your own would see all rows as one array"
            problems.append(node.problem(message, hint="a class that derives from backpropcli.layers.Layer can do it"))
        elif node.spec.cls.makes_axes:
            problems.append(node.problem(f"{node.label}: it makes arrays, and a row of a table has numbers"))
        elif _draws(node):
            message = f"{node.label}: its random numbers are those of one array, not of rows"
            problems.append(node.problem(message, hint="with a mask, of 0 and 1 in each row, it draws none"))
    if problems:
        raise LayerError(*problems)


def _draws(node: Node) -> bool:
    """Whether a layer draws random numbers: dropout in training, without a mask of its own."""
    return node.spec.name in _RANDOM and len(node.inputs) == 1 and node.parameters.get("train", True) is not False


def check_numbers(scenario: Scenario, found: Mapping[str, str]) -> None:
    """Raise DataError for what cannot be computed with a float64 in each row.

    That is a scenario that is exact or has a `dtype`, and a constant or an upstream gradient that is an array.
    """
    if scenario.exact or scenario.dtype != "float64":
        asked = "exact: true" if scenario.exact else f"dtype: {scenario.dtype}"
        raise DataError(f"the rows of a table are computed in float64, and the scenario says '{asked}'")
    others = {name: value for name, value in scenario.inputs.items() if name not in found}
    if arrays := [name for name, value in others.items() if not isinstance(value, str | float)]:
        message = f"the input '{arrays[0]}' is an array, and a row of a table has numbers"
        raise DataError(Problem(message, hint="write out the formula with its numbers, w1 * x1 + w2 * x2"))
    if scenario.dout is not None and not isinstance(scenario.dout, str | float):
        raise DataError("dout is an array, and the output of a row is a number")


def without_axes(error: BackpropError) -> BackpropError:
    """What a layer says of numbers without axes, in the words of tables."""
    problems = (p._replace(message=f"{p.message} (a row of a table has numbers, not arrays)") for p in error.problems)
    return ShapeError(*problems)


def _check_clashes(names: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other is not name or names.count(name) > 1:
            hint = "--prefix names gradients otherwise, --keep a,b leaves columns of the table out"
            by_case = f"the columns '{other}' and '{name}' would differ by case only"
            raise UsageError(Problem(by_case if other != name else f"two columns would be called '{name}'", hint=hint))


_SHOWN = 8
_RANDOM = {"dropout"}
