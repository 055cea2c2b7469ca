"""A program as one SELECT: common table expressions, each of which computes columns from those of the one before it.

An operation that is used once, or is short, stands within the text of those that use it; others are columns. So no text
is longer than its operations, whatever they share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from backpropcli.domains.traced import INPUT
from backpropcli.errors import DomainError, Problem
from backpropcli.program.program import Program, is_computed
from backpropcli.program.sql.dialect import Dialect, Operand

_CHEAP = {"neg", "abs", "add", "sub", "mul", "lt", "le", "gt", "ge"}
_SHORT, _LONG, _DEEP = 32, 1000, 30
_TABLE, _ROW, _IS_NULL, _STAGE = "bp_table", "bp_row", "bp_is_null", "bp_stage{}"


class Columns(NamedTuple):
    """What goes from a table into a statement, and what comes out.

    `inputs` are the columns that inputs come from, by input. `kept` are the table's columns that come out, all of them
    if it is None; `results` are the names of the computed ones, by result of the program.
    """

    inputs: Mapping[str, str]
    kept: Sequence[str] | None
    results: Mapping[str, str]


class _Term(NamedTuple):
    """An operand with the columns that its text names, the stage after which they are there, and its depth."""

    operand: Operand
    columns: frozenset[str] = frozenset()
    stage: int = 0
    depth: int = 0


class _Column(NamedTuple):
    """A column of a stage: its name, its text, and the columns that the text names."""

    name: str
    text: str
    needs: frozenset[str]


def statement(program: Program, dialect: Dialect, table: Sequence[str], columns: Columns) -> str:
    """The SELECT that computes the results for each row of a table, whose name has these parts.

    A row without a number in an input has none in its results. Raises DomainError for a program of too many stages.
    """
    first, kept = _first_stage(dialect, columns)
    stages = [first]
    terms = _terms(program, dialect, columns, stages)
    if len(stages) > dialect.most_stages:
        message = f"the graph takes {len(stages)} SELECTs that build on each other, and {dialect.engines} takes about "
        hint = "'backprop rows' computes graphs of any depth"
        raise DomainError(Problem(f"{message}{dialect.most_stages}", hint=hint))
    outputs, needed = list(kept.values()), {*kept, _IS_NULL}
    for result, name in columns.results.items():
        (slot,) = program.results[result].slots
        outputs.append(f"CASE WHEN {_IS_NULL} THEN NULL ELSE {terms[slot].operand.text} END AS {dialect.quoted(name)}")
        needed |= terms[slot].columns
    selects = [_select(outputs, _STAGE.format(len(stages) - 1))]
    for number in range(len(stages) - 1, -1, -1):
        source = _STAGE.format(number - 1) if number else f"{'.'.join(map(dialect.quoted, table))} AS {_TABLE}"
        own = [column for column in stages[number] if column.name in needed]
        carried = sorted(needed - {column.name for column in own}) if number else []
        items = [*carried, *(f"{column.text} AS {column.name}" for column in own)]
        selects.append(_select(items, source) + dialect.fence)
        needed = {*carried, *(name for column in own for name in column.needs)}
    final, *others = selects
    ctes = (f"{_STAGE.format(number)} AS (\n{select}\n)" for number, select in enumerate(reversed(others)))
    return f"WITH {', '.join(ctes)}\n{final}\n"


def _select(items: Sequence[str], source: str) -> str:
    return "SELECT\n  " + ",\n  ".join(items) + f"\nFROM {source}"


def _first_stage(dialect: Dialect, columns: Columns) -> tuple[list[_Column], dict[str, str]]:
    """The table's columns by names that cannot be among them, each input as a float64; and how those kept come out."""

    def taken(name: str) -> str:
        return f"{_TABLE}.{dialect.quoted(name)}"

    numbers = [f"CAST({taken(name)} AS {dialect.double})" for name in columns.inputs.values()]
    inputs = [_Column(_input(place), number, frozenset()) for place, number in enumerate(numbers)]
    inputs.append(_Column(_IS_NULL, " OR ".join(f"{number} IS NULL" for number in numbers), frozenset()))
    if columns.kept is None:
        return [_Column(_ROW, dialect.row.format(_TABLE), frozenset()), *inputs], {
            _ROW: dialect.columns_of_row.format(_ROW)
        }
    kept = {f"bp_k{place}": name for place, name in enumerate(columns.kept)}
    own = [_Column(column, taken(name), frozenset()) for column, name in kept.items()]
    return [*own, *inputs], {column: f"{column} AS {dialect.quoted(name)}" for column, name in kept.items()}


def _terms(program: Program, dialect: Dialect, columns: Columns, stages: list[list[_Column]]) -> dict[int, _Term]:
    """What stands for each slot; columns are added to the stages that compute them."""
    places = {name: place for place, name in enumerate(columns.inputs)}
    operands = {slot: Operand("") for slot in program.operations}
    for slot, value in program.values.items():
        operands[slot] = Operand(dialect.literal(value), None if isinstance(value, bool) else float(value))
    uses = _uses(program, dialect, operands)
    terms: dict[int, _Term] = {}
    for slot, operation in program.operations.items():
        if operation.name == INPUT:
            column = _input(places[operation.label[0]])
            terms[slot] = _Term(Operand(column), frozenset([column]))
        elif not is_computed(operation):
            terms[slot] = _Term(operands[slot])
        else:
            taken = [terms[each] for each in operation.operands]
            text = dialect.spelled(operation.name, [each.operand for each in taken])
            needs = frozenset().union(*(each.columns for each in taken))
            stage, depth = max(each.stage for each in taken), 1 + max(each.depth for each in taken)
            is_short = len(text) <= _SHORT and operation.name in _CHEAP
            if (uses[slot] > 1 and not is_short) or depth > _DEEP or len(text) > _LONG:
                name = f"bp_v{slot}"
                stage += 1
                stages.extend([] for _ in range(stage + 1 - len(stages)))
                stages[stage].append(_Column(name, text, needs))
                terms[slot] = _Term(Operand(name), frozenset([name]), stage)
            else:
                terms[slot] = _Term(Operand(text), needs, stage, depth)
    return terms


def _uses(program: Program, dialect: Dialect, operands: Mapping[int, Operand]) -> Counter[int]:
    """How often each slot stands in the texts of others, and among the results."""
    uses = Counter(slot for result in program.results.values() for slot in result.slots)
    for operation in program.operations.values():
        if is_computed(operation):
            counts = dialect.counts(operation.name, [operands[each] for each in operation.operands])
            for operand, count in zip(operation.operands, counts, strict=True):
                uses[operand] += count
    return uses


def _input(place: int) -> str:
    return f"bp_x{place}"
