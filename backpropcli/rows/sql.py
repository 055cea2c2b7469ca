"""What `rows` computes as SQL text, for a table that lives in a database."""

from __future__ import annotations

from collections.abc import Sequence

from backpropcli.binding import bind
from backpropcli.errors import DataError, DomainError, Problem, ShapeError, UsageError
from backpropcli.program.sql import Columns, Dialect, statement
from backpropcli.rows.plan import Plan, without_axes
from backpropcli.rows.sensitivity import relative, uncertainty
from backpropcli.trace import VALUE, record

_ANY_NUMBER = "0.5"
_UNCERTAINTY = "uncertainty"


def sql_text(plan: Plan, dialect: Dialect, table: Sequence[str], *, keeps_all: bool) -> str:
    """The statement that computes the plan for a table, whose name has these parts.

    With `keeps_all` every column of the table comes out, else those of the plan. Raises DomainError for a layer that
    the dialect has no functions for, and for a graph that is too deep.
    """
    scenario = plan.scenario
    graph = scenario.graph
    inputs = {**scenario.inputs, **dict.fromkeys(plan.columns, _ANY_NUMBER)}
    try:
        bound = bind(graph, inputs, scenario.dout, place_of=scenario.place_of)
        recorded = record(
            bound,
            plan.wanted,
            constants=plan.constants,
            rewritings=dialect.rewritings,
            reaches_limits=True,
        )
    except ShapeError as error:
        raise without_axes(error) from error
    except DataError as error:
        raise DomainError(*map(_looked_at, error.problems)) from error
    run = recorded.run
    results = {VALUE: run.values[graph.output_slot]}
    for name in plan.gradients:
        gradient = run.gradient(graph.slot(name))
        results[f"d_{name}"] = run.domain.zeros_like(results[VALUE]) if gradient is None else gradient
    names = {VALUE: plan.output, **{f"d_{name}": column for name, column in plan.gradients.items()}}
    for name, column in plan.relative.items():
        results[f"r_{name}"], names[f"r_{name}"] = run.domain.convert(relative(run, name)), column
    if plan.uncertainty:
        results[_UNCERTAINTY], names[_UNCERTAINTY] = uncertainty(run, plan.sigmas), plan.uncertainty
    columns = Columns(plan.columns, None if keeps_all else plan.kept, names)
    return statement(recorded.program(results), dialect, table, columns)


def _looked_at(problem: Problem) -> Problem:
    """A layer's complaint of the number that stands for a column's, as it would take no other, in words about SQL."""
    message = f"{problem.message.partition(':')[0]}: it looks at a column's numbers before it computes, as SQL cannot"
    return problem._replace(message=message, hint="'backprop rows' can")


def table_parts(name: str, quote: str) -> list[str]:
    """The parts of a table's name, `schema.table`; a part within quotes may have dots. Raises UsageError for none.

    >>> table_parts('sales.orders', '"'), table_parts('"my.file".t', '"')
    (['sales', 'orders'], ['my.file', 't'])
    """
    parts = [""]
    is_quoted = False
    for sign in name:
        if sign == quote:
            is_quoted = not is_quoted
        elif sign == "." and not is_quoted:
            parts.append("")
        else:
            parts[-1] += sign
    if is_quoted or not all(part.strip() for part in parts):
        raise UsageError(f"--table must be a name, or schema.table, not '{name}'")
    return parts
