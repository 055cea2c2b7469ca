"""Databases that run SQL for tests, each in a process of its own: where they are, `.ci/run` says.

The folder that BACKPROP_ENGINES names has an environment for each version of DuckDB and Spark; PostgreSQL is the server
that psql finds.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

HERE = Path(__file__).parent
DIALECTS = {
    "duckdb-oldest": "duckdb",
    "duckdb-newest": "duckdb",
    "spark-3.5": "spark",
    "spark-4": "spark",
    "postgres": "postgres",
}
"""The engines, and the dialect of each."""

TYPES = {pa.int64(): "bigint", pa.float64(): "double precision", pa.string(): "text"}


class EngineError(Exception):
    """What an engine says of a statement that it does not run."""


def run(engine: str, tables: Mapping[str, Any], statements: Sequence[str], folder: Path) -> list[Any]:
    """The answers to statements about tables."""
    return _by_psql(tables, statements) if engine == "postgres" else _by_python(engine, tables, statements, folder)


def _by_python(engine: str, tables: Mapping[str, Any], statements: Sequence[str], folder: Path) -> list[Any]:
    dialect = DIALECTS[engine]
    python = Path(os.environ["BACKPROP_ENGINES"]) / engine / "bin" / "python"
    (folder / "answers").mkdir(parents=True)
    for name, table in tables.items():
        pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
    (folder / "statements.json").write_text(json.dumps(statements))
    environment = {**os.environ, "PYSPARK_PYTHON": str(python), "SPARK_LOCAL_IP": "127.0.0.1"}
    environment.pop("PYTHONPATH", None)
    command = [str(python), str(HERE / f"run_{dialect}.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    if done.returncode:
        raise EngineError(done.stderr[-3000:])
    return [pyarrow.parquet.read_table(folder / "answers" / f"{number}.parquet") for number in range(len(statements))]


def _by_psql(tables: Mapping[str, Any], statements: Sequence[str]) -> list[Any]:
    for name, table in tables.items():
        quoted = '"' + name.replace('"', '""') + '"'
        columns = ", ".join(
            f'"{field.name.replace(chr(34), 2 * chr(34))}" {TYPES[field.type]}' for field in table.schema
        )
        _psql(f"DROP TABLE IF EXISTS {quoted}; CREATE TABLE {quoted} ({columns});")
        _psql(f"COPY {quoted} FROM STDIN;\n{_lines(table)}\\.\n")
    return [_answer(statement) for statement in statements]


def _answer(statement: str) -> Any:
    text = _psql(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER);")
    types = {name: pa.float64() for name in next(csv.reader(io.StringIO(text))) if name not in {"id", "shop"}}
    options = pyarrow.csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    return pyarrow.csv.read_csv(io.BytesIO(text.encode()), convert_options=options)


def _psql(script: str) -> str:
    command = ["psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
    done = subprocess.run(command, input=script, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise EngineError(done.stderr[-3000:])
    return done.stdout


def _lines(table: Any) -> str:
    columns = [column.to_pylist() for column in table.columns]
    return "".join("\t".join(map(_shown, row)) + "\n" for row in zip(*columns, strict=True))


def _shown(value: Any) -> str:
    return "\\N" if value is None else repr(value) if isinstance(value, float) else str(value)
