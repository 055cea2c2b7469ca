"""`backprop rows`: value and gradients for every row of a table."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal, NamedTuple

import typer

from backpropcli import api
from backpropcli.cli import columns, options, report, terminal
from backpropcli.cli.layer_files import use_layers
from backpropcli.cli.memory import give_memory_back, lift_memory_limit
from backpropcli.cli.progress import row_progress
from backpropcli.cli.row_jobs import Job, job_on_spark, jobs_of
from backpropcli.cli.values import read_assignments, read_names, read_value
from backpropcli.errors import DataError, Problem, UsageError
from backpropcli.rows import plan as plans
from backpropcli.rows.sensitivity import Uncertain, check_dout, with_sigmas
from backpropcli.scenario import Scenario


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
    formula: columns.Formula = None,
    set_: options.Set = None,
    dout: options.Dout = None,
    gradients: options.Gradients = None,
    relative: options.Relative = False,
    sigma: columns.Sigma = None,
    map_: columns.Map = None,
    keep: columns.Keep = None,
    prefix: columns.Prefix = "d_",
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
    resume: Annotated[
        bool, typer.Option("--resume", help="With -o FOLDER/, only the tables whose results are not there yet.")
    ] = False,
    engine: Annotated[
        Literal["local", "spark"], typer.Option(help="Where to compute: on this machine, or on Spark.")
    ] = "local",
    master: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="With --engine spark, the cluster; by default that of spark-submit, else this machine.",
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
      backprop rows scenarios/fruits.yaml sales.csv --map apple=price --keep id
      backprop rows -e 'relu(w * x + b)' data.csv --set w=0.5 --set b=1
      backprop rows -e '(w * x - y) ** 2' data.csv --set w=2 --reduce mean
      backprop rows scenarios/fruits.yaml sales.csv --sigma apple=@error
      backprop rows scenarios/fruits.yaml sales.parquet -o out/ --engine spark

    Columns that are named like inputs take their place, and the other inputs are constants. A layer sees the numbers of
    one row: a loss is one of each row. A row without a number in an input has none in its results. With -o FOLDER/ each
    table has a file of its own there. Spark reads and writes paths of any kind that it knows, and its own tables, as
    table:NAME.
    """
    given = list(words or [])
    scenario_word = None if formula is not None else given[0] if given else None
    data = given if formula is not None else given[1:]
    if (formula is None and scenario_word is None) or not data:
        missing = "DATA" if given else "SCENARIO"
        raise UsageError(Problem(f"missing argument '{missing}'", hint="try 'backprop rows --help'"))
    if reduce:
        _check_reduced(keep, has_relative=relative, has_sigma=bool(sigma))
    mapping, assigned = columns.read_mapping(map_ or ()), read_assignments(set_ or ())
    sigmas = columns.read_sigmas(sigma or ())
    wanted = None if gradients is None else read_names(gradients)
    upstream = None if dout is None else read_value(dout, "--dout")
    give_memory_back()
    if engine == "local" and master is not None:
        raise UsageError("--master is for --engine spark")
    if engine == "spark":
        if resume:
            raise UsageError("--resume is for tables on this machine")
        jobs = [job_on_spark(data, output, format_, is_reduced=reduce is not None)]
    else:
        jobs = jobs_of(data, output, format_, resume=resume)
    has_progress = output is not None or not terminal.is_terminal(sys.stdout)  # or the bar would run through the rows
    use_layers(layers)
    asked = _Asked(
        mapping, [] if reduce else columns.read_keep(keep), prefix, wanted, relative, nulls, reduce, color, has_progress
    )
    with terminal.prints_to_stderr(), _tables(engine, master, has_progress=has_progress) as tables:
        matches = []
        for job in jobs:
            source = tables.open(job)
            scenario = columns.scenario_of_rows(scenario_word, formula, source.names, mapping, assigned)
            if upstream is not None:
                scenario = api.with_dout(scenario, upstream)
            matches.append(_Match(job, source, _matched(scenario, source, mapping, assigned, sigmas)))
            if relative or sigmas:
                check_dout(scenario)
        _check_alike(matches)
        for number, match in enumerate(matches):
            label = match.job.tables[0] if len(jobs) > 1 else None
            _run(match, asked, tables, label=label, is_first=number == 0)


def _check_reduced(keep: str | None, *, has_relative: bool, has_sigma: bool) -> None:
    """Raise UsageError for an option that is about single rows."""
    if keep is not None:
        raise UsageError("--keep and --reduce cannot be used together: one row is made of all")
    if has_relative or has_sigma:
        option = "--relative" if has_relative else "--sigma"
        raise UsageError(f"{option} and --reduce cannot be used together: it is about the output of each row")


class _Asked(NamedTuple):
    """What the options say."""

    mapping: dict[str, str]
    keep: list[str] | None
    prefix: str
    wanted: list[str] | None
    relative: bool
    nulls: str
    reduce: str | None
    color: str
    has_progress: bool


def _matched(
    scenario: Scenario,
    source: Any,
    mapping: dict[str, str],
    assigned: Mapping[str, Any],
    sigmas: Mapping[str, str],
) -> Uncertain:
    """The columns of the inputs, once it is sure that a row after the other can be computed from them."""
    found = plans.matched(scenario, source.names, mapping)
    plans.check_layers(scenario)
    plans.check_numbers(scenario, found)
    uncertain = with_sigmas(scenario, found, sigmas, source.names)
    for name, column in uncertain.columns.items():
        if name in assigned:
            raise UsageError(f"'{name}' is set, and the table has a column for it")
        if (kind := source.why_no_numbers(column)) is not None:
            raise DataError(f"the column '{column}' holds {kind}, and the input '{name}' needs numbers")
    return uncertain


class _Match(NamedTuple):
    """A table, and what is computed of it, with the columns of its inputs."""

    job: Job
    source: Any
    asked: Uncertain


class _Tables(NamedTuple):
    """How a job's tables are opened, and what computes the rows of an open one."""

    open: Callable[[Job], Any]
    rows: Callable[..., Any]


@contextmanager
def _tables(engine: str, master: str | None, *, has_progress: bool) -> Iterator[_Tables]:
    """Tables on this machine, or on Spark."""
    if engine == "local":
        from backpropcli.rows.reading import Source
        from backpropcli.rows.running import Rows

        yield _Tables(lambda job: Source(job.tables, as_text=job.target.format == "csv"), Rows)
        return
    from backpropcli.rows.spark import SparkRows, SparkTable, session

    lift_memory_limit()
    with session(master, shows_progress=has_progress and terminal.is_terminal(sys.stderr)) as spark:
        yield _Tables(lambda job: SparkTable(spark, job.tables), SparkRows)


def _check_alike(matches: Sequence[_Match]) -> None:
    """Raise DataError for a table that has columns for other inputs than the first."""
    for match in matches:
        if match.asked.columns != matches[0].asked.columns:
            both = (match, matches[0])
            told = (f"{each.job.tables[0]} has columns for {', '.join(each.asked.columns)}" for each in both)
            message = ", and ".join(told)
            raise DataError(Problem(message, hint="compute them one by one"))


def _run(match: _Match, asked: _Asked, tables: _Tables, *, label: str | None, is_first: bool) -> None:
    """Compute all rows of a table, and write them, or their sum; `label` is what messages call the table."""
    (_, target), source, (scenario, found, sigmas) = match
    constants = [name for name in scenario.gradients if name not in found]
    wanted = (constants or None) if asked.wanted is None and asked.reduce else asked.wanted
    made = plans.plan(
        scenario,
        source.names,
        found,
        keep=asked.keep,
        prefix=asked.prefix,
        wanted=wanted,
        relative=asked.relative,
        sigmas=sigmas,
    )
    if is_first:
        report.warnings(plans.near_misses(made, source.names), asked.color)
        report.note(_inputs_told(made), None, asked.color)
    with row_progress(source.count(), asked.color, is_shown=asked.has_progress) as tell:
        rows = tables.rows(made, source, tell, needs_all=asked.nulls == "error")
        outcome = rows.reduce(target, asked.reduce) if asked.reduce else rows.write(target)
    _warn(outcome.inexact, outcome.non_finite, label, asked.color)


def _inputs_told(made: plans.Plan) -> str:
    """Which inputs are columns, and which are constants."""
    taken = ", ".join(name if name == column else f"{name} = {column}" for name, column in made.columns.items())
    values = ", ".join(f"{name} = {made.scenario.inputs[name]}" for name in made.constants)
    return f"from columns: {taken}" + (f"; constants: {values}" if values else "")


def _warn(inexact: Iterable[str], bad: Any, label: str | None, color: str) -> None:
    """Say what has lost digits, and what has become infinite."""
    where = "" if label is None else f"{label}: "
    digits = "has numbers of more digits than a float64"
    problems = [Problem(f"{where}the column '{name}' {digits}") for name in sorted(inexact)]
    if bad.number:
        rows = "1 row has a result that is" if bad.number == 1 else f"{bad.number:,} rows have results that are"
        why = "" if bad.problem is None else f": {bad.problem.message}"
        found = f", {bad.where}" if bad.where else ""
        problems.append(Problem(f"{where}{rows} not finite{found}{why}"))
    report.warnings(problems, color)
