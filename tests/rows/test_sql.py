"""`backprop sql`: the text, and what it refuses; `tests/engines` runs it."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from itertools import pairwise

import pytest

from backpropcli.binding import bind
from backpropcli.graph import Graph, Node
from backpropcli.program.sql import DIALECTS, Columns, statement
from backpropcli.rows.sql import table_parts
from backpropcli.trace import record

FRUITS = "scenarios/fruits.yaml"
PRICE = """\
WITH bp_stage0 AS (
SELECT
  bp_table AS bp_row,
  CAST(bp_table."apple" AS DOUBLE) AS bp_x0,
  CAST(bp_table."tax" AS DOUBLE) AS bp_x1,
  CAST(bp_table."apple" AS DOUBLE) IS NULL OR CAST(bp_table."tax" AS DOUBLE) IS NULL AS bp_is_null
FROM "sales" AS bp_table
)
SELECT
  bp_row.*,
  CASE WHEN bp_is_null THEN NULL ELSE (((bp_x0 * 2e0) + 450e0) * bp_x1) END AS "price",
  CASE WHEN bp_is_null THEN NULL ELSE (bp_x1 * 2e0) END AS "d_apple",
  CASE WHEN bp_is_null THEN NULL ELSE ((bp_x0 * 2e0) + 450e0) END AS "d_tax"
FROM bp_stage0
"""


@pytest.fixture
def sql(printed):
    """The text that is printed for a dialect."""

    def run(*arguments, dialect="duckdb", table="sales", stdin=""):
        return printed("sql", *arguments, "--dialect", dialect, "--table", table, stdin=stdin)

    return run


@pytest.fixture
def refused(refusal):
    return partial(refusal, "sql")


def test_the_text_of_a_scenario(sql):
    assert sql(FRUITS, "--columns", "apple,tax") == PRICE


def test_a_file_is_written_whole(sql, tmp_path):
    assert sql(FRUITS, "--columns", "apple,tax", "-o", tmp_path / "price.sql") == ""
    assert (tmp_path / "price.sql").read_text() == PRICE


def test_columns_are_all_inputs_that_have_gradients_by_default(sql):
    text = sql(FRUITS, "--set", "tax=2", "--keep", "none")
    assert "bp_x3" in text
    assert "bp_x4" not in text
    stdin = "inputs: {x: 3}\nconstants: {k: 2}\nlayers: [y = k * x]\n"
    assert 'bp_table."k"' not in sql("-", stdin=stdin)


def test_a_name_is_only_a_name(sql):
    """Quotes are doubled, and each part of a table's name stands by itself."""
    hostile = 'a"; drop table x; --'
    text = sql("-e", "x + 1", "--map", f"x={hostile}", "--keep", hostile, table='"my.file".t-1')
    assert 'bp_table."a""; drop table x; --"' in text
    assert 'FROM "my.file"."t-1" AS bp_table' in text
    assert "`a``b`" in sql("-e", "x + 1", "--map", "x=a`b", dialect="spark")


def test_the_parts_of_a_tables_name():
    assert table_parts("`a.b`.c", "`") == ["a.b", "c"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "missing argument 'SCENARIO'"),
        ([FRUITS], "missing option --dialect"),
        ([FRUITS, "--dialect", "duckdb"], "missing option --table"),
        (
            [FRUITS, "--dialect", "oracle", "--table", "t"],
            "unknown dialect 'oracle'\n  hint: one of duckdb, spark, postgres",
        ),
    ],
)
def test_what_is_missing(refused, words, message):
    assert message in refused(*words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([FRUITS, "--columns", "aple"], "--columns: no input is named 'aple'\n  hint: did you mean 'apple'?"),
        ([FRUITS, "--map", "aple=x"], "--map: no input is named 'aple'"),
        ([FRUITS, "--map", "tax=t", "--set", "tax=1"], "'tax' is set, and cannot be a column as well"),
        ([FRUITS, "--columns", "tax", "--set", "tax=1"], "'tax' is set, and cannot be a column as well"),
        ([FRUITS, "--keep", "price"], "two columns would be called 'price'"),
        ([FRUITS, "--prefix", "", "--keep", "Apple"], "the columns 'Apple' and 'apple' would differ by case only"),
        ([FRUITS, "--gradients", "taxx"], "unknown name 'taxx'"),
        (["-e", "2 + 3"], "no input is a column of the table"),
        (["-e", "x * w", "--columns", "x"], "no column is named 'w', and no value is set for it"),
        (["-e", "erf(x)"], "erf out: DuckDB has no function erf"),
        (["-e", "softmax(x)"], "softmax out: axis -1 is out of range for a number (a row of a table has numbers"),
        (["-e", "dropout(x)"], "dropout out: its random numbers are those of one array, not of rows"),
        (["scenarios/xor.yaml"], "is an array, and a row of a table has numbers"),
        ([FRUITS, "--dout", "[1, 2]"], "dout is an array"),
    ],
)
def test_what_cannot_be_sql(refused, words, message):
    """One clear error each."""
    assert message in refused(*words, "--dialect", "duckdb", "--table", "t")


@pytest.mark.parametrize("name", ["", ".", "a..b", '"a', " . "])
def test_what_is_no_name_of_a_table(refused, name):
    words = [FRUITS, "--dialect", "duckdb", "--table", name]
    assert f"--table must be a name, or schema.table, not '{name}'" in refused(*words)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_graph_that_is_too_deep_is_refused_with_its_depth(refused, dialect):
    layers = "".join(f"  - h{k + 1} = tanh(h{k})\n" for k in range(60))
    stderr = refused("-", "--dialect", dialect, "--table", "t", stdin=f"inputs: {{h0: 0.5}}\nlayers:\n{layers}")
    assert "SELECTs that build on each other, and" in stderr
    assert "'backprop rows' computes graphs of any depth" in stderr


def test_a_mask_cannot_be_looked_at(refused):
    stderr = refused("-e", "dropout(x, m)", "--dialect", "duckdb", "--table", "t")
    assert "dropout out: it looks at a column's numbers before it computes, as SQL cannot" in stderr


def text_of(layers, dialect):
    names = [f"h{k}" for k in range(layers + 1)]
    graph = Graph(["h0"], [Node("square", [x], y) for x, y in pairwise(names)])
    recorded = record(bind(graph, {"h0": 0.5}), rewritings=dialect.rewritings, reaches_limits=True)
    results = {"out": recorded.run.values[graph.output_slot], "d_h0": recorded.run.gradient(0)}
    columns = Columns({"h0": "x"}, (), {name: name for name in results})
    return statement(recorded.program(results), dialect._replace(most_stages=1000), ["t"], columns)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))
def test_what_is_shared_stands_there_once(dialect):
    """Each square names the one before it twice; the text of twice as many is no thousand times as long."""
    assert len(text_of(32, dialect)) < 4 * len(text_of(16, dialect))


def test_sql_needs_no_numpy_and_no_pyarrow():
    probe = (
        "import sys; from backpropcli.cli.main import main; main(); "
        "print(*{'numpy', 'pyarrow', 'rich'} & set(sys.modules), file=sys.stderr)"
    )
    words = ["sql", FRUITS, "--dialect", "postgres", "--table", "t"]
    done = subprocess.run([sys.executable, "-c", probe, *words], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.startswith("WITH bp_stage0 AS (")
    assert done.stderr == "\n"
