"""`backprop sql`: value and gradients for every row of a table, as SQL text."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from backpropcli import api
from backpropcli.cli import columns, options, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.output import write
from backpropcli.cli.values import read_assignments, read_names, read_value
from backpropcli.errors import Problem, UsageError, did_you_mean
from backpropcli.program.sql import DIALECTS
from backpropcli.rows import plan as plans
from backpropcli.rows.sql import sql_text, table_parts
from backpropcli.scenario import Scenario


def _check_dialect(name: str | None) -> str | None:
    if name is not None and name not in DIALECTS:
        hint = did_you_mean(name, DIALECTS) or f"one of {', '.join(DIALECTS)}"
        raise UsageError(Problem(f"unknown dialect '{name}'", hint=hint))
    return name


def command(
    scenario: Annotated[str | None, options.scenario_argument("[SCENARIO]", "A scenario file; - reads stdin.")] = None,
    formula: columns.Formula = None,
    dialect: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(DIALECTS),
            help=f"For {', '.join(each.engines for each in DIALECTS.values())}.",
            callback=_check_dialect,
            autocompletion=lambda incomplete: [name for name in DIALECTS if name.startswith(incomplete)],
            show_default=False,
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The table to read, as orders or sales.orders.", show_default=False),
    ] = None,
    inputs: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="INPUT,INPUT",
            help="Which inputs are columns; by default all with a gradient, but for those of --set.",
            autocompletion=options.completed_by("complete_names"),
            show_default=False,
        ),
    ] = None,
    set_: options.Set = None,
    dout: options.Dout = None,
    gradients: options.Gradients = None,
    map_: columns.Map = None,
    keep: columns.Keep = None,
    prefix: columns.Prefix = "d_",
    layers: options.Layers = None,
    output: options.OutputFile = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """Print the SQL that computes a scenario for every row of a table: the output, and a gradient for each column.

    \b
      backprop sql scenarios/fruits.yaml --dialect duckdb --table sales
      backprop sql scenarios/neuron.yaml --dialect spark --table t --columns x1
      backprop sql -e 'relu(w * x)' --set w=2 --dialect postgres --table lab.t

    One SELECT, with the numbers that `backprop rows` gives, infinities and nan included. A row with NULL in an input
    has NULL in its results. In the name of a table, double quotes (in Spark's, backquotes) hold a part with dots:
    --table '"sales.parquet"' is a file to DuckDB.
    """
    if scenario is None and formula is None:
        raise UsageError(Problem("missing argument 'SCENARIO'", hint="try 'backprop sql --help'"))
    if scenario is not None and formula is not None:
        hint = f"--set {scenario}" if "=" in scenario else "-e takes the place of a scenario"
        raise UsageError(Problem(f"unexpected argument: {scenario}", hint=hint))
    if dialect is None or table is None:
        missing = "--dialect" if dialect is None else "--table"
        raise UsageError(Problem(f"missing option {missing}", hint="try 'backprop sql --help'"))
    mapping, assigned = columns.read_mapping(map_ or ()), read_assignments(set_ or ())
    asked = None if inputs is None else read_names(inputs)
    upstream = None if dout is None else read_value(dout, "--dout")
    use_layers(layers)
    with terminal.prints_to_stderr():
        chosen = DIALECTS[dialect]
        parts = table_parts(table, chosen.quote)
        taken = asked if formula is None or asked is not None else _free_names(formula, assigned)
        found = columns.scenario_of_rows(scenario, formula, taken or (), mapping, assigned)
        if upstream is not None:
            found = api.with_dout(found, upstream)
        made = plans.plan(
            found,
            None,
            _columns(found, taken, mapping, assigned),
            keep=columns.read_keep(keep),
            prefix=prefix,
            wanted=None if gradients is None else read_names(gradients),
        )
        plans.check_layers(found)
        plans.check_numbers(found, made.columns)
        text = sql_text(made, chosen, parts, keeps_all=keep in {None, "all"})
    write(text, output)


def _free_names(formula: str, given: Mapping[str, Any]) -> list[str]:
    """The names in a formula that have no value."""
    from backpropcli.formula.by_itself import names_in_formula  # a scenario file needs none

    return [name for name in names_in_formula(formula) if name not in given]


def _columns(
    scenario: Scenario, asked: list[str] | None, mapping: Mapping[str, str], given: Mapping[str, Any]
) -> dict[str, str]:
    """The column of each input that has one. Raises UsageError for a name that is no input, and where none has one."""
    if asked is None:
        asked = [name for name in scenario.gradients if name in scenario.inputs and name not in given]
    names = list(dict.fromkeys([*asked, *mapping]))
    for name in names:
        if name not in scenario.inputs:
            option = "--map" if name in mapping else "--columns"
            hint = did_you_mean(name, scenario.inputs)
            raise UsageError(Problem(f"{option}: no input is named '{name}'", hint=hint))
        if name in given:
            raise UsageError(f"'{name}' is set, and cannot be a column as well")
    if not names:
        raise UsageError(Problem("no input is a column of the table", hint="--columns a,b says which are"))
    return {name: mapping.get(name, name) for name in scenario.inputs if name in names}
