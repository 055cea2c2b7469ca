"""`backprop rows`: value and gradients for every row of a table."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Annotated, Any, Literal, NamedTuple

import typer

from backpropcli import api
from backpropcli.cli import options, report, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.progress import row_progress
from backpropcli.cli.scenarios import read_scenario
from backpropcli.cli.values import read_assignments, read_names, read_value
from backpropcli.errors import DataError, OutputError, Problem, UsageError, did_you_mean
from backpropcli.graph import canonical_name
from backpropcli.rows import plan as plans
from backpropcli.scenario import Scenario

_FORMATS = {"csv": "csv", "jsonl": "json", "parquet": "parquet", "arrow": "feather"}


def command(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO DATA...",
            help="A scenario file, then tables: CSV, TSV, JSON lines, Parquet, Arrow, a folder of them; - for stdin.",
            autocompletion=options.completed_by("complete_scenario_or_table"),
            show_default=False,
        ),
    ] = None,
    formula: Annotated[
        str | None,
        typer.Option(
            "-e",
            "--formula",
            metavar="FORMULA",
            help="A formula in place of the scenario; what has no column has its value by --set.",
            show_default=False,
        ),
    ] = None,
    set_: options.Set = None,
    dout: options.Dout = None,
    gradients: options.Gradients = None,
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="INPUT=COLUMN",
            help="Take an input from the column of another name; may be repeated.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        str,
        typer.Option(metavar="all|none|A,B", help="Which columns of the table come out as well."),
    ] = "all",
    prefix: Annotated[str, typer.Option(metavar="TEXT", help="What the names of gradients begin with.")] = "d_",
    nulls: Annotated[
        Literal["keep", "error"],
        typer.Option(help="Of a row without a number in an input: nothing in its results, or an error."),
    ] = "keep",
    reduce: Annotated[
        Literal["sum", "mean"] | None,
        typer.Option(
            help="One row: the sum or the mean over all, and its gradients, by default of constants.",
            show_default=False,
        ),
    ] = None,
    layers: options.Layers = None,
    format_: Annotated[
        Literal["csv", "jsonl", "parquet", "arrow"] | None,
        typer.Option("-f", "--format", help="By default chosen by FILE's extension, else csv.", show_default=False),
    ] = None,
    output: options.OutputFile = None,
    color: options.Color = "auto",
    debug: options.Debug = False,
) -> None:
    """Compute a scenario for every row of a table: the output, and a gradient for each input that is a column.

    \b
      backprop rows scenarios/fruits.yaml sales.csv -o results.parquet
      backprop rows scenarios/fruits.yaml sales.parquet --map apple=price --keep id -o out.csv
      backprop rows -e 'relu(w * x + b)' data.csv --set w=0.5 --set b=1
      backprop rows -e '(w * x - y) ** 2' data.csv --set w=2 --reduce mean

    Columns that are named like inputs take their place, and the other inputs are constants. A layer sees the numbers of
    one row: a loss is one of each row. A row without a number in an input has none in its results.
    """
    given = list(words or [])
    scenario_word = None if formula is not None else given[0] if given else None
    tables = given if formula is not None else given[1:]
    if (formula is None and scenario_word is None) or not tables:
        raise UsageError(
            Problem(f"missing argument '{'DATA' if given else 'SCENARIO'}'", hint="try 'backprop rows --help'")
        )
    chosen = _format(output, format_)
    target = output if output is not None else sys.stdout.buffer  # what layers print goes elsewhere
    use_layers(layers)
    with terminal.prints_to_stderr():
        from backpropcli.rows.tables import Source

        source = Source(tables, as_text=chosen == "csv")
        mapping = _mapping(map_ or ())
        scenario = _scenario(scenario_word, formula, source.names, mapping, set_ or ())
        if dout is not None:
            scenario = scenario._replace(dout=read_value(dout, "--dout"))
        wanted = None if gradients is None else read_names(gradients)
        _run(scenario, source, _Asked(mapping, keep, prefix, wanted, nulls, reduce, chosen, target, color))


class _Asked(NamedTuple):
    """What the options say."""

    mapping: dict[str, str]
    keep: str
    prefix: str
    wanted: list[str] | None
    nulls: str
    reduce: str | None
    format: str
    target: str | IO[bytes]
    color: str


def _run(scenario: Scenario, source: Any, asked: _Asked) -> None:
    """Compute all rows, and write them, or their sum."""
    from backpropcli.rows.running import Rows, Target

    found = plans.matched(scenario, source.names, asked.mapping)
    plans.check_layers(scenario)
    plans.check_constants(scenario, found)
    for name, column in found.items():
        if (kind := source.why_no_numbers(column)) is not None:
            raise DataError(f"the column '{column}' holds {kind}, and the input '{name}' needs numbers")
    constants = [name for name in scenario.gradients if name not in found]
    wanted = (constants or None) if asked.wanted is None and asked.reduce else asked.wanted
    keep = [] if asked.reduce or asked.keep == "none" else None if asked.keep == "all" else asked.keep.split(",")
    made = plans.plan(scenario, source.names, found, keep=keep, prefix=asked.prefix, wanted=wanted)
    report.warnings(plans.near_misses(scenario, source.names, found), asked.color)
    report.note(_inputs_told(made), None, asked.color)
    target = Target(asked.target, asked.format)
    with row_progress(source.count(), asked.color) as tell:
        rows = Rows(made, source, tell, needs_all=asked.nulls == "error")
        outcome = rows.reduce(target, asked.reduce) if asked.reduce else rows.write(target)
    _warn(outcome.inexact, outcome.non_finite, asked.color)


def _inputs_told(made: plans.Plan) -> str:
    """Which inputs are columns, and which are constants."""
    taken = ", ".join(name if name == column else f"{name} = {column}" for name, column in made.columns.items())
    values = ", ".join(f"{name} = {made.scenario.inputs[name]}" for name in made.constants)
    return f"from columns: {taken}" + (f"; constants: {values}" if values else "")


def _warn(inexact: Iterable[str], bad: Any, color: str) -> None:
    """Say what has lost digits, and what has become infinite."""
    problems = [Problem(f"the column '{name}' has numbers of more digits than a float64") for name in sorted(inexact)]
    if bad.number:
        rows = "1 row has a result" if bad.number == 1 else f"{bad.number:,} rows have results"
        why = "" if bad.problem is None else f": {bad.problem.message}"
        problems.append(Problem(f"{rows} that is not finite, first in row {bad.first_row:,}{why}"))
    report.warnings(problems, color)


def _mapping(words: Sequence[str]) -> dict[str, str]:
    """The columns of inputs. Raises UsageError for another form."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, column = word.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(f"--map must be INPUT=COLUMN, not '{word}'")
        found[canonical_name(name.strip())] = column
    return found


def _scenario(
    word: str | None, formula: str | None, columns: Sequence[str], mapping: dict[str, str], set_: Sequence[str]
) -> Scenario:
    """The scenario, or that of a formula, whose inputs are columns, or else are set."""
    given = read_assignments(set_)
    if formula is None:
        return api.with_inputs(read_scenario(word or "-"), given)
    names = api.names_in_formula(formula)
    values = {name: "0" for name in names if name in columns or name in mapping}
    for name in names:
        if name not in values and name not in given:
            hint = did_you_mean(name, columns) or f"--set {name}=VALUE"
            raise UsageError(Problem(f"no column is named '{name}', and no value is set for it", hint=hint))
    return api.formula_scenario(formula, {**values, **given})


def _format(output: str | None, asked: str | None) -> str:
    """The format of the output. Raises UsageError for an extension that names none."""
    from backpropcli.rows.tables import WRITTEN

    if asked is not None:
        chosen = _FORMATS[asked]
    elif output is None:
        chosen = "csv"
    elif (suffix := Path(output).suffix.lower()) in WRITTEN:
        chosen = WRITTEN[suffix]
    else:
        known = ", ".join(WRITTEN)
        raise UsageError(
            Problem(f"cannot write '{output}': no format has the extension '{suffix}'", hint=f"use one of {known}")
        )
    if chosen in {"parquet", "feather"} and output is None and terminal.is_terminal(sys.stdout):
        raise OutputError(Problem("refusing to write binary output to a terminal", hint="write it to a file with -o"))
    return chosen
