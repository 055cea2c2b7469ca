"""Every layer of numbers as SQL, on real engines: on hard rows what `backprop rows` gives."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from engines import DIALECTS, run

from backpropcli.binding import BoundGraph, bind
from backpropcli.catalogue import LAYERS, layer_class
from backpropcli.domains.columns import DOMAIN as COLUMNS
from backpropcli.domains.columns import column_of, rows_of
from backpropcli.errors import DataError, DomainError, LayerError, ShapeError
from backpropcli.executor import execute
from backpropcli.graph import Graph, Node
from backpropcli.program import sql
from backpropcli.rows.plan import Plan, check_layers
from backpropcli.rows.sql import sql_text
from backpropcli.scenario import Scenario
from backpropcli.sources.literals import Constant

ROWS = 100_000
SPECIAL = (
    *(0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 6.0, -6.0, 20.0, -20.0, 40.0, -40.0),
    *(1e-8, -1e-8, 1e-16, 1 + 2.2e-16, 1 - 1.1e-16, 709.78, -745.2, np.inf, -np.inf, np.nan),
    *(5e-324, -5e-324, 2.2e-308, 1.7976931348623157e308, -1.7976931348623157e308),
)
ULPS = {"duckdb": 4, "postgres": 4, "spark": 5}  # Java's exp is not C's
REFUSED = {dialect: {"erf"} for dialect in DIALECTS.values()}


def hard_numbers(draw: np.random.Generator) -> Any:
    """Special numbers, ties, and others from all over the range."""
    normal = draw.normal(0, 1, (3, ROWS))
    kinds = [
        draw.choice(SPECIAL, ROWS),
        normal[0],
        normal[1] * 10.0 ** draw.integers(-12, 6, ROWS),
        normal[2] * 10.0 ** draw.integers(-300, 300, ROWS),
        draw.integers(-10, 10, ROWS) / 2,
        draw.uniform(-1, 1, ROWS),
    ]
    return np.choose(draw.integers(0, len(kinds), ROWS), kinds)


DRAW = np.random.default_rng(1)
INPUTS = {f"a{number}": hard_numbers(DRAW) for number in range(3)}
HARD = pa.table({"id": np.arange(ROWS), **INPUTS})


class Case(NamedTuple):
    """A layer with parameters, and what it gives on the hard rows, by column."""

    name: str
    scenario: Scenario
    wanted: dict[str, Any]

    def plan(self) -> Plan:
        """All gradients that there are, beside the number of the row."""
        names = {name: f"d_{name}" for name in self.scenario.inputs if f"d_{name}" in self.wanted}
        return Plan(self.scenario, {name: name for name in self.scenario.inputs}, ("id",), "out", names, {}, {})


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Each layer with each of its samples' parameters, if `rows` takes it."""
    found: dict[str, Case] = {}
    for name in LAYERS:
        for sample in layer_class(name).samples:
            names = list(INPUTS)[: len(sample.inputs)]
            parameters = {k: Constant(repr(v)) if isinstance(v, float) else v for k, v in sample.parameters.items()}
            graph = Graph(names, [Node(name, names, "out", parameters=parameters)])
            scenario = Scenario(name, graph, dict.fromkeys(names, "0.5"), tuple(names))
            key = f"{name} {len(names)} {parameters}"
            with suppress(ShapeError, LayerError, DataError):  # a mask takes none but 0 and 1
                if key not in found:
                    check_layers(scenario)
                    found[key] = Case(name, scenario, results(graph))
    return list(found.values())


def results(graph: Graph) -> dict[str, Any]:
    """The output and the gradients on the hard rows."""
    run = execute(BoundGraph(graph, COLUMNS, [column_of(INPUTS[name]) for name in graph.inputs], None))
    found = {"out": run.values[graph.output_slot]}
    found.update({f"d_{name}": run.gradient(graph.slot(name)) for name in graph.inputs})
    return {column: rows_of(x, ROWS) for column, x in found.items() if x is not None}


def terms(case: Case) -> Any:
    """How large the terms are that cancel in some cross-entropies; 0 of other layers."""
    a, b = (np.abs(INPUTS[name]) for name in ("a0", "a1"))
    with np.errstate(all="ignore"):
        if case.name == "bce":
            found = (1 + b) * (1 + np.abs(np.log(a)) + np.abs(np.log1p(-INPUTS["a0"])))
        else:
            known = {"bce_with_logits": (1 + a) * (1 + b), "logaddexp": 1 + np.maximum(a, b)}
            found = known.get(case.name, np.zeros(ROWS))
    return np.minimum(np.nan_to_num(found, posinf=np.inf), 1e300)


def by_floats(case: Case, row: int, column: str) -> float:
    """What Python's floats give on one row: NumPy has another exp, and other signs of zeros."""
    scenario = case.scenario
    run = execute(bind(scenario.graph, {name: float(INPUTS[name][row]) for name in scenario.inputs}))
    slot = scenario.graph.output_slot if column == "out" else scenario.graph.slot(column.removeprefix("d_"))
    return run.values[slot] if column == "out" else run.gradient(slot)


def is_right(found: Any, wanted: Any, sizes: Any, ulps: int) -> Any:
    """Whether numbers are within some ulp of others, or of terms of these sizes, with the signs of zeros."""
    with np.errstate(all="ignore"):
        unit = np.maximum(np.spacing(np.abs(wanted)), np.spacing(sizes))
        is_near = (found == wanted) | (np.isnan(found) & np.isnan(wanted)) | (abs(found - wanted) <= ulps * unit)
    return is_near & ((wanted != 0) | (found != 0) | (np.signbit(found) == np.signbit(wanted)))


@pytest.mark.parametrize("engine", DIALECTS)
def test_every_layer_on_hard_rows(engine, cases, tmp_path):
    """Within some ulp, of the terms where those cancel; infinities, nan and the signs of zeros alike."""
    dialect = sql.DIALECTS[DIALECTS[engine]]
    ulps = ULPS[dialect.name]
    statements, asked, refused = [], [], set()
    for case in cases:
        try:
            statements.append(sql_text(case.plan(), dialect, ["hard"], keeps_all=False))
            asked.append(case)
        except DomainError as error:
            assert "has no function erf" in error.problems[0].message
            refused.add(case.name)
    assert refused == REFUSED[dialect.name]
    assert len({case.name for case in asked}) > 75
    wrong = []
    for case, answer in zip(asked, run(engine, {"hard": HARD}, statements, tmp_path / "run"), strict=True):
        rows = answer.sort_by("id")
        assert rows.num_rows == ROWS
        for column, wanted in case.wanted.items():
            found = rows.column(column).to_numpy()
            sizes = terms(case)
            doubtful = np.flatnonzero(~is_right(found, wanted, sizes, ulps))
            assert len(doubtful) < ROWS / 50, (case.name, column)
            for row in doubtful:
                exact = np.float64(by_floats(case, row, column))
                if not is_right(found[row], exact, sizes[row], ulps):
                    where = {name: float(INPUTS[name][row]) for name in case.scenario.inputs}
                    wrong.append(f"{case.name} {column}: {found[row]!r}, not {exact!r} for {where}")
    assert not wrong, "\n".join(wrong)
