"""Programs as SQL: one statement, in the dialect of an engine."""

from __future__ import annotations

from backpropcli.program.sql.dialect import Dialect
from backpropcli.program.sql.duckdb import DUCKDB
from backpropcli.program.sql.postgres import POSTGRES
from backpropcli.program.sql.spark import SPARK
from backpropcli.program.sql.statement import Columns, statement

DIALECTS: dict[str, Dialect] = {each.name: each for each in (DUCKDB, SPARK, POSTGRES)}

__all__ = ["DIALECTS", "Columns", "Dialect", "statement"]
